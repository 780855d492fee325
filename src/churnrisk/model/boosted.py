"""LightGBM, deterministic, in log-odds; calibrated by rewriting its own leaves. The only module that imports
lightgbm.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeAlias

import lightgbm as lgb
import numpy as np

from churnrisk.errors import ModelError
from churnrisk.model.joining import joined_text
from churnrisk.model.matrix import Column, Matrix, Numbers
from churnrisk.model.scorer import Settings
from churnrisk.model.shapley import Explainer

FIXED = {
    "objective": "binary",
    "metric": "binary_logloss",
    # The same rows must give the same bytes, or `dvc.lock` could not be committed. `deterministic` alone is not enough:
    # left to itself LightGBM times row-wise against column-wise histograms at the start and takes the faster, and the
    # two add gradients in different orders; its documentation asks to fix one of them. One thread a fit adds in one
    # order in any case; the cores are used by fitting folds side by side instead.
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
    # Draw a new sample of rows for every tree; without it bagging_fraction is ignored.
    "bagging_freq": 1,
    # A quarter of LightGBM's 255, so histograms are a quarter as long to add up and to keep. 255 bins rank no better:
    # on online retail the test has an AUC of 0.7295 with them and 0.7296 with 63.
    "max_bin": 63,
}
"""What every booster is fitted with, whatever was chosen."""

OVERSHOOT = 1.5
"""A mean of boosters wants more trees than each of them by itself, because it varies less: a fit on a fold goes on past
its own best so that the mean can be looked at further on. On the simulated company and the Open University's data the
mean was best within 1.3 times."""

FEW_ROWS = 2000
"""Rows below which LightGBM's own contributions are as fast: to read the trees and to make tables of their leaves takes
0.2 ms a tree, and LightGBM on two cores 0.16 microseconds a row and tree of 4 to 6 leaves, more for larger ones."""

Rows: TypeAlias = lgb.Dataset
"""Rows binned for training."""


def dataset(
    x: Matrix, y: Numbers, columns: tuple[Column, ...], *, weight: Numbers | None = None, like: Rows | None = None
) -> Rows:
    """Rows binned for training, once: several boosters may then be fitted to them side by side.

    Rows to look at while others are learned from must be binned `like` those.
    """
    words = [index for index, column in enumerate(columns) if column.categories is not None]
    rows = lgb.Dataset(
        x,
        y,
        weight=weight,
        reference=like,
        feature_name=[column.name for column in columns],
        categorical_feature=words,
        params={"max_bin": FIXED["max_bin"], "verbosity": -1, "num_threads": 1, "feature_pre_filter": False},
        # A setting that asks for other bins is then refused. With the values still there LightGBM would bin them again,
        # and two fits at once that both do end the whole process.
        free_raw_data=True,
    )
    # LightGBM otherwise bins at the first fit, with the same end.
    return rows.construct()


def raw_score(booster: lgb.Booster, x: Matrix, *, first: int = 0, trees: int = -1) -> Numbers:
    """Log-odds of each row; with `trees`, the part of so many of them from the `first` on."""
    if not len(x) or trees == 0:
        return np.zeros(len(x))
    return np.asarray(booster.predict(x, raw_score=True, start_iteration=first, num_iteration=trees), float)


@dataclass(frozen=True)
class Boosted:
    """Boosted trees whose leaves add up to log-odds."""

    booster: lgb.Booster
    columns: tuple[Column, ...]
    kind: ClassVar[str] = "boosted"
    words: ClassVar[str] = "a LightGBM model"
    in_log_odds: ClassVar[bool] = True

    @classmethod
    def fit(cls, x: Matrix, label: Numbers, columns: tuple[Column, ...], settings: Settings) -> "Boosted":
        """So many `trees`, by a `seed`; all other settings are LightGBM's own."""
        return cls.fit_to(dataset(x, label, columns), columns, settings)

    @classmethod
    def fit_to(cls, rows: Rows, columns: tuple[Column, ...], settings: Settings) -> "Boosted":
        """The same, of rows that are binned already."""
        own = {name: value for name, value in settings.items() if name != "trees"}
        return cls(_train(own, rows, settings["trees"]), columns)

    @classmethod
    def joined(cls, parts: Sequence["Boosted"]) -> "Boosted":
        """One booster whose log-odds and contributions are the mean of those of the `parts`, of the same columns."""
        texts = [part.dumps() for part in parts]
        return cls.loads(joined_text(texts, [1 / len(parts)] * len(parts)), parts[0].columns)

    def log_odds(self, x: Matrix) -> Numbers:
        """Log-odds of each row."""
        return raw_score(self.booster, x)

    def contributions(self, x: Matrix) -> tuple[Numbers, Numbers]:
        """Exact path-dependent SHAP values in log-odds: (rows, columns), and the base value of each row.

        By tables where rows are many, by LightGBM itself where they are few or its trees too large for tables; the two
        agree to about 1e-13.
        """
        if not len(x):  # LightGBM divides by the number of rows
            return np.zeros(x.shape), np.zeros(0)
        if len(x) >= FEW_ROWS and self._explainer.applies:
            return self._explainer.contributions(x), np.full(len(x), self._explainer.base)
        values = np.asarray(self.booster.predict(x, pred_contrib=True), float)
        return values[:, :-1], values[:, -1]

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer.of_text(self.dumps(), len(self.columns))

    def calibrated(self, intercept: float, slope: float) -> "Boosted":
        """The same trees, whose leaves now add up to `intercept + slope * log_odds`."""
        scaled = lgb.Booster(model_str=self.booster.model_to_string())
        for tree, leaves in enumerate(_leaves(scaled)):
            for leaf in range(leaves):
                value = scaled.get_leaf_output(tree, leaf) * slope + (intercept if tree == 0 else 0.0)
                scaled.set_leaf_output(tree, leaf, value)
        return Boosted(scaled, self.columns)

    def halves(self) -> "tuple[Boosted, Boosted]":
        """The boosters of the first and of the second half of its trees, the middle one in both.

        Of joined boosters the halves are of other seeds, and mostly of other settings.
        """
        trees = self.booster.num_trees()
        half = (trees + 1) // 2
        texts = [self.booster.model_to_string(start_iteration=first, num_iteration=half) for first in (0, trees - half)]
        first, second = (Boosted(lgb.Booster(model_str=text), self.columns) for text in texts)
        return first, second

    def dumps(self) -> str:
        """LightGBM's own text."""
        return str(self.booster.model_to_string())

    @classmethod
    def loads(cls, text: str, columns: tuple[Column, ...]) -> "Boosted":
        """Trees from LightGBM's own text.

        LightGBM ends the whole process on a text that is cut off, so the text must have been checked against its hash
        before (`churnrisk.model.seal`).
        """
        try:
            booster = lgb.Booster(model_str=text)
        except lgb.basic.LightGBMError as error:
            raise ModelError(f"not LightGBM's text ({error})", where="scorer.txt", fix="train again") from error
        if booster.feature_name() != [column.name for column in columns]:
            raise ModelError("the trees are of other columns than the model", where="scorer.txt", fix="train again")
        return cls(booster, columns)


@dataclass(frozen=True)
class Stopped:
    """A booster that was best on later time after so many `trees`, and went on for some `fitted` more."""

    booster: lgb.Booster
    trees: int
    fitted: int

    def staged(self, x: Matrix, counts: Sequence[int]) -> list[Numbers]:
        """Log-odds of each row after each number of trees; counts grow, and end at the trees that are fitted."""
        total, out, done = np.zeros(len(x)), [], 0
        for count in (min(each, self.fitted) for each in counts):
            total = total + raw_score(self.booster, x, first=done, trees=count - done)
            done = count
            out.append(total)
        return out


def fit_until_worse(train: Rows, later: Rows, settings: Settings, *, most: int, patience: int) -> Stopped:
    """Fit up to `most` trees, and stop half as many again as its best number on `later`, and `patience`, after it."""
    best: tuple[float, int] = (np.inf, 0)
    with _refusals(settings):
        booster = lgb.Booster({**FIXED, **settings}, train)
        booster.add_valid(later, "later")
        for trees in range(1, most + 1):
            booster.update()
            ((_, _, loss, _),) = booster.eval_valid()
            best = min(best, (loss, trees))
            if trees >= OVERSHOOT * best[1] + patience:
                break
    return Stopped(booster, best[1], booster.num_trees())


def _train(settings: Settings, rows: Rows, trees: int) -> lgb.Booster:
    """So many trees; raises ModelError where LightGBM refuses a setting.

    Not by `lightgbm.train`: it writes the names of the features into the rows anew, and the fits that go on side by
    side share them. Names were seen to be torn that way, and a torn one ends the run.
    """
    with _refusals(settings):
        booster = lgb.Booster({**FIXED, **settings}, rows)
        for _ in range(trees):
            booster.update()
    return booster


@contextmanager
def _refusals(settings: Settings) -> Iterator[None]:
    try:
        yield
    except lgb.basic.LightGBMError as error:
        raise ModelError(
            f"LightGBM refuses to fit {dict(settings)} ({str(error).strip()})",
            where="train",
            fix="correct train.settings, or leave them out",
        ) from error


def _leaves(booster: lgb.Booster) -> list[int]:
    trees: list[dict[str, Any]] = booster.dump_model()["tree_info"]
    return [int(tree["num_leaves"]) for tree in trees]
