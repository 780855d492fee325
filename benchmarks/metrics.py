"""Metrics written apart from `churnrisk.metrics`, so that a mistake there does not judge itself.

Scores may be anything that ranks; a higher one means that churn is likelier. Labels are 1 for churn and 0 for staying.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

Numbers = npt.NDArray[np.float64]


def auc(label: Numbers, score: Numbers) -> float:
    """Share of pairs of one that churned and one that stayed in which the churned one scores higher; a tie is half.

    >>> auc(np.array([1.0, 0, 1, 0]), np.array([3.0, 2, 2, 1]))
    0.875
    """
    churned = label == 1
    n, others = int(churned.sum()), int((~churned).sum())
    return float((rankdata(score)[churned].sum() - n * (n + 1) / 2) / (n * others))


def average_precision(label: Numbers, score: Numbers) -> float:
    """Mean, over all that churned, of the precision of the list that goes down to each of them, those tied included.

    >>> round(average_precision(np.array([1.0, 0, 1, 0]), np.array([3.0, 2, 2, 1])), 4)
    0.8333
    """
    by_score = pd.DataFrame({"score": score, "churned": label, "rows": 1.0}).groupby("score").sum()[::-1]
    precision = by_score["churned"].cumsum() / by_score["rows"].cumsum()
    return float((precision * by_score["churned"]).sum() / by_score["churned"].sum())


def lift_by_date(label: Numbers, score: Numbers, date: npt.ArrayLike, share: float = 0.1) -> float:
    """Churn rate in the top share of each date's list over that of the whole date, a date weighing as its churns do.

    Of those that tie at the end of the list, an average one is on it.

    >>> lift_by_date(np.array([1.0, 0, 0, 0, 0, 1]), np.array([9.0, 1, 1, 5, 5, 5]), [1, 1, 1, 2, 2, 2], share=1 / 3)
    2.0
    """
    rows = pd.DataFrame({"label": label, "score": score, "date": date})
    lifts = [(_lift(day["label"], day["score"], share), day["label"].sum()) for _, day in rows.groupby("date")]
    return float(sum(lift * churns for lift, churns in lifts) / sum(churns for _, churns in lifts))


def _lift(label: "pd.Series[float]", score: "pd.Series[float]", share: float) -> float:
    if not label.any():
        return 0.0
    length = max(1, round(share * len(label)))
    last = score.nlargest(length).iloc[-1]
    sure, tied = label[score > last], label[score == last]
    return float((sure.sum() + (length - len(sure)) * tied.mean()) / length / label.mean())


def calibration_error(label: Numbers, probability: Numbers, bins: int = 10) -> float:
    """Distance of mean probability and churn rate in ten bins with equally many rows, averaged over rows.

    >>> round(calibration_error(np.array([0.0, 1, 1, 1]), np.array([0.1, 0.3, 0.8, 0.9]), bins=2), 3)
    0.225
    """
    order = np.argsort(probability, kind="stable")
    group = np.empty(len(order), int)
    for number, part in enumerate(np.array_split(order, bins)):
        group[part] = number
    return calibration_error_by(label, probability, group)


def calibration_error_by(label: Numbers, probability: Numbers, group: npt.ArrayLike) -> float:
    """The same with groups that are given, such as courses."""
    misses = pd.DataFrame({"miss": probability - label, "group": group}).groupby("group")["miss"].sum()
    return float(misses.abs().sum() / len(label))
