"""What a check says: a finding, with its numbers, its place and its fix."""

from dataclasses import dataclass

CHECKS = {
    "cut_off": "features come out bit for bit the same from tables that end at the date",
    "too_good": "no feature alone ranks those who leave nearly perfectly",
    "availability": "whether a value is there doesn't tell who leaves",
    "target_encoding": "no feature is the churn rate of the group that shares its value",
    "order_in_time": "every label that a model learned from was certain before its test, or its list, began",
    "finished_windows": "labels stand only where their window is over and reported",
    "whole_test": "every mature snapshot of the test stands in the backtest once, with its own label",
    "own_date": "predictions and scores are those of the features of their own date",
}
"""Every check by its name, and what holds when it finds nothing."""


@dataclass(frozen=True)
class Finding:
    """What one check found: `found` with numbers, `where` it lies, how to `fix` it; `feature` where it is about one.

    >>> Finding("too_good", "score has an AUC of 0.99", "data/features", "leave it out").check
    'too_good'
    """

    check: str
    found: str
    where: str
    fix: str
    feature: str = ""

    def __post_init__(self) -> None:
        if self.check not in CHECKS:
            raise ValueError(f"no check is named {self.check!r}; there are {sorted(CHECKS)}")
