"""Whom to watch: each rule as a small table of subscriptions and the rule that is expected on one date."""

import pytest

from churnrisk.clock import Day, Grid, LabelWindow
from churnrisk.cohort.cohort import AT_RISK, Watch, cohort, snapshot_dates
from churnrisk.errors import ParamsError, StaleFeedError

from ..tables import ledger

AS_OF = Day("2025-03-10")
WINDOW = LabelWindow(lead_days=14, horizon_days=90)

CASES = {
    "runs": ("started_on\n2024-01-01", AT_RISK),
    "begins on the date": ("started_on\n2025-03-10", "not started"),
    "is signed, and begins later": ("started_on known_at\n2025-04-01 2025-02-01", "not started"),
    "has ended": ("started_on ended_on\n2024-01-01 2025-03-01", "churned"),
    "ends on the date, not known before": ("started_on ended_on\n2024-01-01 2025-03-10", AT_RISK),
    "ended, but nobody knew yet": ("started_on ended_on end_known_at\n2024-01-01 2025-03-01 2025-03-20", AT_RISK),
    "gave notice": ("started_on ended_on end_known_at\n2024-01-01 2025-06-30 2025-03-05", "in notice"),
    "will give notice": ("started_on ended_on end_known_at\n2024-01-01 2025-06-30 2025-03-10", AT_RISK),
    "moves to another plan the same day": (
        "started_on ended_on end_known_at known_at\n"
        "2024-01-01 2025-04-01 2025-03-01 -\n"
        "2025-04-01 -          -          2025-03-01",
        AT_RISK,
    ),
    "keeps one of two": ("started_on ended_on\n2024-01-01 2025-01-01\n2024-06-01 -", AT_RISK),
    "a term ends inside the window": ("started_on planned_end_on\n2024-09-01 2025-06-01", "ends as planned"),
    "a term ends with the window": ("started_on planned_end_on\n2024-09-01 2025-06-22", AT_RISK),
    "a term has ended": ("started_on planned_end_on\n2024-09-01 2025-02-01", "completed"),
    "a term was cut short": ("started_on planned_end_on ended_on\n2024-09-01 2025-06-22 2025-02-01", "churned"),
    "is on trial": ("started_on is_trial\n2025-01-01 true", "in trial"),
    "has converted": ("started_on ended_on is_trial\n2025-01-01 2025-02-01 true\n2025-02-01 - false", AT_RISK),
    "has just begun": ("started_on\n2025-02-20", "too young"),
    "came back": ("started_on ended_on\n2023-01-01 2024-01-01\n2024-07-01 -", AT_RISK),
    "is paused": ("started_on ended_on is_paused\n2024-01-01 2025-03-01 false\n2025-03-01 - true", "paused"),
    "was paused": ("started_on ended_on is_paused\n2024-01-01 2025-01-01 true\n2025-01-01 - false", AT_RISK),
    "pauses one of two": ("started_on is_paused\n2024-01-01 true\n2024-01-01 false", AT_RISK),
    "came back just now": ("started_on ended_on\n2023-01-01 2024-01-01\n2025-03-01 -", "too young"),
}


def found(subscriptions: str, accounts: str = "account_id created_on\na 2023-01-01", trials: bool = False) -> str:
    header, *lines = subscriptions.splitlines()
    text = "\n".join([f"account_id {header}", *(f"a {line}" for line in lines)])
    rows = cohort(
        ledger("accounts", accounts),
        ledger("subscriptions", text),
        AS_OF,
        WINDOW,
        Watch(min_age_days=28, trials=trials),
    )
    return str(rows["rule"].iloc[0])


@pytest.mark.parametrize("case", CASES)
def test_who_is_watched_and_who_is_left_out(case):
    subscriptions, rule = CASES[case]
    assert found(subscriptions) == rule


def test_our_own_accounts_are_left_out():
    assert found("started_on\n2024-01-01", "account_id created_on is_internal\na 2023-01-01 true") == "internal"


def test_trials_are_watched_when_asked_for():
    assert found("started_on is_trial\n2025-01-01 true", trials=True) == AT_RISK


def test_a_spell_starts_anew_after_a_gap():
    text = "account_id started_on ended_on\na 2023-01-01 2024-01-01\na 2024-07-01 -"
    accounts = ledger("accounts", "account_id created_on\na 2023-01-01")
    rows = cohort(accounts, ledger("subscriptions", text), AS_OF, WINDOW, Watch(0, trials=False))
    assert str(rows["spell_started_on"].iloc[0].date()) == "2024-07-01"


GRID = Grid(Day("2025-01-06"))
BEGINS, ENDS = Day("2024-10-01"), {"usage": Day("2025-03-13"), "subscriptions": Day("2025-03-20")}
LATEST = Day("2025-03-13")


@pytest.mark.parametrize(
    ("as_of", "test", "error", "says"),
    [
        ("2025-03-03", ["2025-04-07"], StaleFeedError, "usage ends on 2025-03-12, which does not cover 2025-04-07"),
        ("2025-04-07", ["2025-04-07"], StaleFeedError, "usage ends on 2025-03-12, which does not cover 2025-04-07"),
        ("2024-12-30", [], ParamsError, "2024-12-30 is before clock.first_as_of"),
        ("2025-03-04", [], ParamsError, "2025-03-04 is not on the grid.*such as 2025-03-03"),
    ],
)
def test_a_date_outside_the_data_is_refused(as_of, test, error, says):
    with pytest.raises(error, match=says):
        snapshot_dates(GRID, Day(as_of), [Day(each) for each in test], BEGINS, ENDS, LATEST)


def test_the_feed_that_ends_first_refuses_a_test_date():
    ends = ENDS | {"subscriptions": Day("2025-02-05")}
    with pytest.raises(StaleFeedError, match="subscriptions ends on 2025-02-04, which does not cover 2025-02-10"):
        snapshot_dates(GRID, None, [Day("2025-02-10")], BEGINS, ends, Day("2025-02-05"))


@pytest.mark.parametrize(
    ("as_of", "test", "latest", "list_date", "last"),
    [
        (None, [], "2025-03-13", "2025-03-10", ["2025-03-03", "2025-03-10"]),
        (None, [], "2025-03-17", "2025-03-17", ["2025-03-10", "2025-03-17"]),
        ("2025-02-03", [], "2025-03-13", "2025-02-03", ["2025-01-27", "2025-02-03"]),
        ("2025-02-03", ["2025-03-03"], "2025-03-13", "2025-02-03", ["2025-02-24", "2025-03-03"]),
        ("2025-03-17", [], "2025-03-13", "2025-03-17", ["2025-03-10", "2025-03-17"]),  # the gate has to hold it
        ("2025-04-07", [], "2025-03-13", "2025-04-07", ["2025-03-10", "2025-04-07"]),
    ],
)
def test_snapshots_end_with_the_list_or_the_last_test_date(as_of, test, latest, list_date, last):
    told = as_of and Day(as_of), [Day(each) for each in test]
    dates, found = snapshot_dates(GRID, *told, BEGINS, ENDS, Day(latest))
    assert (str(found), [str(each) for each in dates[-2:]]) == (list_date, last)
    assert str(dates[0]) == "2025-01-06"
