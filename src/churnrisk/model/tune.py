"""Settings are chosen on later time: forward folds, log loss, a seeded search."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import optuna
from sklearn.metrics import log_loss

from churnrisk.model.boosted import Rows, Stopped, dataset, fit_until_worse, raw_score
from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import Column, Matrix, Numbers
from churnrisk.model.scorer import Settings
from churnrisk.model.split import Fold
from churnrisk.params.sections import Train

START = {"num_leaves": 15, "min_data_in_leaf": 100, "feature_fraction": 0.5, "bagging_fraction": 0.7, "lambda_l2": 10.0}
"""The first settings tried: few leaves, strong shrinkage, half of the features a tree. They are hard to beat where
churns are few: on the Open University's data a search chose them again, and on online retail the 20 leaves that it
preferred ranked the test no better."""

PATIENCE = 40
"""Trees without a better log loss on later time before a fit stops. The loss of a fold jumps from tree to tree and is
flat around its best, which on the Open University's data comes after 40 to 60 trees at a learning rate of 0.1; less
patience could stop a fit at its first dip. It costs 40 trees a fit at most, and none of them is kept."""


DIGITS = 10
"""Significant digits of a setting. The last digits of what Optuna draws depend on the exp and log of the processor, and
no fit needs them.
"""


@dataclass(frozen=True)
class Choice:
    """The settings chosen, the trees that they want, and the out-of-time scores that they gave.

    `raw` are the log-odds of the validation rows of all folds, and `rows` the positions of these in the matrix.
    """

    settings: Settings
    trees: int
    log_loss: float
    tried: int
    raw: Numbers
    rows: npt.NDArray[np.int64]


def tune(x: Matrix, y: Numbers, columns: tuple[Column, ...], folds: list[Fold], settings: Train) -> Choice:
    """Try settings on every fold, `threads` folds at a time; keep those with the least mean log loss on later time."""
    fixed: Settings = {"learning_rate": settings.learning_rate, "seed": settings.seed}
    data = [
        (dataset(x[fold.train], y[fold.train], columns), dataset(x[fold.validation], y[fold.validation], columns))
        for fold in folds
    ]
    tried: list[tuple[Settings, list[Stopped]]] = []

    def loss(trial: optuna.Trial) -> float:
        drawn = _suggest(trial)
        fitted = list(pool.map(lambda pair: _fit({**fixed, **drawn}, pair, settings.max_trees), data))
        tried.append((drawn, fitted))
        return float(np.mean([each.log_loss for each in fitted]))

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=settings.seed))
    study.enqueue_trial(START)
    with ThreadPoolExecutor(settings.threads) as pool:
        study.optimize(loss, n_trials=settings.trials)
    drawn, best = tried[study.best_trial.number]
    raw = np.concatenate([raw_score(each.booster, x[fold.validation]) for each, fold in zip(best, folds, strict=True)])
    rows = np.concatenate([np.flatnonzero(fold.validation) for fold in folds])
    trees = max(int(np.mean([each.trees for each in best])), 1)
    return Choice(
        settings={"learning_rate": settings.learning_rate, **drawn},
        trees=trees,
        log_loss=float(log_loss(y[rows], probability(raw))),
        tried=settings.trials,
        raw=raw,
        rows=rows,
    )


def _fit(settings: Settings, rows: tuple[Rows, Rows], max_trees: int) -> Stopped:
    """A booster that stops when later time gets no better."""
    train, later = rows
    return fit_until_worse(train, later, settings, most=max_trees, patience=PATIENCE)


def _suggest(trial: optuna.Trial) -> Settings:
    """Ranges from nearly additive trees (4 leaves, the best on the simulated company) to deep ones, and from hardly any
    shrinkage to more than a few hundred churns can overcome. What acts by its order of magnitude is drawn by its
    logarithm.
    """
    drawn = {
        "num_leaves": trial.suggest_int("num_leaves", 4, 63, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 20, 500, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.2, 0.9),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.4, 0.9),
        "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 100.0, log=True),
    }
    return {name: value if isinstance(value, int) else float(f"{value:.{DIGITS}g}") for name, value in drawn.items()}
