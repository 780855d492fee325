"""Several LightGBM boosters in one, whose log-odds are the mean of theirs, by their texts.

A mean of boosters ranks better than any of them, and one booster of all their trees is one file, one call to predict
and one exact explanation: the leaves of each are shrunken by its weight, and the trees stand one after the other.
"""

import re
from collections.abc import Sequence

from churnrisk.errors import ModelError

_TREES_END = "end of trees\n"

_MUST_AGREE = ("num_class", "num_tree_per_iteration", "max_feature_idx", "objective", "feature_names")
"""Lines of the head without which the trees of one booster mean nothing in another."""

_VALUES = re.compile(r"^(leaf_value|internal_value)=(.*)$", re.MULTILINE)
_TREE = re.compile(r"(?=^Tree=\d+$)", re.MULTILINE)


def joined_text(texts: Sequence[str], weights: Sequence[float]) -> str:
    """The text of the booster whose log-odds are the sum of `weights` times those of the boosters of `texts`.

    Raises ModelError where the boosters are not of the same columns and objective.
    """
    heads = [text[: text.index("Tree=0\n")] for text in texts]
    for line in _MUST_AGREE:
        if len({_line(head, line) for head in heads}) > 1:
            raise ModelError(f"the boosters differ in {line}", where="join", fix="fit them to the same columns")
    trees: list[str] = []
    for text, weight in zip(texts, weights, strict=True):
        trees += [_shrunken(tree, weight, len(trees) + index) for index, tree in enumerate(_trees(text))]
    # LightGBM jumps from tree to tree by these lengths.
    sizes = "tree_sizes=" + " ".join(str(len(tree.encode())) for tree in trees)
    head = re.sub(r"^tree_sizes=.*$", sizes, heads[0], flags=re.MULTILINE)
    return head + "".join(trees) + texts[0][texts[0].index(_TREES_END) :]


def _line(head: str, name: str) -> str:
    found = re.search(rf"^{name}=(.*)$", head, re.MULTILINE)
    return found[1] if found else ""


def _trees(text: str) -> list[str]:
    return _TREE.split(text[: text.index(_TREES_END)])[1:]


def _shrunken(tree: str, weight: float, number: int) -> str:
    """A tree under another number, with its values times `weight`."""

    def scaled(line: re.Match[str]) -> str:
        # repr writes the shortest text that reads back as the very same number.
        return f"{line[1]}=" + " ".join(repr(float(value) * weight) for value in line[2].split())

    body = _VALUES.sub(scaled, tree).rstrip("\n")
    return re.sub(r"^Tree=\d+", f"Tree={number}", body) + "\n\n\n"
