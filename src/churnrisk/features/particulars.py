"""What sentences need and no model does, as each account's past was known on one date."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from churnrisk.facts.fact import Particular
from churnrisk.features.blocks import plan_blocks
from churnrisk.features.configured import offered_by
from churnrisk.features.registry import needs_of
from churnrisk.past.company import Company
from churnrisk.past.past import Block


def particulars(
    asked: Collection[Particular], company: Company, snapshots: pd.DataFrame, block_accounts: int
) -> pd.DataFrame:
    """One row a snapshot, in order of account: `account_id` and a column a particular, NaN where nothing is known.

    `snapshots` have `account_id`, `as_of` and `spell_started_on`, all of one date; blocks of about `block_accounts` are
    looked at one after the other, so that memory stays bounded. What the company's tables lack is NaN.
    """
    offered = offered_by(company)
    on = [each for each in asked if offered.issuperset(each.needs) and offered.issuperset(each.columns)]
    block = plan_blocks(snapshots["account_id"], block_accounts)
    parts = [_of_block(on, company, snapshots[block == number]) for number in range(int(block.max(initial=-1)) + 1)]
    empty = pd.DataFrame({"account_id": pd.array([], dtype="str")})
    rows = pd.concat(parts or [empty], ignore_index=True).sort_values("account_id", ignore_index=True)
    return rows.reindex(columns=["account_id", *(each.name for each in asked)])


def _of_block(on: Collection[Particular], company: Company, snapshots: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for past in Block.read(company, snapshots, needs_of(on)).spans():
        columns = {each.name: each.compute(*(past.views[need] for need in each.needs)) for each in on}
        columns = {name: np.asarray(values, float) for name, values in columns.items()}
        parts.append(pd.DataFrame({"account_id": pd.array(past.account_id, dtype="str"), **columns}))
    return pd.concat(parts, ignore_index=True)
