"""The book of one date from its inputs, as the record that page, spreadsheet and JSON file show."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from churnrisk.book.as_known import changes
from churnrisk.book.calendar import Calendar, Period
from churnrisk.book.customers import Customers
from churnrisk.book.extras import Answers, Purchases, answered, invoiced, purchase_days
from churnrisk.book.figure import Figure
from churnrisk.book.figures import PERIOD
from churnrisk.book.forecast import LEVEL
from churnrisk.book.inputs import Inputs
from churnrisk.book.outlooks import ahead, looked_back
from churnrisk.book.today import today_of
from churnrisk.book.totals import Totals, add_up
from churnrisk.book.triangles import quarters, triangle
from churnrisk.book.worth import TODAY, groups
from churnrisk.clock import Day, as_date, days
from churnrisk.past.arrays import Numbers
from churnrisk.past.usage.running_totals import PARTS
from churnrisk.store.catalogue import book as record

DIGITS = 6
"""Of shares and scores: rounded once, so that the last bits, which differ by processor, are in no file."""


def compose(inputs: Inputs) -> record.BookRecord:
    """The whole book."""
    as_of, settings = inputs.as_of, inputs.settings
    calendar = Calendar.of(inputs.first_day(), as_of)
    periods = calendar.periods()
    customers = inputs.customers(inputs.who(as_of), np.append(calendar.boundaries, as_of), as_of)
    totals = add_up(customers, periods, _purchases(inputs, customers), _answers(inputs, customers))
    settled = as_of - days(settings.lag_days)
    today = today_of(inputs, periods, totals)
    return record.BookRecord(
        as_of=as_date(as_of),
        currency=settings.currency,
        contracts=settings.active_days is None,
        active_days=settings.active_days,
        settled_until=as_date(settled),
        level=LEVEL,
        notes=_notes(inputs, customers),
        definitions=definitions(),
        segments=list(customers.parts),
        periods=_periods(calendar, periods, totals, customers.parts, settled),
        movements=_movements(periods, totals, customers.parts),
        cohorts=_cohorts(customers, calendar, as_of, settled),
        today={name: _rounded(values, 2) for name, values in TODAY.compute(today).items()},
        at_risk=[
            record.Group(
                by=each.by, name=each.name, accounts=each.accounts, arr=_money(each.arr), at_risk=_money(each.at_risk)
            )
            for each in groups(today.watched)
        ],
        as_known=_as_known(inputs, calendar, periods, totals),
        forecast=ahead(inputs),
        past_forecasts=looked_back(inputs),
    )


def definitions() -> list[record.Definition]:
    """Every figure as it is declared."""
    declared: list[Figure[Any]] = [*PERIOD, *TODAY]
    return [
        record.Definition(
            name=each.name,
            title=each.title,
            unit=each.unit,
            better=each.better.words,
            words=each.words,
            source=each.source,
        )
        for each in declared
    ]


def _purchases(inputs: Inputs, customers: Customers) -> Purchases | None:
    index = pd.Index(customers.account_id)
    if inputs.activity is not None:
        rows = inputs.activity.before(inputs.as_of)
        return purchase_days(rows["account_id"].to_numpy(), rows["day"].to_numpy("M8[D]"), index, customers.dates)
    invoices = inputs.known("invoices", inputs.as_of)
    return None if invoices is None else invoiced(invoices, index, customers.dates)


def _answers(inputs: Inputs, customers: Customers) -> Answers | None:
    surveys = inputs.known("surveys", inputs.as_of)
    return None if surveys is None else answered(surveys, pd.Index(customers.account_id), customers.dates)


def _notes(inputs: Inputs, customers: Customers) -> list[str]:
    notes = []
    if customers.unpriced:
        notes.append(f"{customers.unpriced:,} customers have a subscription without a known price, which counts as 0.")
    if inputs.settings.active_days is not None:
        words = "what was bought in them" if "invoices" in inputs.ledgers else "not known, as there are no invoices"
        notes.append(
            f"There are no contracts: a customer is who bought in the {inputs.settings.active_days} days before a date,"
            f" and MRR stands for {words}."
        )
    if inputs.settings.margin is None:
        notes.append("Lifetime values are of revenue: params.yaml names no risk_list.margin_share.")
    return notes


def _periods(
    calendar: Calendar, periods: list[Period], totals: Totals, parts: tuple[str, ...], settled: Day
) -> list[record.PeriodFigures]:
    whole, by_part = (PERIOD.compute(each) for each in (totals.whole_company(), totals))
    rows = []
    for at, period in enumerate(periods):
        columns: list[tuple[str | None, Mapping[str, Numbers], int]] = [(None, whole, 0)]
        columns += [(name, by_part, number) for number, name in enumerate(parts)]
        begin, stop = (calendar.boundaries[each] for each in (period.start, period.stop))
        for segment, figures, column in columns:
            rows.append(
                record.PeriodFigures(
                    kind=period.kind,
                    name=period.name,
                    first=as_date(begin),
                    last=as_date(stop - days(1)),
                    final=bool(stop <= settled),
                    segment=segment,
                    figures={name: _rounded(values[at, column], DIGITS) for name, values in figures.items()},
                )
            )
    return rows


_SIGNS = {
    "opening": ("opening_mrr", 1),
    "new": ("won_mrr", 1),
    "reactivation": ("returned_mrr", 1),
    "expansion": ("expansion", 1),
    "contraction": ("contraction", -1),
    "churn": ("churned_mrr", -1),
    "completed": ("completed_mrr", -1),
    "closing": ("closing_mrr", 1),
}


def _movements(periods: list[Period], totals: Totals, parts: tuple[str, ...]) -> list[record.Movements]:
    """Of every quarter, from its months."""
    month_of = {each.start: at for at, each in enumerate(periods) if each.kind == "month"}
    rows = []
    for period in (each for each in periods if each.kind == "quarter"):
        own = totals.rows([month_of[at] for at in range(period.start, period.stop)]).added_up()
        columns = [(None, own.whole_company(), 0), *((name, own, at) for at, name in enumerate(parts))]
        for segment, flows, at in columns:
            sums = {name: sign * int(getattr(flows, of)[0, at]) / PARTS for name, (of, sign) in _SIGNS.items()}
            rows.append(record.Movements(name=period.name, segment=segment, **sums))
    return rows


def _cohorts(customers: Customers, calendar: Calendar, as_of: Day, settled: Day) -> list[record.Cohort]:
    starts = quarters(as_of, calendar.boundaries[0]) if len(calendar.boundaries) else np.array([], "M8[D]")
    made = triangle(customers, starts, as_of, settled)
    return [
        record.Cohort(
            name=name,
            customers=int(made.customers[at]),
            mrr=int(made.mrr[at]) / PARTS,
            logo=_all(made.logo[at, : len(starts) - at]),
            revenue=_all(made.revenue[at, : len(starts) - at]),
            ripe=made.ripe[at, : len(starts) - at].tolist(),
        )
        for at, name in enumerate(made.names)
    ]


def _as_known(inputs: Inputs, calendar: Calendar, periods: list[Period], totals: Totals) -> list[record.AsKnown]:
    months = [at for at, each in enumerate(periods) if each.kind == "month"]
    return [
        record.AsKnown(
            name=each.period.name,
            known_first=as_date(each.known_first),
            then=_of_company(each.then),
            now=_of_company(each.now),
            causes=[
                record.Cause(
                    words=cause.words,
                    accounts=cause.accounts,
                    opening_mrr=cause.opening_mrr / PARTS,
                    closing_mrr=cause.closing_mrr / PARTS,
                )
                for cause in each.causes
            ],
        )
        for each in changes(inputs, calendar, totals.rows(months))
    ]


_AS_KNOWN = ("customers", "closing", "customer_churn_rate", "opening_mrr", "closing_mrr", "grr", "nrr")


def _of_company(totals: Totals) -> dict[str, float | None]:
    figures = PERIOD.compute(totals)
    return {name: _rounded(figures[name][0, 0], DIGITS) for name in _AS_KNOWN}


def _all(values: Iterable[float]) -> list[float | None]:
    return [_rounded(each, DIGITS) for each in values]


def _rounded(value: Any, digits: int) -> float | None:
    number = round(float(value), digits)
    return None if np.isnan(number) else number


def _money(amount: float) -> float | None:
    return _rounded(amount, 2)
