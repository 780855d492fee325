"""From a table of features to the matrix that a model is trained on and scores from; there is no other way in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.errors import ModelError
from churnrisk.store.blocks import KEYS

Matrix = npt.NDArray[np.float32]


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
    """The matrix of `features` in the order of `columns`: (rows, columns); what is missing, or a category never seen,
    is NaN.

    Raises ModelError where a column is not there, is one too many, or holds words for numbers: a model accepts no
    other matrix than the one that it was trained on.
    """
    expected, found = {column.name for column in columns}, {str(name) for name in features} - set(KEYS)
    if expected != found:
        missing, extra = sorted(expected - found), sorted(found - expected)
        raise ModelError(
            f"the features are not those of the model; missing: {', '.join(missing) or 'none'}; "
            f"unknown: {', '.join(extra) or 'none'}",
            where="features",
            fix="train again, with `dvc repro train`",
        )
    out = np.empty((len(features), len(columns)), np.float32)
    for place, column in enumerate(columns):
        out[:, place] = _values(features[column.name], column)
    return out


def surprises(features: pd.DataFrame, columns: tuple[Column, ...]) -> list[str]:
    """What a model has not seen in training, in words: unseen categories by name, and columns without a value."""
    said = []
    for column in columns:
        values = features[column.name].dropna()
        if values.empty:
            said.append(f"{column.name} has no value for any account")
        elif column.categories is not None:
            unseen = sorted(set(values) - set(column.categories))
            said += (
                [f"{column.name} has categories that the model never saw: {', '.join(unseen[:5])}"] if unseen else []
            )
    return said


def _values(values: "pd.Series[float]", column: Column) -> npt.NDArray[np.float32]:
    if column.categories is None:
        if not pd.api.types.is_numeric_dtype(values):
            raise ModelError(f"{column.name} holds words", where="features", allowed="numbers", fix="train again")
        return np.asarray(values.to_numpy(np.float32))
    codes = pd.Categorical(values, categories=list(column.categories)).codes
    return np.where(codes < 0, np.nan, codes).astype(np.float32)


def _categories(values: "pd.Series[str]") -> tuple[str, ...]:
    return tuple(sorted(values.dropna().unique()))
