"""Trials through time: left out, or watched by `cohort.trials`; then whoever doesn't convert leaves."""

import pytest

from churnrisk.cohort.rules import Watch
from churnrisk.labels.meanings import Logo

from .stories import outcomes, stories, subscriptions_of

LEFT_OUT = {
    "converts": (
        """
        started_on  ended_on    is_trial  planned_end_on
        2025-01-06  2025-02-03  true      2025-02-03
        2025-02-03  -           false     -
        """,
        """
        2025-01-06  not_started  -
        2025-01-20  in_trial     -
        2025-02-03  in_trial     -
        2025-02-10  watched      stays
        """,
    ),
    "does not convert": (
        """
        started_on  ended_on    is_trial  planned_end_on
        2025-01-06  2025-02-03  true      2025-02-03
        """,
        """
        2025-01-20  in_trial   -
        2025-02-10  in_trial   -
        """,
    ),
}

WATCHED = {
    "converts": (
        """
        started_on  ended_on    is_trial  planned_end_on
        2025-01-06  2025-02-03  true      2025-02-03
        2025-02-03  -           false     -
        """,
        """
        2025-01-06  not_started  -
        2025-01-20  watched      stays
        2025-02-10  watched      stays
        """,
    ),
    "is known to convert": (
        """
        started_on  is_trial  planned_end_on  known_at
        2025-01-06  true      2025-02-03      -
        2025-02-03  false     -               2025-01-15
        """,
        "2025-01-20  watched  stays",
    ),
    "does not convert": (
        """
        started_on  is_trial  planned_end_on
        2025-01-06  true      2025-02-03
        """,
        """
        2025-01-20  watched  leaves
        2025-02-03  watched  too_late
        2025-02-10  churned  -
        """,
    ),
    "does not convert, and its end is known as planned": (
        """
        started_on  ended_on    end_known_at  is_trial  planned_end_on
        2025-01-06  2025-02-03  2025-01-06    true      2025-02-03
        """,
        """
        2025-01-20  watched  leaves
        2025-02-10  churned  -
        """,
    ),
    "is called off before its end": (
        """
        started_on  ended_on    end_known_at  is_trial  planned_end_on
        2025-01-06  2025-02-03  2025-01-25    true      2025-02-17
        """,
        """
        2025-01-20  watched    leaves
        2025-01-27  in_notice  -
        """,
    ),
    "converts after a gap": (
        """
        started_on  is_trial  planned_end_on
        2025-01-06  true      2025-02-03
        2025-02-10  false     -
        """,
        """
        2025-01-20  watched    leaves
        2025-02-10  churned    -
        2025-02-17  watched    stays
        """,
    ),
    "converts to a fixed term": (
        """
        started_on  is_trial  planned_end_on
        2025-01-06  true      2025-02-03
        2025-02-03  false     2025-06-02
        """,
        """
        2025-01-20  watched          stays
        2025-05-05  ends_as_planned  -
        2025-06-09  completed        -
        """,
    ),
    "of something more, beside what is paid for": (
        """
        started_on  is_trial  planned_end_on
        2024-01-01  false     -
        2025-01-06  true      2025-02-03
        """,
        """
        2025-01-20  watched  stays
        2025-02-10  watched  stays
        """,
    ),
    "of something more, on the day on which a term ends": (
        """
        started_on  is_trial  planned_end_on
        2024-01-01  false     2025-02-03
        2025-01-06  true      2025-02-03
        """,
        """
        2025-01-20  ends_as_planned  -
        2025-02-10  completed        -
        """,
    ),
}


@pytest.mark.parametrize(
    ("trials", "subscriptions", "expected"),
    [
        *(pytest.param(False, *story.values, id=f"left out: {story.id}") for story in stories(LEFT_OUT)),
        *(pytest.param(True, *story.values, id=f"watched: {story.id}") for story in stories(WATCHED)),
    ],
)
def test_a_trial(trials, subscriptions, expected):
    sold = subscriptions_of(subscriptions)
    found, wanted = outcomes(sold, expected, Logo(sold), Watch(min_age_days=7, trials=trials))
    assert found == wanted
