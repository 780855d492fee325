"""Each check of usage on a company whose feed is whole but for one thing; and on the same company as it should be."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from churnrisk.feeds.check import CHECKS, Inspected, check
from churnrisk.feeds.finding import FeedFinding
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.recent import Recent
from churnrisk.feeds.seen import SPAN, Seen
from churnrisk.feeds.silent import Absence
from churnrisk.feeds.volume import missing_group, missing_part, thicker, thinner

from .calm import ACCOUNTS, AS_OF, DAYS, EVENTS, WEEKEND, calm, counted

Change = Callable[[Any], None]
WEEK, FRIDAY = slice(SPAN - 7, SPAN), SPAN - 3
YEAR_BEFORE = slice(SPAN - 53 * 7, SPAN - 52 * 7)


def found_in(seen: Seen) -> list[FeedFinding]:
    """Of usage alone: there are no other feeds."""
    return check(Inspected(feeds=Feeds({}), seen=seen, as_of=AS_OF, due=AS_OF))


def reported(seen: Seen) -> set[tuple[str, str]]:
    return {(each.check, each.severity) for each in found_in(seen)}


def with_events(change: Change, days: int = SPAN) -> Seen:
    """The calm company after `change` to who made which event on which day."""
    events = calm(days).events.copy()
    change(events)
    return counted(events, np.full(SPAN, 3.0))


def with_rows(times: float, *, index: int) -> Seen:
    """The calm company where everybody left so many times the usual rows on one day."""
    rows = np.full(SPAN, 3.0)
    rows[index] *= times
    return counted(calm().events, rows)


def shard(share: float, days: slice) -> Change:
    def lose(events: Any) -> None:
        events[:, : int(share * ACCOUNTS), days] = False

    return lose


def lose_event(name: str, days: slice, share: float = 1.0) -> Change:
    def lose(events: Any) -> None:
        events[EVENTS.index(name), : int(share * ACCOUNTS), days] = False

    return lose


def holiday(index: int) -> Seen:
    """Most accounts are off, and in the others there are fewer users, each of whom does what is usual."""
    events, rows = calm().events.copy(), np.full(SPAN, 3.0)
    events[:, : int(0.6 * ACCOUNTS), index] = False
    rows[index] = 1.0
    return with_fewer_users(counted(events, rows))


def holiday_week(
    missing: float, closed: float, closed_before: float, *, days: int = SPAN, accounts: int = ACCOUNTS
) -> Seen:
    """In the last week, and in the same one a year ago, there is a third of the users. A share of the accounts is
    closed all week; of those that are open, so many that the share `missing` of all accounts is not in the feed.
    """
    events, rows = calm(days).events[:, :accounts].copy(), np.full(SPAN, 3.0)
    for week, share in ((WEEK, closed), (YEAR_BEFORE, closed_before)):
        rows[week] = 1.0
        events[:, : int(share * accounts), week] = False
    events[:, accounts - int(missing * accounts) :, WEEK] = False
    return with_fewer_users(counted(events, rows))


def with_fewer_users(seen: Seen) -> Seen:
    """The same rows by so few users that each did what a user does on other days."""
    each = calm().user_rows / calm().users
    return replace(seen, users=np.ceil(seen.user_rows / each).astype(int))


@pytest.mark.parametrize("days", [SPAN, 200, 60, 10, 1])
def test_nothing_is_found_where_nothing_is_wrong(days: int) -> None:
    assert reported(calm(days)) == set()


def test_where_there_is_no_usage_nothing_else_is_found() -> None:
    assert reported(with_events(shard(1.0, slice(0, SPAN)))) == {("empty", "hold")}


@pytest.mark.parametrize(
    ("share", "days", "expected"),
    [
        (0.3, slice(FRIDAY, SPAN), {("drop shared across accounts", "hold")}),
        (0.1, WEEK, {("drop shared across accounts", "hold")}),
        (0.03, WEEK, set()),  # some leave every week
        (0.3, slice(SPAN - 19, SPAN - 18), {("drop shared across accounts", "note")}),
        (0.3, slice(SPAN - 20, SPAN - 13), {("drop shared across accounts", "hold")}),  # older, and long
        (0.3, slice(SPAN - 60, SPAN - 53), set()),  # long ago
    ],
)
def test_a_part_of_the_accounts_is_missing(share: float, days: slice, expected: set[tuple[str, str]]) -> None:
    assert reported(with_events(shard(share, days))) == expected


def in_regions(change: Change, members: int) -> Seen:
    """The calm company after a change, where the first accounts are of the north and all others of the south."""
    regions = np.array(["north"] * members + ["south"] * (ACCOUNTS - members), object)
    return replace(with_events(change), groups={"region": regions, "segment": np.full(ACCOUNTS, None, object)})


@pytest.mark.parametrize(
    ("members", "silent", "days", "held"),
    [
        (12, 12, WEEK, True),
        (12, 10, WEEK, True),
        (12, 5, WEEK, False),  # less than half of it
        (9, 9, WEEK, False),  # too few to say
        (12, 12, slice(FRIDAY - 7, FRIDAY - 3), False),  # Friday to Monday: a public holiday
        (12, 12, slice(SPAN - 90, SPAN - 83), False),  # long ago
    ],
    ids=["all", "most", "fewer than half", "a small one", "a holiday", "long ago"],
)
def test_a_region_is_missing_that_is_a_small_part_of_all(members: int, silent: int, days: slice, held: bool) -> None:
    found = found_in(in_regions(shard(silent / ACCOUNTS, days), members))
    assert [(each.check, each.severity) for each in found] == [("drop within a region or segment", "hold")] * held
    assert all("of the 12 accounts of the region north that are there every week" in each.words for each in found)


def now_and_then(members: int, share: float, seed: int, *, missing: bool) -> Seen:
    """A region each of whose accounts is silent in such a share of the weeks. In the last it may be missing."""

    def lose(events: Any) -> None:
        weeks = np.random.default_rng(seed).random((members, SPAN // 7)) < share
        events[:, :members] &= ~weeks.repeat(7, axis=1)
        if missing:
            events[:, :members, WEEK] = False

    return in_regions(lose, members)


@pytest.mark.parametrize(
    ("members", "share", "seed", "held"),
    [
        (20, 0.15, 0, True),  # ten are there every week; of those, 17 % are silent as usual
        (30, 0.2, 0, True),  # 12, 22 %
        (30, 0.2, 3, True),  # 11, 24 %
        (30, 0.2, 11, False),  # ten, 23 %: chance alone silences all ten once in millions of weeks
    ],
)
def test_a_region_is_missing_whose_accounts_are_often_silent(members: int, share: float, seed: int, held: bool) -> None:
    whole, lost = (now_and_then(members, share, seed, missing=missing) for missing in (False, True))
    assert not list(missing_group(Recent(whole)))
    assert bool(list(missing_group(Recent(lost)))) == held


@pytest.mark.parametrize(
    ("accounts", "expected", "silent"),
    [(65, 0.01, 8), (65, 0.5, 52), (10, 0.2, 9), (10, 0.25, 10), (10, 0.9, 10), (1, 0.01, 1), (0, 0.01, np.nan)],
)
def test_chance_silences_no_more_accounts_than_there_are(accounts: int, expected: float, silent: float) -> None:
    one, none = np.array([expected]), np.zeros(1)
    share = Absence(np.array([accounts]), expected=one, share=none, level=none).by_chance(5.0)
    assert accounts * (one + share * (1 - one)) == pytest.approx([silent], nan_ok=True)


def few(accounts: int, missing: int, days: slice) -> Seen:
    """A company of so few accounts, of which some are missing."""
    events = calm().events[:, :accounts].copy()
    events[:, :missing, days] = False
    return replace(counted(events, np.full(SPAN, 3.0)), running=np.ones((accounts, SPAN), bool))


@pytest.mark.parametrize(
    ("accounts", "missing", "days", "held"),
    [
        (45, 22, WEEK, True),
        (35, 17, WEEK, False),
        (45, 22, slice(SPAN - 3, SPAN), False),
        (80, 40, slice(SPAN - 3, SPAN), True),
        (65, 10, WEEK, True),
        (65, 6, WEEK, False),  # chance ends at eight; for a normal distribution it would at four
    ],
    ids=["a week", "too few", "a long weekend of few", "three days of more", "more than chance", "chance"],
)
def test_the_fewer_accounts_the_more_of_them_must_be_silent_and_the_longer(
    accounts: int, missing: int, days: slice, held: bool
) -> None:
    found = missing_part(Recent(few(accounts, missing, days)))
    assert bool(list(found)) == held


def test_accounts_whose_subscriptions_have_ended_are_no_missing_part() -> None:
    ended = with_events(shard(0.3, WEEK))
    running = ended.running.copy()
    running[: int(0.3 * ACCOUNTS), WEEK] = False
    assert reported(replace(ended, running=running)) == set()


def test_a_short_history_is_judged_with_care() -> None:
    assert reported(with_events(shard(0.15, WEEK), days=200)) == set()
    assert reported(with_events(shard(0.4, WEEK), days=200)) == {("drop shared across accounts", "hold")}


@pytest.mark.parametrize("index", range(SPAN - 7, SPAN - 2))
def test_a_holiday_lowers_everybody_and_is_no_missing_part(index: int) -> None:
    assert reported(holiday(index)) == set()


@pytest.mark.parametrize(
    ("missing", "closed", "closed_before", "held"),
    [
        (0.5, 0.0, 0.0, True),
        (0.5, 0.1, 0.1, True),
        (0.0, 0.0, 0.0, False),
        (0.0, 0.25, 0.0, False),
        (0.0, 0.6, 0.5, False),
        (0.0, 0.6, 0.4, True),
    ],
    ids=["half are missing", "a few are closed too", "all use less", "a few are closed", "as ever", "more than ever"],
)
def test_in_a_week_of_holidays_more_accounts_are_missing_than_in_any_before(
    missing: float, closed: float, closed_before: float, held: bool
) -> None:
    found = reported(holiday_week(missing, closed, closed_before))
    assert found == ({("drop shared across accounts", "hold")} if held else set())


def test_the_first_holidays_of_a_feed_say_nothing_of_accounts_that_are_missing() -> None:
    assert reported(holiday_week(0.5, 0.0, 0.0, days=300)) == set()


@pytest.mark.parametrize(("accounts", "held"), [(300, True), (45, False)], ids=["many", "few enough for chance"])
def test_of_few_accounts_a_holiday_may_silence_a_third(accounts: int, held: bool) -> None:
    assert bool(list(missing_part(Recent(holiday_week(0.35, 0.0, 0.0, accounts=accounts))))) == held


@pytest.mark.parametrize(
    ("times", "expected"),
    [(0.6, {("partial day", "hold")}), (0.95, set()), (1.05, set()), (2.0, {("more than usual", "hold")})],
)
def test_each_user_leaves_the_usual_number_of_rows(times: float, expected: set[tuple[str, str]]) -> None:
    assert reported(with_rows(times, index=FRIDAY)) == expected


def depths(usual_users: int, users: int, rows: int, seed: int = 7) -> Seen:
    """The calm company with so many users a workday, who leave 1.7 rows each; on the last Friday so many of both."""
    rng, workday = np.random.default_rng(seed), np.where(WEEKEND, 0.1, 1.0)
    who = rng.poisson(usual_users * workday)
    each = who + rng.poisson(0.7 * who)
    who[FRIDAY], each[FRIDAY] = users, rows
    return replace(calm(), users=who, user_rows=each)


@pytest.mark.parametrize(
    ("usual_users", "users", "rows", "expected"),
    [
        (150, 25, 27, {("partial day", "hold")}),  # a tenth of the rows is left, and with them a sixth of the users
        (150, 25, 41, set()),  # a holiday: few came, each as on other days
        (150, 12, 15, set()),  # few enough for that to be chance
        (20, 20, 21, set()),  # a small company, where a day says nothing
        (150, 150, 300, set()),  # within four standard errors
        (150, 150, 510, {("more than usual", "hold")}),
        (150, 25, 85, set()),  # what was loaded twice has all its users, so few that do much are a holiday
    ],
    ids=["a tenth is left", "a holiday", "chance", "a small company", "a busy day", "twice", "a busy holiday"],
)
def test_a_day_is_judged_by_the_users_that_are_usual_on_it(
    usual_users: int, users: int, rows: int, expected: set[tuple[str, str]]
) -> None:
    assert reported(depths(usual_users, users, rows)) == expected


@pytest.mark.parametrize("usual_users", [20, 35, 60, 150])
def test_chance_alone_is_no_partial_day_however_small_the_company(usual_users: int) -> None:
    """A list a week of a year, with a holiday each on which a fifth came."""
    few = usual_users // 5
    lists = [Recent(depths(usual_users, few, int(1.7 * few), seed)) for seed in range(52)]
    assert not [found for each in lists for found in (*thinner(each), *thicker(each))]


def test_without_users_rows_are_counted_by_account() -> None:
    none = np.zeros(SPAN, int)
    assert reported(replace(with_rows(0.5, index=FRIDAY), users=none, user_rows=none)) == {("partial day", "hold")}
    assert reported(replace(calm(), users=none, user_rows=none)) == set()


def test_an_empty_day_that_is_no_weekend() -> None:
    whole = with_events(shard(1.0, slice(FRIDAY, FRIDAY + 1)))
    assert ("empty day", "hold") in reported(whole)
    evidence = next(each.words for each in found_in(whole) if each.check == "empty day")
    assert evidence.startswith(f"usage: {DAYS[FRIDAY]} has 0 rows; ")
    assert evidence.endswith("are usual on Fridays")
    assert not WEEKEND[FRIDAY]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lose_event("report", WEEK), {("tracking of report ended", "hold")}),
        (lose_event("report", slice(FRIDAY, SPAN)), {("tracking of report ended", "hold")}),
        (lose_event("report", WEEK, share=0.7), {("drop within report", "hold")}),
        (lose_event("report", WEEK, share=0.1), set()),
        (lose_event("report", slice(SPAN - 90, SPAN)), set()),  # ended long ago
    ],
)
def test_an_event_that_is_lost(change: Change, expected: set[tuple[str, str]]) -> None:
    assert {(check, severity) for check, severity in reported(with_events(change)) if "report" in check} == expected


@pytest.mark.parametrize(
    ("first", "share", "days", "expected"),
    [
        (SPAN - 5, 1.0, SPAN, {("tracking of invite began", "hold")}),
        (SPAN - 5, 0.15, SPAN, set()),  # a new thing that some try
        (SPAN - 60, 1.0, SPAN, set()),
        (SPAN - 5, 1.0, 50, set()),  # everything is new
    ],
)
def test_an_event_that_begins(first: int, share: float, days: int, expected: set[tuple[str, str]]) -> None:
    def begin(events: Any) -> None:
        events[3] = events[0]
        events[3, :, :first] = False
        events[3, int(share * ACCOUNTS) :] = False

    assert {each for each in reported(with_events(begin, days)) if "invite" in each[0]} == expected


def shares(share: float, indices: slice | int) -> Any:
    count = np.zeros(SPAN, int)
    count[indices] = (calm().rows * share).astype(int)[indices]
    return count


@pytest.mark.parametrize("column", ["copies", "again"])
@pytest.mark.parametrize(
    ("share", "indices", "expected"),
    [
        (0.5, FRIDAY, {("duplicated load", "hold")}),
        (0.04, FRIDAY, set()),
        (0.5, SPAN - 60, set()),
        (0.4, slice(0, SPAN), set()),  # copies are usual here
    ],
)
def test_rows_that_stand_there_twice(
    column: str, share: float, indices: slice | int, expected: set[tuple[str, str]]
) -> None:
    assert reported(replace(calm(), **{column: shares(share, indices)})) == expected


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ({"repeated": 0.96}, True),
        ({"repeated": 0.9}, False),
        ({"copies": shares(0.9, slice(0, SPAN))}, False),  # no time of day, so that most rows look alike
        ({"again": shares(0.5, slice(0, SPAN))}, True),
    ],
    ids=["twice in one load", "mostly even numbers", "many alike", "loaded twice"],
)
def test_usage_that_has_always_been_there_twice(change: dict[str, Any], held: bool) -> None:
    assert reported(replace(calm(), **change)) == ({("duplicated load", "hold")} if held else set())


def test_rows_that_were_known_before_their_day() -> None:
    assert reported(replace(calm(), ahead=shares(0.1, FRIDAY))) == {("clock skew", "hold")}
    assert reported(replace(calm(), ahead=shares(0.1, slice(0, SPAN)))) == set()


@pytest.mark.parametrize("by", [1, 2, -1])
def test_a_week_that_is_dated_some_days_off(by: int) -> None:
    events = calm().events.copy()
    week = events[:, :, WEEK].copy()
    events[:, :, WEEK] = False
    stop = min(SPAN, SPAN + by)
    events[:, :, SPAN - 7 + by : stop] |= week[:, :, : stop - (SPAN - 7 + by)]
    skew = [each for each in found_in(counted(events, np.full(SPAN, 3.0))) if each.check == "clock skew"]
    assert [each.evidence.found for each in skew] == [by]


def test_an_event_that_fades_and_one_that_ends_are_distinguished() -> None:
    def lose(events: Any) -> None:
        lose_event("report", WEEK)(events)
        lose_event("export", WEEK, share=0.7)(events)

    names = {name for name, _ in reported(with_events(lose))}
    assert names >= {"tracking of report ended", "drop within export"}
    assert not names & {"drop within report", "tracking of export ended"}


def test_every_finding_has_the_name_and_the_words_of_a_check() -> None:
    for finding in [*found_in(with_events(lose_event("report", WEEK))), *found_in(with_rows(0.6, index=FRIDAY))]:
        assert finding.rule in CHECKS
        assert finding.check == finding.rule.name.format(event="report")
        assert CHECKS.words[finding.rule.name]
