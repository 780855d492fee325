"""From a table of features to the matrix that a model is trained on and scores from. There is no other way in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.errors import ModelError
from churnrisk.store.columns import KEYS

Matrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One column of the matrix; `categories` are the words that stand for 0, 1, 2 ..., None for numbers."""

    name: str
    categories: tuple[str, ...] | None = None


def columns_of(features: pd.DataFrame) -> tuple[Column, ...]:
    """The columns that a table of features offers, with the categories that occur in it.

    >>> columns_of(pd.DataFrame({"account_id": ["a"], "as_of": [0], "plan": ["pro"], "seats": [3.0]}))
    (Column(name='plan', categories=('pro',)), Column(name='seats', categories=None))
    """
    names = [str(name) for name in features if name not in KEYS]
    return tuple(
        Column(name) if pd.api.types.is_numeric_dtype(features[name]) else Column(name, _categories(features[name]))
        for name in names
    )


def matrix(features: pd.DataFrame, columns: tuple[Column, ...]) -> Matrix:
    """The matrix of `features` in the order of `columns`: (rows, columns). A missing value, or a category never seen,
    is NaN.

    Raises ModelError where a column is missing, unknown, or holds words instead of numbers: a model accepts only the
    columns that it was trained on.
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
    """What a model has not seen in training, in words: unseen categories by name, and columns without a value.

    Neither stops a list, because the model treats both as missing values; but a reader of the list should know.
    """
    warnings = []
    for column in columns:
        values = features[column.name].dropna()
        unseen = sorted(set(values) - set(column.categories)) if column.categories is not None else []
        if values.empty:
            warnings.append(f"{column.name} has no value for any account")
        elif unseen:
            warnings.append(f"{column.name} has categories that the model never saw: {', '.join(unseen[:5])}")
    return warnings


def _values(values: "pd.Series[float]", column: Column) -> npt.NDArray[np.float32]:
    if column.categories is None:
        if not pd.api.types.is_numeric_dtype(values):
            raise ModelError(f"{column.name} holds words", where="features", allowed="numbers", fix="train again")
        return np.asarray(values.to_numpy(np.float32))
    codes = pd.Categorical(values, categories=list(column.categories)).codes
    return np.where(codes < 0, np.nan, codes).astype(np.float32)


def _categories(values: "pd.Series[str]") -> tuple[str, ...]:
    return tuple(sorted(values.dropna().unique()))
