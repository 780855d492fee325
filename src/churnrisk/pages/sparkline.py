"""Weekly usage as a small line and as words."""

from dataclasses import dataclass

from churnrisk.words import compact

WIDTH = 120
HEIGHT = 28
"""Pixels: 26 weeks of 4 to 5 pixels each fit a column of the list, and two lines of text beside it are as high."""

_PAD = 2
"""Room for the dot at the end and for half of the line's width, which the box would cut off."""

_MONTH = 4
"""Weeks averaged at either end of the caption, because a single week says little: holidays come in weeks."""


@dataclass(frozen=True)
class Sparkline:
    """What to draw, and the same in words.

    `line` and `area` are SVG points in a box of WIDTH x HEIGHT, from zero up; `end` is the last point. `caption` stands
    below the line; `label` is for those who can't see it.
    """

    line: str
    area: str
    end: tuple[float, float]
    caption: str
    label: str


def sparkline(usage: tuple[float | None, ...]) -> Sparkline | None:
    """The line of weekly totals, oldest first, scaled to the highest week; None where no week is known.

    >>> drawn = sparkline((None, 40.0, 40, 40, 40, 10, 10, 10, 10))
    >>> drawn.caption, drawn.label
    ('40 → 10 a week', 'Usage in 8 weeks: 40 a week in the first four, 10 a week in the last four')
    >>> drawn.line[:19], drawn.end
    ('15.8,2.0 30.5,2.0 4', (119.0, 20.0))
    """
    known = [(week, total) for week, total in enumerate(usage) if total is not None]
    if not known:
        return None
    peak = max(total for _, total in known) or 1.0
    step = (WIDTH - _PAD) / max(len(usage) - 1, 1)
    spots = [(1 + week * step, HEIGHT - _PAD - (HEIGHT - 2 * _PAD) * total / peak) for week, total in known]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    base = HEIGHT - _PAD
    totals = [total for _, total in known]
    caption, label = _in_words(totals)
    return Sparkline(
        line=line,
        area=f"{spots[0][0]:.1f},{base} {line} {spots[-1][0]:.1f},{base}",
        end=(round(spots[-1][0], 1), round(spots[-1][1], 1)),
        caption=caption,
        label=label,
    )


def _in_words(totals: list[float]) -> tuple[str, str]:
    last = compact(_mean(totals[-_MONTH:]))
    if len(totals) < 2 * _MONTH:
        return f"{last} a week", f"Usage in {len(totals)} weeks: {last} a week lately"
    first = compact(_mean(totals[:_MONTH]))
    label = f"Usage in {len(totals)} weeks: {first} a week in the first four, {last} a week in the last four"
    return f"{first} → {last} a week", label


def _mean(totals: list[float]) -> float:
    return sum(totals) / len(totals)
