"""What each leaf of boosted trees adds to the columns on its path, for every way in which a row can pass them."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from math import cos, pi

import numpy as np

from churnrisk.model.matrix import Numbers
from churnrisk.model.trees import Flags, Ints, Trees


@dataclass(frozen=True)
class Paths:
    """For each leaf and each column on its path, in order: a *step*.

    Of a step, `mask` are the bits of the splits of that column on the path, `want` those of them that must be 1 for
    the row to reach the leaf, `share` the share of the training rows that they let pass, `place` the column's place
    among those of its tree. `first` is the first step of each leaf (and one past the last), `leaves` the first leaf of
    each tree, `width` the number of columns of each tree.
    """

    mask: Ints
    want: Ints
    share: Numbers
    place: Ints
    first: Ints
    leaves: Ints
    width: Ints
    value: Numbers

    @classmethod
    def of(cls, trees: Trees, columns: int) -> "Paths":
        leaf, split, is_left, share = _climbed(trees)
        key = leaf * columns + trees.feature[split]
        order = np.argsort(key, kind="stable")
        key, begins = np.unique(key[order], return_index=True)
        bit = (np.int64(1) << trees.split_bit[split])[order]
        leaf, column = np.divmod(key, columns)
        own, place = np.unique(trees.leaf_tree[leaf] * columns + column, return_inverse=True)
        width = np.bincount(own // columns, minlength=trees.count)
        place = place - (np.cumsum(width) - width)[trees.leaf_tree[leaf]]
        want = np.where(is_left[order], bit, 0)
        if len(begins):
            bit, want = np.bitwise_or.reduceat(bit, begins), np.bitwise_or.reduceat(want, begins)
            share = np.multiply.reduceat(share[order], begins)
        return cls(
            mask=bit,
            want=want,
            share=share,
            place=place,
            first=np.searchsorted(leaf, np.arange(len(trees.leaf_tree) + 1)),
            leaves=np.searchsorted(trees.leaf_tree, np.arange(trees.count + 1)),
            width=width,
            value=trees.leaf_value,
        )

    @property
    def lengths(self) -> Ints:
        """Columns on the path of each leaf."""
        return np.diff(self.first)

    def of_tree(self, tree: int) -> "Steps":
        """The steps of one tree."""
        leaves = slice(self.leaves[tree], self.leaves[tree + 1] + 1)
        first = self.first[leaves]
        steps = slice(first[0], first[-1])
        sizes = 2 ** np.diff(first)
        place = np.arange(first[-1] - first[0]) - np.repeat(first[:-1] - first[0], np.diff(first))
        return Steps(
            self.mask[steps, None],
            self.want[steps, None],
            place[:, None],
            first[:-1] - first[0],
            np.cumsum(sizes) - sizes,
        )

    def tables(self, trees: range) -> dict[int, Numbers]:
        """What each leaf adds to the columns of its tree, for each of some trees: (patterns of its leaves, columns).

        The patterns of the first leaf come first; the pattern of a leaf has a bit for each of its steps, 1 where the
        row passes.
        """
        leaves = np.arange(self.leaves[trees.start], self.leaves[trees.stop])
        tree = np.repeat(np.arange(len(trees)), np.diff(self.leaves[trees.start : trees.stop + 1]))
        width, length = self.width[trees.start : trees.stop], self.lengths[leaves]
        entries = 2**length * width[tree]
        begins, ends = np.cumsum(entries) - entries, np.cumsum(np.bincount(tree, weights=entries).astype(np.int64))
        flat = np.zeros(int(entries.sum()))
        for steps in np.unique(length[length > 0]).tolist():
            some = np.flatnonzero(length == steps)
            at = self.first[leaves[some], None] + np.arange(steps)
            where = np.arange(2**steps) * width[tree[some], None]
            where = (begins[some, None] + where)[:, :, None] + self.place[at][:, None, :]
            flat[where] = _leaf_values(self.share[at], self.value[leaves[some]])
        parts = np.split(flat, ends[:-1])
        return {
            each: part.reshape(-1, max(wide, 1)) for each, part, wide in zip(trees, parts, width.tolist(), strict=True)
        }


def _climbed(trees: Trees) -> tuple[Ints, Ints, Flags, Numbers]:
    """Every leaf with every split above it, the side on which its path goes on from there, and the share that does."""
    leaf, at = np.arange(len(trees.leaf_tree)), len(trees.feature) + np.arange(len(trees.leaf_tree))
    found: list[tuple[Ints, Ints]] = []
    while len(at):
        hangs = trees.parent[at] >= 0
        leaf, at = leaf[hangs], at[hangs]
        found.append((leaf, at))
        at = trees.parent[at]
    leaves, below = (np.concatenate(each) if found else np.zeros(0, np.int64) for each in zip(*found, strict=True))
    return leaves, trees.parent[below], trees.is_left[below], trees.share[below]


def _leaf_values(share: Numbers, value: Numbers) -> Numbers:
    """What leaves of some `value` add to the columns on their paths, for every pattern: (leaves, patterns, columns).

    A column adds the value, times how much more surely the row passes it than the training rows did (1 or 0 less their
    share), times the share that passes the other columns, where each of them is known or not; that is averaged over
    all orders in which columns become known. Where the others are known with a probability of `x` each, the average is
    the integral over `x` from 0 to 1, of a polynomial that a Gauss quadrature of few points gives exactly.
    """
    steps = share.shape[1]
    passes: Ints = (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1
    points, weights = _quadrature((steps + 1) // 2)
    known = points[:, None, None]
    factors = [share[:, step, None] * (1 - known) + passes[:, step] * known for step in range(steps)]
    before, after = [np.ones(1)], [np.ones(1)]
    for step in range(steps - 1):
        before.append(before[-1] * factors[step])
        after.append(after[-1] * factors[steps - 1 - step])
    values = np.empty((len(share), len(passes), steps))
    for step in range(steps):
        others = np.add.reduce(before[step] * after[steps - 1 - step] * weights[:, None, None], axis=0)
        values[:, :, step] = value[:, None] * (passes[:, step] - share[:, step, None]) * others
    return values


@cache
def _quadrature(points: int) -> tuple[Numbers, Numbers]:
    """Points and weights on [0, 1] that give the integral of a polynomial of degree `2 * points - 1` exactly.

    In decimals of more digits than a float has: numpy's come from LAPACK, and their last digits differ by processor.
    """
    found = []
    with localcontext(prec=40):
        for number in range(points):
            x = Decimal(cos(pi * (number + 0.75) / (points + 0.5)))
            for _ in range(8):  # Newton's method doubles the digits each time
                value, slope = _legendre(points, x)
                x -= value / slope
            found.append(((1 - x) / 2, 1 / ((1 - x * x) * _legendre(points, x)[1] ** 2)))
    return np.array([float(x) for x, _ in found]), np.array([float(weight) for _, weight in found])


def _legendre(degree: int, x: Decimal) -> tuple[Decimal, Decimal]:
    """The Legendre polynomial of a degree and its slope."""
    before, now = Decimal(1), x
    for each in range(2, degree + 1):
        before, now = now, ((2 * each - 1) * x * now - (each - 1) * before) / each
    return now, degree * (before - x * now) / (1 - x * x)


@dataclass(frozen=True)
class Steps:
    """The steps of one tree: `mask`, `want` and `place` on the leaf's path of each, (steps, 1); for each leaf its first
    step and the first row of its table.
    """

    mask: Ints
    want: Ints
    place: Ints
    first: Ints
    rows: Ints
