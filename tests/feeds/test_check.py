from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, day
from churnrisk.feeds import check as checking
from churnrisk.feeds.check import CHECKS, check
from churnrisk.feeds.coverage import coverage
from churnrisk.feeds.finding import Evidence
from churnrisk.feeds.reading import read_feeds, read_seen
from churnrisk.rules import Rule, Rules

from .files import END, contracts, daily, full, inspected, write

MONDAY = day(END)


def reported(folders: tuple[Path, Path], as_of: Day = MONDAY, **how: object) -> set[tuple[str, str, str]]:
    return {(each.feed, each.check, each.severity) for each in check(inspected(*folders, as_of, **how))}


def tickets(last: str) -> pd.DataFrame:
    opened = pd.date_range("2024-06-01", last)
    keys = [f"t{n}" for n in range(len(opened))]
    return full("tickets", pd.DataFrame({"ticket_id": keys, "opened_at": opened, "known_at": opened}))


@pytest.mark.parametrize(
    ("as_of", "due", "settle_days", "stale"),
    [
        ("2025-03-10", None, 0, False),
        ("2025-03-17", None, 0, True),  # a week is missing
        ("2025-03-03", "2025-03-17", 0, True),  # the list should be two weeks further on
        ("2025-03-03", "2025-03-10", 0, False),
        ("2025-03-11", None, 1, False),  # the last day may still come
    ],
)
def test_usage_that_has_stopped_is_stale(
    tmp_path: Path, as_of: str, due: str | None, settle_days: int, stale: bool
) -> None:
    folders = write(tmp_path, daily(), subscriptions=contracts())
    expected = {} if due is None else {"due": Day(due)}
    found = reported(folders, Day(as_of), settle_days=settle_days, **expected)
    assert (("usage", "stale", "hold") in found) == stale


@pytest.mark.parametrize(("last", "stale"), [("2025-03-09", False), ("2025-02-25", False), ("2025-02-23", True)])
def test_a_table_that_has_stopped_is_stale(tmp_path: Path, last: str, stale: bool) -> None:
    folders = write(tmp_path, daily(), subscriptions=contracts(), tickets=tickets(last))
    assert (("tickets.known_at", "stale", "hold") in reported(folders)) == stale


@pytest.mark.parametrize(("closes_until", "severity"), [("2025-03-09", "note"), ("2025-02-20", "hold")])
def test_a_table_of_which_a_part_goes_on_is_no_reason_to_wait(tmp_path: Path, closes_until: str, severity: str) -> None:
    closed = pd.date_range("2024-06-01", closes_until)
    table = tickets("2025-02-20").reindex(range(len(closed))).assign(closed_at=closed)
    folders = write(tmp_path, daily(), subscriptions=contracts(), tickets=table)
    assert ("tickets.known_at", "stale", severity) in reported(folders)


def test_a_silence_longer_than_all_that_was_before_it_is_a_campaign_that_is_over(tmp_path: Path) -> None:
    campaign = tickets("2025-01-31")[lambda rows: rows["opened_at"] >= "2025-01-15"]
    folders = write(tmp_path, daily(), subscriptions=contracts(), tickets=campaign.reset_index(drop=True))
    assert ("tickets.known_at", "stale", "note") in reported(folders)


def test_usage_of_which_nothing_was_known_by_then_holds_the_list(tmp_path: Path) -> None:
    loaded = daily().assign(known_at=pd.Timestamp("2025-03-10 06:00"))
    assert reported(write(tmp_path, loaded, subscriptions=contracts())) == {("usage", "empty", "hold")}


def test_ends_of_subscriptions_have_to_go_on_as_starts_do(tmp_path: Path) -> None:
    table = contracts()
    ends = pd.Series(pd.date_range("2025-01-20", periods=len(table)))
    ended = table["started_on"].where(ends <= "2025-02-10")
    table["ended_on"] = table["end_known_at"] = ends.where(ended.notna())
    table["started_on"] = table["started_on"].where(table["ended_on"].isna(), pd.Timestamp("2025-01-01"))
    assert ("subscriptions.end_known_at", "stale", "hold") in reported(write(tmp_path, daily(), subscriptions=table))


@pytest.mark.parametrize(("rows", "expected"), [(1, "note"), (40, "hold")])
def test_future_dates(tmp_path: Path, rows: int, expected: str) -> None:
    strays = daily().head(rows).assign(day=pd.Timestamp("2031-05-05"), known_at=pd.Timestamp("2031-05-05"))
    folders = write(tmp_path, pd.concat([daily(), strays]), subscriptions=contracts())
    assert reported(folders) == {("usage", "future dates", expected)}


@pytest.mark.parametrize(("as_of", "noted"), [("2025-03-10", True), ("2025-03-04", True), ("2025-03-03", False)])
def test_future_dates_are_left_to_the_lists_that_they_may_have_come_with(
    tmp_path: Path, as_of: str, noted: bool
) -> None:
    stray = daily().head(1).assign(day=pd.Timestamp("2031-05-05"), known_at=pd.Timestamp("2031-05-05"))
    folders = write(tmp_path, pd.concat([daily(), stray]), subscriptions=contracts())
    assert (("usage", "future dates", "note") in reported(folders, Day(as_of))) == noted


def test_what_is_dated_after_the_end_and_before_the_list_is_not_of_the_future(tmp_path: Path) -> None:
    stray = daily().head(1).assign(day=pd.Timestamp("2025-03-13"), known_at=pd.Timestamp("2025-03-13"))
    folders = write(tmp_path, pd.concat([daily(), stray]), subscriptions=contracts())
    found = {check for _, check, _ in reported(folders, Day("2025-03-17"))}
    assert "stale" in found
    assert "future dates" not in found


def ends(*dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Subscriptions that begin on the first days of two years, of which one ends on each date."""
    when = dates[0].append([*dates[1:]])
    rows = contracts(len(when)).assign(ended_on=when, end_known_at=when)
    return rows.assign(started_on=pd.Timestamp("2023-01-02"), known_at=pd.Timestamp("2023-01-02"))


def test_a_company_that_sells_in_one_season_is_alive_while_ends_come_in(tmp_path: Path) -> None:
    started = pd.date_range("2024-06-01", "2024-09-30")
    table = ends(pd.date_range("2024-06-02", "2025-03-09"))
    table = table.assign(started_on=[*started, *[started[-1]] * (len(table) - len(started))])
    folders = write(tmp_path, daily(), subscriptions=table.assign(known_at=table["started_on"]))
    assert ("subscriptions.known_at", "stale", "note") in reported(folders)
    assert "hold" not in {severity for _, _, severity in reported(folders)}
    assert coverage(read_feeds(*folders))["subscriptions"].covered_until == MONDAY


@pytest.mark.parametrize(
    ("again", "found"),
    [
        ("2024-12-02", {("subscriptions.end_known_at", "hole", "note")}),  # from June on
        ("2024-06-20", {("subscriptions.end_known_at", "hole", "note")}),
        ("2024-06-10", set()),
    ],
)
def test_months_without_an_end_that_are_over_are_noted(tmp_path: Path, again: str, found: set[object]) -> None:
    table = ends(pd.date_range("2024-01-01", "2024-05-31"), pd.date_range(again, "2025-03-09"))
    folders = write(tmp_path, daily(), subscriptions=table)
    assert {each for each in reported(folders) if each[0] == "subscriptions.end_known_at"} == found


def test_silences_that_come_again_are_no_holes(tmp_path: Path) -> None:
    terms = [pd.date_range(f"{year}-{month}-01", periods=20) for year in (2023, 2024) for month in ("01", "07")]
    folders = write(tmp_path, daily(), subscriptions=ends(*terms, pd.date_range("2025-01-01", "2025-03-09")))
    assert not {each for each in reported(folders) if each[1] == "hole"}


def test_thin_first_years_hide_no_hole_of_later_ones(tmp_path: Path) -> None:
    thin = pd.date_range("2023-01-10", "2023-06-30", freq="20D")
    table = ends(thin, pd.date_range("2023-07-01", "2024-09-30"), pd.date_range("2024-11-20", "2025-03-09"))
    folders = write(tmp_path, daily(), subscriptions=table)
    assert ("subscriptions.end_known_at", "hole", "note") in reported(folders)


def test_a_hole_says_from_when_to_when(tmp_path: Path) -> None:
    table = ends(pd.date_range("2024-01-01", "2024-05-31"), pd.date_range("2024-12-02", "2025-03-09"))
    found = check(inspected(*write(tmp_path, daily(), subscriptions=table), MONDAY))
    hole = next(each for each in found if each.check == "hole")
    assert (hole.evidence.first_day, hole.evidence.last_day) == (Day("2024-06-01"), Day("2024-12-01"))
    assert "nothing became known from 2024-06-01 to 2024-12-01, 184 days" in hole.words


def test_what_holds_comes_first_and_names_the_feed_and_the_numbers(tmp_path: Path) -> None:
    twice = pd.concat([daily(), daily()[lambda rows: rows["day"] == "2025-03-07"]])
    strays = daily().head(1).assign(day=pd.Timestamp("2031-05-05"), known_at=pd.Timestamp("2031-05-05"))
    folders = write(tmp_path, pd.concat([twice, strays]), subscriptions=contracts())
    found = check(inspected(*folders, MONDAY))
    assert [each.severity for each in found] == ["hold", "hold", "note"]
    assert {each.words for each in found} >= {
        "usage: 50.0% of the 80 rows of 2025-03-07 are copies of other rows; 0.0% are usual",
        "usage: 2025-03-07 has 80 rows, 2.00 for each active person; 1.00 are usual on Fridays",
    }


def test_only_what_was_known_is_seen(tmp_path: Path) -> None:
    usage = daily(accounts=2)
    usage["known_at"] += pd.to_timedelta(np.where(usage["day"] == "2025-03-07", 5, 0), unit="D")
    folders = write(tmp_path, usage, subscriptions=contracts(2))
    assert read_seen(*folders, MONDAY).rows[-7:].tolist() == [2, 2, 2, 2, 0, 1, 1]
    assert read_seen(*folders, Day("2025-03-13")).rows[-7:].tolist() == [2, 2, 1, 1, 0, 0, 0]
    assert read_seen(*folders, MONDAY, settle_days=2).days[-1] == Day("2025-03-07")


@pytest.mark.parametrize(
    ("change", "running"),
    [
        ({}, [True, True, True]),
        ({"ended_on": "2025-03-08", "end_known_at": "2025-03-08"}, [True, False, False]),
        ({"ended_on": "2025-03-08", "end_known_at": "2025-03-20"}, [True, True, True]),  # not known yet
        ({"planned_end_on": "2025-03-09"}, [True, True, False]),
        ({"planned_end_on": "2025-03-09", "auto_renew": 1.0}, [True, True, True]),
        ({"started_on": "2025-03-08"}, [False, True, True]),
        ({"is_paused": True}, [False, False, False]),
        ({"known_at": "2025-03-20"}, [False, False, False]),
    ],
)
def test_who_could_have_been_active(tmp_path: Path, change: dict[str, object], running: list[bool]) -> None:
    row = {"subscription_id": "s0", "account_id": "a0", "started_on": "2025-01-01", "known_at": "2025-01-01"} | change
    times = {name: pd.Timestamp(value) for name, value in row.items() if name.endswith(("_on", "_at"))}
    table = full("subscriptions", pd.DataFrame([row | times]))
    assert (
        read_seen(*write(tmp_path, daily(accounts=1), subscriptions=table), MONDAY).running[0, -3:].tolist() == running
    )


def test_a_correction_stands_for_its_row(tmp_path: Path) -> None:
    first = contracts(1).assign(started_on=pd.Timestamp("2025-01-01"), known_at=pd.Timestamp("2025-01-01"))
    ended = first.assign(known_at=pd.Timestamp("2025-02-01"), ended_on=pd.Timestamp("2025-03-09"))
    ended["end_known_at"] = pd.Timestamp("2025-02-01")
    folders = write(tmp_path, daily(accounts=1), subscriptions=pd.concat([first, ended], ignore_index=True))
    assert read_seen(*folders, MONDAY).running[0, -3:].tolist() == [True, True, False]
    assert read_seen(*folders, Day("2025-02-01")).running[0, -1]


def test_rows_that_were_loaded_again_later_are_seen(tmp_path: Path) -> None:
    friday = daily()[lambda rows: rows["day"] == "2025-03-07"]
    again = friday.assign(known_at=pd.Timestamp("2025-03-08"))
    more = friday.assign(known_at=pd.Timestamp("2025-03-08"), quantity=2.0)
    folders = write(tmp_path / "again", pd.concat([daily(), again]), subscriptions=contracts())
    assert read_seen(*folders, MONDAY).again[-3:].tolist() == [40, 0, 0]
    folders = write(tmp_path / "more", pd.concat([daily(), more]), subscriptions=contracts())
    assert read_seen(*folders, MONDAY).again.sum() == 0


def test_a_check_that_is_added_is_asked_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = Evidence(severity="note", first_day=MONDAY, last_day=MONDAY, found=1.0, usual=0.0, sentence="just so")
    whim = Rule("on a whim", "somebody has a feeling", lambda inspected: iter([evidence]))
    monkeypatch.setattr(checking, "CHECKS", Rules([*CHECKS, whim]))
    folders = write(tmp_path, daily(), subscriptions=contracts())
    assert reported(folders) == {("usage", "on a whim", "note")}


@pytest.mark.parametrize("words", ["", " "])
def test_a_check_without_words_cannot_be_made(words: str) -> None:
    with pytest.raises(ValueError, match="a rule needs a name and words"):
        Rule("on a whim", words, lambda inspected: iter([]))
