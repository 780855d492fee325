"""What a check has found in a feed."""

from dataclasses import dataclass
from typing import Any, Literal

from churnrisk.clock import Day
from churnrisk.rules import Rule

Severity = Literal["hold", "note"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One fault of one feed, as the test of a check gives it: on which days, and a sentence with numbers.

    `hold`: a list made from this would mislead. `note`: worth knowing, and no reason to wait. `found` and `usual` are
    the two numbers that the test compares. `event` is the one that the fault is about, if it is about one.
    """

    feed: str = "usage"
    severity: Severity
    first_day: Day
    last_day: Day
    found: float
    usual: float
    sentence: str
    event: str = ""


@dataclass(frozen=True)
class FeedFinding:
    """A fault, with the check that found it.

    A finding gets its name from its check, which can't exist without its words (`churnrisk.rules`).

    >>> day = Day("2025-12-28")
    >>> half = Evidence(severity="hold", first_day=day, last_day=day, found=0.38, usual=1.0, sentence="38 % of rows")
    >>> FeedFinding(Rule("partial day", "fewer rows a user than usual", lambda usage: [half]), half).as_json()
    {'feed': 'usage', 'check': 'partial day', 'severity': 'hold', 'first_day': '2025-12-28', 'last_day': '2025-12-28',
     'found': 0.38, 'usual': 1.0, 'evidence': 'usage: 38 % of rows'}
    """

    rule: Rule[Any, Any]
    evidence: Evidence

    @property
    def feed(self) -> str:
        return self.evidence.feed

    @property
    def check(self) -> str:
        """The name of the check, in which `{event}` is the event that the fault is about."""
        return self.rule.name.format(event=self.evidence.event)

    @property
    def severity(self) -> Severity:
        return self.evidence.severity

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values; the evidence names the feed."""
        return {
            "feed": self.feed,
            "check": self.check,
            "severity": self.severity,
            "first_day": str(self.evidence.first_day),
            "last_day": str(self.evidence.last_day),
            "found": round(self.evidence.found, 4),
            "usual": round(self.evidence.usual, 4),
            "evidence": self.words,
        }

    @property
    def words(self) -> str:
        """The feed and the sentence."""
        return f"{self.feed}: {self.evidence.sentence}"
