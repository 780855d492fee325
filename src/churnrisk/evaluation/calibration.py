"""Do probabilities mean what they say, for whom, and for how long after the last label that the model learned from?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, days, of_column
from churnrisk.evaluation.verdict import FEWEST_CHURNED
from churnrisk.metrics.metric import Numbers
from churnrisk.metrics.paired import paired
from churnrisk.metrics.reliability import expected_calibration_error

GROUPED_BY = ("segment", "lifecycle_stage")
"""Features whose values are calibrated apart where there are such: segments drift apart, and stages differ most."""

CONFIDENCE = 0.95
"""Of the intervals."""

ERRORS = 1.96
"""Standard errors to each side of an interval of that confidence."""

SPAN_WEEKS = 4
"""Weeks that are taken together on the way from the cut. A single week of a small company has too few churns to tell,
and nobody trains more often than monthly."""

FAR_OFF = 1.25
"""How many times as much or as little churn as predicted is called off: a quarter changes whom a team calls, and less
can't be told from luck at most companies."""

OF_AGREEMENT = [
    "rows",
    "churned",
    "accounts_churned",
    "mean_probability",
    "churn_rate",
    "churn_rate_low",
    "churn_rate_high",
    "ratio",
    "ratio_low",
    "ratio_high",
    "ece",
]


def agreement(label: Numbers, probability: Numbers, account: npt.NDArray[Any]) -> dict[str, float]:
    """Mean predicted against observed churn: `ratio` is observed over predicted, the bounds those of 95 % intervals.

    The intervals are those of the distance between the two, by accounts, because the rows of one account are alike. A
    rate and its probability agree where the mean probability lies in the interval of the rate. The bounds are NaN where
    fewer than `FEWEST_CHURNED` accounts churned: an interval that comes from the spread of a few misses what none of
    them showed.

    >>> label, probability = np.tile([1.0, 0, 0, 0], 10), np.full(40, 0.2)
    >>> made = agreement(label, probability, np.arange(40))
    >>> [round(made[name], 3) for name in ("churn_rate", "churn_rate_low", "churn_rate_high", "ratio", "ece")]
    [0.25, 0.146, 0.428, 1.25, 0.05]
    """
    churned = len(np.unique(account[label == 1].astype(str)))
    predicted, observed = float(probability.mean()), float(label.mean())
    low, high = np.nan, np.nan
    if churned >= FEWEST_CHURNED:
        low, high = interval(observed, paired(label, probability, account).error)
    return {
        "rows": len(label),
        "churned": int(label.sum()),
        "accounts_churned": churned,
        "mean_probability": predicted,
        "churn_rate": observed,
        "churn_rate_low": low,
        "churn_rate_high": high,
        "ratio": observed / predicted,
        "ratio_low": low / predicted,
        "ratio_high": high / predicted,
        "ece": expected_calibration_error(label, probability),
    }


def interval(rate: float, error: float) -> tuple[float, float]:
    """Limits of a rate above 0 with this standard error: the rates from which it is `ERRORS` of their own errors away.

    The error of a rate grows as its root, as that of a count does, so where few churned by chance, the error that is
    measured on them is too small. Of probabilities that were exactly right, over 26 weekly lists of simulated companies
    of 600 accounts, an interval as long to both sides missed 11 % on 1,793 dates, and this one 5 %.

    Source: the score interval; E. Wilson, Probable inference, the law of succession, and statistical inference, 1927.

    >>> [round(limit, 3) for limit in interval(0.06, 0.02)]
    [0.032, 0.114]
    """
    reach = ERRORS * error
    skew = reach**2 / (2 * rate)
    high = rate + skew + (reach**2 + skew**2) ** 0.5
    return rate**2 / high, min(1.0, high)


def calibration(backtest: pd.DataFrame, groups: Mapping[str, "pd.Series[str]"]) -> pd.DataFrame:
    """Agreement of all rows, of each value of `groups` (words of every row, by a name), and of each month of dates.

    Returns `slice` ("all" first), `value`, and what `agreement` gives.
    """
    whole = pd.Series("", backtest.index)
    by = {"all": whole, **groups, "month": backtest["as_of"].dt.strftime("%Y-%m")}
    rows = [
        {"slice": name, "value": value, **_of_rows(backtest.iloc[here])}
        for name, words in by.items()
        for value, here in sorted(backtest.groupby(words.to_numpy()).indices.items())
    ]
    return pd.DataFrame(rows, columns=["slice", "value", *OF_AGREEMENT])


def calibration_by_age(backtest: pd.DataFrame, cut: Day) -> pd.DataFrame:
    """Agreement by weeks from the `cut`, after which the model learned nothing, in spans of `SPAN_WEEKS`.

    Returns `first_week` and `last_week`, those of the first and last date in the span, and what `agreement` gives.
    """
    week = (of_column(backtest["as_of"]) - cut) // days(7)
    spans = [week // SPAN_WEEKS == each for each in np.unique(week // SPAN_WEEKS)]
    rows = [
        {"first_week": week[here].min(), "last_week": week[here].max(), **_of_rows(backtest[here])} for here in spans
    ]
    return pd.DataFrame(rows, columns=["first_week", "last_week", *OF_AGREEMENT])


def disagreeing(table: pd.DataFrame) -> tuple[int, int]:
    """How many rows of a table of agreement don't hold their mean probability in their interval, and how many have one.

    >>> disagreeing(pd.DataFrame({"ratio_low": [0.9, 1.1, np.nan], "ratio_high": [1.2, 1.3, np.nan]}))
    (1, 2)
    """
    outside = (table["ratio_low"] > 1) | (table["ratio_high"] < 1)
    return int(outside.sum()), int(table["ratio_low"].notna().sum())


def stays_calibrated(by_age: pd.DataFrame) -> str:
    """How long probabilities can be believed after the last label that was learned from, and how often to train again.

    A span is off where its whole interval lies beyond `FAR_OFF`, so that no span is called off for want of churns; how
    many are shown to be within it is said too, so that silence is not taken for proof.
    """
    judged = by_age[by_age["ratio_low"].notna()]
    if judged.empty:
        return "Too few accounts churned in each span to tell how long its probabilities can be believed."
    off = judged[(judged["ratio_low"] > FAR_OFF) | (judged["ratio_high"] < 1 / FAR_OFF)]
    if off.empty:
        within = int(((judged["ratio_low"] >= 1 / FAR_OFF) & (judged["ratio_high"] <= FAR_OFF)).sum())
        last = judged["last_week"].iloc[-1]
        return (
            f"Spans up to {last} weeks from its last label that are shown to be off by more than a quarter: none of"
            f" {len(judged)}; shown to be within it: {within}. Nothing later was tested, so train again"
            f" {_every(last)}."
        )
    first = off.iloc[0]
    was = (
        f"in weeks {first['first_week']:.0f} to {first['last_week']:.0f} from its last label churn was"
        f" {first['ratio']:.2f} times as frequent as it said ({first['ratio_low']:.2f} to {first['ratio_high']:.2f})"
    )
    if first["first_week"] == judged["first_week"].iloc[0]:
        return f"Its probabilities are off from the start: {was}. To train more often does not mend that."
    return (
        f"Its probabilities can be believed for {first['first_week']:.0f} weeks: {was}, and no earlier span is shown to"
        f" be off by more than a quarter. Train again {_every(first['first_week'])}."
    )


def _every(weeks: float) -> str:
    return f"every {weeks:.0f} weeks or sooner" if weeks > 1 else "every week"


def _of_rows(rows: pd.DataFrame) -> dict[str, float]:
    return agreement(*(rows[name].to_numpy() for name in ("label", "probability", "account_id")))
