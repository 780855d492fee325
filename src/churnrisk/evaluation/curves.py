"""Curves that `dvc plots` and MLflow draw: precision and recall, calibration, lift."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve

from churnrisk.metrics.metric import Numbers
from churnrisk.metrics.reliability import reliability

POINTS = 200
"""As many as a plot a few hundred pixels wide can show; a test of a large company has a million."""

AXES = {
    "precision_recall": ("recall", "precision"),
    "calibration": ("predicted", "observed"),
    "lift": ("share", "lift"),
}
"""The curves, with the column along and the column up."""


def curves(label: Numbers, probability: Numbers) -> dict[str, pd.DataFrame]:
    """The points of each curve, at most `POINTS` of them."""
    return {
        "precision_recall": _precision_recall(label, probability),
        "calibration": reliability(label, probability),
        "lift": _lift(label, probability),
    }


def picture(name: str, points: pd.DataFrame) -> Figure:
    """One curve as a figure."""
    along, up = AXES[name]
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(points[along], points[up], marker="o" if name == "calibration" else None)
    if name == "calibration":
        most = max(points[along].max(), points[up].max())
        axes.plot([0, most], [0, most], linestyle=":", color="grey")
    axes.set(xlabel=along, ylabel=up, title=name.replace("_", " and " if name == "precision_recall" else " "))
    return figure


def _precision_recall(label: Numbers, probability: Numbers) -> pd.DataFrame:
    """Points at even steps of recall, without the last, which scikit-learn adds and nobody measured."""
    precision, recall, _ = precision_recall_curve(label, probability)
    points = pd.DataFrame({"recall": recall, "precision": precision})[:-1]
    return points.groupby((points["recall"] * POINTS).round().astype(int), sort=True).last().reset_index(drop=True)


def _lift(label: Numbers, probability: Numbers) -> pd.DataFrame:
    hits = np.cumsum(label[np.argsort(-probability, kind="stable")])
    share = np.arange(1, len(label) + 1) / len(label)
    table = pd.DataFrame({"share": share, "lift": hits / len(label) / share / label.mean()})
    return _thinned(table[table["share"] >= 0.01])


def _thinned(points: pd.DataFrame) -> pd.DataFrame:
    keep = np.unique(np.linspace(0, len(points) - 1, min(POINTS, len(points))).astype(int))
    return points.iloc[keep].reset_index(drop=True)
