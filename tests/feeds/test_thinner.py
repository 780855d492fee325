"""A table that goes on with fewer rows than ever, with near misses."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, day
from churnrisk.feeds.check import check
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.thin import EVENTS, thinner

from .files import END, contracts, daily, full, inspected, write

AS_OF = Day("2025-12-29")
DATES = np.arange(AS_OF - 2 * 364, AS_OF)


def fed(counts, table: str = "tickets") -> Feeds:
    """A table of which so many rows became known on each of `DATES`."""
    rows = pd.DataFrame({"day": DATES.astype("M8[us]"), "facts": np.asarray(counts, int)}).query("facts > 0")
    return Feeds({f"{table}.known_at": rows.assign(known_on=rows["day"])})


def steady(a_day: float = 10.0, seed: int = 7):
    return np.random.default_rng(seed).poisson(a_day, len(DATES))


def lately(counts, share: float, days: int = 28):
    """The same with a share of its rows in the last days."""
    kept = np.random.default_rng(1).binomial(counts, share)
    return np.where(AS_OF - days <= DATES, kept, counts)


SEASON = np.where((DATES.astype("M8[M]").astype(int) % 12) == 11, 0.4, 1.0)
"""December is quiet every year."""

CASES = [
    ("half of the rows", lately(steady(), 0.5), True),
    ("a tenth of the rows", lately(steady(), 0.1), True),
    ("half, for two weeks alone", lately(steady(), 0.5, days=14), False),
    ("four fifths", lately(steady(), 0.8), False),
    ("nothing wrong", steady(), False),
    ("stopped, which another check says", lately(steady(), 0.0), False),
    ("a quiet December, as last year", np.random.default_rng(3).poisson(10 * SEASON), False),
    ("half of a quiet December", lately(np.random.default_rng(3).poisson(10 * SEASON), 0.4), True),
    ("few rows", lately(steady(1.2), 0.4), False),
    ("growth", np.random.default_rng(3).poisson(np.linspace(2, 30, len(DATES))), False),
    ("half after growth", lately(np.random.default_rng(3).poisson(np.linspace(2, 30, len(DATES))), 0.2), True),
    ("half a year alone", np.where(DATES >= AS_OF - 150, lately(steady(), 0.5), 0), False),
]


@pytest.mark.parametrize(("counts", "held"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_fewer_rows_than_in_any_four_weeks_of_a_year_hold_the_list(counts, held):
    found = list(thinner(fed(counts), AS_OF))
    assert [(each.feed, each.severity) for each in found] == [("tickets", "hold")] * held
    assert all("were the fewest of the 13 such spans before" in each.sentence for each in found)


@pytest.mark.parametrize(("table", "held"), [*((name, True) for name in EVENTS), ("goals", False), ("usage", False)])
def test_every_table_of_events_is_looked_at_and_no_other(table, held):
    assert bool([*thinner(fed(lately(steady(), 0.3), table), AS_OF)]) == held


@pytest.mark.parametrize("seed", range(8))
def test_chance_alone_holds_nothing(seed):
    """A list a week of a year with numbers of rows that vary by the week as well."""
    rng = np.random.default_rng(seed)
    weekly = np.repeat(rng.gamma(20, 1 / 20, len(DATES) // 7), 7)
    feeds = fed(rng.poisson(4 * weekly))
    assert not [found for week in range(52) for found in thinner(feeds, AS_OF - 7 * week)]


def test_the_gate_asks(tmp_path):
    """Tickets as rows: ten a day for most of a year, and two a day in the last four weeks."""
    monday = pd.Timestamp(day(END))
    opened = pd.date_range(monday - pd.Timedelta(days=300), monday, inclusive="left")
    many = np.where(opened >= monday - pd.Timedelta(days=28), 2, 10)
    rows = pd.DataFrame({"opened_at": opened.repeat(many)})
    rows = rows.assign(ticket_id=[f"t{number}" for number in range(len(rows))], known_at=rows["opened_at"])
    folders = write(tmp_path, daily(), subscriptions=contracts(), tickets=full("tickets", rows))
    found = {(each.feed, each.check, each.severity) for each in check(inspected(*folders, day(END)))}
    assert ("tickets", "thinner than ever", "hold") in found
