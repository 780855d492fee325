"""How numbers and dates are put for people; the page and the spreadsheet share these words."""

import datetime as dt

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date(when: dt.date | None) -> str:
    """A date that no country reads the wrong way round, in English whatever the machine's language.

    >>> date(dt.date(2025, 1, 6)), date(None)
    ('6 Jan 2025', 'none known')
    """
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}" if when else "none known"


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


def percent(share: float) -> str:
    """A probability in whole per cent; certainty is not claimed.

    >>> percent(0.634), percent(0.0004), percent(0.9996), percent(0)
    ('63%', 'under 1%', 'over 99%', '0%')
    """
    if 0 < share < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= share < 1 else f"{share:.0%}"


def points(change: float | None) -> str:
    """A change of probability in whole percentage points, with a sign that needs no colour.

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


def compact(number: float) -> str:
    """A count in few characters.

    >>> [compact(each) for each in (0, 0.42, 7.25, 34.4, 1234, 45678, 2.5e6)]
    ['0', '0.4', '7.3', '34', '1,234', '46k', '2.5M']
    """
    if number >= 1e6:
        return f"{number / 1e6:.1f}M"
    if number >= 1e4:
        return f"{number / 1e3:.0f}k"
    return f"{number:,.0f}" if number >= 10 or number == round(number) else f"{number + 1e-9:.1f}"


def effect(odds: float) -> str:
    """What a reason does to the odds of leaving, all else as it is.

    >>> effect(1.82), effect(14.2), effect(5494)
    ('raises the odds 1.8x', 'raises the odds 14x', 'raises the odds over 99x')
    >>> effect(0.61), effect(0.02)
    ('lowers the odds to 0.6x', 'lowers the odds to under 0.1x')
    """
    if odds >= 99.5:
        return "raises the odds over 99x"
    if odds >= 1:
        return f"raises the odds {odds:.0f}x" if odds >= 9.95 else f"raises the odds {odds:.1f}x"
    return "lowers the odds to under 0.1x" if odds < 0.05 else f"lowers the odds to {odds:.1f}x"
