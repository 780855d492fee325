"""Settings are chosen on later time: forward folds, log loss, a seeded search."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import optuna
from sklearn.metrics import log_loss

from churnrisk.model.boosted import FIXED, Numbers, Settings, dataset, raw_score
from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import Column, Matrix
from churnrisk.model.split import Fold

START = {"num_leaves": 15, "min_data_in_leaf": 100, "feature_fraction": 0.5, "bagging_fraction": 0.7, "lambda_l2": 10.0}
"""The first settings tried: few leaves, strong shrinkage; hard to beat where churns are few."""

PATIENCE = 40

DIGITS = 10
"""Of a setting. The last of what Optuna draws depends on the processor's exp and log; the fit doesn't need it."""


@dataclass(frozen=True)
class Choice:
    """The settings chosen, the trees that they want, and the out-of-time scores that they gave."""

    settings: Settings
    trees: int
    log_loss: float
    tried: int
    raw: Numbers
    rows: npt.NDArray[np.int64]


def tune(
    x: Matrix,
    y: Numbers,
    columns: tuple[Column, ...],
    folds: list[Fold],
    *,
    trials: int,
    max_trees: int,
    learning_rate: float,
    seed: int,
    threads: int,
) -> Choice:
    """Try settings on every fold, `threads` folds at a time; keep those with the least mean log loss on later time.

    `raw` and `rows` of the choice are the log-odds of the validation rows and their positions in `x`, for calibration.
    """
    fixed: dict[str, Any] = {**FIXED, "learning_rate": learning_rate, "seed": seed}
    data = [
        (dataset(x[fold.train], y[fold.train], columns), dataset(x[fold.validation], y[fold.validation], columns))
        for fold in folds
    ]
    tried: list[tuple[Settings, list[lgb.Booster]]] = []

    def loss(trial: optuna.Trial) -> float:
        drawn = _suggest(trial)
        fitted = list(pool.map(lambda pair: _fit({**fixed, **drawn}, pair, max_trees), data))
        tried.append((drawn, fitted))
        return float(np.mean([booster.best_score["valid_0"]["binary_logloss"] for booster in fitted]))

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial(START)
    with ThreadPoolExecutor(threads) as pool:
        study.optimize(loss, n_trials=trials)
    drawn, best = tried[study.best_trial.number]
    raw = np.concatenate([raw_score(each, x[fold.validation]) for each, fold in zip(best, folds, strict=True)])
    rows = np.concatenate([np.flatnonzero(fold.validation) for fold in folds])
    trees = max(int(np.mean([each.best_iteration for each in best])), 1)
    settings = {"learning_rate": learning_rate, **drawn}
    return Choice(settings, trees, float(log_loss(y[rows], probability(raw))), trials, raw, rows)


def _fit(settings: Settings, rows: tuple[lgb.Dataset, lgb.Dataset], max_trees: int) -> lgb.Booster:
    """A booster that stops when later time gets no better."""
    train, later = rows
    stop = lgb.early_stopping(PATIENCE, verbose=False)
    return lgb.train(dict(settings), train, max_trees, valid_sets=[later], callbacks=[stop])


def _suggest(trial: optuna.Trial) -> Settings:
    drawn = {
        "num_leaves": trial.suggest_int("num_leaves", 4, 63, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 20, 500, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.2, 0.9),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.4, 0.9),
        "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 100.0, log=True),
    }
    return {name: value if isinstance(value, int) else float(f"{value:.{DIGITS}g}") for name, value in drawn.items()}
