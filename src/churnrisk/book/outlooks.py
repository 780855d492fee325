"""Forecasts as records: those of today, those that were published before, and what became of them."""

import datetime as dt

import numpy as np
import pandas as pd

from churnrisk.book.forecast import ALL, QUARTER, Outlook, actual, forecast
from churnrisk.book.inputs import Inputs
from churnrisk.clock import Day, as_date, day, days
from churnrisk.store.catalogue import book as record

_DIGITS = 4
"""A forecast is not better than a hundredth of a point, and its draws differ by processor beyond that."""

_MOST_KEPT, _MOST_MADE = 12, 3
"""Past dates that are looked back on: of published forecasts, and of those made afterwards while few were published."""

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
    """Past forecasts of the whole company whose time is over, with what came: those published, the newest first.

    While fewer were published than would be made afterwards, those on dates of the backtest are added: they come from
    predictions of a model that had not seen what followed, and from what was known then.
    """
    if inputs.settings.active_days is not None:
        return []
    settled = inputs.as_of - days(inputs.settings.lag_days)
    kept = _kept(inputs, settled)
    published = {each.as_of for each in kept}
    made = [] if len(published) >= _MOST_MADE else _made(inputs, settled, published)
    return sorted([*kept, *made], key=lambda each: (each.as_of, each.quarters), reverse=True)


def _kept(inputs: Inputs, settled: Day) -> list[record.Outlook]:
    rows = inputs.archived
    # Several models may have forecast one date; the first was published first.
    rows = rows[(rows["renewal_month"] == ALL) & (rows["until"] <= pd.Timestamp(settled))] if len(rows) else rows
    rows = rows.drop_duplicates(["as_of", "quarters"]) if len(rows) else rows
    dates = sorted(rows["as_of"].unique())[-_MOST_KEPT:] if len(rows) else []
    out = []
    for each in rows[rows["as_of"].isin(dates)].to_dict("records") if len(rows) else []:
        as_of, quarters = day(each["as_of"]), int(each["quarters"])
        outlook = Outlook(
            quarters=quarters,
            renewal_month=ALL,
            until=as_of + days(QUARTER * quarters),
            customers=int(each["customers"]),
            mrr=float(each["mrr"]),
            grr=(each["grr"], each["grr_low"], each["grr_high"]),
            nrr=(each["nrr"], each["nrr_low"], each["nrr_high"]),
        )
        out.append(_record(outlook, as_of, kept=True, came=actual(inputs, as_of, quarters).get(ALL)))
    return out


def _made(inputs: Inputs, settled: Day, published: set[dt.date]) -> list[record.Outlook]:
    dates = [day(each) for each in sorted(inputs.backtest["as_of"].unique())]
    over = [each for each in dates if each + days(QUARTER) <= settled and as_date(each) not in published]
    chosen: list[Day] = []
    for each in reversed(over):
        if len(chosen) < _MOST_MADE and (not chosen or chosen[-1] - each >= np.timedelta64(_BETWEEN, "D")):
            chosen.append(each)
    return [outlook for each in chosen for outlook in _looked_back_on(inputs, each, settled)]


def _looked_back_on(inputs: Inputs, as_of: Day, settled: Day) -> list[record.Outlook]:
    rows = inputs.backtest
    own = rows[rows["as_of"] == pd.Timestamp(as_of)].reset_index(drop=True)
    return [
        _record(each, as_of, kept=False, came=actual(inputs, as_of, each.quarters).get(ALL))
        for each in forecast(inputs, as_of, own)
        if each.renewal_month == ALL and each.until <= settled
    ]


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
