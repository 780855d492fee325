"""What a check has found in a feed."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from churnrisk.clock import Day

Severity = Literal["hold", "note"]


@dataclass(frozen=True)
class FeedFinding:
    """One fault of one feed: which check found it, on which days, and the evidence in a sentence with numbers.

    `hold`: a list made of this would mislead. `note`: worth knowing, and no reason to wait. `found` and `usual` are
    the two numbers that the check compares.

    >>> day = Day("2025-12-28")
    >>> FeedFinding("usage", "partial day", "hold", day, day, 0.38, 1.0, "38 % of the rows").as_json()
    {'feed': 'usage', 'check': 'partial day', 'severity': 'hold', 'first_day': '2025-12-28', 'last_day': '2025-12-28',
     'found': 0.38, 'usual': 1.0, 'evidence': 'usage: 38 % of the rows'}
    """

    feed: str
    check: str
    severity: Severity
    first_day: Day
    last_day: Day
    found: float
    usual: float
    evidence: str

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values; the evidence names the feed."""
        days = {"first_day": str(self.first_day), "last_day": str(self.last_day)}
        numbers = {"found": round(self.found, 4), "usual": round(self.usual, 4)}
        return asdict(self) | days | numbers | {"evidence": self.words}

    @property
    def words(self) -> str:
        """The feed and the evidence."""
        return f"{self.feed}: {self.evidence}"
