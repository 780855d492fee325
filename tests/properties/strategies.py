"""Random companies: a few accounts, half a year, and all that can become known late."""

from typing import Any

import pandas as pd
from hypothesis import strategies as st

from churnrisk.contract import TABLES
from churnrisk.params import Params

from .company import Company, Records, params, table

OF_THE_SOURCE = [name for name, table in TABLES.items() if not table.ours]
"""Tables that features see; what people did with lists is none of theirs."""

DAYS = 140
EVENTS = ("login", "report_created", "integration_synced", "automation_run")
STEADY, OWN = "steady", "own"
KEPT = ("accounts", "subscriptions")
"""Tables in which the steady account has no random row, so that it is watched on every date."""

KINDS: dict[str, dict[str, Any]] = {
    "logo": {},
    "contraction": {"contraction_share": 0.3},
    "inactivity": {"inactive_days": 21},
}

late = st.sampled_from([0, 0, 1, 7, 60, 20, 6, 0, 0])
"""Days from a fact until it is known."""

days = st.integers(0, DAYS - 1)
seldom = st.sampled_from([False, False, False, True, False, False])


@st.composite
def companies(draw: st.DrawFn, kind: str = "") -> Company:
    """A company of three to five accounts that may do anything, and two that keep its feeds alive.

    What leaving is differs too, unless `kind` says it.
    """
    names = draw(accounts)
    tables = {name: draw(facts(name, names if name in KEPT else [*names, STEADY])) for name in OF_THE_SOURCE}
    return Company(with_steady(tables), draw(settings(kind or draw(st.sampled_from(list(KINDS))))))


def company_of(kind: str, tables: dict[str, Records]) -> Company:
    """A company that is given, on two dates."""
    clock = {"usage_from": 0, "first_as_of": 49, "as_of": 56, "usage_settle_days": 0}
    churn = {"kind": kind, "lead_days": 7, "horizon_days": 45, "ladder_days": [14], "reporting_lag_days": 0}
    return Company(with_steady(tables), params(clock, churn | KINDS[kind], {"min_age_days": 0, "trials": False}))


accounts = st.integers(3, 5).map(lambda n: [f"account-{number}" for number in range(n)])


@st.composite
def settings(draw: st.DrawFn, kind: str) -> Params:
    """Params by which dates, windows and settling differ."""
    first = draw(st.sampled_from([49, 56]))
    clock = {
        "usage_from": draw(st.sampled_from([0, 20])),
        "first_as_of": first,
        "as_of": first + 7 * draw(st.integers(1, 3)),
        "usage_settle_days": draw(st.sampled_from([0, 0, 3])),
    }
    churn = {
        "kind": kind,
        "lead_days": draw(st.sampled_from([7, 14])),
        "horizon_days": 45,
        "ladder_days": [14],
        "reporting_lag_days": clock["usage_settle_days"] + draw(st.sampled_from([0, 5])),
    }
    cohort = {"min_age_days": draw(st.sampled_from([0, 14])), "trials": draw(st.booleans())}
    if kind == "inactivity":
        cohort["lapsed"] = draw(st.booleans())
    return params(clock, churn | KINDS[kind], cohort)


@st.composite
def facts(draw: st.DrawFn, name: str, of: list[str], key: str = "") -> Records:
    """Rows of one table; `key` is what their keys begin with."""
    if name == "usage":
        habits = [draw(st.lists(habit(each), min_size=1, max_size=3)) for each in of]
        return [row for some in habits for rows in some for row in rows]
    if name == "accounts":
        rows = [draw(account(each)) for each in of]
    elif name == "subscriptions":
        rows = [row for each in of for row in draw(life(each))]
    else:
        rows = draw(st.lists(_ROWS[name](of), max_size=len(of)))
    return draw(with_corrections(name, _keyed(name, rows, key)))


def _keyed(name: str, rows: Records, key: str) -> Records:
    if name == "accounts":
        return rows
    return [row | {TABLES[name].key[0]: f"{key}{name}-{number}"} for number, row in enumerate(rows)]


@st.composite
def with_corrections(draw: st.DrawFn, name: str, rows: Records) -> Records:
    """Some rows are found to be wrong later: the same key with what another row says."""
    wrong = draw(st.lists(st.sampled_from(rows), unique_by=id, max_size=2)) if rows else []
    corrected = []
    for row in wrong:
        other, stays = draw(st.sampled_from(rows)), {TABLES[name].key[0]: row[TABLES[name].key[0]]}
        known = max(row["known_at"], other["known_at"]) + draw(st.sampled_from([1, 20, 60]))
        corrected.append(other | stays | {"account_id": row["account_id"], "known_at": known})
    return rows + corrected


@st.composite
def account(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """An account older than its usage, or new."""
    created = draw(st.sampled_from([-300, -300, 0, 40, -30]))
    return {
        "account_id": name,
        "created_on": created,
        "segment": draw(st.sampled_from([None, "small", "large"])),
        "is_internal": draw(seldom) and draw(seldom),
        "known_at": created + draw(late),
    }


@st.composite
def life(draw: st.DrawFn, name: str) -> Records:
    """Subscriptions of one account, each beginning where the one before ended, after a gap, or beside it."""
    start = draw(st.sampled_from([-250, 0, 30, -250, 60, 0]))
    rows = []
    for _ in range(draw(st.sampled_from([1, 2, 0, 3, 2]))):
        stops = max(start + 1, draw(st.one_of(st.integers(60, 130), st.integers(start + 1, start + 60))))
        rows.append(draw(contract(name, start, stops)))
        start = stops + draw(st.sampled_from([0, 1, 25, -15, 0]))
    return rows


@st.composite
def contract(draw: st.DrawFn, name: str, start: int, stops: int) -> dict[str, Any]:
    """One subscription: its end may be planned, known ahead, known on the day, or only later."""
    how = draw(st.sampled_from(["ends", "runs", "as planned", "is cut short", "goes on", "ends"]))
    ends = how in ("ends", "is cut short", "goes on")
    return {
        "account_id": name,
        "started_on": start,
        "ended_on": stops if ends else None,
        "end_known_at": stops + draw(st.sampled_from([0, -8, -1, -40, 45, 1, 9, 0])) if ends else None,
        "planned_end_on": {"as planned": stops, "is cut short": stops + 30, "goes on": max(start, stops - 10)}.get(how),
        "mrr": draw(st.sampled_from([None, 50, 100, 100, 400])),
        "seats": draw(st.sampled_from([None, 5])),
        "plan": draw(st.sampled_from(["basic", "pro"])),
        "term_months": draw(st.sampled_from([None, 1, 12])),
        "is_trial": draw(seldom),
        "is_paused": draw(seldom) and draw(st.booleans()),
        "known_at": start + draw(st.sampled_from([0, 0, 5, 50, -30, 0])),
    }


@st.composite
def habit(draw: st.DrawFn, name: str) -> Records:
    """The same thing done again and again."""
    first, every, times = draw(days), draw(st.sampled_from([7, 1, 3])), draw(st.integers(1, 20))
    user, event, lag = draw(st.sampled_from([None, "ann", "bob"])), draw(st.sampled_from(EVENTS)), draw(late)
    quantity = draw(st.sampled_from([1, 0.1, 0.2, 0.6, 12]))
    done = [day for day in range(first, first + every * times, every) if day < DAYS]
    row = {"account_id": name, "user_id": user, "event": event, "quantity": quantity}
    return [row | {"day": day, "known_at": day + lag} for day in done]


@st.composite
def ticket(draw: st.DrawFn, of: list[str]) -> dict[str, Any]:
    opened = draw(days) + 0.5
    closed = draw(st.sampled_from([None, 0, 2, 30]))
    return {
        "account_id": draw(st.sampled_from(of)),
        "opened_at": opened,
        "closed_at": None if closed is None else opened + closed,
        "severity": draw(st.sampled_from([1, 3])),
        "kind": draw(st.sampled_from(["question", "complaint"])),
        "satisfaction": None if closed is None else draw(st.sampled_from([1, 4])),
        "known_at": opened + draw(late),
    }


@st.composite
def survey(draw: st.DrawFn, of: list[str]) -> dict[str, Any]:
    sent, answered = draw(days), draw(st.sampled_from([None, 0, 10, 40]))
    return {
        "account_id": draw(st.sampled_from(of)),
        "sent_on": sent,
        "answered_on": None if answered is None else sent + answered,
        "score": None if answered is None else draw(st.sampled_from([2, 9])),
        "known_at": sent + draw(late),
    }


@st.composite
def invoice(draw: st.DrawFn, of: list[str]) -> dict[str, Any]:
    issued, paid = draw(days), draw(st.sampled_from([None, 5, 30, 70]))
    return {
        "account_id": draw(st.sampled_from(of)),
        "issued_on": issued,
        "due_on": issued + 14,
        "paid_on": None if paid is None else issued + paid,
        "amount": 100,
        "known_at": issued + draw(late),
    }


@st.composite
def touchpoint(draw: st.DrawFn, of: list[str]) -> dict[str, Any]:
    """A contact; one in the calendar is known before it happens."""
    happens = draw(days) + 0.5
    return {
        "account_id": draw(st.sampled_from(of)),
        "happened_at": happens,
        "kind": draw(st.sampled_from(["email", "call"])),
        "answered": draw(st.booleans()),
        "known_at": happens + draw(st.sampled_from([-14, 0, 0, 9])),
    }


@st.composite
def goal(draw: st.DrawFn, of: list[str]) -> dict[str, Any]:
    agreed, reached = draw(days), draw(st.sampled_from([None, 10, 40]))
    known = None if reached is None else draw(st.sampled_from([None, agreed + reached + 12]))
    return {
        "account_id": draw(st.sampled_from(of)),
        "set_on": agreed,
        "due_on": agreed + draw(st.sampled_from([7, 50])),
        "reached_on": None if reached is None else agreed + reached,
        "result": None if reached is None else draw(st.sampled_from([0.2, 0.9])),
        "result_known_at": known,
        "weight": draw(st.sampled_from([None, 1])),
        "known_at": agreed + draw(late),
    }


_ROWS = {"tickets": ticket, "surveys": survey, "invoices": invoice, "touchpoints": touchpoint, "goals": goal}


def with_steady(tables: dict[str, Records]) -> dict[str, pd.DataFrame]:
    """The tables with two accounts more, that keep the feeds alive.

    One is used every day, and new enough for its milestones to be known; one of our own begins a subscription every
    week.
    """
    weekly = {"account_id": OWN, "is_trial": True}
    own = [weekly | {"subscription_id": f"{OWN}-{day}", "started_on": day} for day in range(0, DAYS, 7)]
    more: dict[str, Records] = {
        "accounts": [
            {"account_id": STEADY, "created_on": -300, "segment": "small"},
            {"account_id": OWN, "created_on": -300, "is_internal": True},
        ],
        "subscriptions": [
            {"account_id": STEADY, "subscription_id": STEADY, "started_on": 21, "mrr": 100},
            *(row | {"planned_end_on": row["started_on"] + 7} for row in own),
        ],
        "usage": [{"account_id": STEADY, "user_id": "eve", "event": "login", "day": day} for day in range(DAYS)],
    }
    return {name: table(name, tables.get(name, []) + more.get(name, [])) for name in OF_THE_SOURCE}
