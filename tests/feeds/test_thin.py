"""A company with few rows a day: a silent Sunday is ordinary, makes no list late, holds none and proves no label."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, Grid, day
from churnrisk.feeds.check import check
from churnrisk.feeds.coverage import REQUIRED, coverage, coverage_of, ordinary_silence
from churnrisk.feeds.flow import Feeds, Flow
from churnrisk.feeds.reading import read_feeds
from churnrisk.feeds.stale import stale

from . import thin
from .files import inspected, write

GRID = Grid(day(thin.BEGINS))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write(tmp_path_factory.mktemp("thin"), thin.usage(), subscriptions=thin.contracts())


@pytest.fixture(scope="module")
def company(folders: tuple[Path, Path]) -> Feeds:
    return read_feeds(*folders)


def list_date(feeds: Feeds, monday: Day, end: str) -> Day:
    """The date of an `auto` list of that Monday, by what was known then and one end of coverage or the other."""
    found = coverage(feeds, before=monday)
    return GRID.floor(min(getattr(found[name], end) for name in REQUIRED))


def test_no_list_of_a_year_is_late_or_held(company: Feeds, folders: tuple[Path, Path]) -> None:
    silent = thin.silent_sundays(thin.usage())
    assert len(silent) >= 5
    assert all(list_date(company, each, "dated_until") == each for each in thin.LAST_YEAR)
    assert all(not [*stale(company, 0, each)] for each in thin.LAST_YEAR)
    found = {each: check(inspected(*folders, each, feeds=company)) for each in silent}
    held = {each for each, findings in found.items() if any(finding.severity == "hold" for finding in findings)}
    assert not held


def test_what_is_certain_ends_before_a_silent_sunday(company: Feeds) -> None:
    for monday in thin.silent_sundays(thin.usage()):
        assert coverage(company, before=monday)["usage"].covered_until <= monday - 1


def test_a_week_that_is_missing_holds_all_the_same(company: Feeds, folders: tuple[Path, Path]) -> None:
    later = day(thin.ENDS) + 7
    first = check(inspected(*folders, later, feeds=company))[0]
    assert (first.check, first.severity) == ("stale", "hold")
    assert list_date(company, later, "dated_until") == day(thin.ENDS)


YEAR = np.arange("2024-03-11", "2025-03-10", dtype="M8[D]")  # ends on a Sunday


def without(*days: str, facts: int = 90) -> Flow:
    """A year of usage with so many facts a day, but none on some."""
    kept = YEAR[~np.isin(YEAR, np.array(days, "M8[D]"))]
    return Flow("usage", kept, np.full(len(kept), facts), dense=True)


@pytest.mark.parametrize(
    ("flow", "began", "days"),
    [
        (without(), "2025-03-10", 0),
        (without("2024-06-02"), "2025-03-10", 0),  # once is no habit
        (without("2024-06-02", "2024-09-08"), "2025-03-10", 1),
        (without("2024-06-01", "2024-06-02", "2024-09-07", "2024-09-08"), "2025-03-10", 2),
        (without("2024-06-01", "2024-06-02", "2024-09-08"), "2025-03-10", 1),
        (without(facts=9), "2025-03-10", 1),  # a handful may as well be none
        (without(facts=10), "2025-03-10", 0),
    ],
)
def test_a_silence_is_ordinary_that_has_been_twice_or_is_of_a_handful(flow: Flow, began: str, days: int) -> None:
    assert ordinary_silence(flow, Day(began)) == days


THREE_DAYS_TWICE = ("2024-06-02", "2024-06-03", "2024-06-04", "2024-09-08", "2024-09-09", "2024-09-10")


@pytest.mark.parametrize(("ticket", "dated"), [("2025-03-01", "2025-03-12"), ("2025-03-12", "2025-03-13")])
def test_no_list_is_dated_further_ahead_than_a_weekend_unless_other_feeds_have_got_there(
    ticket: str, dated: str
) -> None:
    days = np.append(np.arange("2024-03-11", "2025-03-01", 7, "M8[D]"), np.array([ticket], "M8[D]"))
    tickets = Flow("tickets", np.unique(days), np.ones(len(np.unique(days)), np.int64))
    found = coverage_of({"usage": without(*THREE_DAYS_TWICE), "tickets": tickets})
    assert (found["usage"].covered_until, found["usage"].dated_until) == (Day("2025-03-10"), Day(dated))


def test_a_weekend_that_is_always_silent_is_waited_for_once() -> None:
    days = YEAR[:-2][np.is_busday(YEAR[:-2])]  # ends on a Friday
    found = coverage_of({"usage": Flow("usage", days, np.full(len(days), 90), dense=True)})["usage"]
    assert (found.covered_until, found.dated_until) == (Day("2025-03-10"), Day("2025-03-10"))


def test_a_silent_sunday_moves_the_date_of_a_list_alone(tmp_path: Path) -> None:
    sunday = thin.silent_sundays(thin.usage())[-1] - 1
    rows = thin.usage()[lambda each: each["day"] < pd.Timestamp(sunday)]
    found = coverage_of(read_feeds(*write(tmp_path, rows, subscriptions=thin.contracts())).flows())["usage"]
    assert (found.covered_until, found.dated_until) == (sunday, sunday + 1)
