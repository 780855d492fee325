"""Exact path-dependent SHAP values of boosted trees, many rows at a time.

What a tree adds to a column depends only on which of its splits send the row to the left: rows that agree in that
*pattern* have the same values. So values are computed once a pattern and not once a row. The same holds for each leaf
and the columns on its path, of which there are so few that a table of all patterns is small.

Sources: S. Lundberg, G. Erion, S.-I. Lee, Consistent individualized feature attribution for tree ensembles, 2018, for
the values; A. Nadel, R. Wettenstein, From decision trees to Boolean logic: a fast and unified SHAP algorithm, 2025,
arXiv 2511.09376, for patterns of the columns on a leaf's path.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np
import numpy.typing as npt

from churnrisk.model.matrix import Matrix, Numbers
from churnrisk.model.paths import Paths, Steps
from churnrisk.model.trees import Ints, Trees

BLOCK_ROWS = 8192
"""Rows at a time: their values of a hundred columns, 7 MB, stay in the processor's cache while trees are added."""

GROUP_TREES = 128
"""Trees whose tables are made together: enough that numpy's calls don't count, few enough for some 10 MB."""

MOST_SPLITS = 62
"""A pattern is a whole number of 64 bits."""

MOST_ENTRIES = 2**20
"""The most that the tables of one tree may hold, 8 MB; trees of 15 leaves have a hundredth of that."""

_FLAGGED_BITS = 16
"""Patterns of so few bits are found by a flag each; those of more by sorting, which is five times slower."""


@dataclass(frozen=True)
class Explainer:
    """What is computed once for a booster, so that rows can be explained."""

    trees: Trees
    columns: int

    @classmethod
    def of_text(cls, text: str, columns: int) -> "Explainer":
        """Of LightGBM's own text, for a matrix of so many columns."""
        return cls(Trees.of_text(text), columns)

    @property
    def applies(self) -> bool:
        """Whether these trees are of a kind and a size that can be explained this way."""
        if not self.trees.sound or self.trees.split_bit.max(initial=0) >= MOST_SPLITS:
            return False
        sizes = np.bincount(self.trees.leaf_tree, weights=2.0**self._paths.lengths, minlength=self.trees.count)
        return bool((sizes * np.bincount(self.trees.split_tree, minlength=self.trees.count) <= MOST_ENTRIES).all())

    @cached_property
    def base(self) -> float:
        """The mean of the trees over the rows that they were trained on, in log-odds."""
        return fsum((self.trees.leaf_value * self.trees.leaf_weight).tolist())

    @cached_property
    def _paths(self) -> "Paths":
        return Paths.of(self.trees, self.columns)

    def contributions(self, x: Matrix) -> Numbers:
        """What each column adds to each row, in log-odds: (rows, columns).

        The values of a row don't depend on the other rows, down to the last bit.
        """
        values = np.zeros((self.columns, len(x)))
        splitting = _Splitting.of(self.trees, x)
        for trees in _groups(self.trees.count):
            group = list(self._patterned(splitting, trees))
            for begin in range(0, len(x), BLOCK_ROWS):
                rows = slice(begin, begin + BLOCK_ROWS)
                bins = splitting.bins[:, rows].astype(np.intp)
                for tree in group:
                    tree.add_to(values[:, rows], bins)
        return values.T

    def _patterned(self, splitting: "_Splitting", trees: range) -> Iterator["_Patterned"]:
        """Those of some trees that have a split."""
        tables = self._paths.tables(trees)
        for tree in trees:
            if splitting.patterns[tree]:
                yield _Patterned(splitting.patterns[tree], self._paths.of_tree(tree), tables[tree])


def _groups(count: int) -> Iterator[range]:
    for first in range(0, count, GROUP_TREES):
        yield range(first, min(first + GROUP_TREES, count))


@dataclass(frozen=True)
class _Splitting:
    """Rows as the splits see them.

    `bins` are the places of values between the edges of their columns, (columns, rows). `patterns` has, for each tree,
    the columns that it splits, in order, and what each bin of theirs gives to the pattern: the bits of the splits that
    send it to the left.
    """

    bins: npt.NDArray[np.uint32]
    patterns: list[dict[int, Ints]]

    @classmethod
    def of(cls, trees: Trees, x: Matrix) -> "_Splitting":
        bins = np.zeros(x.shape[::-1], np.uint32)
        patterns: list[dict[int, Ints]] = [{} for _ in range(trees.count)]
        for feature in np.unique(trees.feature).tolist():
            edges, is_word = trees.edges(feature), trees.is_word(feature)
            bins[feature] = _of_words(edges, x[:, feature]) if is_word else _of_numbers(edges, x[:, feature])
            values = np.append(edges, len(edges) if is_word else [np.inf, np.nan])
            splits = np.flatnonzero(trees.feature == feature)
            bits = trees.goes_left(splits, values).astype(np.int64) << trees.split_bit[splits, None]
            own, first = np.unique(trees.split_tree[splits], return_index=True)
            for tree, pattern in zip(own.tolist(), np.bitwise_or.reduceat(bits, first, axis=0), strict=True):
                patterns[tree][feature] = pattern
        return cls(bins, patterns)


def _of_numbers(edges: Numbers, values: npt.NDArray[np.float32]) -> Ints:
    """The first edge that is not below a value; one past the end for larger ones, two for none."""
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values.astype(float)))


def _of_words(edges: Numbers, values: npt.NDArray[np.float32]) -> Ints:
    """The word itself; one past the end where no split knows it, or there is none."""
    whole = np.trunc(values)
    known = (whole >= 0) & (whole < len(edges))
    return np.where(known, whole, len(edges)).astype(np.int64)


@dataclass(frozen=True)
class _Patterned:
    """One tree, as a function of the pattern of a row."""

    patterns: dict[int, Ints]
    steps: Steps
    table: Numbers

    def add_to(self, values: Numbers, bins: npt.NDArray[np.intp]) -> None:
        """Add what the tree gives to the values of a block of rows: both (columns, rows)."""
        pattern: Ints = np.zeros(1, np.int64)
        for column, bits in self.patterns.items():
            pattern = pattern + bits.take(bins[column])
        distinct, which = _distinct(pattern, len(self.steps.first) - 1)
        for column, added in zip(self.patterns, self._of_patterns(distinct), strict=True):
            values[column] += added.take(which)

    def _of_patterns(self, pattern: Ints) -> Numbers:
        """What the tree adds to each of its columns: (columns, patterns)."""
        passes = ((pattern & self.steps.mask) == self.steps.want).astype(np.int64) << self.steps.place
        rows = np.add.reduceat(passes, self.steps.first, axis=0) + self.steps.rows[:, None]
        total = np.zeros((len(pattern), self.table.shape[1]))
        for row in rows:
            total += self.table.take(row, axis=0)
        return np.ascontiguousarray(total.T)


def _distinct(pattern: Ints, bits: int) -> tuple[Ints, Ints]:
    """The patterns that there are, in order, and which of them each row has."""
    if bits > _FLAGGED_BITS:
        distinct, which = np.unique(pattern, return_inverse=True)
        return distinct, which
    rank = np.zeros(2**bits, np.int64)
    rank[pattern] = 1
    distinct = np.flatnonzero(rank)
    rank[distinct] = np.arange(len(distinct))
    return distinct, rank.take(pattern)
