"""Forecasts as records: those of today, those that were published before, and what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from churnrisk.book.forecast import ALL, QUARTER, Outlook, came, forecast
from churnrisk.book.inputs import Inputs
from churnrisk.clock import Day, as_date, day, days
from churnrisk.store.catalogue import book as record

_DIGITS = 4
"""A forecast is not better than a hundredth of a point, and its draws differ by processor beyond that."""

_MOST_PUBLISHED = 12
"""Dates of published forecasts that are looked back on: a quarter of weekly ones."""

_FEW = 3
"""With fewer published ones, forecasts are made afterwards, so that the first page already says how good they are."""

_BETWEEN = 28
"""Days between dates of forecasts made afterwards: from week to week they say nearly the same."""


def ahead(inputs: Inputs) -> list[record.Outlook]:
    """The forecast of today; none without contracts, where nothing is renewed."""
    if inputs.settings.active_days is not None or inputs.scores.empty:
        return []
    return [
        _record(each, inputs.as_of, kept=False, came=None) for each in forecast(inputs, inputs.as_of, inputs.scores)
    ]


def looked_back(inputs: Inputs) -> list[record.Outlook]:
    """Past forecasts of the whole company whose time is over, with what came, the newest first.

    While few were published, those on dates of the backtest are added: they come from predictions of a model that had
    not seen what followed, and from what was known then.
    """
    if inputs.settings.active_days is not None:
        return []
    settled = inputs.as_of - days(inputs.settings.lag_days)
    over = [(as_of, each, True) for as_of, each in _published(inputs.archived, settled)]
    over += [(as_of, each, False) for as_of, each in _made(inputs) if each.until <= settled]
    if not over:
        return []
    results = came(inputs, [(as_of, each.quarters) for as_of, each, _ in over])
    rows = [_record(each, as_of, kept=kept, came=what) for (as_of, each, kept), what in zip(over, results, strict=True)]
    return sorted(rows, key=lambda each: (each.as_of, each.quarters), reverse=True)


def dates_made_afterwards(dates: Sequence[Day], archived: pd.DataFrame, settled: Day) -> list[Day]:
    """On which of some dates forecasts are made afterwards: the last ones that are over, `_BETWEEN` days apart.

    None where as many were published. `archived` are all that were.
    """
    published = {as_of for as_of, _ in _published(archived, settled)}
    chosen: list[Day] = []
    for each in sorted(dates, reverse=True):
        over = each + days(QUARTER) <= settled and each not in published
        apart = not chosen or chosen[-1] - each >= days(_BETWEEN)
        if over and apart and len(published) + len(chosen) < _FEW:
            chosen.append(each)
    return chosen


def _published(archived: pd.DataFrame, settled: Day) -> list[tuple[Day, Outlook]]:
    """Forecasts of everybody that were published and are over, of the last dates that have such."""
    if archived.empty:
        return []
    rows = archived[(archived["renewal_month"] == ALL) & (archived["until"] <= pd.Timestamp(settled))]
    # Several models may have forecast one date; what was published first stands first.
    rows = rows.drop_duplicates(["as_of", "quarters"])
    rows = rows[rows["as_of"].isin(sorted(rows["as_of"].unique())[-_MOST_PUBLISHED:])]
    return [(day(each["as_of"]), _outlook(each)) for each in rows.to_dict("records")]


def _outlook(row: Mapping[Any, Any]) -> Outlook:
    return Outlook(
        quarters=int(row["quarters"]),
        renewal_month=str(row["renewal_month"]),
        until=day(row["until"]),
        customers=int(row["customers"]),
        mrr=float(row["mrr"]),
        grr=(row["grr"], row["grr_low"], row["grr_high"]),
        nrr=(row["nrr"], row["nrr_low"], row["nrr_high"]),
    )


def _made(inputs: Inputs) -> Iterator[tuple[Day, Outlook]]:
    for when, rows in inputs.backtest.groupby("as_of"):
        as_of = day(when)
        yield from (
            (as_of, each) for each in forecast(inputs, as_of, rows.reset_index(drop=True)) if each.renewal_month == ALL
        )


def _record(outlook: Outlook, as_of: Day, *, kept: bool, came: tuple[float, float] | None) -> record.Outlook:
    grr, nrr = ([round(value, _DIGITS) for value in each] for each in (outlook.grr, outlook.nrr))
    grr_came, nrr_came = (None, None) if came is None else (round(each, _DIGITS) for each in came)
    return record.Outlook(
        as_of=as_date(as_of),
        until=as_date(outlook.until),
        quarters=outlook.quarters,
        renewal_month=None if outlook.renewal_month == ALL else outlook.renewal_month,
        customers=outlook.customers,
        mrr=round(outlook.mrr, 4),
        grr=grr[0],
        grr_low=grr[1],
        grr_high=grr[2],
        nrr=nrr[0],
        nrr_low=nrr[1],
        nrr_high=nrr[2],
        actual_grr=grr_came,
        actual_nrr=nrr_came,
        kept=kept,
    )


def archived(outlooks: list[record.Outlook], lineage: str) -> pd.DataFrame:
    """Forecasts of one date as rows for the archive."""
    rows = pd.DataFrame([each.model_dump(exclude={"actual_grr", "actual_nrr", "kept"}) for each in outlooks])
    rows["renewal_month"] = rows["renewal_month"].astype("str").fillna(ALL)
    for name in ("as_of", "until"):
        rows[name] = pd.to_datetime(rows[name]).astype("datetime64[us]")
    return rows.assign(lineage=lineage)
