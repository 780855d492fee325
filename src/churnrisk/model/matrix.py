"""From a table of features to the matrix that a model is trained on and scores from. There is no other way in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.errors import ModelError
from churnrisk.store.columns import KEYS

Matrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]


FEWEST_ACCOUNTS = 50
"""Accounts that a category needs in order to be learned from by itself, where there are many such categories.

An account has a row a week, so what looks like a thousand rows of a category may be ten accounts, and trees remember
which of them churned. On the simulated company of 3,000 accounts (AUC 0.834) categories that say nothing lower the AUC
to 0.807 where they have 5 accounts each, and to 0.828 where they have 20; with those of fewer than 50 accounts taken
together it is 0.836 in both cases, with those of fewer than 20 it is 0.836 and 0.832. Smoothing all categories instead
(LightGBM's `cat_smooth` and `cat_l2` of 100) gives 0.828 and 0.835, and costs 0.005 of the AP where there is no such
column.
"""

MOST_RARE = 10
"""Categories with fewer accounts that are still learned from one by one: a few of them give trees little to remember,
and a small company has no larger ones."""

_MOST_NAMED = 5
"""Categories that a sentence names; there may be hundreds."""


@dataclass(frozen=True)
class Column:
    """One column of the matrix; `categories` are the words that stand for 0, 1, 2 ..., None for numbers.

    `rare` are the words of too few accounts to learn from: the number after those of the categories stands for any of
    them.
    """

    name: str
    categories: tuple[str, ...] | None = None
    rare: tuple[str, ...] = ()


def columns_of(features: pd.DataFrame) -> tuple[Column, ...]:
    """The columns that a table of features offers, with the categories that occur in it.

    Where more than `MOST_RARE` categories have fewer than `FEWEST_ACCOUNTS` accounts each, these are `rare`. Raises
    ModelError where a name is there twice, or LightGBM could not keep it.

    >>> columns_of(pd.DataFrame({"account_id": ["a"], "as_of": [0], "plan": ["pro"], "seats": [3.0]}))
    (Column(name='plan', categories=('pro',), rare=()), Column(name='seats', categories=None, rare=()))
    """
    names = [str(name) for name in features if name not in KEYS]
    _require_names(names)
    return tuple(
        Column(name) if pd.api.types.is_numeric_dtype(features[name]) else _of_words(name, features) for name in names
    )


def _require_names(names: Sequence[str]) -> None:
    """Raise ModelError unless all names differ and are words of letters, digits and underscores.

    LightGBM's text has the names of its columns apart by spaces, and some in JSON.
    """
    odd = [name for name in names if not name.isidentifier() or names.count(name) > 1]
    if odd:
        raise ModelError(
            f"a feature is named {odd[0]!r}" + (" twice" if odd[0].isidentifier() else ""),
            where="features",
            allowed="letters, digits and underscores, each name once",
            fix="give it another name",
        )


def _of_words(name: str, features: pd.DataFrame) -> Column:
    accounts = features.groupby(name)["account_id"].nunique()
    rare = accounts.index[accounts < FEWEST_ACCOUNTS]
    if len(rare) <= MOST_RARE:
        return Column(name, tuple(sorted(accounts.index)))
    return Column(name, tuple(sorted(accounts.index.difference(rare))), tuple(sorted(rare)))


def matrix(features: pd.DataFrame, columns: tuple[Column, ...]) -> Matrix:
    """The matrix of `features` in the order of `columns`: (rows, columns). A missing value, a number without end, or a
    category never seen, is NaN.

    Raises ModelError where a column is missing, unknown, or holds words instead of numbers or numbers instead of words:
    a model accepts only the columns that it was trained on.
    """
    expected, offered = {column.name for column in columns}, {str(name) for name in features} - set(KEYS)
    if expected != offered:
        missing, extra = sorted(expected - offered), sorted(offered - expected)
        raise ModelError(
            f"the features are not those of the model; missing: {', '.join(missing) or 'none'}; "
            f"unknown: {', '.join(extra) or 'none'}",
            where="features",
            fix="train again, with `dvc repro train`",
        )
    out = np.empty((len(features), len(columns)), np.float32)
    for index, column in enumerate(columns):
        out[:, index] = _values(features[column.name], column)
    return out


def surprises(features: pd.DataFrame, columns: tuple[Column, ...]) -> list[str]:
    """What a model has not seen in training, in words: unseen categories by name, columns without a value, and numbers
    without end.

    None of it stops a list, because the model treats all as missing values; but a reader of the list should know.
    """
    warnings = []
    for column in columns:
        values = features[column.name].dropna()
        unseen = [] if column.categories is None else sorted(set(values) - {*column.categories, *column.rare})
        if values.empty:
            warnings.append(f"{column.name} has no value for any account")
        elif unseen:
            warnings.append(f"{column.name} has categories that the model never saw: {_some(unseen)}")
        elif column.categories is None and (endless := int(np.isinf(_numbers(values)).sum())):
            warnings.append(f"{column.name} is infinite for {endless:,} of {len(features):,} accounts")
    return warnings


def says_nothing(features: pd.DataFrame) -> list[str]:
    """The features that can't tell any two rows apart: without a value, or with the same in every row."""
    return [str(name) for name in features if name not in KEYS and _is_constant(features[name])]


def _is_constant(values: "pd.Series[float]") -> bool:
    same = values.isna() if pd.isna(values.iloc[0]) else values == values.iloc[0]
    return bool(same.all())


def require_finite(features: pd.DataFrame) -> None:
    """Raise ModelError where a feature to learn from is infinite: it would be learned as if it were missing."""
    for name in features.select_dtypes("number"):
        endless = int(np.isinf(_numbers(features[name])).sum())
        if endless:
            raise ModelError(
                f"{name} is infinite in {endless:,} of {len(features):,} rows",
                where="features",
                allowed="numbers, or no value",
                fix="mend the function of that name in churnrisk.features, or leave it out with features.leave_out",
            )


def taken_together(columns: tuple[Column, ...]) -> list[str]:
    """Which categories a model does not tell apart because each has too few accounts, in words: a sentence a column.

    >>> taken_together((Column("plan", ("pro",), rare=("gold", "silver")), Column("seats")))
    ['plan has 2 categories of fewer than 50 accounts each, which the model takes together: gold, silver']
    """
    return [
        f"{column.name} has {len(column.rare):,} categories of fewer than {FEWEST_ACCOUNTS} accounts each, which the"
        f" model takes together: {_some(column.rare)}"
        for column in columns
        if column.rare
    ]


def _some(categories: Sequence[str]) -> str:
    more = len(categories) - _MOST_NAMED
    return ", ".join(categories[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _values(values: "pd.Series[float]", column: Column) -> npt.NDArray[np.float32]:
    if column.categories is None:
        if not pd.api.types.is_numeric_dtype(values):
            raise ModelError(f"{column.name} holds words", where="features", allowed="numbers", fix="train again")
        numbers = _numbers(values)
        return np.where(np.isinf(numbers), np.float32(np.nan), numbers)
    if pd.api.types.is_numeric_dtype(values) and values.notna().any():
        raise ModelError(f"{column.name} holds numbers", where="features", allowed="words", fix="train again")
    codes = pd.Categorical(values, categories=[*column.categories, *column.rare]).codes
    return np.where(codes < 0, np.nan, np.minimum(codes, len(column.categories))).astype(np.float32)


def _numbers(values: "pd.Series[float]") -> npt.NDArray[np.float32]:
    """As the matrix keeps them; what is too large for that is infinite."""
    with np.errstate(over="ignore"):
        return np.asarray(values.to_numpy(np.float32))
