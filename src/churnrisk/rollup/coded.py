"""Columns as whole numbers: texts by their rank, several columns packed into one, and groups of equal rows."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_MOST_KEYS = 2**63


def coded(texts: "pa.ChunkedArray[Any]") -> tuple[npt.NDArray[np.int32], pa.StringArray]:
    """The rank of each text among the distinct ones, (rows,), and these in order; rank 0 is None.

    `texts` are dictionary-encoded already, in any order.

    >>> ranks, values = coded(pa.chunked_array([pa.array(["b", None, "a", "b"]).dictionary_encode()]))
    >>> ranks.tolist(), values.to_pylist()
    ([2, 0, 1, 2], [None, 'a', 'b'])
    """
    column: Any = texts.unify_dictionaries().combine_chunks()
    order = pc.array_sort_indices(column.dictionary).to_numpy()
    rank = np.zeros(len(order) + 1, np.int32)
    rank[order] = np.arange(1, len(order) + 1)
    # None gets the index -1, which is the extra last element and stays 0.
    ranks = rank[column.indices.fill_null(-1).to_numpy()]
    return ranks, column.dictionary.take(pa.array([None, *order], pa.int64()))


def chosen(ranks: npt.NDArray[np.int32], texts: pa.StringArray) -> "pa.DictionaryArray[Any, Any]":
    """The texts of some ranks, with a dictionary of only those that occur, which halves the time to write them.

    >>> chosen(np.array([3, 1, 3]), pa.array([None, "a", "b", "c"])).dictionary.to_pylist()
    ['a', 'c']
    """
    there = np.zeros(len(texts), bool)
    there[ranks] = True
    index = np.cumsum(there, dtype=np.int32) - 1
    return pa.DictionaryArray.from_arrays(index[ranks], texts.take(np.flatnonzero(there)))


def packed(*columns: npt.NDArray[Any]) -> Ints:
    """One number a row that sorts and compares as the rows of `columns` do, the first column deciding first.

    `columns` hold whole numbers.

    >>> packed(np.array([1, 0, 1]), np.array([-5, 7, 2])).tolist()
    [13, 12, 20]
    """
    keys = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        keys = _joined(keys, column)
    return keys


def _joined(keys: Ints, column: npt.NDArray[Any]) -> Ints:
    """Keys from 0 of the rows that have `keys` already, told apart by one more column."""
    least, span = _span(column)
    # Ranks are as small as keys can be; they cost a sort, so they are taken only where int64 would overflow.
    if (int(keys.max(initial=0)) + 1) * span > _MOST_KEYS:
        keys, column = _ranks(keys), _ranks(column)
        least, span = _span(column)
    joined: Ints = keys * span + (column - least)
    return joined


def _span(column: npt.NDArray[Any]) -> tuple[int, int]:
    """The least of some numbers, and how many whole numbers there are from it to the greatest."""
    if not len(column):
        return 0, 1
    least = int(column.min())
    return least, int(column.max()) - least + 1


def _ranks(column: npt.NDArray[Any]) -> Ints:
    return np.unique(column, return_inverse=True)[1]


class Groups:
    """Rows with equal keys, in the order of the keys.

    `order`, (rows,), has the positions of the rows by group, and by their own order within one; `number`, (rows,), is
    the group of each of these; `first`, (groups,), the position of the first row of each group.

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
        """How many rows each group has: (groups,)."""
        return np.bincount(self.number, minlength=len(self.first))

    def shared(self) -> Ints:
        """The positions in `order` of rows that are not alone in their group."""
        return np.flatnonzero(self.sizes()[self.number] > 1)

    def count(self, which: Mask) -> Ints:
        """How many of the marked rows each group has: (groups,). `which` has one yes or no a row.

        >>> Groups(np.array([7, 5, 7])).count(np.array([True, False, True])).tolist()
        [0, 2]
        """
        return np.bincount(self.number[which[self.order]], minlength=len(self.first))

    def sum(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The values of all rows added up by group, in the order of the rows: (groups,).

        >>> Groups(np.array([7, 5, 7])).sum(np.array([0.5, 1.0, 2.0])).tolist()
        [1.0, 2.5]
        """
        return np.bincount(self.number, values[self.order], minlength=len(self.first)).astype(float)
