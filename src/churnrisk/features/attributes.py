"""Columns of `accounts` that are of no use to a model: those that name each account, or never vary."""

from collections.abc import Collection

import pandas as pd

from churnrisk.contract import ATTRIBUTE

FEWEST = 20
"""Accounts with a value below which a column of words is not taken for one that identifies them: among a few accounts
honest categories are easily all different."""

ACCOUNTS_A_VALUE = 2
"""Accounts that share a value, on average, below which words identify accounts. The domain of a website or a tax number
has one account a value; the industries, regions and use cases of the example companies have ten or more."""


def unusable(accounts: pd.DataFrame, columns: Collection[str]) -> dict[str, str]:
    """Those of the `columns` that are of no use, with the reason.

    `accounts` may have several rows an account, as it changed. Words that identify accounts are of no use because trees
    remember by them who churned. Numbers are kept however many there are: they are compared by size, and not told apart
    one by one. A column that is empty for some is kept even if all others are the same, because it is there or not.

    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "attribute_country": ["DE", "DE"]})
    >>> unusable(accounts, ["attribute_country"])
    {'attribute_country': 'is the same for all 2 accounts'}
    """
    reasons = {name: _identifies(accounts, name) or _never_varies(accounts, name) for name in columns}
    return {name: why for name, why in reasons.items() if why}


def _identifies(accounts: pd.DataFrame, name: str) -> str:
    if pd.api.types.is_numeric_dtype(accounts[name]):
        return ""
    values, known = accounts[name].nunique(), accounts.loc[accounts[name].notna(), "account_id"].nunique()
    if known < FEWEST or known >= ACCOUNTS_A_VALUE * values:
        return ""
    return f"identifies accounts: {values:,} values among {known:,} accounts"


def _never_varies(accounts: pd.DataFrame, name: str) -> str:
    # The contract's own columns stay, so that a slice by segment can be asked for before there is a second one.
    many = accounts["account_id"].nunique()
    if not name.startswith(ATTRIBUTE) or many < 2 or accounts[name].isna().any() or accounts[name].nunique() > 1:
        return ""
    return f"is the same for all {many:,} accounts"
