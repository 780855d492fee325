"""The close-up of an account as lines of text."""

from collections.abc import Iterable

from churnrisk import words
from churnrisk.clock import WEEK
from churnrisk.close_up.structure import CloseUp, Past
from churnrisk.explain.movement import NEW_LEVELS, NEW_MODEL
from churnrisk.pages.sparkline import sparkline
from churnrisk.risk_list import Row

_STEPS = "▁▂▃▄▅▆▇█"
_BAR = 24
"""Characters of the longest bar: with a name before it and a number behind, a line stays below eighty."""

_NAME = 32
_SHOWN = 0.05
"""Points below which a fact has no line of its own: it would be shown as 0.0."""

_MOST_CONTACTS, _MOST_WEIGHTS, _MOST_DATES = 10, 20, 8


def lines(shown: CloseUp, *, log_odds: bool = False) -> list[str]:
    """The page, line by line; with `log_odds` also what each feature contributes to them."""
    row = shown.row
    parts = [_head(shown)]
    if row is None:
        parts.append([f"Not scored on {words.date(shown.as_of)}: {shown.left_out}."])
    else:
        parts += [_why(row), _adds_up(row), _moved(row), _section("What would lower it", [shown.lower])]
        parts += [_weights(shown)] if log_odds else []
    parts += [_history(shown), _usage(shown), _contacts(shown)]
    return [line for part in parts if part for line in [*part, ""]][:-1]


def _section(title: str, inner: Iterable[str]) -> list[str]:
    written = [f"  {each}" for each in inner if each]
    return [title, *written] if written else []


def _head(shown: CloseUp) -> list[str]:
    row = shown.row
    if row is None:
        return [f"{shown.account_id}  {shown.name}"]
    first, last = shown.window
    owner = row.owner if row.owner.startswith("no ") else f"owner {row.owner}"
    renews = f"renews on {words.date(row.renews_on)} ({words.in_days(row.days_to_renewal)})" if row.renews_on else ""
    arr = "" if row.arr is None else f"ARR {words.money(row.arr, shown.currency)}"
    return [
        f"{row.account_id}  {row.name}",
        "  ".join(each for each in (row.segment, row.plan, owner, arr, renews) if each),
        "",
        f"Risk on {words.date(shown.as_of)}: {words.percent(row.probability)} that it leaves from"
        f" {words.date(first)} to {words.date(last)}.",
        f"Number {shown.place} of {shown.watched:,} watched accounts by risk; model {shown.lineage}.",
        *_ladder(row),
    ]


def _ladder(row: Row) -> list[str]:
    steps = [f"{days} days {words.percent(each)}" for days, each in row.ladder if each is not None]
    return [f"Within {', '.join(steps)}."] if steps else []


def _why(row: Row) -> list[str]:
    told = [f"{each.sentence} ({each.effect})" for each in row.reasons]
    lowers = [f"In its favour: {row.protects.sentence} ({row.protects.effect})"] if row.protects else []
    return _section("Why", [*(told or ["Nothing that can be said raises the risk."]), *lowers])


def _adds_up(row: Row) -> list[str]:
    total = words.sum_of_points(row.usual, row.adds_up, row.probability)
    most = max((abs(points) for _, points in row.adds_up), default=0.0)
    bars = [
        f"{name:<{_NAME}}{_bar(points, most):<{_BAR + 1}}{'−' if points < 0 else '+'}{abs(points):.1f}"
        for name, points in row.adds_up
        if abs(points) >= _SHOWN
    ]
    return _section("How the risk adds up, in percentage points", [total, *bars])


def _bar(points: float, most: float) -> str:
    # Two shades, because neither colour nor direction can be told apart in a log or by every reader.
    return ("█" if points > 0 else "░") * max(round(_BAR * abs(points) / most), 1)


def _moved(row: Row) -> list[str]:
    if row.probability_before is None or row.change is None:
        return _section("Since the date before", ["It was not watched then."])
    said = [f"{words.points(row.change)}, from {words.percent(row.probability_before)}."]
    by = dict(row.moved_by)
    model, levels = by.pop(NEW_MODEL, 0.0), by.pop(NEW_LEVELS, 0.0)
    parts = [f"{name} {words.signed_points(points)}" for name, points in by.items() if abs(points) >= 0.5]
    if abs(model) >= 0.5:
        said.append(
            f"The list of that date was by another model; the present one gives it {words.signed_points(model)}."
        )
    if abs(levels) >= 0.5:
        said.append(
            f"Levels of segments have moved since that list; the present ones give it {words.signed_points(levels)}."
        )
    return _section("Since the date before", [*said, ", ".join(parts)])


def _weights(shown: CloseUp) -> list[str]:
    whole = shown.base + sum(each.log_odds for each in shown.weights)
    told = shown.weights[:_MOST_WEIGHTS]
    rest = sum(each.log_odds for each in shown.weights[_MOST_WEIGHTS:])
    written = [f"{each.feature:<40}{each.value:>14}{each.log_odds:>+9.3f}  {each.fact}" for each in told]
    more = len(shown.weights) - len(told)
    return _section(
        f"Log-odds by feature: base {shown.base:+.3f}, with all {whole:+.3f}",
        [*written, f"{f'{more} others':<54}{rest:>+9.3f}" if more else ""],
    )


def _history(shown: CloseUp) -> list[str]:
    rows = [f"{'':<14}{'on the list':<28}by the present model"]
    rows += [f"{words.date(each.as_of):<14}{_published(each):<28}{_share(each.present)}" for each in _newest(shown)]
    line = spark([each.present for each in shown.history])
    drawn = f"{line}  by the present model, {len(shown.history)} dates, from nothing to its highest"
    return _section("History of the risk", [drawn, *rows]) if shown.history else []


def _newest(shown: CloseUp) -> list[Past]:
    return list(reversed(shown.history[-_MOST_DATES:]))


def _published(each: Past) -> str:
    return words.NO_NUMBER if each.published is None else f"{words.percent(each.published)} ({each.lineage})"


def _share(value: float | None) -> str:
    return "not watched" if value is None else words.percent(value)


def _usage(shown: CloseUp) -> list[str]:
    drawn = sparkline(shown.usage)
    if drawn is None:
        return _section("Usage by week", ["No usage is on record."])
    since = words.date(shown.usage_from + WEEK * sum(each is None for each in shown.usage))
    last = ", ".join(words.compact(each) for each in shown.usage[-8:] if each is not None)
    return _section(
        "Usage by week", [f"{spark(shown.usage)}  since {since}", f"{drawn.label}.", f"The last weeks: {last}."]
    )


def spark(values: Iterable[float | None]) -> str:
    """Values as a line of blocks from nothing up to the highest; a space where there is none.

    >>> spark([0, 5.0, 10, None, 2])
    '▁▅█ ▂'
    """
    known = list(values)
    most = max((each for each in known if each is not None), default=0) or 1
    return "".join(
        " " if each is None else _STEPS[min(round(each / most * (len(_STEPS) - 1)), len(_STEPS) - 1)] for each in known
    )


def _contacts(shown: CloseUp) -> list[str]:
    title = "What was done, in the last half year"
    if not shown.contacts:
        return _section(title, ["No contact is on record."])
    said = {True: "", False: ", not answered", None: ""}
    told = [f"{words.date(each.on):<14}{each.kind}{said[each.answered]}" for each in shown.contacts[:_MOST_CONTACTS]]
    more = len(shown.contacts) - len(told)
    return _section(title, [*told, f"and {more} earlier" if more else ""])
