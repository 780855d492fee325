"""LightGBM's trees as flat arrays, read from its own text: all trees of a booster, one after the other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churnrisk.model.matrix import Numbers

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_TREES_END = "\nend of trees"
_TREE = re.compile(r"^Tree=\d+\n", re.MULTILINE)
_ARRAYS = {
    "split_feature": np.int64,
    "threshold": np.float64,
    "decision_type": np.int64,
    "left_child": np.int64,
    "right_child": np.int64,
    "internal_count": np.float64,
    "leaf_value": np.float64,
    "leaf_count": np.float64,
    "cat_boundaries": np.int64,
    "cat_threshold": np.int64,
}
"""The lines of a tree that are read, and their types. Source: the text format of LightGBM 4, `Tree::ToString`."""

_ZERO = 1e-35
"""LightGBM takes what is no further from 0 than this for 0, where a zero stands for a missing value."""

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_MISSING_ZERO, _MISSING_NAN = 1, 2


@dataclass(frozen=True)
class Trees:
    """All splits and all leaves of a booster, in order of its trees.

    A split is the `split_bit`-th of its tree. `parent` is the split above, counted over all trees (-1: it is the
    root), `is_left` the side of it on which a split or leaf hangs, and `share` the share of the parent's training rows
    that went there. Splits stand before leaves in these three. `words` are the categories that go left, a 1 each, for
    every split on a column of words. `sound` is False where the text has what is not read here: linear leaves, several
    classes, means of trees, splits without training rows.
    """

    count: int
    feature: Ints
    threshold: Numbers
    decision: Ints
    words: dict[int, Flags]
    split_tree: Ints
    split_bit: Ints
    leaf_tree: Ints
    leaf_value: Numbers
    leaf_weight: Numbers
    parent: Ints
    is_left: Flags
    share: Numbers
    sound: bool

    @classmethod
    def of_text(cls, text: str) -> "Trees":
        """The trees of LightGBM's own text."""
        head, *bodies = _TREE.split(text[: text.index(_TREES_END)])
        trees = [_arrays(body) for body in bodies]
        splits = np.array([len(tree["split_feature"]) for tree in trees], np.int64)
        leaves = np.array([len(tree["leaf_value"]) for tree in trees], np.int64)
        parent, is_left, share = _hanging(trees, splits, leaves)
        rows = np.array([tree["leaf_count"].sum() for tree in trees])
        # A tree of one leaf has no count of rows.
        rows = np.where(leaves == 1, 1.0, rows)
        leaf_tree = np.repeat(np.arange(len(trees)), leaves)
        leaf_count = np.where(leaves[leaf_tree] == 1, 1.0, _joined(trees, "leaf_count"))
        plain = "num_tree_per_iteration=1\n" in head and "average_output" not in head and "\nis_linear=1" not in text
        return cls(
            count=len(trees),
            feature=_joined(trees, "split_feature"),
            threshold=_joined(trees, "threshold"),
            decision=_joined(trees, "decision_type"),
            words=_words(trees, splits),
            split_tree=np.repeat(np.arange(len(trees)), splits),
            split_bit=_positions(splits),
            leaf_tree=leaf_tree,
            leaf_value=_joined(trees, "leaf_value"),
            leaf_weight=leaf_count / rows[leaf_tree],
            parent=parent,
            is_left=is_left,
            share=share,
            sound=plain and bool((share > 0).all()),
        )

    def edges(self, feature: int) -> Numbers:
        """Values of a column between which no split of it tells apart, in order: a value belongs to the next edge."""
        own = self.feature == feature
        if self.is_word(feature):
            longest = max(len(self.words[index]) for index in np.flatnonzero(own).tolist())
            return np.arange(longest, dtype=float)
        zeros = [np.nextafter(-_ZERO, -1.0), _ZERO] if (self._missing[own] == _MISSING_ZERO).any() else []
        return np.unique(np.concatenate([self.threshold[own], zeros]))

    def is_word(self, feature: int) -> bool:
        """Whether a column is split by words."""
        return bool((self.decision[self.feature == feature] & _CATEGORICAL).any())

    def goes_left(self, splits: Ints, values: Numbers) -> Flags:
        """Whether each of some splits on one column sends each value of it to the left: (splits, values).

        Source: `Tree::NumericalDecision` and `Tree::CategoricalDecision` of LightGBM 4.
        """
        if not len(splits) or self.decision[splits[0]] & _CATEGORICAL:
            return np.array([self._is_among(self.words[index], values) for index in splits.tolist()])
        missing, default_left = self._missing[splits][:, None], (self.decision[splits] & _DEFAULT_LEFT)[:, None] > 0
        absent = np.isnan(values)
        numbers = np.where(absent, 0.0, values)
        left = numbers <= self.threshold[splits][:, None]
        by_default = (missing == _MISSING_NAN) & absent | (missing == _MISSING_ZERO) & (np.abs(numbers) <= _ZERO)
        return np.asarray(np.where(by_default, default_left, left))

    @property
    def _missing(self) -> Ints:
        return (self.decision >> 2) & 3

    @staticmethod
    def _is_among(words: Flags, values: Numbers) -> Flags:
        known = (values >= 0) & (values < len(words))
        return known & words[np.where(known, values, 0).astype(np.int64)]


def _arrays(body: str) -> dict[str, "np.ndarray"]:
    lines = dict(line.split("=", 1) for line in body.split("\n") if "=" in line)
    return {name: np.array(lines.get(name, "").split(), kind) for name, kind in _ARRAYS.items()}


def _joined(trees: Sequence[dict[str, "np.ndarray"]], name: str) -> "np.ndarray":
    return np.concatenate([tree[name] for tree in trees])


def _positions(counts: Ints) -> Ints:
    """0, 1, 2, ... anew for each tree."""
    ends = np.cumsum(counts)
    return np.arange(counts.sum()) - np.repeat(ends - counts, counts)


def _hanging(trees: Sequence[dict[str, "np.ndarray"]], splits: Ints, leaves: Ints) -> tuple[Ints, Flags, Numbers]:
    """Parent, side and share of every split and then of every leaf."""
    total = int(splits.sum())
    before = np.cumsum(splits) - splits, np.cumsum(leaves) - leaves
    tree = np.repeat(np.arange(len(trees)), splits)
    parent = np.full(total + int(leaves.sum()), -1)
    is_left, share = np.zeros(len(parent), bool), np.ones(len(parent))
    count = np.concatenate([_joined(trees, "internal_count"), _joined(trees, "leaf_count")])
    for name in ("left_child", "right_child"):
        child = _joined(trees, name)
        at = np.where(child >= 0, before[0][tree] + child, total + before[1][tree] + ~child)
        parent[at], is_left[at] = np.arange(total), name == "left_child"
        share[at] = count[at] / np.maximum(count[:total], 1.0)
    return parent, is_left, share


def _words(trees: Sequence[dict[str, "np.ndarray"]], splits: Ints) -> dict[int, Flags]:
    """The bits of the categories of every split on words."""
    found = {}
    for first, tree in zip((np.cumsum(splits) - splits).tolist(), trees, strict=True):
        for index in np.flatnonzero(tree["decision_type"] & _CATEGORICAL).tolist():
            which = int(tree["threshold"][index])
            begins, ends = tree["cat_boundaries"][which : which + 2]
            packed = tree["cat_threshold"][begins:ends, None] >> np.arange(32)
            found[first + index] = (packed & 1).astype(bool).ravel()
    return found
