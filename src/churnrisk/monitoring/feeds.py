"""How much each feed brings, an account and week: now, before, and when the model learned."""

from churnrisk.clock import Day, day, days
from churnrisk.feeds.flow import Flow
from churnrisk.monitoring.looked import Looked
from churnrisk.store.catalogue.monitor import FeedRate

WEEKS = 4
"""Weeks that are added up: a month has one end of a month, and evens out weeks with holidays."""


def feed_rates(looked: Looked) -> list[FeedRate]:
    """The rate of every feed that has facts; none of training where its dates are not in the tables."""
    return [_rate(name, flow, looked) for name, flow in sorted(looked.flows.items())]


def _rate(name: str, flow: Flow, looked: Looked) -> FeedRate:
    population, trained = looked.bundle.population, looked.bundle.model.trained
    span, accounts = days(7 * WEEKS), max(len(looked.features), 1)
    now = _facts(flow, looked.as_of - span, looked.as_of)
    first, last = day(trained.first_as_of) - span, day(trained.last_as_of)
    weeks, watched = (last - first) / days(7), population.rows / max(population.dates, 1)
    # A view of the tables that begins later than training did says nothing of that time.
    seen = bool(len(flow.days)) and flow.days[0] <= first + span
    return FeedRate(
        feed=name,
        facts=now,
        now=round(now / WEEKS / accounts, 4),
        before=round(_facts(flow, looked.as_of - 2 * span, looked.as_of - span) / WEEKS / accounts, 4),
        training=round(_facts(flow, first, last) / weeks / watched, 4) if seen and watched else None,
    )


def _facts(flow: Flow, first: Day, stop: Day) -> int:
    return int(flow.counts[(flow.days >= first) & (flow.days < stop)].sum())
