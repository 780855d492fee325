"""Settings are chosen on later time: each is fitted to every fold, what is clearly worse is dropped, the rest kept."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.metrics.paired import log_losses, paired
from churnrisk.model.boosted import OVERSHOOT, Rows, dataset, fit_until_worse
from churnrisk.model.examples import Examples
from churnrisk.model.matrix import Column, Matrix, Numbers, columns_of, matrix
from churnrisk.model.menu import shared_out
from churnrisk.model.parts import parts_of
from churnrisk.model.scorer import Settings
from churnrisk.model.split import Fold
from churnrisk.params.sections import Train

PATIENCE = 40
"""Trees that a fit goes on at least after its best. The loss of a fold jumps from tree to tree and is flat around its
best, which on the Open University's data comes after 40 to 60 trees at a learning rate of 0.1; less patience could stop
a fit at its first dip."""

STRETCHES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, OVERSHOOT)
"""Shares of the trees that each setting wants by itself, among which the mean of all chooses its own."""

_AS_IS = STRETCHES.index(1.0)

CLEARLY = 2.0
"""Paired standard errors by account by which a setting must be worse than the best to be dropped. One would drop what
makes the mean better: on the simulated company 15 leaves are 1.7 errors behind 4 leaves, and the mean of both is
0.002 (AUC) ahead of either."""


@dataclass(frozen=True)
class Tried:
    """A setting as it did on the folds: its mean log loss on later time, and whether it was kept."""

    name: str
    settings: Settings
    log_loss: float
    kept: bool


@dataclass(frozen=True)
class Chosen:
    """A setting that was kept: its share of the boosters, and how many `trees` it wants where it learns from so many
    `rows`.
    """

    settings: Settings
    boosters: int
    trees: float
    rows: float

    def trees_for(self, rows: int, most: int) -> int:
        """Trees of a booster that learns from so many rows: more rows carry more trees.

        They grow with the square root of the rows, because most of the further rows are of the same accounts, a week
        later. In proportion, the simulated company's trees were twice as many as its test bears (AUC 0.833 against
        0.838), and as many as those of the folds are too few for the Open University's data.

        >>> Chosen({}, boosters=1, trees=100.0, rows=10_000.0).trees_for(40_000, most=400)
        200
        """
        return int(np.clip(round(self.trees * (rows / self.rows) ** 0.5), 1, most))


@dataclass(frozen=True)
class Choice:
    """What was chosen, and the out-of-time scores that it gave.

    `raw` are the log-odds of the validation rows of all folds, and `rows` the positions of these in the matrix.
    """

    chosen: tuple[Chosen, ...]
    tried: tuple[Tried, ...]
    log_loss: float
    raw: Numbers = field(repr=False)
    rows: npt.NDArray[np.int64] = field(repr=False)


@dataclass(frozen=True)
class _Fit:
    """One setting on all folds: its best number of trees and the rows it learned from, a fold each, and its log-odds of
    all later rows: (stretches, rows).
    """

    trees: list[int]
    learned: list[int]
    staged: Numbers

    def chosen(self, settings: Settings, boosters: int, stretch: float) -> Chosen:
        """As it is fitted in the end, by the mean of the folds."""
        return Chosen(settings, boosters, stretch * float(np.mean(self.trees)), float(np.mean(self.learned)))


def tune(
    earlier: Examples, folds: list[Fold], menu: Mapping[str, Settings], settings: Train, kept: Sequence[str] = ()
) -> Choice:
    """Fit every setting of the `menu` to every fold, `threads` fits at a time, and choose; with the names of those to
    be `kept`, the best first, only how many trees they want.
    """
    rows = np.concatenate([np.flatnonzero(fold.validation) for fold in folds])
    label, account = earlier.label[rows], earlier.accounts[rows]
    fits = _fit_all(earlier, folds, menu, settings)
    losses = {name: log_losses(fit.staged[_AS_IS], label) for name, fit in fits.items()}
    shares = shared_out(kept or _kept(losses, account), settings.boosters)
    stretch, raw = _stretched(fits, shares, label)
    return Choice(
        chosen=tuple(fits[name].chosen(menu[name], share, stretch) for name, share in shares.items()),
        tried=tuple(Tried(name, menu[name], float(losses[name].mean()), name in shares) for name in menu),
        log_loss=float(log_losses(raw, label).mean()),
        raw=raw,
        rows=rows,
    )


def loss_of(own: Settings, earlier: Examples, folds: list[Fold], settings: Train) -> float:
    """Mean log loss on later time of boosters with some settings, each fold by its best number of trees."""
    label = earlier.label[np.concatenate([np.flatnonzero(fold.validation) for fold in folds])]
    (fit,) = _fit_all(earlier, folds, {"own": own}, settings).values()
    return float(log_losses(fit.staged[_AS_IS], label).mean())


def _kept(losses: Mapping[str, Numbers], account: npt.NDArray[Any]) -> list[str]:
    """Names of the settings that are not clearly worse than the best, the best first."""
    best_first = sorted(losses, key=lambda name: float(losses[name].mean()))
    best = losses[best_first[0]]
    return [name for name in best_first if not paired(losses[name], best, account).exceeds(CLEARLY)]


def _stretched(fits: Mapping[str, _Fit], shares: Mapping[str, int], label: Numbers) -> tuple[float, Numbers]:
    """The stretch at which the mean of the settings has the least log loss, and the log-odds of it."""
    total = sum(shares.values())
    means = np.sum([fits[name].staged * (share / total) for name, share in shares.items()], axis=0)
    best = int(np.argmin([log_losses(raw, label).mean() for raw in means]))
    return STRETCHES[best], means[best]


def _fit_all(
    earlier: Examples, folds: Sequence[Fold], menu: Mapping[str, Settings], settings: Train
) -> dict[str, _Fit]:
    """Every setting fitted to every fold. Rows of a fold are binned once for all settings, and given up after it."""
    made = {name: _Fit([], [], np.empty((len(STRETCHES), 0))) for name in menu}
    columns = columns_of(earlier.features)
    x = matrix(earlier.features, columns)
    with ThreadPoolExecutor(settings.threads) as pool:
        for fold in folds:
            rows = _FoldRows.of(x, earlier, columns, fold, most=len(menu))
            jobs = [pool.submit(rows.fit, index, menu[name], settings) for index, name in enumerate(menu)]
            for name, job in zip(menu, jobs, strict=True):
                trees, staged = job.result()
                before = made[name]
                made[name] = _Fit(
                    [*before.trees, trees], [*before.learned, rows.learned], np.hstack([before.staged, staged])
                )
    return made


@dataclass(frozen=True)
class _FoldRows:
    """Rows of a fold, binned: those to learn from in `parts`, each with the later rows binned like it."""

    parts: list[tuple[Rows, Rows]]
    later: Matrix
    learned: int

    @classmethod
    def of(cls, x: Matrix, examples: Examples, columns: tuple[Column, ...], fold: Fold, *, most: int) -> "_FoldRows":
        learned, later = np.flatnonzero(fold.train), np.flatnonzero(fold.validation)
        parts = []
        for part in parts_of(examples.accounts[learned], examples.label[learned])[:most]:
            rows = learned[part.rows]
            binned = dataset(x[rows], examples.label[rows], columns, weight=part.weight)
            parts.append((binned, dataset(x[later], examples.label[later], columns, like=binned)))
        return cls(parts, x[later], len(learned))

    def fit(self, index: int, own: Settings, settings: Train) -> tuple[int, Numbers]:
        """Best number of trees of a setting, fitted to one of the parts, and its log-odds of the later rows."""
        train, later = self.parts[index % len(self.parts)]
        drawn = {**own, "learning_rate": settings.learning_rate, "seed": settings.seed}
        stopped = fit_until_worse(train, later, drawn, most=settings.max_trees, patience=PATIENCE)
        counts = [round(stretch * stopped.trees) for stretch in STRETCHES]
        return stopped.trees, np.array(stopped.staged(self.later, counts))
