"""What the list says of itself and of an account: one declaration a field, for every output.

The CSV file, the spreadsheet and its explanation, the meanings in the JSON file and the headings of the page are made
from these declarations. A field of the structure that is not declared is refused at import.
"""

import dataclasses
from collections.abc import Callable, Sequence

from churnrisk import words
from churnrisk.plays.case import NextStep
from churnrisk.risk_list.field import EVERYWHERE, JSON, PAGE, Cell, Field, Output
from churnrisk.risk_list.row_fields import ROW
from churnrisk.risk_list.structure import (
    CameOf,
    Change,
    Disagreement,
    InNotice,
    Judged,
    Meant,
    Missed,
    Model,
    NotListed,
    OwnerTotal,
    Reason,
    RiskList,
    Row,
    Settled,
)

REST = (
    Field(
        "format",
        "name and version of this format; the version changes when a key is renamed or goes",
        kind="text",
        shown=JSON,
    ),
    Field("list_id", "names the list: its date and its model", kind="text", shown=JSON),
    Field("as_of", "date of the list; it sees what was known before this day, UTC", kind="date", shown=JSON),
    Field(
        "lead_days",
        "days from {as_of} in which leaving is not counted, for they are too late to act on",
        kind="whole",
        shown=JSON,
    ),
    Field("horizon_days", "days after these in which leaving counts", kind="whole", shown=JSON),
    Field("leaves_from", "first day that the probability speaks of", kind="date", shown=JSON),
    Field("leaves_to", "last day that the probability speaks of", kind="date", shown=JSON),
    Field("rank_by", "what the rows are ranked by", kind="text", shown=JSON),
    Field("currency", "symbol of all amounts", kind="text", shown=JSON),
    Field("accounts_watched", "accounts that were scored", kind="whole", shown=JSON, title="Watched"),
    Field(
        "too_little_known",
        "watched accounts off the list of whose use nothing is known, which is not to be taken for safe",
        kind="whole",
        shown=JSON,
    ),
    Field("floor", "probability from which an account is to be called", kind="share", shown=JSON),
    Field("expected_churns", "sum of the probabilities of all accounts watched", kind="number", shown=JSON),
    Field(
        "revenue_at_risk",
        "sum of probability x ARR, a year; of all accounts watched, or of one owner's",
        kind="money",
        shown=JSON,
        title="Revenue at risk in all",
    ),
    Field(
        "revenue_at_risk_on_list",
        "the part of {revenue_at_risk} that is on the list",
        kind="money",
        shown=JSON,
        title="Revenue at risk on it",
    ),
    Field(
        "previous_as_of",
        "the previous date, which changes are measured from; {null} where there is none",
        kind="date",
        shown=JSON,
    ),
    Field("rows", "the list, first to call first", kind="parts", shown=JSON),
    Field("owners", "totals by owner", kind="parts", shown=JSON),
    Field("in_notice", "accounts that have said they leave; not on the list", kind="parts", shown=JSON),
    Field("not_listed", "all other accounts that are known", kind="parts", shown=JSON),
    Field("why_not", "why it is not on the list", kind="text", shown=JSON | PAGE, title="Why not listed"),
    Field("left_out", "accounts not watched, counted by rule", kind="pairs", shown=JSON),
    Field("model", "where the probabilities come from", kind="parts", shown=JSON),
    Field("data_through", "last day that the required feeds cover; {null} where not known", kind="date", shown=JSON),
    Field("next_as_of", "date of the next list; {null} where not known", kind="date", shown=JSON),
    Field(
        "feed_dates",
        "newest day of each table that is read, before {as_of}; {null} where it had nothing then",
        kind="pairs",
        shown=JSON,
    ),
    Field("feeds_behind", "what is wrong with which feed", kind="parts", shown=JSON),
    Field(
        "context",
        "what the whole company did lately, so that it is not taken for an account's",
        kind="parts",
        shown=JSON,
    ),
    Field("changes", "what happened since {previous_as_of}", kind="parts", shown=JSON),
    Field("happened", "joined, went_off (the list), gave_notice or left", kind="text", shown=JSON),
    Field("came_of", "the newest list whose window is over; {null} where there is none yet", kind="parts", shown=JSON),
    Field("judged", "the newest lists whose windows are over, oldest first", kind="parts", shown=JSON),
    Field(
        "settled",
        "how past disagreements of owners with the model ended; {null} where none has",
        kind="parts",
        shown=JSON,
    ),
    Field("accounts", "accounts on which they disagreed", kind="whole", shown=JSON),
    Field("owner_right", "on how many of them the owner was right, and not the model", kind="whole", shown=JSON),
    Field("listed", "accounts on that list", kind="whole", shown=JSON),
    Field("expected", "how many of them were expected to leave, by their probabilities", kind="number", shown=JSON),
    Field("churned", "how many of them left", kind="whole", shown=JSON),
    Field("churned_in_all", "how many of all that were watched left", kind="whole", shown=JSON),
    Field("missed", "accounts that left without being on that list", kind="parts", shown=JSON),
    Field("churned_on", "first day without us", kind="date", shown=JSON | PAGE, title="Left on"),
    Field("notes", "sentences that a reader should know", kind="parts", shown=JSON),
    Field(
        "disagreements",
        "accounts of which the owner says otherwise than the model, the highest revenue first",
        kind="parts",
        shown=JSON,
    ),
    Field("reason", "why the owner sees it so; empty where not said", kind="long", shown=JSON),
    Field("held_back", "next steps held back, counted by rule", kind="pairs", shown=JSON),
    Field(
        "closed",
        "accounts that were to be called on the previous date, and whose risk has gone",
        kind="whole",
        shown=JSON,
    ),
    Field("play", "name of the play that the step comes from", kind="text", shown=JSON),
    Field("practice", "the practice of retention that the play comes from", kind="text", shown=JSON),
    Field("kind", "call, nudge, payment or advocacy", kind="text", shown=JSON),
    Field("words", "the step", kind="long", shown=JSON),
    Field("due_on", "day until which it should be done", kind="date", shown=JSON),
    Field("by", "who does it", kind="text", shown=JSON),
    Field("opening", "a line that one can say or write to the customer", kind="long", shown=JSON),
    Field("held", "why the step is held back; empty where it is not", kind="long", shown=JSON),
    Field("rule", "the rule that holds the step back; empty where none does", kind="text", shown=JSON),
    Field("sentence", "a fact about the account", kind="long", shown=JSON),
    Field("fact", "what the reason is about", kind="text", shown=JSON),
    Field("points", "percentage points by which the fact moves the risk", kind="points", shown=JSON),
    Field(
        "accounts_on_list",
        "how many of the owner's accounts are on the list",
        kind="whole",
        shown=JSON,
        title="On this list",
    ),
    Field("ended_on", "first day without us; {null} where not known", kind="date", shown=EVERYWHERE, title="Leaves on"),
    Field("lineage", "names the run that made the model", kind="text", shown=JSON),
    Field("trained_through", "last day that the model learnt from", kind="date", shown=JSON),
    Field(
        "auc",
        "area under the ROC curve in the out-of-time backtest; {null} where there was none",
        kind="share",
        shown=JSON,
    ),
    Field(
        "left_above",
        "share of the accounts above the floor of their date that left in the backtest; {null} where there was none",
        kind="share",
        shown=JSON,
    ),
    Field(
        "left_below",
        "share of the accounts below the floor of their date that left in the backtest; {null} where there was none",
        kind="share",
        shown=JSON,
    ),
    Field(
        "meant",
        "what came of the probabilities that the model gave in the backtest, where it gave them to 20 accounts or more",
        kind="parts",
        shown=JSON,
    ),
    Field("low", "the lowest of these probabilities", kind="share", shown=JSON),
    Field("high", "the probability that they stay below", kind="share", shown=JSON),
    Field("left", "share of these accounts that left", kind="share", shown=JSON),
    Field(
        "lift",
        "how many times as often as the average the riskiest tenth left in the backtest; {null} where there was none",
        kind="number",
        shown=JSON,
    ),
)
"""The fields of the list itself, and of its other records."""


def declared(fields: Sequence[Field], records: Sequence[type]) -> dict[str, Field]:
    """Fields by name, in their order.

    Raises TypeError where a name is declared twice, an attribute of a record is not declared, or what is declared for
    the JSON file is not there. `format` and `list_id` are keys that no record has.
    """
    by_name = {each.name: each for each in fields}
    if len(by_name) < len(fields):
        names = [each.name for each in fields]
        raise TypeError(f"declared twice: {', '.join(name for name in by_name if names.count(name) > 1)}")
    there = {each.name for record in records for each in dataclasses.fields(record)}
    in_json = {name for name, each in by_name.items() if "json" in each.shown} - {"format", "list_id"}
    if there != in_json:
        lacking, idle = sorted(there - in_json), sorted(in_json - there)
        raise TypeError(
            f"fields of the list without a declaration: {lacking}; declared, but in no record: {idle};"
            " every key of the JSON file needs one declaration in churnrisk.risk_list.fields"
        )
    return by_name


FIELDS = declared(
    (*ROW, *REST),
    (
        RiskList,
        Row,
        Reason,
        NextStep,
        OwnerTotal,
        InNotice,
        NotListed,
        Change,
        Judged,
        CameOf,
        Missed,
        Disagreement,
        Meant,
        Model,
        Settled,
    ),
)
HEADINGS = {name: each.heading or each.title for name, each in FIELDS.items() if "page" in each.shown}
"""Headings of the page by field."""

NOTICE = tuple(FIELDS[name] for name in ("name", "owner", "arr", "ended_on", "account_id"))
"""The columns of the accounts in notice."""


class _Names(dict[str, str]):
    """Every name stands for itself: a reader of the JSON file knows the keys."""

    def __missing__(self, name: str) -> str:
        return name


def meanings() -> dict[str, str]:
    """The meaning of every key in the JSON file."""
    return {name: each.explained(_Names()) for name, each in FIELDS.items() if "json" in each.shown}


def terms(risk_list: RiskList) -> dict[str, str]:
    """What the names in a meaning stand for to a reader of this list: its dates, and else the title of a column."""
    titles = {name: f"“{each.title}”" for name, each in FIELDS.items() if each.title}
    dates = ("as_of", "leaves_from", "leaves_to", "previous_as_of")
    return {"null": "empty"} | titles | {name: words.date(getattr(risk_list, name)) for name in dates}


def columns(risk_list: RiskList, output: Output) -> tuple[Field, ...]:
    """The columns of the list in an output, in the order in which a person reads them.

    People are not shown a column without any value, such as the ARR of a company without prices. The CSV file has every
    column every week, because programs that read it ask for them by name; and it begins with what is the same in all
    rows, because rows of several lists are put into one table.
    """
    shown: list[Field] = []
    for each in ROW:
        shown += each.columns(risk_list) if each.columns else [each]
    wanted = tuple(each for each in shown if output in each.shown)
    return (*_of_the_list(risk_list), *wanted) if output == "csv" else with_values(wanted, risk_list.rows)


def _of_the_list(risk_list: RiskList) -> tuple[Field, ...]:
    """Columns that say which list a row is of, and how to read its dates and amounts."""
    of_list = ("list_id", "as_of", "leaves_from", "leaves_to", "currency")
    same: dict[str, Cell] = {name: getattr(risk_list, name) for name in of_list}
    same["lineage"] = risk_list.model.lineage
    return tuple(dataclasses.replace(FIELDS[name], value=_always(cell)) for name, cell in same.items())


def _always(cell: Cell) -> Callable[[object], Cell]:
    return lambda _: cell


def with_values(shown: Sequence[Field], records: Sequence[object]) -> tuple[Field, ...]:
    """Those fields that say something of at least one of the records; all of them where there are no records."""
    return tuple(each for each in shown if not records or any(each.says(record) for record in records))
