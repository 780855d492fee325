"""Subscriptions through time: pauses, upgrades, returns, ends and corrections, a story each."""

import pytest

from churnrisk.clock import Day
from churnrisk.cohort.cohort import cohort
from churnrisk.labels.meanings import Logo

from .stories import ACCOUNTS, WATCH, WINDOW, outcomes, stories, subscriptions_of

LOGO = {
    "two at once, one ends": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2024-06-01  -
        """,
        """
        2025-01-06  watched  stays
        2025-02-10  watched  stays
        """,
    ),
    "two at once, the last one ends": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2024-06-01  2025-03-03
        """,
        """
        2025-01-20  watched  stays
        2025-02-03  watched  leaves
        2025-02-24  watched  leaves
        2025-03-03  watched  too_late
        2025-03-10  churned  -
        """,
    ),
    "leaves, and returns after a gap": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2025-03-03  -
        """,
        """
        2025-01-06  watched    leaves
        2025-02-10  churned    -
        2025-03-03  churned    -
        2025-03-10  watched    stays
        """,
    ),
    "a day between two is a gap": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2025-02-04  -
        """,
        """
        2025-01-06  watched    leaves
        2025-02-10  too_young  -
        2025-02-17  watched    stays
        """,
    ),
    "a pause is no gap": (
        """
        started_on  ended_on    is_paused
        2024-01-01  2025-02-03  false
        2025-02-03  2025-03-03  true
        2025-03-03  -           false
        """,
        """
        2025-01-06  watched  stays
        2025-02-10  paused   -
        2025-03-03  paused   -
        2025-03-10  watched  stays
        """,
    ),
    "a pause that nobody comes back from": (
        """
        started_on  ended_on    is_paused
        2024-01-01  2025-02-03  false
        2025-02-03  2025-03-03  true
        """,
        """
        2025-01-20  watched  stays
        2025-01-27  watched  stays
        2025-02-03  watched  leaves
        2025-02-10  paused   -
        2025-03-10  churned  -
        """,
    ),
    "an upgrade ends one and starts another on the same day": (
        """
        started_on  ended_on    end_known_at  known_at    plan
        2024-01-01  2025-02-03  2025-01-10    -           basic
        2025-02-03  -           -             2025-01-10  pro
        """,
        """
        2025-01-06  watched  stays
        2025-01-13  watched  stays
        2025-02-10  watched  stays
        """,
    ),
    "notice is given": (
        """
        started_on  ended_on    end_known_at
        2024-01-01  2025-03-03  2025-02-05
        """,
        """
        2025-02-03  watched    leaves
        2025-02-10  in_notice  -
        2025-03-10  churned    -
        """,
    ),
    "notice is withdrawn": (
        """
        subscription_id  started_on  ended_on    end_known_at  known_at
        s                2024-01-01  -           -             2024-01-01
        s                2024-01-01  2025-03-03  2025-02-05    2025-02-05
        s                2024-01-01  -           -             2025-02-20
        """,
        """
        2025-02-03  watched    stays
        2025-02-10  in_notice  -
        2025-02-24  watched    stays
        """,
    ),
    "a cancellation is dated back": (
        """
        started_on  ended_on    end_known_at
        2024-01-01  2025-02-03  2025-03-05
        """,
        """
        2025-02-03  watched  too_late
        2025-03-03  watched  too_late
        2025-03-10  churned  -
        2024-12-30  watched  stays
        """,
    ),
    "a start is corrected": (
        """
        subscription_id  started_on  known_at
        s                2024-01-01  2024-01-01
        s                2025-02-17  2025-02-20
        """,
        """
        2025-02-17  watched    not_known
        2025-02-21  too_young  -
        2025-03-03  watched    stays
        """,
    ),
    "a fixed term ends as planned": (
        """
        started_on  planned_end_on
        2024-01-01  2025-03-03
        """,
        """
        2025-01-20  watched          stays
        2025-02-03  ends_as_planned  -
        2025-03-10  completed        -
        """,
    ),
    "a fixed term is cut short": (
        """
        started_on  planned_end_on  ended_on    end_known_at
        2024-01-01  2025-06-02      2025-03-03  2025-03-03
        """,
        """
        2025-02-03  watched          leaves
        2025-03-10  churned          -
        """,
    ),
    "a fixed term is gone on with, and then ended": (
        """
        started_on  planned_end_on  ended_on    end_known_at
        2024-01-01  2025-02-03      2025-04-14  2025-03-20
        """,
        """
        2024-12-30  watched          stays
        2025-01-06  ends_as_planned  -
        2025-03-10  completed        -
        2025-03-24  in_notice        -
        2025-04-21  churned          -
        """,
    ),
    "a term that nobody knew of is gone on with, and then ended": (
        """
        subscription_id  started_on  planned_end_on  ended_on    end_known_at  known_at
        s                2024-01-01  -               -           -             -
        s                2024-01-01  2025-01-20      2025-01-27  2025-01-27    2025-01-08
        """,
        """
        2025-01-06  watched          leaves
        2025-01-13  ends_as_planned  -
        """,
    ),
    "what is bought while a term is gone on with goes on with the spell": (
        """
        started_on  planned_end_on  ended_on
        2024-01-01  2025-02-03      2025-02-17
        2025-02-10  -               -
        """,
        """
        2025-02-10  completed  -
        2025-02-24  watched    stays
        """,
    ),
}


@pytest.mark.parametrize(("subscriptions", "expected"), stories(LOGO))
def test_all_subscriptions_end(subscriptions, expected):
    sold = subscriptions_of(subscriptions)
    found, wanted = outcomes(sold, expected, Logo(sold))
    assert found == wanted


def test_a_return_is_a_new_spell_with_a_new_tenure():
    sold = subscriptions_of("started_on ended_on\n2024-01-01 2025-02-03\n2025-03-03 -")
    starts = [
        cohort(ACCOUNTS, sold, Day(date), WINDOW, WATCH)["spell_started_on"].iloc[0]
        for date in ("2025-01-06", "2025-03-10")
    ]
    assert [str(start.date()) for start in starts] == ["2024-01-01", "2025-03-03"]
