"""What customers are worth today: lifetime value, revenue at risk, and what one point of churn is worth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.book.figure import Figure, Figures
from churnrisk.book.totals import Totals
from churnrisk.metrics.metric import HIGHER, LOWER
from churnrisk.past.arrays import Numbers, ratio
from churnrisk.past.usage.running_totals import PARTS

_MONTH_DAYS = 30.4375
"""Mean length of a month: 365.25 days / 12."""

BY = {"owner": "owner", "segment": "segment", "renewal_month": "month of the next renewal"}
"""What revenue at risk is added up by, in words."""

NO_OWNER, NO_RENEWAL = "no owner", "no renewal date"


@dataclass(frozen=True, kw_only=True)
class Today:
    """What is known of customers at the date.

    `watched` has a row an account at risk: `account_id`, `probability` of churn within `horizon_days`, `mrr` (NaN: not
    known), `owner`, `segment`, `renewal_month`. `year` are the totals of the last twelve months, (1, 1), and `monthly`
    those of the months in them, (months, 1); None before the company is a year old. `margin` is the share of revenue
    that is kept (None: revenue itself is shown), `discount` by how much a year's delay makes money worth less.
    """

    watched: pd.DataFrame
    horizon_days: int
    year: Totals | None
    monthly: Totals | None
    margin: float | None
    discount: float

    @property
    def kept(self) -> float:
        """The part of revenue that counts as value."""
        return 1.0 if self.margin is None else self.margin


def lifetime_values(mrr: Numbers, probability: Numbers, horizon_days: int, *, kept: float, discount: float) -> Numbers:
    """Expected margin over the remaining life of accounts, discounted, from this month on: (accounts,).

    Each account stays from month to month with the retention that its own probability of churn within `horizon_days`
    stands for: mrr x kept x (1 + r d + (r d)^2 + ...), with d the discount of a month.

    >>> p = 1 - 0.98 ** (90 / 30.4375)  # 2 % a month
    >>> lifetime_values(np.array([100.0]), np.array([p]), 90, kept=0.8, discount=0.0).round(6)
    array([4000.])
    """
    stays = (1 - np.asarray(probability, float)) ** (_MONTH_DAYS / horizon_days)
    worth_later = (1 + discount) ** (-1 / 12)
    return ratio(np.asarray(mrr, float) * kept, 1 - stays * worth_later)


def simple_lifetime_value(today: Today) -> Numbers:
    """MRR a customer x margin / churn rate a month, over the last twelve months; NaN where nobody churned."""
    if today.monthly is None or today.year is None:
        return np.array(np.nan)
    churn = ratio(today.monthly.churned.sum(), today.monthly.base.sum())
    arpa = ratio(today.year.closing_mrr.sum(), today.year.closing.sum()) / PARTS
    return ratio(arpa * today.kept, churn)


def _lifetimes(today: Today) -> Numbers:
    rows = today.watched[today.watched["mrr"] > 0]
    values = lifetime_values(
        rows["mrr"].to_numpy(),
        rows["probability"].to_numpy(),
        today.horizon_days,
        kept=today.kept,
        discount=today.discount,
    )
    return values[~np.isnan(values)]


def _mean_lifetime(today: Today) -> Numbers:
    values = _lifetimes(today)
    return np.array(values.mean() if len(values) else np.nan)


def at_risk(watched: pd.DataFrame) -> Numbers:
    """Probability x ARR of each account: (accounts,); NaN where its MRR is not known."""
    return np.asarray(watched["probability"] * 12 * watched["mrr"], float)


def _revenue_at_risk(today: Today) -> Numbers:
    values = at_risk(today.watched)
    known = values[~np.isnan(values)]
    return np.array(known.sum() if len(known) else np.nan)


def _year_churn(today: Today, *, revenue: bool) -> float:
    year = today.year
    if year is None:
        return float("nan")
    lost, base = (year.churned_mrr + year.contraction, year.base_mrr) if revenue else (year.churned, year.base)
    return float(ratio(lost.sum(), base.sum()))


def year_of_revenue(mrr: float, churn: float) -> float:
    """What `mrr` brings in the next twelve months, of which a share `churn` is lost by their end, evenly month by
    month.

    >>> round(year_of_revenue(100.0, 0.0), 2), round(year_of_revenue(100.0, 0.2), 2)
    (1200.0, 1065.57)
    """
    stays = (1 - churn) ** (1 / 12)
    return float(mrr * sum(stays**month for month in range(1, 13)))


def _point(today: Today) -> Numbers:
    churn = _year_churn(today, revenue=True)
    # A point less than no churn is not to be had.
    if not churn >= 0.01 or today.year is None:
        return np.array(np.nan)
    mrr = float(today.year.closing_mrr.sum()) / PARTS
    return np.array(year_of_revenue(mrr, churn - 0.01) - year_of_revenue(mrr, churn))


def _point_of_arr(today: Today) -> Numbers:
    churn = _year_churn(today, revenue=True)
    if not churn >= 0.01 or today.year is None:
        return np.array(np.nan)
    return np.array(0.01 * 12 * float(today.year.closing_mrr.sum()) / PARTS)


def _five_points(today: Today) -> Numbers:
    churn = _year_churn(today, revenue=False)
    return np.array(churn / (churn - 0.05) - 1 if churn > 0.05 else np.nan)


_SCORED = "accounts, subscriptions, data/scores"
_SOLD = "accounts, subscriptions"

TODAY = Figures[Today](
    [
        Figure(
            name="lifetime_value",
            title="Lifetime value a customer",
            unit="money",
            better=HIGHER,
            words="mean over the accounts at risk of expected margin over the remaining life, at each account's own"
            " predicted retention, discounted; without a margin in params.yaml it is revenue",
            source=_SCORED,
            compute=_mean_lifetime,
        ),
        Figure(
            name="total_lifetime_value",
            title="Lifetime value of all",
            unit="money",
            better=HIGHER,
            words="the same, added up over all accounts at risk with a known MRR",
            source=_SCORED,
            compute=lambda today: np.array(_lifetimes(today).sum() if len(_lifetimes(today)) else np.nan),
        ),
        Figure(
            name="simple_lifetime_value",
            title="Lifetime value, simple formula",
            unit="money",
            better=HIGHER,
            words="MRR a customer x margin / monthly churn rate of customers over the last twelve months, for"
            " comparison: it takes all customers to be alike, and next year's money to be worth as much as today's",
            source=_SOLD,
            compute=simple_lifetime_value,
        ),
        Figure(
            name="revenue_at_risk",
            title="Revenue at risk",
            unit="money",
            better=LOWER,
            words="sum of probability of churn x ARR over the accounts at risk, as on the list",
            source=_SCORED,
            compute=_revenue_at_risk,
        ),
        Figure(
            name="point_worth",
            title="One point of churn, in a year's revenue",
            unit="money",
            better=HIGHER,
            words="recurring revenue that today's customers bring in the next twelve months with the gross revenue"
            " churn of the last twelve less one point, above that with the same churn",
            source=_SOLD,
            compute=_point,
        ),
        Figure(
            name="point_worth_arr",
            title="One point of churn, in ARR after a year",
            unit="money",
            better=HIGHER,
            words="ARR that is there after twelve months with one point less of yearly churn: a hundredth of today's",
            source=_SOLD,
            compute=_point_of_arr,
        ),
        Figure(
            name="five_points_of_lifetime",
            title="Five points less churn, in lifetime",
            unit="share",
            better=HIGHER,
            words="by how much customers would stay longer with five points less of yearly customer churn: churn /"
            " (churn - 5 points) - 1. Claims of 25 to 95 % are often repeated; this is what it would be here",
            source=_SOLD,
            compute=_five_points,
        ),
    ]
)
"""Figures of today, from scores and the last twelve months."""


@dataclass(frozen=True, kw_only=True)
class RiskGroup:
    """Accounts at risk that share an owner, a segment or a renewal month; money is NaN where no MRR is known."""

    by: str
    name: str
    accounts: int
    arr: float
    at_risk: float


def groups(watched: pd.DataFrame) -> list[RiskGroup]:
    """Revenue at risk by owner, segment and renewal month: the most at risk first, months in order."""
    rows = watched.assign(arr=12 * watched["mrr"], at_risk=at_risk(watched))
    return [each for by in BY for each in _groups(rows, by)]


def _groups(rows: pd.DataFrame, by: str) -> list[RiskGroup]:
    added = rows.groupby(by).agg(
        accounts=("account_id", "size"),
        arr=("arr", lambda each: each.sum(min_count=1)),
        at_risk=("at_risk", lambda each: each.sum(min_count=1)),
    )
    keys = [by] if by == "renewal_month" else ["at_risk", by]
    order = added.reset_index().sort_values(keys, ascending=[key == by for key in keys])
    return [
        RiskGroup(
            by=by,
            name=str(row[by]),
            accounts=int(row["accounts"]),
            arr=float(row["arr"]),
            at_risk=float(row["at_risk"]),
        )
        for row in order.to_dict("records")
    ]
