"""The drawing of docs/time.md, to scale. Every date in it is computed from the example by the code it explains."""

from html import escape
from typing import Any

import numpy as np
import pandas as pd

from churnrisk import words
from churnrisk.clock import Day, Grid, day, days
from churnrisk.labels.label import label
from churnrisk.labels.meanings import Logo
from churnrisk.past.tables.spells import spells
from churnrisk.reference.example import AS_OF, SETTLE_DAYS, TEST_BEGINS, WINDOW, subscriptions

FIRST, LAST = day("2025-02-10"), day("2025-06-30")
_LEFT, _SCALE, _LANE = 150, 6, 34
"""Pixels for the names, for a day and for a lane: 140 days and the labels beside them then fit the width of a page."""

_STYLE = (
    "text{font:13px sans-serif;fill:#18222c}.soft{fill:#56636f;font-size:11.5px}"
    ".over{paint-order:stroke;stroke:#fff;stroke-width:4px}.seen{fill:#9cc3e6}.blind{fill:#d9e6f2}"
    ".late{fill:#d5d9dd}.window{fill:#f0b48a}.lag{fill:#f8e0cf}.life{fill:#7a8a99}.line{stroke:#18222c;stroke-width:1.5}"
    ".known{fill:#fff;stroke:#18222c;stroke-width:2}.grid{stroke:#e3e7eb}.train{fill:#1d5c9e}.gap{fill:#c9ced3}.test{fill:#b03a06}"
)


def draw() -> str:
    """The drawing as SVG: six pixels a day."""
    parts = [*_months(), *_windows(), *_lives(), *_folds()]
    width, height = _x(LAST) + 130, 10.4 * _LANE
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" role="img">'
    title = "<title>What a snapshot sees, when churn counts, and what may be learned from, to scale</title>"
    back = f'<rect width="{width}" height="{height:.0f}" fill="#fff"/>'
    return "\n".join([head, title, f"<style>{_STYLE}</style>", back, *parts, "</svg>", ""])


def _x(when: Day) -> int:
    return _LEFT + _SCALE * int((when - FIRST) / days(1))


def _bar(kind: str, first: Day, until: Day, lane: float, height: int = 16) -> str:
    first, until = max(first, FIRST), min(until, LAST)
    width = _SCALE * int((until - first) / days(1))
    return f'<rect class="{kind}" x="{_x(first)}" y="{_LANE * lane:.0f}" width="{width}" height="{height}"/>'


def _text(text: str, x: int, lane: float, *, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x}" y="{_LANE * lane + 13:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


def _mark(when: Day, lane: float, lanes: float) -> str:
    return f'<line class="line" x1="{_x(when)}" x2="{_x(when)}" y1="{_LANE * lane:.0f}" y2="{_LANE * lanes:.0f}"/>'


def _months() -> list[str]:
    months = np.arange(FIRST.astype("M8[M]") + 1, LAST.astype("M8[M]") + 1).astype("M8[D]")
    lines = [
        f'<line class="grid" x1="{_x(each)}" x2="{_x(each)}" y1="{_LANE * 0.6:.0f}" y2="{_LANE * 10:.0f}"/>'
        for each in months
    ]
    return lines + [_text(pd.Timestamp(each).strftime("%B"), _x(each) + 4, 0.4, kind="soft") for each in months]


def _windows() -> list[str]:
    opens, closes, matures = WINDOW.opens(AS_OF), WINDOW.closes(AS_OF), WINDOW.matures(AS_OF)
    settled = AS_OF - days(SETTLE_DAYS)
    spans = [
        ("seen", FIRST, settled, "seen"),
        ("blind", settled, AS_OF, ""),
        ("late", AS_OF, opens, "too late"),
        ("window", opens, closes, "churn counts"),
        ("lag", closes, matures, ""),
    ]
    bars = [_bar(kind, first, until, 2) for kind, first, until, _ in spans]
    texts = [_text(text, _x(first) + 5, 2, kind="soft") for _, first, _, text in spans if text]
    dates = [
        _text(f"{name} {words.short_date(when)}", _x(when), 1.4, kind="soft", anchor="middle")
        for name, when in (("as of", AS_OF), ("opens", opens), ("closes", closes), ("mature", matures))
    ]
    # The last two dates are so close that their labels would overlap.
    dates[2] = dates[2].replace("middle", "end")
    dates[3] = dates[3].replace("middle", "start")
    marks = [_mark(when, 1.85, 2.6) for when in (opens, closes, matures)]
    return [_text("one snapshot", 8, 2), *bars, *texts, *dates, *marks, _mark(AS_OF, 1.85, 7.7)]


def _lives() -> list[str]:
    """Each account's spell, when its end became known, and its label."""
    names = pd.Series(["Ana", "Ben", "Caro", "Dev", "Eli"], name="account_id")
    rows = label(names.to_frame(), AS_OF, WINDOW, Logo(subscriptions()), day("2026-01-01")).set_index("account_id")
    ends = spells(subscriptions().before(day("2026-01-01"))).set_index("account_id")["ended_on"]
    known = subscriptions().before(day("2026-01-01")).frame().set_index("account_id")["end_known_at"]
    parts = []
    for lane, name in enumerate(names, start=3):
        end, known_at, row = day(ends[name]), known[name], rows.loc[name]
        parts += [_text(name, 8, lane), _bar("life", FIRST, end, lane)]
        if end < LAST:
            after = end if pd.isna(known_at) else max(end, day(known_at))
            text = f"ends {words.short_date(end)}"
            text += "" if pd.isna(known_at) else f", known {words.short_date(known_at)}"
            parts.append(_text(text, _x(after) + 10, lane, kind="soft over"))
        if not pd.isna(known_at):
            parts.append(f'<circle class="known" cx="{_x(day(known_at))}" cy="{_LANE * lane + 8:.0f}" r="5"/>')
        parts.append(_text(_label_in_words(row["label"], row["rule"]), _x(LAST) + 12, lane))
    return parts


def _label_in_words(value: Any, rule: Any) -> str:
    return str(rule) if pd.isna(value) else "churns: 1" if value else "stays: 0"


def _folds() -> list[str]:
    """Weekly dates: learned from, purged, tested on."""
    dates = Grid(AS_OF).dates(FIRST, LAST - days(1))
    kinds = np.select([dates >= TEST_BEGINS, WINDOW.matures(dates) <= TEST_BEGINS], ["test", "train"], "gap")
    dots = [
        f'<circle class="{kind}" cx="{_x(each)}" cy="{_LANE * 8.6 + 8:.0f}" r="6"/>'
        for each, kind in zip(dates, kinds, strict=True)
    ]
    firsts = {kind: dates[kinds == kind][0] for kind in ("train", "gap", "test")}
    names = {"train": "mature before the test: learned from", "gap": "not yet mature: left out", "test": "the test"}
    texts = [_text(names[kind], _x(firsts[kind]) - 6, 9.2, kind="soft") for kind in firsts]
    return [_text("all snapshots", 8, 8.6), *dots, *texts]
