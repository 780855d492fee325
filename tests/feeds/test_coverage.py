from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, day
from churnrisk.feeds.coverage import Coverage, coverage, coverage_of, end_of
from churnrisk.feeds.flow import Flow
from churnrisk.feeds.reading import read_feeds

from .files import END, contracts, daily, full, write

MONDAY = day(END)


def covered(folders: tuple[Path, Path], before: Day | None = None) -> dict[str, Coverage]:
    return coverage(read_feeds(*folders), before)


def stray(when: str, rows: int = 1) -> pd.DataFrame:
    day_of_it = pd.Timestamp(when)
    return daily().head(rows).assign(day=day_of_it, known_at=day_of_it)


@pytest.mark.parametrize(
    ("usage", "until", "strays"),
    [
        (daily(), "2025-03-10", 0),  # ends on a Sunday
        (daily(end=pd.Timestamp("2025-03-08")), "2025-03-10", 0),  # a weekend on which next to nothing is expected
        (daily(end=pd.Timestamp("2025-03-07")), "2025-03-07", 0),  # Friday is missing
        (pd.concat([daily(), stray("2031-05-05")]), "2025-03-10", 1),
        (pd.concat([daily(), *(stray(f"2025-0{m}-15") for m in (4, 5, 6, 7))]), "2025-03-10", 4),
        (pd.concat([daily(), stray("1970-01-01")]), "2025-03-10", 1),
        (
            daily()[lambda rows: ~rows["day"].between("2025-02-03", "2025-02-16")],
            "2025-03-10",
            0,
        ),  # a hole that is over
    ],
)
def test_usage_covers_up_to_its_last_ordinary_day(tmp_path: Path, usage: pd.DataFrame, until: str, strays: int) -> None:
    found = covered(write(tmp_path, usage, subscriptions=contracts()))
    assert (found["usage"].covered_until, found["usage"].strays) == (Day(until), strays)


def lone(when: str, facts: int, others: int, every: int = 1) -> dict[str, Flow]:
    """Usage of a year, with a day far off."""
    days = np.arange(MONDAY - 364, MONDAY, every)
    counts = np.full(len(days), others)
    at = np.searchsorted(days, day(when))
    days, counts = np.insert(days, at, day(when)), np.insert(counts, at, facts)
    return {"usage": Flow("usage", days, counts, dense=True)}


@pytest.mark.parametrize(
    ("flow", "first", "until", "strays"),
    [
        (lone("1970-01-01", 1, 5), "2024-03-11", "2025-03-10", 1),
        (lone("1970-01-01", 15, 5), "2024-03-11", "2025-03-10", 15),  # a default date is on many rows
        (lone("1970-01-01", 1, 1, every=5), "2024-03-11", "2025-03-07", 1),
        (lone("2025-06-02", 1, 1, every=5), "2024-03-11", "2025-03-07", 1),
        (lone("2025-06-02", 9, 1, every=5), "2024-03-11", "2025-03-07", 9),
        (lone("2025-03-20", 1, 1, every=5), "2024-03-11", "2025-03-21", 0),  # late, and not far off
        (lone("2025-06-02", 15, 15), "2024-03-11", "2025-06-03", 0),  # the feed is there again
    ],
)
def test_facts_far_off_are_strays_of_a_thin_feed_too(
    flow: dict[str, Flow], first: str, until: str, strays: int
) -> None:
    found = coverage_of(flow)["usage"]
    assert (found.first, found.covered_until, found.strays) == (Day(first), Day(until), strays)


def test_a_day_is_held_against_those_of_its_own_weekday() -> None:
    """A Monday with 30 facts is the end of a feed that has 1,000 on one, however few its first day, a Saturday, has."""
    days = np.arange(MONDAY - 366, MONDAY + 1)
    counts = np.where(np.arange(len(days)) % 7 == 0, 40, 1000)
    counts[-1] = 30
    assert end_of(Flow("usage", days, counts, dense=True)) == MONDAY


def test_a_feed_that_begins_slowly_has_begun() -> None:
    days = np.append(day("2023-06-05"), np.arange(MONDAY - 364, MONDAY, 7))
    flow = Flow("usage", days, np.append(20, np.ones(52, np.int64)), dense=True)
    assert coverage_of({"usage": flow})["usage"].first == Day("2023-06-05")


def test_usage_covers_what_was_known_then(tmp_path: Path) -> None:
    late = daily()
    late["known_at"] += pd.to_timedelta(np.where(late["day"] == "2025-03-06", 3, 0), unit="D")
    folders = write(tmp_path, late, subscriptions=contracts())
    assert covered(folders, before=Day("2025-03-07"))["usage"].covered_until == Day("2025-03-06")
    assert covered(folders, before=MONDAY)["usage"].covered_until == MONDAY


def sparse(*days: str, name: str = "tickets") -> Flow:
    when = np.array(days, "M8[D]")
    return Flow(name, when, np.ones(len(when), np.int64))


DENSE = Flow("usage", np.arange(day("2024-01-01"), MONDAY), np.full(434, 500), dense=True)
WEEKLY = np.arange("2024-01-01", "2025-03-10", 7, "M8[D]")


@pytest.mark.parametrize(
    ("flow", "until"),
    [
        (sparse(*WEEKLY), "2025-03-10"),
        (sparse(*WEEKLY[:-2]), "2025-03-10"),  # silent for 20 days: three weeks are far longer than ever
        (sparse(*WEEKLY[:-3]), "2025-02-11"),
        (sparse(*WEEKLY[:-3], "2031-05-05"), "2025-02-11"),
        (sparse("2022-01-01", "2022-03-01", *WEEKLY[:-3]), "2025-02-11"),  # a gap of long ago says nothing of today
        (sparse("2024-01-01", "2024-07-01"), "2025-03-10"),  # too few to say
    ],
)
def test_a_sparse_feed_covers_until_it_is_silent_for_far_longer_than_ever(flow: Flow, until: str) -> None:
    assert coverage_of({"usage": DENSE, "tickets": flow})["tickets"].covered_until == Day(until)


def test_what_may_not_flow_has_no_end_of_its_own() -> None:
    assert end_of(sparse("2024-01-01", "2024-07-01")) is None
    assert coverage_of({}) == {}


def test_an_end_of_a_subscription_tells_that_the_feed_lives(tmp_path: Path) -> None:
    table = contracts().assign(started_on=pd.Timestamp("2024-01-01"), known_at=pd.Timestamp("2024-01-01"))
    table["ended_on"] = table["end_known_at"] = pd.date_range("2025-01-29", END, inclusive="left")
    found = read_feeds(*write(tmp_path, daily(), subscriptions=table)).columns_apart()
    assert str(found["subscriptions.end_known_at"].days[-1]) == "2025-03-09"
    assert set(found) == {"usage", "subscriptions.known_at", "subscriptions.end_known_at"}


def test_tables_without_facts_and_accounts_are_no_feeds(tmp_path: Path) -> None:
    accounts = full("accounts", pd.DataFrame({"account_id": ["a0"], "created_on": [END], "known_at": [END]}))
    tickets = full("tickets", pd.DataFrame({"ticket_id": []}))
    folders = write(tmp_path, daily(), subscriptions=contracts(), accounts=accounts, tickets=tickets)
    assert set(covered(folders)) == {"usage", "subscriptions"}


def test_starts_that_go_on_do_not_speak_for_ends_that_have_stopped(tmp_path: Path) -> None:
    sold = contracts()
    until = pd.Timestamp("2025-02-15")
    more = sold.assign(
        subscription_id="more-" + sold["subscription_id"],
        started_on=pd.Timestamp("2024-12-30"),
        known_at=pd.Timestamp("2024-12-30"),
        ended_on=pd.date_range(end=until, periods=len(sold)),
        end_known_at=pd.date_range(end=until, periods=len(sold)),
    )
    found = covered(write(tmp_path, daily(), subscriptions=pd.concat([sold, more], ignore_index=True)))
    assert found["subscriptions"].covered_until == day(until) + 1
    assert found["usage"].covered_until == MONDAY


def test_a_calendar_full_of_meetings_says_nothing_of_the_other_feeds(tmp_path: Path) -> None:
    dates = pd.date_range("2025-01-06", "2025-03-31").repeat(30)
    table = pd.DataFrame({"touchpoint_id": [f"t{n}" for n in range(len(dates))], "happened_at": dates})
    meetings = full("touchpoints", table.assign(account_id="a1", known_at=dates))
    found = covered(write(tmp_path, daily(), subscriptions=contracts(), touchpoints=meetings))
    assert found["usage"].covered_until == found["subscriptions"].covered_until == MONDAY


def test_instalments_that_are_planned_say_nothing_of_the_other_feeds(tmp_path: Path) -> None:
    days = pd.date_range("2024-06-01", "2025-06-30")
    keys = [f"i{number}" for number in range(len(days))]
    invoices = full("invoices", pd.DataFrame({"invoice_id": keys, "issued_on": days, "due_on": days, "known_at": days}))
    folders = write(tmp_path, daily(), subscriptions=contracts(), invoices=invoices)
    assert {each.covered_until for each in covered(folders).values()} == {MONDAY}
