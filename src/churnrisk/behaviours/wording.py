"""A feature's values and ranges in words, by its unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from churnrisk.words import number

AFTER = {"days": "days", "weeks": "weeks", "per week": "a week"}
"""Units that follow a number. Others are in its format, as the per cent sign is, or say nothing."""

FORMATS = {
    "share": ".0%",
    "ratio": ".0%",
    "slope": "+.0%",
    "per week": ".1f",
    "score": ".1f",
    "number": "g",
    "category": "",
}
"""How values of a unit are written; those of all others as whole numbers."""

FIGURES = (3, 5, 9)
"""Significant figures to try, in turn, until no two labels are equal; features are float32, and 9 figures tell any two
values of that type apart."""


@dataclass(frozen=True)
class Wording:
    """How a feature's values are written: its unit, its words for no value, the currency."""

    unit: str
    missing: str
    currency: str = ""

    @classmethod
    def of(cls, described: Mapping[str, str], currency: str) -> "Wording":
        """The wording of a feature that `features.json` describes."""
        return cls(unit=described["unit"], missing=described["missing"], currency=currency)

    @property
    def format(self) -> str:
        """The format in which a value is written; empty for words."""
        return FORMATS.get(self.unit, ".0f")

    def sentence(self, value: Any) -> str:
        """The value with its unit, in words; what it means to have none where it is missing.

        >>> days = Wording(unit="days", missing="never active")
        >>> days.sentence(1.0), days.sentence(None)
        ('1 day', 'never active')
        """
        if value is None or value != value:
            return self.missing
        return (
            category_label(value)
            if isinstance(value, str)
            else _range(value, value, self, 0, percent="%" in self.format)
        )


def range_labels(lowest: Iterable[float], highest: Iterable[float], wording: Wording) -> list[str]:
    """A label for each range with its unit, in the format of its unit, or finer where two would read the same.

    >>> days = Wording(unit="days", missing="never active")
    >>> range_labels([0, 1, 3], [0, 2, 90], days)
    ['0 days', '1 to 2 days', '3 to 90 days']
    >>> range_labels([0, 0.1, 0.4], [0, 0.3, 2], days)
    ['0 days', '0.1 to 0.3 days', '0.4 to 2 days']
    >>> renews = Wording(unit="yes/no", missing="no subscription")
    >>> range_labels([0, 1], [0, 1], renews)
    ['no', 'yes']
    """
    ends = list(zip(map(float, lowest), map(float, highest), strict=True))
    percent = "%" in wording.format
    for figures in (0, *FIGURES):
        labels = [_range(low, high, wording, figures, percent=percent) for low, high in ends]
        if len(set(labels)) == len(labels):
            break
    return labels


def _range(low: float, high: float, wording: Wording, figures: int, *, percent: bool) -> str:
    if wording.unit == "yes/no" and low == high and low in (0, 1):
        return "yes" if low else "no"
    usual = not figures and wording.format not in ("", "g")
    first, last = (
        number(each, wording.format) if usual else _fine(each, figures or FIGURES[0], percent=percent)
        for each in (low, high)
    )
    before = wording.currency if wording.unit == "money" else ""
    unit = "" if percent else AFTER.get(wording.unit, "")
    unit = unit.removesuffix("s") if first == last == "1" else unit
    text = f"{before}{first}" if first == last else f"{before}{first} to {before}{last}"
    return f"{text} {unit}".strip()


def _fine(value: float, figures: int, *, percent: bool) -> str:
    """A number in at least so many significant figures, never as a power of ten.

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
