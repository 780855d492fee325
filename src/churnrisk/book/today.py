"""The customers at risk today, with what they pay, who looks after them and when they renew."""

from collections.abc import Sequence

import pandas as pd

from churnrisk.book.calendar import Period
from churnrisk.book.customers import NO_SEGMENT, named
from churnrisk.book.inputs import Inputs
from churnrisk.book.totals import Totals
from churnrisk.book.worth import NO_OWNER, NO_RENEWAL, Today
from churnrisk.past.tables.standing import Standing


def today_of(inputs: Inputs, periods: Sequence[Period], totals: Totals) -> Today:
    """From the scores of the date and the totals of `periods`."""
    whole, settings = totals.whole_company(), inputs.settings
    years = [at for at, each in enumerate(periods) if each.kind == "rolling"][-1:]
    recurs = bool(years) and settings.active_days is None
    months = [at for at, each in enumerate(periods) if each.kind == "month"][-12:]
    return Today(
        watched=_watched(inputs),
        horizon_days=settings.horizon_days,
        # Without contracts a customer's value is what was bought in so many days, and not what recurs in a month.
        year=whole.rows(years) if recurs else None,
        monthly=whole.rows(months) if recurs else None,
        margin=settings.margin,
        discount=settings.discount,
    )


def _watched(inputs: Inputs) -> pd.DataFrame:
    as_of = inputs.as_of
    known = inputs.require("accounts", as_of)
    about = pd.DataFrame({name: known[name] for name in ("account_id", "owner", "segment")})
    contracts = Standing.of(inputs.require("subscriptions", as_of), as_of).contracts()
    rows = inputs.scores[["account_id", "probability"]].merge(about, on="account_id", how="left")
    rows = rows.merge(contracts[["account_id", "mrr", "renews_on"]], on="account_id", how="left")
    for name, otherwise in (("owner", NO_OWNER), ("segment", NO_SEGMENT)):
        rows[name] = named(rows[name], otherwise)
    month = rows["renews_on"].dt.strftime("%Y-%m")
    return rows.assign(renewal_month=month.astype("str").where(rows["renews_on"].notna(), NO_RENEWAL))
