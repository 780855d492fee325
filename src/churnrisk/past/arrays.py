"""Arrays as the views give them: numbers of which some may not be known, none of which can be changed."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[Any]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def read_only(values: Any) -> Any:
    """The same values, locked against changes because many share them; what is not an array comes back unchanged.

    >>> read_only(pd.Categorical(["a", "b"]))[0] = None
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    if isinstance(values, pd.Categorical):
        return pd.Categorical.from_codes(values.codes, dtype=values.dtype)
    if isinstance(values, np.ndarray):
        values.flags.writeable = False
    return values


def ratio(part: Any, whole: Any) -> Numbers:
    """`part / whole`, NaN where the whole is 0 or either is not known.

    >>> ratio(np.array([1.0, 2.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    shape = part.shape if part.ndim else whole.shape
    return np.asarray(np.divide(part, whole, out=np.full(shape, np.nan), where=whole != 0))


def is_first(keys: Array) -> Mask:
    """Which keys differ from the one before.

    >>> is_first(np.array([7, 7, 5, 7]))
    array([ True, False,  True,  True])
    """
    return np.append(True, keys[1:] != keys[:-1])[: len(keys)]


def expand_ranges(first: npt.NDArray[np.int64], stop: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], ...]:
    """All positions in some ranges, one range after the other: the number of each one's range, and the position.

    >>> expand_ranges(np.array([3, 9, 7]), np.array([5, 9, 8]))
    (array([0, 0, 2]), array([3, 4, 7]))
    """
    many = stop - first
    position = np.repeat(first - (np.cumsum(many) - many), many)
    position += np.arange(len(position))
    return np.repeat(np.arange(len(many)), many), position
