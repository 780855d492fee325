"""LightGBM, deterministic, in log-odds; calibrated by rewriting its own leaves."""

from collections.abc import Mapping
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from churnrisk.model.log_odds import fit_logistic
from churnrisk.model.matrix import Column, Matrix

Settings = Mapping[str, float | int]
Numbers = npt.NDArray[np.float64]

FIXED = {
    "objective": "binary",
    "metric": "binary_logloss",
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
    "bagging_freq": 1,
    "max_bin": 63,
}


def dataset(x: Matrix, y: Numbers, columns: tuple[Column, ...]) -> lgb.Dataset:
    """Rows binned for training."""
    words = [place for place, column in enumerate(columns) if column.categories is not None]
    return lgb.Dataset(
        x,
        y,
        feature_name=[column.name for column in columns],
        categorical_feature=words,
        params={"max_bin": FIXED["max_bin"], "verbosity": -1, "num_threads": 1, "feature_pre_filter": False},
        free_raw_data=False,
    )


def fit(rows: lgb.Dataset, settings: Settings, *, trees: int, seed: int) -> lgb.Booster:
    """A booster of so many trees."""
    return lgb.train({**FIXED, **settings, "seed": seed}, rows, num_boost_round=trees)


def calibration(raw: Numbers, label: Numbers) -> tuple[float, float]:
    """Intercept and slope of the log-odds on later time: logit p = intercept + slope * raw.

    A slope that is not above 0 means that the scores say nothing of later time; then everybody gets the base rate.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.

    >>> raw = np.array([-2.0, -1, 0, 1, 2] * 20)
    >>> intercept, slope = calibration(raw, (np.arange(100) % 7 < 2 + raw).astype(float))
    >>> slope > 0
    True
    """
    intercept, slope = fit_logistic([raw], label)
    if slope <= 0:
        (base_rate,) = fit_logistic([], label)
        return base_rate, 0.0
    return intercept, slope


def calibrate(booster: lgb.Booster, intercept: float, slope: float) -> lgb.Booster:
    """The same trees, whose leaves now add up to `intercept + slope * raw`.

    So the saved model gives calibrated log-odds by itself, and its SHAP values explain the very probability that is
    sent.
    """
    scaled = lgb.Booster(model_str=booster.model_to_string())
    for tree, leaves in enumerate(_leaves(scaled)):
        for leaf in range(leaves):
            value = scaled.get_leaf_output(tree, leaf) * slope + (intercept if tree == 0 else 0.0)
            scaled.set_leaf_output(tree, leaf, value)
    return scaled


def raw_score(booster: lgb.Booster, x: Matrix) -> Numbers:
    """Log-odds of each row."""
    return np.asarray(booster.predict(x, raw_score=True), float)


def contributions(booster: lgb.Booster, x: Matrix) -> tuple[Numbers, Numbers]:
    """Exact path-dependent SHAP values in log-odds: (rows, columns), and the base value of each row.

    Source: S. Lundberg, G. Erion, S.-I. Lee, Consistent individualized feature attribution for tree ensembles, 2018.
    """
    values = np.asarray(booster.predict(x, pred_contrib=True), float)
    return values[:, :-1], values[:, -1]


def _leaves(booster: lgb.Booster) -> list[int]:
    trees: list[dict[str, Any]] = booster.dump_model()["tree_info"]
    return [int(tree["num_leaves"]) for tree in trees]
