"""The customers at risk today, with what they pay, who looks after them and when they renew."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from churnrisk.book.calendar import Period
from churnrisk.book.customers import NO_SEGMENT, named
from churnrisk.book.inputs import Inputs
from churnrisk.book.totals import Totals
from churnrisk.book.worth import NO_OWNER, NO_RENEWAL, Today
from churnrisk.past.tables.through_time import has_price, mrr_over_time, renewals_at
from churnrisk.past.usage.running_totals import PARTS


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
    known, sold = inputs.require("accounts", as_of), inputs.require("subscriptions", as_of)
    about = pd.DataFrame({name: known[name] for name in ("account_id", "owner", "segment")})
    rows = inputs.scores[["account_id", "probability"]].merge(about, on="account_id", how="left")
    accounts = pd.Index(rows["account_id"])
    mrr = mrr_over_time(sold, accounts, np.array([as_of]))[0] / PARTS
    renews_on = renewals_at(sold, accounts, as_of)
    for name, otherwise in (("owner", NO_OWNER), ("segment", NO_SEGMENT)):
        rows[name] = named(rows[name], otherwise)
    month = pd.Series(renews_on.astype("M8[M]").astype(str), dtype="str")
    return rows.assign(
        mrr=np.where(has_price(sold, accounts, as_of), mrr, np.nan),
        renewal_month=month.where(~np.isnat(renews_on), NO_RENEWAL),
    )
