"""Who was active, against a naive twin over sets of users."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import day
from churnrisk.past.snapshots import Snapshots
from churnrisk.past.usage.users import Users, UsersInReach
from churnrisk.rollup.read import Daily

from ..views import axis_of, daily, snapshots_at

WEEKS, ACCOUNTS = 8, 2
FIRST = day("2025-01-06")
CELLS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, WEEKS - 1), st.integers(1, 9)), max_size=15, unique_by=lambda c: c[:2]
)


def of_users(user, on, known_on, quantity) -> Daily:
    """Rows of five users, the first three of whom are of the first account."""
    return daily("01234", user >= 3, user, on, known_on=known_on, quantity=quantity)


def view(rows: Daily, snapshots: Snapshots, settle_days: int = 0) -> Users:
    axis = axis_of(FIRST, WEEKS, settle_days)
    return Users(UsersInReach(lambda since: [rows], axis, n=ACCOUNTS, first=snapshots.begins.start), snapshots)


def users_of(cells, settle_days: int = 0, predates_usage: bool = False) -> Users:
    user, week, amount = np.array(cells, int).reshape(-1, 3).T
    on = FIRST + 7 * week
    rows = of_users(user, on, on + settle_days, amount)
    return view(rows, snapshots_at(np.arange(ACCOUNTS), WEEKS, predates_usage=predates_usage), settle_days)


def active(cells, account: int, first: int, stop: int) -> set[int]:
    return {user for user, week, _ in cells if (user >= 3) == bool(account) and WEEKS - stop <= week < WEEKS - first}


@given(CELLS)
@settings(max_examples=60, deadline=None)
def test_users_are_counted_once(cells):
    seen = users_of(cells)
    for account in range(ACCOUNTS):
        assert seen.active(weeks=3)[account] == len(active(cells, account, 0, 3))
        assert seen.active(weeks=4, before=2)[account] == len(active(cells, account, 2, 6))
        assert seen.lost(weeks=2, of=4)[account] == len(active(cells, account, 2, 6) - active(cells, account, 0, 2))


@given(CELLS)
@settings(max_examples=60, deadline=None)
def test_the_heaviest_user_is_the_one_with_most_usage(cells):
    seen = users_of(cells)
    for account, users in enumerate([(0, 1, 2), (3, 4)]):
        totals = {user: sum(amount for who, _, amount in cells if who == user) for user in users}
        if not any(totals.values()):
            assert np.isnan(
                [seen.heaviest_share(weeks=WEEKS)[account], seen.heaviest_silent_days(weeks=WEEKS)[account]]
            ).all()
            continue
        assert seen.heaviest_share(weeks=WEEKS)[account] == max(totals.values()) / sum(totals.values())
        heaviest = [user for user, total in totals.items() if total == max(totals.values())]
        silent = {7 * (WEEKS - max(week for who, week, _ in cells if who == user)) for user in heaviest}
        assert seen.heaviest_silent_days(weeks=WEEKS)[account] in silent


LATE = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, WEEKS * 7 - 1), st.sampled_from([0, 0, 3, 9, 30]), st.integers(1, 9)),
    max_size=20,
)


def those_known(rows, until: np.datetime64, week: np.ndarray) -> Users:
    """Rows of user, day, days until it was known, quantity; those that were known before a date."""
    user, when, late, quantity = np.array(rows, int).reshape(-1, 4).T
    seen = FIRST + when + late < until
    on = (FIRST + when)[seen]
    known = of_users(user[seen], on, on + late[seen], quantity[seen] / 10)
    index = np.arange(len(week)) % ACCOUNTS
    return view(known, snapshots_at(index, week, start_week=index))


@given(LATE, st.integers(0, WEEKS - 1))
@settings(max_examples=80, deadline=None)
def test_a_date_sees_the_users_that_were_known_then_however_many_dates_are_asked(rows, weeks):
    both = np.repeat([weeks, WEEKS], ACCOUNTS)
    whole = those_known(rows, day("2030-01-01"), both)
    cut = those_known(rows, FIRST + 7 * weeks, np.full(ACCOUNTS, weeks))
    for asked in (
        lambda users: users.active(3),
        lambda users: users.lost(2, of=3),
        lambda users: users.heaviest_share(4),
        lambda users: users.heaviest_silent_days(4),
    ):
        np.testing.assert_array_equal(asked(whole)[:ACCOUNTS], asked(cut))


def test_accounts_without_users_have_nobody():
    seen = those_known([(3, 5, 0, 2)], day("2030-01-01"), np.full(ACCOUNTS, WEEKS))
    assert seen.active(WEEKS).tolist() == [0, 1]
    assert np.isnan(seen.heaviest_share(WEEKS)[0])


def test_days_that_may_still_settle_are_silent_too():
    assert users_of([(0, WEEKS - 1, 1)], settle_days=3).heaviest_silent_days(weeks=2)[0] == 7 + 3


def test_who_was_there_before_the_record_is_not_known_before_it():
    seen = users_of([(0, 2, 1), (3, 2, 1)], predates_usage=True)
    assert (seen.active(WEEKS).tolist(), seen.lost(weeks=2, of=WEEKS - 2).tolist()) == ([1, 1], [1, 1])
    assert np.isnan([seen.active(WEEKS + 1), seen.lost(weeks=2, of=WEEKS - 1)]).all()


def test_nobody_is_the_heaviest_of_weeks_in_which_nobody_was_active():
    assert np.isnan(users_of([(2, 0, 5)]).heaviest_silent_days(weeks=3)).all()
