"""shap's own pictures of a model, for MLflow: how each feature moves the score, and how its value does."""

import numpy as np
import pandas as pd
import shap
from matplotlib.figure import Figure

from churnrisk.model.matrix import matrix
from churnrisk.model.risk_model import RiskModel

MOST_ROWS = 2000
"""Accounts that are drawn: more dots lie on each other, and shap places them one by one."""

FEATURES, ALONE = 15, 4
"""Features of the swarm, and those that are drawn by themselves."""


def swarm_pictures(model: RiskModel, features: pd.DataFrame) -> dict[str, Figure]:
    """`beeswarm` and `dependence` of some rows of features, at most `MOST_ROWS` of them, evenly spread."""
    rows = features.iloc[np.unique(np.linspace(0, len(features) - 1, MOST_ROWS).astype(int))]
    explanation = _explanation(model, rows)
    return {"beeswarm": _beeswarm(explanation), "dependence": _dependence(model, explanation)}


def _explanation(model: RiskModel, features: pd.DataFrame) -> shap.Explanation:
    """What every column adds; those without any value have no colour and are left out."""
    scores, data = model.score(features), matrix(features, model.columns).astype(float)
    known = ~np.isnan(data).all(axis=0)
    names = [column.name for column, some in zip(model.columns, known, strict=True) if some]
    return shap.Explanation(
        values=scores[[f"shap_{name}" for name in names]].to_numpy(),
        base_values=scores["base_value"].to_numpy(),
        data=data[:, known],
        feature_names=names,
    )


def _beeswarm(explanation: shap.Explanation) -> Figure:
    figure = Figure(figsize=(11, 6), layout="constrained")
    axes = figure.subplots()
    shap.plots.beeswarm(explanation, max_display=FEATURES, ax=axes, show=False, plot_size=None)
    axes.set_xlabel("contribution, log-odds")
    return figure


def _dependence(model: RiskModel, explanation: shap.Explanation) -> Figure:
    """The heaviest features of numbers, each value against what it adds."""
    of_words = {column.name for column in model.columns if column.categories is not None}
    numbers = [index for index, name in enumerate(explanation.feature_names) if name not in of_words]
    heaviest = sorted(numbers, key=lambda index: -np.abs(explanation.values[:, index]).mean())[:ALONE]
    figure = Figure(figsize=(14, 3.6), layout="constrained")
    for axes, index in zip(figure.subplots(1, ALONE, squeeze=False)[0], heaviest, strict=False):
        known = ~np.isnan(explanation.data[:, index])
        axes.plot(explanation.data[known, index], explanation.values[known, index], ".", markersize=3)
        axes.set(xlabel=explanation.feature_names[index], ylabel="contribution, log-odds")
    return figure
