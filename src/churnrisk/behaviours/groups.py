"""Values of a feature cut into groups that a person can read: tenths, or single values where there are few."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.behaviours.wording import Wording, category_label, range_labels

TENTHS = 10
FEW_VALUES = 10
"""Up to so many different numbers are each a group of their own: tenths could not show more groups than that."""

MOST_CATEGORIES = 12
"""A table of more lines is not read on a page; the rarest categories are then counted together."""

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Values from `lowest` to `highest`, in words, with the fact that states the middle one of them.

    A category is its own lowest and highest. Both are None for snapshots without a value, and for the rarest of many
    categories, which are one group.
    """

    label: str
    sentence: str
    lowest: float | str | None
    highest: float | str | None


@dataclass(frozen=True)
class Grouped:
    """`code`, (rows,), is the index into `groups` of each row; no group is empty."""

    groups: tuple[Group, ...]
    code: Codes


def grouped(values: "pd.Series[float]", wording: Wording) -> Grouped:
    """The groups of a feature's values, (rows,); missing values are a group of their own, the last one.

    Equal values are always in the same group, so tenths may be merged. The order of rows makes no difference.
    """
    numeric = pd.api.types.is_numeric_dtype(values)
    return _of_numbers(np.asarray(values, float), wording) if numeric else _of_words(values, wording)


def _of_numbers(values: npt.NDArray[np.float64], wording: Wording) -> Grouped:
    missing = np.isnan(values)
    known = np.sort(values[~missing])
    highest = _highest(known)
    ends = np.searchsorted(known, highest, side="right")
    starts = np.append(0, ends)[:-1].astype(int)
    lowest, middle = known[starts], known[(starts + ends - 1) // 2]
    labels = range_labels(lowest, highest, wording)
    groups = [
        Group(label=label, sentence=wording.sentence(mid), lowest=float(low), highest=float(high))
        for label, mid, low, high in zip(labels, middle, lowest, highest, strict=True)
    ]
    return _with_missing(groups, np.searchsorted(highest, values), missing, wording)


def _highest(known: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The highest value of each group of sorted values, (groups,).

    >>> _highest(np.repeat([0.0, 1, 7], [5, 2, 1])).tolist()
    [0.0, 1.0, 7.0]
    >>> _highest(np.repeat(np.arange(100.0), 2)).tolist()
    [9.0, 19.0, 29.0, 39.0, 49.0, 59.0, 69.0, 79.0, 89.0, 99.0]
    >>> _highest(np.append(np.zeros(65), np.arange(35.0))).tolist()
    [0.0, 4.0, 14.0, 24.0, 34.0]
    """
    different = known[np.append(np.diff(known) > 0, True)] if len(known) else known
    if len(different) <= FEW_VALUES:
        return different
    ends = -(-np.arange(1, TENTHS + 1) * len(known) // TENTHS)
    return np.unique(known[ends - 1])


def _of_words(values: "pd.Series[float]", wording: Wording) -> Grouped:
    missing = values.isna().to_numpy()
    words, code = np.unique(values[~missing].to_numpy(object).astype(str), return_inverse=True)
    # Stable, and the words are sorted already: equally common categories come in alphabetical order.
    order = np.argsort(-np.bincount(code, minlength=len(words)), kind="stable")
    kept = order if len(order) <= MOST_CATEGORIES else order[: MOST_CATEGORIES - 1]
    group_of_word = np.full(len(words), len(kept))
    group_of_word[kept] = np.arange(len(kept))
    groups = [_category(str(words[each]), wording) for each in kept]
    if len(kept) < len(order):
        rest = f"{len(order) - len(kept)} others"
        groups.append(Group(label=rest, sentence=rest, lowest=None, highest=None))
    codes = np.zeros(len(values), np.int64)
    codes[~missing] = group_of_word[code]
    return _with_missing(groups, codes, missing, wording)


def _category(word: str, wording: Wording) -> Group:
    return Group(label=category_label(word), sentence=wording.sentence(word), lowest=word, highest=word)


def _with_missing(groups: list[Group], code: Codes, missing: npt.NDArray[np.bool_], wording: Wording) -> Grouped:
    if missing.any():
        code = np.where(missing, len(groups), code)
        groups = [*groups, Group(label=wording.missing, sentence=wording.missing, lowest=None, highest=None)]
    return Grouped(tuple(groups), code.astype(np.int64))
