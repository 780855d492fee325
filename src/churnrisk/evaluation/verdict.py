"""Is there a signal? In words, for whoever would else trust a list that is no better than chance."""

from dataclasses import dataclass

from churnrisk.evaluation.judge import Figures

FEWEST_LEFT = 5
"""Accounts that left, below which an interval says too much."""


@dataclass(frozen=True)
class Verdict:
    """Whether the ranking was better than chance on dates that it had not seen, and what was found."""

    usable: bool
    words: str


def verdict(figures: Figures) -> Verdict:
    """The ranking is of use where the whole 95 % interval of its AUC lies above 0.5, chance, and enough accounts left.

    >>> test = {"rows": 900, "accounts": 300, "accounts_left": 20}
    >>> verdict({"test": test, "model": {"auc": 0.53, "auc_low": 0.46, "auc_high": 0.6}}).words
    'No usable signal: on 900 snapshots of 300 accounts that it had not seen, 20 of which left, the ranking had an AUC
     of 0.53 (0.46 to 0.60), and 0.5 is chance.'
    """
    test, model = figures["test"], figures["model"]
    few = test["accounts_left"] < FEWEST_LEFT
    usable = model["auc_low"] > 0.5 and not few
    says = "Better than chance" if usable else "Too few left to tell" if few else "No usable signal"
    words = (
        f"{says}: on {test['rows']:,} snapshots of {test['accounts']:,} accounts that it had not seen,"
        f" {test['accounts_left']:,} of which left, the ranking had an AUC of {model['auc']:.2f}"
        f" ({model['auc_low']:.2f} to {model['auc_high']:.2f}), and 0.5 is chance."
    )
    return Verdict(usable, words)
