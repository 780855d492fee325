"""The list as a flat table: one declaration of its columns serves the CSV file, the spreadsheet and its explanation."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

from churnrisk.risk_list.rows import MOST_REASONS, Reason, Row
from churnrisk.risk_list.structure import RiskList

Cell = str | float | int | dt.date | None
Kind = Literal["text", "long", "note", "whole", "share", "points", "money", "date", "odds"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_PLACES = ("first", "second", "third")


@dataclass(frozen=True)
class Column:
    """A column: its name in files, its title and meaning for people, what kind of value it holds, and where that is."""

    name: str
    title: str
    meaning: str
    kind: Kind
    value: Callable[[Any], Cell]


def columns(risk_list: RiskList) -> tuple[Column, ...]:
    """The columns of the list in the order in which a person reads them; whom and why come first."""
    return (
        Column("rank", "Rank", "1 is the first to call", "whole", attrgetter("rank")),
        Column("name", "Account", "what people call the account", "text", attrgetter("name")),
        Column("owner", "Owner", "who looks after it", "text", attrgetter("owner")),
        Column(
            "probability",
            "Probability",
            f"that it leaves from {risk_list.leaves_from} to {risk_list.leaves_to}",
            "share",
            attrgetter("probability"),
        ),
        Column(
            "change",
            "Change",
            "of the probability since the list before, in percentage points; none if it is new",
            "points",
            attrgetter("change"),
        ),
        *_reason_columns(),
        Column("arr", "ARR", "recurring revenue a year", "money", attrgetter("arr")),
        Column("value_at_risk", "At risk", "probability x ARR", "money", attrgetter("value_at_risk")),
        Column("renews_on", "Renewal", "when the contract next renews", "date", attrgetter("renews_on")),
        Column(
            "days_to_renewal",
            "In days",
            "days from the date of the list to the renewal",
            "whole",
            attrgetter("days_to_renewal"),
        ),
        Column("segment", "Segment", "the group of accounts that it is compared with", "text", attrgetter("segment")),
        Column("plan", "Plan", "what it has bought", "text", attrgetter("plan")),
        Column(
            "moved",
            "What moved",
            "the theme behind the change, and what that did to the odds",
            "note",
            attrgetter("moved"),
        ),
        Column(
            "probability_before",
            "Before",
            "the probability on the list before",
            "share",
            attrgetter("probability_before"),
        ),
        Column("protects", "In its favour", "what lowers the risk most", "note", _protects),
        *(
            Column(f"theme_{place}", f"Theme {place}", f"what reason {place} is about", "text", _of(place, "theme"))
            for place in range(1, MOST_REASONS + 1)
        ),
        *(_ladder_column(step, days) for step, days in enumerate(_horizons(risk_list))),
        Column("account_id", "Account id", "the account's own key", "text", attrgetter("account_id")),
        Column("warning", "Warning", "what to know before using the list; mostly empty", "note", _always(risk_list)),
    )


def notice_columns() -> tuple[Column, ...]:
    """The columns of the accounts that have given notice."""
    return (
        Column("name", "Account", "what people call the account", "text", attrgetter("name")),
        Column("owner", "Owner", "who looks after it", "text", attrgetter("owner")),
        Column("arr", "ARR", "recurring revenue a year", "money", attrgetter("arr")),
        Column("ended_on", "Leaves on", "the first day without us", "date", attrgetter("ended_on")),
        Column("account_id", "Account id", "the account's own key", "text", attrgetter("account_id")),
    )


def csv_text(risk_list: RiskList) -> str:
    """The list as CSV (RFC 4180, UTF-8): names as the header, ISO dates, plain numbers, empty where nothing is known.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.name for column in columns(risk_list))
    for row in risk_list.rows:
        writer.writerow(harmless(column.value(row)) for column in columns(risk_list))
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula; only text is changed.

    >>> harmless("=1+1"), harmless("Ana"), harmless(-3.5)
    ("'=1+1", 'Ana', -3.5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _reason_columns() -> list[Column]:
    """Sentence and factor of each reason."""
    found = []
    for place, nth in enumerate(_PLACES[:MOST_REASONS], start=1):
        found += [
            Column(
                f"reason_{place}",
                f"Reason {place}",
                f"the {nth} reason, strongest first",
                "long",
                _of(place, "sentence"),
            ),
            Column(
                f"odds_{place}",
                f"Odds {place}",
                "by what factor it raises the odds of leaving",
                "odds",
                _of(place, "odds"),
            ),
        ]
    return found


def _of(place: int, part: str) -> Callable[[Row], Cell]:
    def value(row: Row) -> Cell:
        return getattr(row.reasons[place - 1], part) if len(row.reasons) >= place else None

    return value


def _always(risk_list: RiskList) -> Callable[[Row], Cell]:
    return lambda _: " ".join(risk_list.warnings)


def _protects(row: Row) -> str:
    return in_words(row.protects) if row.protects else ""


def in_words(reason: Reason) -> str:
    """A reason and its effect as one text."""
    return f"{reason.sentence} ({reason.effect})"


def _horizons(risk_list: RiskList) -> list[int]:
    return [days for days, _ in risk_list.rows[0].ladder] if risk_list.rows else []


def _ladder_column(step: int, days: int) -> Column:
    def value(row: Row) -> Cell:
        return row.ladder[step][1]

    meaning = f"probability that it leaves within {days} days, counted from the same first day"
    return Column(f"probability_{days}d", f"Within {days} days", meaning, "share", value)
