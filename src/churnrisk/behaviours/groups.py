"""Values of a feature cut into groups that a person can read: tenths, or single values where there are few."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.behaviours.wording import Phrase, category_label, range_labels

TENTHS = 10
FEW_VALUES = 10
"""Numbers with no more different values than this stand for themselves."""

MOST_CATEGORIES = 12
"""The rarest categories beyond so many are one group."""

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """Values from `lowest` to `highest`, in words, with the fact that states the middle one of them.

    A category has its word for all three; a group without a value, and the rest of many categories, has None.
    """

    label: str
    sentence: str
    lowest: float | str | None
    highest: float | str | None


@dataclass(frozen=True)
class Grouped:
    """`code` says of every row in which of the `groups` it is; each group has a row at least."""

    groups: tuple[Group, ...]
    code: Codes


def grouped(values: "pd.Series[float]", phrase: Phrase) -> Grouped:
    """The groups of a feature's values, (rows,); what is missing is a group of its own, the last one.

    Equal values are never in different groups, so that tenths with ties are merged; the order of rows is of no matter.
    """
    numeric = pd.api.types.is_numeric_dtype(values)
    return _of_numbers(np.asarray(values, float), phrase) if numeric else _of_words(values, phrase)


def _of_numbers(values: npt.NDArray[np.float64], phrase: Phrase) -> Grouped:
    missing = np.isnan(values)
    known = np.sort(values[~missing])
    highest = _highest(known)
    ends = np.searchsorted(known, highest, side="right")
    starts = np.append(0, ends)[:-1].astype(int)
    lowest, middle = known[starts], known[(starts + ends - 1) // 2]
    labels = range_labels(lowest, highest, phrase)
    groups = [
        Group(label, phrase.sentence(mid), float(low), float(high))
        for label, mid, low, high in zip(labels, middle, lowest, highest, strict=True)
    ]
    return _with_missing(groups, np.searchsorted(highest, values), missing, phrase)


def _highest(known: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The highest value of each group of some sorted values.

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
    places = -(-np.arange(1, TENTHS + 1) * len(known) // TENTHS) - 1
    return np.unique(known[places])


def _of_words(values: "pd.Series[float]", phrase: Phrase) -> Grouped:
    missing = values.isna().to_numpy()
    words, code = np.unique(values[~missing].to_numpy(object).astype(str), return_inverse=True)
    order = np.argsort(-np.bincount(code, minlength=len(words)), kind="stable")
    kept = order if len(order) <= MOST_CATEGORIES else order[: MOST_CATEGORIES - 1]
    place = np.full(len(words), len(kept))
    place[kept] = np.arange(len(kept))
    groups = [
        Group(category_label(words[each]), phrase.sentence(words[each]), *[str(words[each])] * 2) for each in kept
    ]
    if len(kept) < len(order):
        rest = f"{len(order) - len(kept)} others"
        groups.append(Group(rest, rest, None, None))
    whole = np.zeros(len(values), np.int64)
    whole[~missing] = place[code]
    return _with_missing(groups, whole, missing, phrase)


def _with_missing(groups: list[Group], code: Codes, missing: npt.NDArray[np.bool_], phrase: Phrase) -> Grouped:
    if missing.any():
        code = np.where(missing, len(groups), code)
        groups = [*groups, Group(phrase.missing, phrase.missing, None, None)]
    return Grouped(tuple(groups), code.astype(np.int64))
