"""The page of the head of customer success: what is likely to be lost, with whom, and when it is decided."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from churnrisk import words
from churnrisk.pages import page as pages
from churnrisk.risk_list.fields import NOTICE
from churnrisk.risk_list.outputs.view import OFFBOARDING, SOON_DAYS, by_kind, freshness, joined, was_right
from churnrisk.risk_list.structure import RiskList, Row
from churnrisk.risk_list.what_is_known import LAST_TALK, UNTALKED, UNTALKED_DAYS

_TEMPLATE = Path(__file__).with_name("head.html.j2")
_MONTHS = 3
"""Months that are told apart: with the list's horizon of a quarter, later ones hardly count."""


@dataclass(frozen=True, kw_only=True)
class OfOwner:
    """An owner's week. `link` opens their part of the list; amounts are money a year."""

    owner: str
    link: str
    watched: int
    to_call: int
    to_prepare: int
    lost: float
    paid: float
    soon: int
    silent: int
    untalked: int
    new: int
    held: int


@dataclass(frozen=True, kw_only=True)
class When:
    """The accounts on the list that can decide within some time; amounts are money a year."""

    words: str
    accounts: int
    paid: float
    lost: float


def page(risk_list: RiskList) -> str:
    """The page as HTML; it needs no script."""
    return pages.page(
        _TEMPLATE,
        list=risk_list,
        owners=of_owners(risk_list),
        whens=whens(risk_list),
        fresh=freshness(risk_list),
        right=was_right(risk_list),
        happened=by_kind(risk_list),
        offboarding=OFFBOARDING,
        notice=NOTICE[:4],  # without the account's key, which nobody reads here
        notice_arr=sum(each.arr or 0.0 for each in risk_list.in_notice),
        listed_churns=sum(row.probability for row in risk_list.rows),
        paid=_paid(risk_list.rows),
        soon_days=SOON_DAYS,
        # Without a record of talks, nobody would be told from somebody who is spoken with.
        untalked_days=UNTALKED_DAYS
        if any(about == LAST_TALK for row in risk_list.rows for about, _ in row.known)
        else 0,
    )


def of_owners(risk_list: RiskList) -> list[OfOwner]:
    """Every owner who has accounts, the one with most to lose on the list first."""
    new = joined(risk_list)
    made = []
    for each in risk_list.owners:
        rows = [row for row in risk_list.rows if row.owner == each.owner]
        made.append(
            OfOwner(
                owner=each.owner,
                link=f"index.html#owner={quote(each.owner, safe='')}",
                watched=each.accounts_watched,
                to_call=sum(row.group == "to_call" for row in rows),
                to_prepare=sum(row.group == "to_prepare" for row in rows),
                lost=each.revenue_at_risk_on_list,
                paid=_paid(rows),
                soon=sum(_decides_within(row, SOON_DAYS) for row in rows),
                silent=sum("silent" in row.flags for row in rows),
                untalked=sum(UNTALKED in row.flags for row in rows),
                new=sum(row.account_id in new for row in rows),
                held=sum(bool(row.next_step and row.next_step.held) for row in rows),
            )
        )
    return made


def whens(risk_list: RiskList) -> list[When]:
    """When the accounts on the list can decide: soon, by month, later, and those that can leave any time."""
    rows, as_of = risk_list.rows, risk_list.as_of
    dated = [row for row in rows if row.decides_on is not None]
    soon = as_of + dt.timedelta(days=SOON_DAYS)
    months = [_month(as_of, ahead) for ahead in range(_MONTHS)]
    parts = [(f"by {words.short_date(soon)}", [row for row in dated if row.decides_on and row.decides_on <= soon])]
    later = [row for row in dated if row.decides_on and row.decides_on > soon]
    for year, month in months:
        own = [row for row in later if row.decides_on and (row.decides_on.year, row.decides_on.month) == (year, month)]
        parts.append((f"{words.MONTHS[month - 1]} {year}, after that", own))
    parts.append(("later", [row for row in later if row.decides_on and _key(row.decides_on) > months[-1]]))
    parts.append(("any month, or no date known", [row for row in rows if row.decides_on is None]))
    return [When(words=what, accounts=len(own), paid=_paid(own), lost=_lost(own)) for what, own in parts if own]


def _month(as_of: dt.date, ahead: int) -> tuple[int, int]:
    """
    >>> _month(dt.date(2025, 12, 29), 1)
    (2026, 1)
    """
    month = as_of.month - 1 + ahead
    return as_of.year + month // 12, month % 12 + 1


def _key(date: dt.date) -> tuple[int, int]:
    return date.year, date.month


def _decides_within(row: Row, days: int) -> bool:
    return row.days_to_decide is not None and row.days_to_decide <= days


def _paid(rows: Sequence[Row]) -> float:
    return sum(row.arr or 0.0 for row in rows)


def _lost(rows: Sequence[Row]) -> float:
    return sum(row.value_at_risk or 0.0 for row in rows)
