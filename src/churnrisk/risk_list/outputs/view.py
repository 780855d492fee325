"""The words and numbers of the page that follow from the list, of everybody and of each owner."""

import base64
import datetime as dt
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from churnrisk import words
from churnrisk.risk_list.can_leave import ANY_MONTH
from churnrisk.risk_list.rows import NO_OWNER
from churnrisk.risk_list.structure import RiskList, Row

SOON_DAYS = 14
"""A decision within so many days is urgent, and the only thing in red: after two weeks there is another list."""

MOVED_POINTS = 5.0
"""Points of risk that an account must move by to be said to rise or fall: less is within a model's weekly unrest."""

MOST_WRITTEN = 1000
"""Rows that the page has as HTML. More take a browser seconds to lay out, so they are made when they are seen."""

_CHUNK = 100
"""Rows that are unpacked together."""

_HAPPENED = {
    "joined": "came onto the list",
    "went_off": "went off it",
    "rose": f"rose by {MOVED_POINTS:.0f} points or more",
    "fell": "fell as far",
    "gave_notice": "gave notice",
    "left": "left",
}
CHIPS = {
    "soon": f"Decides in {SOON_DAYS} days",
    "silent": "Silent",
    "unpaid": "Unpaid",
    "moved": f"Moved {MOVED_POINTS:.0f} points",
    "new": "New",
}


OFFBOARDING = (
    "Thank them, ask why they leave and help them to go; ask for nothing else, and write nothing for months after."
)
"""What is left to do for who has given notice (practice S11): who goes in good terms may come back."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the page answers first to one owner, or to everybody (an empty `owner`).

    The title is `before`, the name of an account in `account` (empty: of none) and `after`. `happened` has
    (count, words) of what changed since the list before.
    """

    owner: str
    before: str
    account: str
    after: str
    lede: str
    happened: tuple[tuple[int, str], ...]


def headers(made: RiskList) -> list[Header]:
    """The header of everybody, then of each owner who has accounts."""
    watched = {each.owner: each.accounts_watched for each in made.owners}
    named = sorted({*watched, *(row.owner for row in made.rows), *(each.owner for each in made.in_notice)})
    return [_header(made, "", made.accounts_watched), *(_header(made, each, watched.get(each, 0)) for each in named)]


def _header(made: RiskList, owner: str, watched: int) -> Header:
    rows = [row for row in made.rows if owner in ("", row.owner)]
    before, account, after = _title(made, rows, owner, watched)
    lede = _lede(made, rows)
    return Header(
        owner=owner, before=before, account=account, after=after, lede=lede, happened=_happened(made, rows, owner)
    )


def _title(made: RiskList, rows: Sequence[Row], owner: str, watched: int) -> tuple[str, str, str]:
    whom = f"{first_name(owner)}, " if owner else ""
    if not rows and made.accounts_watched and not made.rows:
        return "No list this week", "", ""
    if not rows:
        usual = f"; your {_many(watched, 'account')} {'is' if watched == 1 else 'are'} as usual" if watched else ""
        return f"Nobody to call this week{usual if owner else ''}", "", ""
    first = rows[0]
    does = ("call ", " first") if first.group == "to_call" else ("prepare the renewal of ", " first")
    return (f"{whom}{does[0]}" if owner else does[0].capitalize()), first.name, does[1]


def first_name(owner: str) -> str:
    """What a reader is called; whoever has no owner is nobody in particular.

    >>> first_name("Ana Silva"), first_name("no owner")
    ('Ana', 'no owner')
    """
    return owner if owner == NO_OWNER else owner.split()[0]


def _lede(made: RiskList, rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    called = sum(row.group == "to_call" for row in rows)
    whom = f"{_many(called, 'account')} to call, {_many(len(rows) - called, 'renewal')} to prepare."
    by, lost = words.short_date(made.leaves_to), sum(row.value_at_risk or 0.0 for row in rows)
    if not lost:
        return f"{whom} About {sum(row.probability for row in rows):.0f} of them are likely to leave by {by}."
    paid = words.money(sum(row.arr or 0.0 for row in rows), made.currency)
    lost_words = words.money(lost, made.currency)
    return f"{whom} {lost_words} a year is likely to be lost among them by {by}, of {paid} that they pay."


def _happened(made: RiskList, rows: Sequence[Row], owner: str) -> tuple[tuple[int, str], ...]:
    counts = Counter(each.happened for each in made.changes if owner in ("", each.owner))
    moved = [row.change for row in rows if row.change is not None]
    told: dict[str, int] = {
        **{str(name): count for name, count in counts.items()},
        "rose": sum(each >= MOVED_POINTS for each in moved),
        "fell": sum(each <= -MOVED_POINTS for each in moved),
    }
    return tuple((told[name], what) for name, what in _HAPPENED.items() if told.get(name))


def by_kind(made: RiskList) -> list[tuple[str, list[Any]]]:
    """The accounts that changed, in words for each kind of change."""
    kinds = {name: [each for each in made.changes if each.happened == name] for name in _HAPPENED}
    return [(_HAPPENED[name], each) for name, each in kinds.items() if each]


def was_right(made: RiskList) -> str:
    """What came of the newest list whose window is over, in a sentence."""
    came = made.came_of
    if came is None:
        return "No list that went out is old enough to be judged yet."
    share = f"; these were {came.churned} of the {came.churned_in_all} that left in all" if came.churned_in_all else ""
    return (
        f"Of the {came.listed} on the list of {words.short_date(came.as_of)}, {came.churned} left;"
        f" {came.expected:.0f} were expected{share}."
    )


def freshness(made: RiskList) -> str:
    """How fresh the data are, and when the next list comes."""
    if made.data_through is None or made.next_as_of is None:
        return ""
    state = f"all {len(made.feed_dates)} feeds current"
    if made.feeds_behind:
        state = f"{_many(len(made.feeds_behind), 'fault')} in the feeds"
    return f"Data to {words.short_date(made.data_through)}, {state} · next list {words.short_date(made.next_as_of)}"


def groups(made: RiskList) -> list[dict[str, Any]]:
    """The two groups of the list: `name`, `title`, what it is in words (`about`), and its rows."""
    return [
        {"name": name, "title": title, "about": about, "rows": [row for row in made.rows if row.group == name]}
        for name, title, about in (
            ("to_call", "To call", _above(made)),
            ("to_prepare", "Renewals to prepare", _below(made)),
        )
    ]


def _above(made: RiskList) -> str:
    average = made.expected_churns / made.accounts_watched if made.accounts_watched else 0.0
    times = made.floor / average if average else 0.0
    much = f", {'twice' if round(times, 1) == 2 else f'{times:.1f} times'} the average" if made.floor else ""
    order = "most revenue at risk first" if made.rank_by == "value_at_risk" else "most likely to leave first"
    return f"risk of {words.percent(made.floor)} and more{much}; {order}{_became(made.model.left_above)}"


def _below(made: RiskList) -> str:
    return f"lower risk; the next to decide first{_became(made.model.left_below)}"


def _became(share: float | None) -> str:
    return "" if share is None else f"; on past lists {100 * share:.0f} of 100 with such a risk left"


def flags(row: Row, joined: frozenset[str]) -> list[str]:
    """Which chips an account answers to, in their order."""
    told = {
        **dict.fromkeys(row.flags, True),
        "soon": row.days_to_decide is not None and row.days_to_decide <= SOON_DAYS,
        "moved": row.change is not None and abs(row.change) >= MOVED_POINTS,
        "new": row.account_id in joined,
    }
    return [name for name in CHIPS if told.get(name)]


def joined(made: RiskList) -> frozenset[str]:
    """The accounts that were not on the list before."""
    return frozenset(each.account_id for each in made.changes if each.happened == "joined")


def index(made: RiskList) -> str:
    """What the script needs to choose rows: a list an account, in the order of the list.

    Each is account id, name, owner, group, days to decide, days until it can leave next, flags, probability, ARR, and
    all text that is searched.
    """
    new = joined(made)
    return in_script(
        [
            [
                row.account_id,
                row.name,
                row.owner,
                row.group,
                row.days_to_decide,
                row.days_to_renewal if row.can_leave.startswith(ANY_MONTH) else row.days_to_decide,
                flags(row, new),
                row.probability,
                row.arr,
                _searched(row),
            ]
            for row in made.rows
        ]
    )


def quarter_ends(as_of: dt.date) -> dt.date:
    """The last day of the quarter of a date.

    >>> quarter_ends(dt.date(2026, 2, 2)), quarter_ends(dt.date(2025, 12, 31))
    (datetime.date(2026, 3, 31), datetime.date(2025, 12, 31))
    """
    month = 3 * ((as_of.month + 2) // 3)
    return dt.date(as_of.year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def _searched(row: Row) -> str:
    said = [each.sentence for each in row.reasons] + ([row.next_step.words] if row.next_step else [])
    return " ".join([row.name, row.account_id, row.owner, row.plan, row.segment, row.can_leave, *said])


def elsewhere(made: RiskList) -> str:
    """Those that are not on the list, for the script: id, name, owner and why not."""
    return in_script([[each.account_id, each.name, each.owner, each.why_not] for each in made.not_listed])


def in_script(value: Any) -> str:
    """A value as JSON that can stand in a script element: no text in it can end that element.

    >>> in_script(["</script>"])
    '["\\\\u003c/script>"]'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def packed(rows: Sequence[str]) -> list[str]:
    """Rows as HTML, packed in chunks: JSON, gzip, base64. The same rows give the same text."""
    chunks = [rows[at : at + _CHUNK] for at in range(0, len(rows), _CHUNK)]
    return [base64.b64encode(gzip.compress(json.dumps(each).encode(), mtime=0)).decode() for each in chunks]


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
