"""Values, ranges and rates in words, in the very format of the reasons."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from churnrisk.clock import Day
from churnrisk.features.phrase import fact, number

AFTER = {"days": "days", "weeks": "weeks", "per week": "a week"}
"""Units that are said after a number; a format with a per cent sign says its own."""

FIGURES = (3, 5, 9)
"""How fine a number may be told where fewer figures would not tell two groups apart; the last tells any two."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Phrase:
    """What is needed to say a feature's values."""

    unit: str
    reason: str
    missing: str
    currency: str = ""

    @classmethod
    def of(cls, described: Mapping[str, str], currency: str) -> "Phrase":
        """That of a feature as `features.json` describes it."""
        return cls(described["unit"], described["reason"], described["missing"], currency)

    @property
    def format(self) -> str:
        """How its reason writes a value.

        >>> Phrase("ratio", "usage is at {value:.0%} of its level", "no usage").format
        '.0%'
        """
        return next((spec or "" for _, field, spec, _ in Formatter().parse(self.reason) if field == "value"), "")

    def sentence(self, value: Any) -> str:
        """The fact in words; what is missing in words where there is no value."""
        return fact(self.reason, self.missing, value)


def range_labels(lowest: Iterable[float], highest: Iterable[float], phrase: Phrase) -> list[str]:
    """Ranges with their unit, in the format of the reason, or finer where two would read the same.

    >>> days = Phrase("days", "last active {value:.0f} days ago", "never active")
    >>> range_labels([0, 1, 3], [0, 2, 90], days)
    ['0 days', '1 to 2 days', '3 to 90 days']
    >>> range_labels([0, 0.1, 0.4], [0, 0.3, 2], days)
    ['0 days', '0.1 to 0.3 days', '0.4 to 2 days']
    >>> range_labels([0, 1], [0, 1], Phrase("yes/no", "renews by itself: {value:.0f}", "no subscription"))
    ['no', 'yes']
    """
    ends = list(zip(map(float, lowest), map(float, highest), strict=True))
    percent = "%" in phrase.format
    for figures in (0, *FIGURES):
        labels = [_range(low, high, phrase, figures, percent=percent) for low, high in ends]
        if len(set(labels)) == len(labels):
            break
    return labels


def _range(low: float, high: float, phrase: Phrase, figures: int, *, percent: bool) -> str:
    if phrase.unit == "yes/no" and low == high and low in (0, 1):
        return "yes" if low else "no"
    usual = not figures and phrase.format not in ("", "g")
    first, last = (
        number(each, phrase.format) if usual else _fine(each, figures or FIGURES[0], percent=percent)
        for each in (low, high)
    )
    before = phrase.currency if phrase.unit == "money" else ""
    unit = "" if percent else AFTER.get(phrase.unit, "")
    unit = unit.removesuffix("s") if first == last == "1" else unit
    text = f"{before}{first}" if first == last else f"{before}{first} to {before}{last}"
    return f"{text} {unit}".strip()


def _fine(value: float, figures: int, *, percent: bool) -> str:
    """A number in so many figures or a few more, without powers of ten where it is large.

    >>> _fine(0.1234, 3, percent=True), _fine(12345.67, 3, percent=False), _fine(12345.67, 5, percent=False)
    ('12.3%', '12,346', '12,345.67')
    """
    scaled = 100 * value if percent else value
    large = abs(scaled) >= 100
    written = f"{scaled:,.{figures - 3}f}" if large else f"{scaled:.{figures}g}"
    return f"{written}%" if percent else written


def category_label(word: str) -> str:
    """A category as a label; one without letters to see is quoted.

    >>> category_label("Pro"), category_label(" ")
    ('Pro', "' '")
    """
    return word if word.strip() else repr(word)


def title(name: str) -> str:
    """A name of a feature or theme as a heading.

    >>> title("days_since_active"), title("attribute_use_case")
    ('Days since active', 'Use case')
    """
    words = name.removeprefix("attribute_").replace("_", " ")
    return words[:1].upper() + words[1:]


def percent(share: float | None) -> str:
    """A churn rate to a tenth of a per cent.

    >>> percent(0.0764), percent(0.0), percent(None)
    ('7.6%', '0%', '–')
    """
    if share is None:
        return "–"
    return f"{share:.1%}" if round(share, 3) not in (0, 1) else f"{share:.0%}"


def points(difference: float | None) -> str:
    """A difference of two rates in percentage points.

    >>> points(0.1234), points(-0.01), points(None)
    ('12.3', '−1.0', '–')
    """
    return "–" if difference is None else f"{100 * difference:.1f}".replace("-", "−")


def date(when: Day) -> str:
    """A date that no country reads the wrong way round, in English whatever the machine's language.

    >>> date(Day("2025-01-06"))
    '6 Jan 2025'
    """
    each: dt.date = when.astype("M8[D]").astype(dt.date)
    return f"{each.day} {MONTHS[each.month - 1]} {each.year}"
