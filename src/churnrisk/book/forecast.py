"""Renewal forecast: GRR and NRR of the next two quarters by renewal month, from calibrated probabilities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.book.calendar import Period
from churnrisk.book.customers import Customers
from churnrisk.book.figures import REVENUE
from churnrisk.book.inputs import Inputs
from churnrisk.book.spread import Share, Spread, spread
from churnrisk.book.survival import gone_by
from churnrisk.book.totals import add_up
from churnrisk.clock import Day, Days, days
from churnrisk.past.arrays import Array, Mask, Numbers
from churnrisk.past.tables.spells import NEVER
from churnrisk.past.tables.through_time import customer_stretches, renewals_at
from churnrisk.past.usage.running_totals import PARTS

QUARTER = 91
"""Days ahead, once and twice: whole weeks, as everything that is counted from the date."""

LEVEL = 0.8
"""In how many of ten cases the interval holds. Wider ones say little to who plans, and nobody plans for one in
twenty."""

_PAST_QUARTERS = 8
_DRAWS = 4000
"""Draws of a group's sums: the ends of the interval are then good to about half a hundredth of its width."""

ALL = "all"
LATER = "later"
"""Renewal months of two groups: everybody, and those whose next renewal is later or who have none."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is expected of a group of the customers of a date; shares are of `mrr`, what they pay at the date."""

    quarters: int
    renewal_month: str
    until: Day
    customers: int
    mrr: float
    grr: tuple[float, float, float]
    nrr: tuple[float, float, float]
    """Expected, lower and upper end of the interval."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """Customers of a date, as they were known then: all (accounts,). `mrr` is in money, `ended_on` NEVER while no end
    is known, `completed` says that it is that of a fixed term, `renews_on` is NaT where there is no term.
    """

    account_id: Array
    mrr: Numbers
    ended_on: npt.NDArray[np.datetime64]
    completed: Mask
    renews_on: Days

    def groups(self, as_of: Day, quarters: int) -> Iterator[tuple[str, Mask]]:
        """The groups of so many quarters ahead: all, by renewal month within them, and the others."""
        until = as_of + days(QUARTER * quarters)
        # Who is to end as planned before then is no customer that could renew.
        counts = ~(self.completed & (self.ended_on < until))
        yield ALL, counts
        soon = counts & (self.renews_on < until)
        months = self.renews_on.astype("M8[M]")
        for month in np.unique(months[soon]):
            yield str(month), soon & (months == month)
        yield LATER, counts & ~soon


def base_of(inputs: Inputs, as_of: Day, customers: Customers, at: int = -1) -> Base:
    """The customers of a date with their contracts, from those of the date with the position `at`."""
    sold, index = inputs.sold(as_of), pd.Index(customers.account_id)
    stays = customer_stretches(inputs.spells(as_of), index, trials=inputs.settings.trials)
    now = np.flatnonzero((stays.from_on < as_of) & (stays.ended_on >= as_of))
    ended, completed = np.full(len(index), NEVER, "M8[us]"), np.zeros(len(index), bool)
    ended[stays.account[now]], completed[stays.account[now]] = stays.ended_on[now], stays.completed[now]
    there = np.flatnonzero(customers.there[at])
    return Base(
        account_id=customers.account_id[there],
        mrr=customers.value[at][there] / PARTS,
        ended_on=ended[there],
        completed=completed[there],
        renews_on=renewals_at(sold, index, as_of)[there],
    )


def forecast(inputs: Inputs, as_of: Day, predictions: pd.DataFrame) -> list[Outlook]:
    """What is expected of the customers of a date, by what was known then; `predictions` are those of that date."""
    who = inputs.who(as_of)
    dates = as_of - QUARTER * np.arange(_PAST_QUARTERS, -1, -1).astype("m8[D]")
    customers = inputs.customers(who, dates, as_of)
    base = base_of(inputs, as_of, customers)
    if not base.mrr.sum():
        return []
    sold, index = inputs.sold(as_of), pd.Index(customers.account_id)
    renewals = [renewals_at(sold, index, each) for each in dates[:-1]]
    return [
        outlook
        for quarters in (1, 2)
        for outlook in _outlooks(
            inputs,
            as_of,
            base,
            predictions,
            spread(
                customers,
                [r < d + days(QUARTER * quarters) for r, d in zip(renewals, dates[:-1], strict=True)],
                quarters,
            ),
            quarters,
        )
    ]


def _outlooks(
    inputs: Inputs, as_of: Day, base: Base, predictions: pd.DataFrame, past: Spread, quarters: int
) -> Iterator[Outlook]:
    until = as_of + days(QUARTER * quarters)
    renews = base.renews_on < until
    gone = _gone(inputs, as_of, base, predictions, renews, quarters)
    for number, (name, which) in enumerate(base.groups(as_of, quarters)):
        if base.mrr[which].sum():
            grr, nrr = _shares(base.mrr[which], gone[which], renews[which], past, seed=(quarters, number))
            yield Outlook(
                quarters=quarters,
                renewal_month=name,
                until=until,
                customers=int(which.sum()),
                mrr=float(base.mrr[which].sum()),
                grr=grr,
                nrr=nrr,
            )


def _gone(inputs: Inputs, as_of: Day, base: Base, predictions: pd.DataFrame, renews: Mask, quarters: int) -> Numbers:
    """The probability that each customer has churned by the end: (accounts,).

    Known ends are certain. Who has no score, being young or paused, is taken to be like the others of its kind.
    """
    settings, ahead = inputs.settings, QUARTER * quarters
    scored = gone_by(predictions, settings.lead_days, settings.horizon_days, ahead)
    at = pd.Index(predictions["account_id"]).get_indexer(pd.Index(base.account_id))
    gone = np.where(at >= 0, scored[at] if len(scored) else np.nan, np.nan)
    for like in (renews, ~renews, np.ones(len(gone), bool)):
        known = like & ~np.isnan(gone)
        weight = base.mrr[known].sum()
        usual = float((gone[known] * base.mrr[known]).sum() / weight) if weight else np.nan
        gone[like & np.isnan(gone)] = usual
    gone[base.ended_on < NEVER] = 0.0
    gone[base.ended_on < as_of + days(ahead)] = 1.0
    return np.nan_to_num(gone)


def _shares(
    mrr: Numbers, gone: Numbers, renews: Mask, past: Spread, *, seed: tuple[int, int]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """GRR and NRR of a group with their intervals.

    What is lost is drawn from a beta distribution and what changes of who stays from gamma distributions, with the
    means and variances that follow from the accounts of the group and from how far past quarters differ.
    """
    rng, whole = np.random.default_rng(seed), mrr.sum()
    lost = (mrr * gone).sum() / whole
    varies = (mrr**2 * gone * (1 - gone)).sum() / whole**2 + (past.churn_swing * lost) ** 2 * (1 - lost)
    losses = _beta(rng, lost, varies)
    expands, contracts = (_drawn(rng, mrr, gone, renews, each) for each in (past.expansion, past.contraction))
    stays = (1 - losses) / max(1 - lost, 1e-9)
    kept = np.maximum(1 - losses - contracts[1] * stays, 0)
    grr, nrr = 1 - lost - contracts[0], 1 - lost - contracts[0] + expands[0]
    return _interval(max(grr, 0.0), kept), _interval(max(nrr, 0.0), kept + expands[1] * stays)


def _drawn(
    rng: np.random.Generator, mrr: Numbers, gone: Numbers, renews: Mask, shares: tuple[Share, Share]
) -> tuple[float, Numbers]:
    """The expected change of who stays as a share of the group's MRR, and draws of it."""
    whole, mean, varies = mrr.sum(), 0.0, 0.0
    for share, which in zip(shares, (~renews, renews), strict=True):
        own = (mrr[which] * (1 - gone[which])).sum() / whole * share.mean
        luck = (mrr[which] ** 2 * (1 - gone[which])).sum() / whole**2 * max(share.square - share.mean**2, 0)
        mean, varies = mean + own, varies + luck + (share.swing * own) ** 2
    if mean <= 0 or varies <= 0:
        return mean, np.full(_DRAWS, mean)
    return mean, rng.gamma(mean**2 / varies, varies / mean, _DRAWS)


def _beta(rng: np.random.Generator, mean: float, varies: float) -> Numbers:
    if not 0 < mean < 1 or varies <= 0:
        return np.full(_DRAWS, mean)
    # A beta distribution can't vary more than a single account that leaves or stays.
    size = max(mean * (1 - mean) / varies - 1, 1e-3)
    return rng.beta(mean * size, (1 - mean) * size, _DRAWS)


def _interval(expected: float, draws: Numbers) -> tuple[float, float, float]:
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(expected), float(low), float(high)


def came(inputs: Inputs, over: Sequence[tuple[Day, int]]) -> list[tuple[float, float]]:
    """What became of the customers of some dates in so many quarters: GRR and NRR each, by what is known now."""
    untils = [as_of + days(QUARTER * quarters) for as_of, quarters in over]
    dates = np.unique(np.array([*(as_of for as_of, _ in over), *untils], "M8[D]"))
    customers = inputs.customers(inputs.who(inputs.as_of), dates, inputs.as_of)
    ends = [
        (int(np.searchsorted(dates, each)), int(np.searchsorted(dates, until)))
        for (each, _), until in zip(over, untils, strict=True)
    ]
    periods = [Period("rolling", "", start, stop) for start, stop in ends]
    totals = add_up(customers, periods).whole_company()
    return [
        (float(grr), float(nrr))
        for grr, nrr in zip(*(REVENUE.compute(totals)[name][:, 0] for name in ("grr", "nrr")), strict=True)
    ]
