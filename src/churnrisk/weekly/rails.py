"""The guard rails of a promotion: rules with words, each of which keeps a challenger from becoming the champion."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from churnrisk.evaluation.intervals import FEWEST_DATES
from churnrisk.model.bundle import Bundle
from churnrisk.registry.champion import Evidence
from churnrisk.rules import Rule, Rules
from churnrisk.weekly.contest import Compared

MOST_CHANGE = 2.0
"""How many times as many rows or churns a year a challenger may have learned from. Between two trainings, a company
grows by parts of that; twice the churn is more often a changed definition or a feed that was loaded twice."""

MOST_ALIKE = 0.5
"""Largest share of snapshots with one probability, to six digits. A rule on one column can stand above it; a model of
many columns that does has stopped to tell accounts apart."""

FAR_OFF = 1.5
"""How many times as much or as little churn as predicted, in a group whose interval leaves no doubt, is too far off."""

STRONGEST, FEWEST_SHARED = 10, 3
"""Of the strongest features, how many must be among the other's. Of ten drawn at random from fifty, two are shared."""


@dataclass(frozen=True)
class Contender:
    """A bundle and what was recorded of its test."""

    bundle: Bundle
    evidence: Evidence


@dataclass(frozen=True)
class Contest:
    """The challenger, the champion where there is one, and how they compare on the same rows."""

    challenger: Contender
    champion: Contender | None = None
    compared: list[Compared] = field(default_factory=list)


Finding = str
"""What a rule has found; empty where it lets the challenger pass."""


def _degenerate(contest: Contest) -> Finding:
    probability = contest.challenger.evidence.backtest["probability"].to_numpy(float)
    if not len(probability) or not np.isfinite(probability).all():
        return "a probability of its test is missing or no number"
    _, counts = np.unique(probability.round(6), return_counts=True)
    share = counts.max() / len(probability)
    return f"{share:.0%} of the snapshots of its test have the same probability" if share > MOST_ALIKE else ""


def _behind_a_baseline(contest: Contest) -> Finding:
    verdict = contest.challenger.bundle.verdict
    return "" if verdict.usable and not verdict.behind else verdict.words


def _miscalibrated(contest: Contest) -> Finding:
    table = contest.challenger.evidence.calibration.dropna(subset=["ratio_low", "ratio_high"])
    # The whole interval of observed over predicted churn must lie beyond the border.
    off = table[(table["ratio_low"] > FAR_OFF) | (table["ratio_high"] < 1 / FAR_OFF)]
    if off.empty:
        return ""
    worst = off.iloc[0]
    return (
        f"{worst['slice']} {worst['value']}: {worst['churn_rate']:.1%} churned where {worst['mean_probability']:.1%}"
        f" was predicted; {len(off)} groups are that far off"
    )


def _population(contest: Contest) -> Finding:
    if contest.champion is None:
        return ""
    now, before = contest.challenger.bundle.model.trained, contest.champion.bundle.model.trained
    rates = {"rows": (now.rows, before.rows), "churn rate": (now.churned / now.rows, before.churned / before.rows)}
    for name, (new, old) in rates.items():
        if not 1 / MOST_CHANGE <= new / old <= MOST_CHANGE:
            return f"{name} of what it learned from: {new:.4g}, that of the champion: {old:.4g}"
    return ""


def _other_features(contest: Contest) -> Finding:
    if contest.champion is None:
        return ""
    new, old = (
        {column.name for column in each.bundle.model.columns} for each in (contest.challenger, contest.champion)
    )
    more, fewer = sorted(new - old), sorted(old - new)
    parts = [f"{len(names)} {what}, such as {names[0]}" for what, names in (("more", more), ("fewer", fewer)) if names]
    return "; ".join(parts)


def _unstable_reasons(contest: Contest) -> Finding:
    if contest.champion is None:
        return ""
    new, old = (_strongest(each.evidence.importance) for each in (contest.challenger, contest.champion))
    shared = new & old
    if len(shared) >= min(FEWEST_SHARED, len(new), len(old)):
        return ""
    return f"of the {STRONGEST} strongest features only {len(shared)} are among the champion's"


def _strongest(importance: pd.DataFrame) -> set[str]:
    ordered = importance.sort_values("mean_contribution", ascending=False, kind="stable")
    return set(ordered["feature"].head(STRONGEST))


def _not_compared(contest: Contest) -> Finding:
    missing = contest.champion is not None and not contest.compared
    too_few = f"the tests of the two have fewer than {FEWEST_DATES} dates in common"
    return f"{too_few}, or on them nobody churned, or everybody, or a probability is missing" if missing else ""


def _worse(contest: Contest) -> Finding:
    return "; ".join(each.words for each in contest.compared if each.is_worse)


RULES: Rules[Contest, Finding] = Rules(
    [
        Rule("population changed", "it learned from another population or another rate of churn", _population),
        Rule("degenerate scores", "its probabilities do not tell accounts apart", _degenerate),
        Rule("behind a baseline", "it is no better than chance or a simple system", _behind_a_baseline),
        Rule("calibration by slice", "in some group churn is far from what it predicts", _miscalibrated),
        Rule("reasons unstable", "it gives other reasons than the champion", _unstable_reasons),
        Rule("feature set changed", "it has other features than the champion", _other_features),
        Rule("not comparable", "there is no period on which both were tested", _not_compared),
        Rule("worse than the champion", "it is shown to be worse on the same later periods", _worse),
    ]
)
"""In the order in which they are told; all of them are applied."""


def held_by(contest: Contest) -> dict[str, str]:
    """What each rule that holds has found, by its name, in words."""
    found = {rule.name: (rule.words, rule(contest)) for rule in RULES}
    return {name: f"{words} ({finding})" for name, (words, finding) in found.items() if finding}
