"""Columns as whole numbers: texts by their place in order, several columns as one, and rows that are equal together."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_MOST_KEYS = 2**63


def coded(texts: "pa.ChunkedArray[Any]") -> tuple[npt.NDArray[np.int32], pa.StringArray]:
    """The place of each text among those that there are, and these: nothing at all, then the others in order.

    `texts` are coded by a dictionary already, in any order.

    >>> places, values = coded(pa.chunked_array([pa.array(["b", None, "a", "b"]).dictionary_encode()]))
    >>> places.tolist(), values.to_pylist()
    ([2, 0, 1, 2], [None, 'a', 'b'])
    """
    column: Any = texts.unify_dictionaries().combine_chunks()
    order = pc.array_sort_indices(column.dictionary).to_numpy()
    place = np.zeros(len(order) + 1, np.int32)
    place[order] = np.arange(1, len(order) + 1)
    # The index -1 is that of the last, which no text of the dictionary has.
    places = place[column.indices.fill_null(-1).to_numpy()]
    return places, column.dictionary.take(pa.array([None, *order], pa.int64()))


def chosen(places: npt.NDArray[np.int32], texts: pa.StringArray) -> "pa.DictionaryArray[Any, Any]":
    """The texts at some places, coded by those of them that there are: to write them takes half of the time.

    >>> chosen(np.array([3, 1, 3]), pa.array([None, "a", "b", "c"])).dictionary.to_pylist()
    ['a', 'c']
    """
    there = np.zeros(len(texts), bool)
    there[places] = True
    place = np.cumsum(there, dtype=np.int32) - 1
    return pa.DictionaryArray.from_arrays(place[places], texts.take(np.flatnonzero(there)))


def packed(*columns: npt.NDArray[Any]) -> Ints:
    """A number a row, equal and in order as `columns` of whole numbers are, the first of them before the second.

    >>> packed(np.array([1, 0, 1]), np.array([-5, 7, 2])).tolist()
    [13, 12, 20]
    """
    keys = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        keys = _joined(keys, column)
    return keys


def _joined(keys: Ints, column: npt.NDArray[Any]) -> Ints:
    """Keys, from 0, of what has a key already and of a further column."""
    least, span = _span(column)
    if (int(keys.max(initial=0)) + 1) * span > _MOST_KEYS:
        keys, column = _ranks(keys), _ranks(column)
        least, span = _span(column)
    joined: Ints = keys * span + (column - least)
    return joined


def _span(column: npt.NDArray[Any]) -> tuple[int, int]:
    """The least of some numbers, and how many there are from it to the greatest."""
    if not len(column):
        return 0, 1
    least = int(column.min())
    return least, int(column.max()) - least + 1


def _ranks(column: npt.NDArray[Any]) -> Ints:
    return np.unique(column, return_inverse=True)[1]


class Groups:
    """Rows with equal keys, in the order of the keys.

    `order` has the rows by group, in a group in the order in which they were; `number` says of each of these which
    group it is in; `first` is the first row of each group.

    >>> groups = Groups(np.array([7, 5, 7]))
    >>> groups.order.tolist(), groups.number.tolist(), groups.first.tolist()
    ([1, 0, 2], [0, 1, 1], [1, 0])
    >>> groups.sizes().tolist(), groups.shared().tolist()
    ([1, 2], [1, 2])
    """

    def __init__(self, keys: Ints) -> None:
        self.order = np.argsort(keys, kind="stable")
        ordered = keys[self.order]
        begins = np.ones(len(keys), bool)
        np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
        self.number = np.cumsum(begins) - 1
        self.first = self.order[begins]

    def sizes(self) -> Ints:
        """How many rows each group has."""
        return np.bincount(self.number, minlength=len(self.first))

    def shared(self) -> Ints:
        """Where in `order` the rows are that are not alone in their group."""
        return np.flatnonzero(self.sizes()[self.number] > 1)

    def count(self, which: Mask) -> Ints:
        """How many rows of each group are among some of all rows.

        >>> Groups(np.array([7, 5, 7])).count(np.array([True, False, True])).tolist()
        [0, 2]
        """
        return np.bincount(self.number[which[self.order]], minlength=len(self.first))

    def sum(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The values of all rows added up by group, one row after the other.

        >>> Groups(np.array([7, 5, 7])).sum(np.array([0.5, 1.0, 2.0])).tolist()
        [1.0, 2.5]
        """
        return np.bincount(self.number, values[self.order], minlength=len(self.first)).astype(float)
