"""Who they are: what the accounts table says of them, column by column."""

from churnrisk.contract import ATTRIBUTE
from churnrisk.facts.catalogue import FACTS
from churnrisk.features.registry import Feature

CATEGORIES = ("segment", "industry", "region", "acquisition")


def profile_features(columns: dict[str, bool]) -> list[Feature]:
    """A feature for every category of `accounts`, and for every `attribute_...` that the company adds.

    `columns` has the offered columns of `accounts` and whether each holds numbers.
    """
    return [_of_column(name, numeric=columns[name]) for name in columns if is_profile(name)]


def is_profile(column: str) -> bool:
    """Is a column of `accounts` one that is a feature as it is?

    >>> is_profile("segment"), is_profile("attribute_size"), is_profile("owner")
    (True, True, False)
    """
    return column in CATEGORIES or column.startswith(ATTRIBUTE)


def _of_column(column: str, *, numeric: bool) -> Feature:
    words = column.removeprefix(ATTRIBUTE).replace("_", " ")
    return Feature(
        name=column,
        theme="profile",
        fact=FACTS["profile"],
        unit="number" if numeric else "category",
        meaning=f"The account's {words}, as its table gives it.",
        missing=f"{words} not given",
        needs=("accounts",),
        compute=lambda accounts: accounts[column],
    )
