"""By what the rows of a test are told apart: a word of each row, by the name of a slice or of a fairness column."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import of_column
from churnrisk.contract import REACHED
from churnrisk.evaluation.slices import require_words
from churnrisk.params import Evaluate
from churnrisk.past.tables.ledger import Ledger
from churnrisk.store.columns import KEYS

USUAL = ("segment", "lifecycle_stage", "plan", "region")
"""Features of words that are sliced by wherever there are such, whatever `evaluate.slices` names beside them."""

OWNER = "owner"
"""A column of `accounts` that is no feature: a list that suits one owner's accounts may not suit another's."""

TENURE = "tenure"
"""A feature, in days, that is cut into `BANDS`."""

BANDS = {"under 3 months": 91, "3 to 12 months": 365, "1 to 2 years": 730, "2 years and more": np.inf}
"""The bands of tenure, each with the day before which it ends: a first quarter is onboarding, a first year ends with
the first renewal of most contracts, and a second year with the second."""

CONTACTED = "contacted"
"""Whether somebody talked with the account, or did something for it, lately: never a feature, because whom people
contact follows the list."""

CONTACTED_DAYS = 90
"""As long as the default horizon: what was done a quarter ago may still be why an account stayed."""


@dataclass(frozen=True)
class Groups:
    """The groups of the rows of a test; each series is (rows,), in their order."""

    slices: dict[str, "pd.Series[str]"]
    fairness: dict[str, "pd.Series[str]"]

    @classmethod
    def of(
        cls, features: pd.DataFrame, accounts: Ledger, settings: Evaluate, dispositions: Ledger | None = None
    ) -> "Groups":
        """Those that the settings name, and the usual slices, of rows of features; raises ParamsError (see below).

        `dispositions` are those that the source offers.
        """
        words = words_of_accounts(accounts, features)
        slices = slices_of(features, words, settings.slices)
        if dispositions is not None:
            slices[CONTACTED] = contacted(dispositions, features)
        return cls(slices=slices, fairness=asked(features, words, settings.fairness))


def slices_of(features: pd.DataFrame, accounts: pd.DataFrame, names: Collection[str]) -> dict[str, "pd.Series[str]"]:
    """What to slice the rows of `features` by: a word for each of them, by the name of the slice.

    Those are `names`, the usual ones, bands of tenure, and the owner, as far as they are there; `accounts` has words of
    the same rows. Raises ParamsError where one of `names` is not a feature of words.
    """
    words = words_of(features)
    require_words(names, list(words))
    made = {name: words[name] for name in dict.fromkeys([*names, *USUAL]) if name in words}
    if TENURE in features:
        made[TENURE] = tenure_bands(features[TENURE]).reset_index(drop=True)
    return made | ({OWNER: accounts[OWNER]} if OWNER in accounts else {})


def tenure_bands(tenure: "pd.Series[float]") -> "pd.Series[str]":
    """The band of each number of days, in order of length; none where it is not known.

    >>> tenure_bands(pd.Series([0.0, 90, 91, 364, 365, 730, np.nan])).astype(object).tolist()
    ['under 3 months', 'under 3 months', '3 to 12 months', '3 to 12 months', '1 to 2 years', '2 years and more', nan]
    """
    return pd.cut(tenure, [-np.inf, *BANDS.values()], right=False, labels=list(BANDS)).rename(TENURE)


def asked(features: pd.DataFrame, accounts: pd.DataFrame, names: Collection[str]) -> dict[str, "pd.Series[str]"]:
    """The columns that `evaluate.fairness` names: features of words, or words of `accounts` that no model need see.

    Raises ParamsError where a name is neither.
    """
    words = {str(name): accounts[name] for name in accounts} | words_of(features)
    require_words(names, list(words), "fairness")
    return {name: words[name] for name in names}


def words_of(features: pd.DataFrame) -> dict[str, "pd.Series[str]"]:
    """The features of words, by name."""
    words = [str(name) for name in features if pd.api.types.is_string_dtype(features[name]) and name != "account_id"]
    return {name: features[name].reset_index(drop=True) for name in words}


def words_of_accounts(accounts: Ledger, snapshots: pd.DataFrame) -> pd.DataFrame:
    """The columns of words of `accounts` as they were known at the date of each snapshot (`account_id`, `as_of`).

    A row a snapshot, in their order; empty where nothing was known.
    """
    keys = snapshots[KEYS].reset_index(drop=True)
    tables = []
    for as_of in np.unique(of_column(keys["as_of"])):
        here = keys.loc[of_column(keys["as_of"]) == as_of, "account_id"]
        known = accounts.before(as_of).frame().set_index("account_id")
        words = [name for name in known if pd.api.types.is_string_dtype(known[name])]
        tables.append(known[words].reindex(here).set_index(here.index))
    return pd.concat(tables).reindex(keys.index)


def contacted(dispositions: Ledger, snapshots: pd.DataFrame) -> "pd.Series[str]":
    """For each snapshot (`account_id`, `as_of`), whether the account was contacted in `CONTACTED_DAYS` days before, as
    far as it was known then.
    """
    keys = snapshots[KEYS].reset_index(drop=True)
    dates = of_column(keys["as_of"])
    found = np.zeros(len(keys), bool)
    for as_of in np.unique(dates):
        known = dispositions.before(as_of).frame()
        lately = of_column(known["known_at"]) >= as_of - CONTACTED_DAYS
        who = known.loc[known["outcome"].isin(REACHED).to_numpy(bool) & lately, "account_id"]
        found |= (dates == as_of) & keys["account_id"].isin(who).to_numpy(bool)
    words = np.where(found, f"in {CONTACTED_DAYS} days", f"not in {CONTACTED_DAYS} days")
    return pd.Series(words, dtype="str", name=CONTACTED)
