"""What the forms of facts see of each account, as one table: values of features now and before, and particulars."""

from collections.abc import Iterable, Mapping

import pandas as pd

from churnrisk.clock import Day
from churnrisk.facts.catalogue import particulars_of, read_by, with_own
from churnrisk.facts.fact import Fact
from churnrisk.features.configured import read_company
from churnrisk.features.own import own_facts
from churnrisk.features.particulars import particulars
from churnrisk.params import Params
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.workspace import Workspace

STAGE = "lifecycle_stage"
"""The one word among the values, by which plays differ."""

BEFORE = "before_"
"""What the name of a feature's value on the date before begins with."""


def known(
    facts: Iterable[Fact], features: pd.DataFrame, before: pd.DataFrame | None, particulars: pd.DataFrame
) -> pd.DataFrame:
    """One row an account of `features`, in their order: `account_id`, every particular, every feature that a fact
    reads, each of these on the date before as `before_<feature>`, and the stage of life (empty: not known).

    Features that are off, or are words, are missing. An account that wasn't watched on the date before has no values of
    that date.
    """
    read = [name for name in read_by(facts) if name in features and pd.api.types.is_numeric_dtype(features[name])]
    rows = features[["account_id", *read]].merge(particulars, on="account_id", how="left", validate="1:1")
    rows[STAGE] = features[STAGE].astype("str").fillna("").to_numpy(object) if STAGE in features else ""
    then = features.iloc[:0] if before is None else before
    then = then.reindex(columns=["account_id", *read]).rename(columns={name: f"{BEFORE}{name}" for name in read})
    return rows.merge(then, on="account_id", how="left", validate="1:1")


def known_on(
    workspace: Workspace, params: Params, as_of: Day, features: pd.DataFrame, before: pd.DataFrame | None
) -> pd.DataFrame:
    """The same of one date of a workspace, whose `features` these are, with the facts that it adds itself."""
    facts = facts_of(workspace)
    keys = ["account_id", "as_of", "spell_started_on"]
    snapshots = SNAPSHOTS.read(workspace, keys, filters=[("as_of", "==", pd.Timestamp(as_of))])
    snapshots = snapshots[snapshots["account_id"].isin(features["account_id"])].reset_index(drop=True)
    asked, company = particulars_of(facts.values()), read_company(workspace, params)
    return known(
        facts.values(), features, before, particulars(asked, company, snapshots, params.features.block_accounts)
    )


def facts_of(workspace: Workspace) -> Mapping[str, Fact]:
    """All facts by name, with those that a workspace adds itself."""
    return with_own(own_facts(workspace.root))
