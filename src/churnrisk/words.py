"""Numbers, dates and percentage points in words. Pages, spreadsheets, reasons and the console all use these."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from churnrisk.clock import day
from churnrisk.errors import printable

# Not strftime("%b"), which follows the machine's locale: the same list must have the same bytes everywhere.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NO_NUMBER = "–"
"""In tables, for a figure that is not known."""


def date(when: Any) -> str:
    """A date with the month in letters, which no country reads the wrong way round; None is not known.

    `when` is a day, date, timestamp or ISO text.

    >>> date(dt.date(2025, 1, 6)), date("2025-01-06"), date(day("2025-01-06")), date(None)
    ('6 Jan 2025', '6 Jan 2025', '6 Jan 2025', 'none known')
    """
    return "none known" if when is None else f"{short_date(when)} {_as_date(when).year}"


def short_date(when: Any) -> str:
    """A date without its year, where the year is clear.

    >>> short_date("2025-03-10")
    '10 Mar'
    """
    each = _as_date(when)
    return f"{each.day} {MONTHS[each.month - 1]}"


def _as_date(when: Any) -> dt.date:
    each: dt.date = day(when).astype(dt.date)
    return each


def in_days(days: int | None) -> str:
    """How far off a day is.

    >>> in_days(0), in_days(1), in_days(67), in_days(-2), in_days(None)
    ('today', 'tomorrow', 'in 67 days', '2 days ago', '')
    """
    if days is None:
        return ""
    if days < 0:
        return "yesterday" if days == -1 else f"{-days} days ago"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def number(value: float, spec: str) -> str:
    """A number in a format, with separated thousands and no sign before zero.

    >>> number(-0.2, ".0f"), number(2345, "+.0f"), number(0.5, "+.0%")
    ('0', '+2,345', '+50%')
    """
    written = format(value, spec if "," in spec else spec.replace(".", ",."))
    return written if written.strip("+-0.%") else written.lstrip("+-")


def percent(share: float) -> str:
    """A probability in whole per cent. What rounds to 0 % or 100 % is given as a bound, because nothing is that sure.

    >>> percent(0.634), percent(0.0004), percent(0.9996), percent(0)
    ('63%', 'under 1%', 'over 99%', '0%')
    """
    if 0 < share < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= share < 1 else f"{share:.0%}"


def rate(share: float | None) -> str:
    """An observed share, to a tenth of a per cent; None is not known.

    >>> rate(0.0764), rate(0.0), rate(None)
    ('7.6%', '0%', '–')
    """
    if share is None:
        return NO_NUMBER
    return f"{share:.1%}" if round(share, 3) not in (0, 1) else f"{share:.0%}"


def month(name: str) -> str:
    """A month in ISO form with its letters; any other text as it is.

    >>> month("2025-03"), month("no renewal date")
    ('Mar 2025', 'no renewal date')
    """
    year, _, number_of = name.partition("-")
    return f"{MONTHS[int(number_of) - 1]} {year}" if re.fullmatch(r"\d{4}-\d\d", name) else name


def signed_money(amount: float, currency: str) -> str:
    """A change of an amount without cents; its sign needs no colour.

    >>> signed_money(1234.4, "$"), signed_money(-20.0, "$"), signed_money(0.2, "$")
    ('+$1,234', '−$20', '$0')
    """
    size = money(abs(amount), currency)
    return size if not round(amount) else f"{'+' if amount > 0 else '−'}{size}"


def rates(low: float | None, high: float | None) -> str:
    """The interval of a share, to a tenth of a per cent.

    >>> rates(0.912, 1.004), rates(None, None)
    ('91.2 to 100.4%', '–')
    """
    return NO_NUMBER if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f}%"


def count(number_of: float | None) -> str:
    """A whole number with separated thousands; None is not known.

    >>> count(12345.0), count(None)
    ('12,345', '–')
    """
    return NO_NUMBER if number_of is None else f"{number_of:,.0f}"


def difference(rates: float | None) -> str:
    """The difference of two rates, in percentage points without a unit; None is not known.

    >>> difference(0.1234), difference(-0.01), difference(None)
    ('12.3', '−1.0', '–')
    """
    return NO_NUMBER if rates is None else f"{100 * rates:.1f}".replace("-", "−")


def points(change: float | None) -> str:
    """A change of probability in whole percentage points, with a sign that needs no colour; None is new.

    >>> points(12.3), points(-1.0), points(0.2), points(None)
    ('▲ 12 points', '▼ 1 point', '= no change', 'new')
    """
    if change is None:
        return "new"
    size = round(abs(change))
    if not size:
        return "= no change"
    return f"{'▲' if change > 0 else '▼'} {size} {'point' if size == 1 else 'points'}"


def money(amount: float | None, currency: str) -> str:
    """An amount without cents.

    >>> money(1234567.8, "$"), money(None, "$")
    ('$1,234,568', 'not known')
    """
    return "not known" if amount is None else f"{currency}{amount:,.0f}"


def compact(count: float) -> str:
    """A count in few characters.

    >>> [compact(each) for each in (0, 0.42, 7.25, 34.4, 1234, 45678, 2.5e6)]
    ['0', '0.4', '7.3', '34', '1,234', '46k', '2.5M']
    """
    if count >= 1e6:
        return f"{count / 1e6:.1f}M"
    if count >= 1e4:
        return f"{count / 1e3:.0f}k"
    # A mean of four weeks often ends in exactly 5, which Python rounds to even: 7.25 to 7.2, but 7.75 to 7.8.
    return f"{count:,.0f}" if count >= 10 or count == round(count) else f"{count + 1e-9:.1f}"


def title(name: str) -> str:
    """The name of a feature or fact in code as a heading.

    >>> title("days_since_active"), title("attribute_use_case")
    ('Days since active', 'Use case')
    """
    words = name.removeprefix("attribute_").replace("_", " ")
    return words[:1].upper() + words[1:]


def in_markdown(text: str) -> str:
    """A text as part of a line of Markdown, whatever a company calls its things: on one line, no table cell, tag, link
    or picture.

    >>> print(in_markdown("<b>A|B</b>\\n![x](http://x)"))
    &lt;b>A\\|B&lt;/b> !\\[x\\](http://x)
    """
    return re.sub(r"([|\[\]])", r"\\\1", printable(" ".join(text.split()))).replace("<", "&lt;")


def signed_points(points: float) -> str:
    """Percentage points that something adds to a risk, with a sign.

    >>> signed_points(17.6), signed_points(-1.2), signed_points(0.4), signed_points(-0.4)
    ('+18 points', '−1 point', '+0.4 points', '−0.4 points')
    """
    size = f"{abs(points):.1f}" if 0 < abs(points) < 0.95 else f"{abs(points):.0f}"
    return f"{'−' if points < 0 else '+'}{size} {'point' if size == '1' else 'points'}"


def sum_of_points(usual: float | None, parts: Iterable[tuple[str, float]], total: float) -> str:
    """How a probability adds up from a usual one; what is under half a point is put together.

    >>> sum_of_points(0.04, [("usage", 48.2), ("contract", 7.1), ("age", -0.2), ("plan", 0.1)], 0.592)
    'usual 4%, usage +48, contract +7 = 59%'
    >>> sum_of_points(None, [], 0.5)
    ''
    """
    if usual is None:
        return ""
    said = [f"{name} {'+' if each > 0 else '−'}{abs(each):.0f}" for name, each in parts if abs(each) >= 0.5]
    return f"{', '.join([f'usual {percent(usual)}', *said])} = {percent(total)}"
