"""MRR through time: what falls, what is known ahead, and what is not known, a story each."""

import pytest

from churnrisk.cohort.rules import Watch
from churnrisk.labels.meanings import Contraction

from .stories import outcomes, stories, subscriptions_of

CONTRACTION = {
    "half of the MRR goes": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2024-01-01  -           100
        """,
        """
        2025-01-06  watched  stays
        2025-01-20  watched  leaves
        2025-02-17  watched  too_late
        2025-02-24  watched  stays
        """,
    ),
    "a fifth goes, which is too little": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  20
        2024-01-01  -           80
        """,
        "2025-01-20  watched  stays",
    ),
    "a fifth twice, one after the other": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-10  20
        2024-01-01  2025-02-17  20
        2024-01-01  -           60
        """,
        """
        2025-01-20  watched  leaves
        2025-02-17  watched  stays
        """,
    ),
    "a smaller plan from the same day on": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2025-02-17  -           60
        """,
        "2025-01-20  watched  leaves",
    ),
    "a dearer plan from the same day on": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2025-02-17  -           150
        """,
        "2025-01-20  watched  stays",
    ),
    "a downgrade is known ahead": (
        """
        started_on  ended_on    end_known_at  known_at    mrr
        2024-01-01  2025-02-17  2025-01-15    -           100
        2025-02-17  -           -             2025-01-15  60
        """,
        """
        2025-01-14  watched    leaves
        2025-01-20  in_notice  -
        """,
    ),
    "half of it is a term that ends as planned": (
        """
        started_on  planned_end_on  mrr
        2024-01-01  2025-02-17      100
        2024-01-01  -               100
        """,
        """
        2025-01-06  watched          stays
        2025-01-20  ends_as_planned  -
        2025-02-24  watched          stays
        """,
    ),
    "a term that nobody knew of ends as planned": (
        """
        started_on  planned_end_on  known_at    mrr
        2024-01-01  2025-02-17      2025-01-25  100
        2024-01-01  -               2024-01-01  100
        """,
        "2025-01-20  watched  ends_as_planned",
    ),
    "a price that is not known": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2025-02-17  -           -
        """,
        "2025-01-20  watched  not_known",
    ),
    "a pause without a price": (
        """
        started_on  ended_on    is_paused  mrr
        2024-01-01  2025-02-17  false      100
        2025-02-17  2025-03-17  true       -
        2025-03-17  -           false      100
        """,
        "2025-01-20  watched  not_known",
    ),
    "a pause that keeps its price": (
        """
        started_on  ended_on    is_paused  mrr
        2024-01-01  2025-02-17  false      100
        2025-02-17  2025-03-17  true       100
        2025-03-17  -           false      100
        """,
        "2025-01-20  watched  stays",
    ),
    "a term is gone on with, and keeps its MRR until it ends": (
        """
        started_on  planned_end_on  ended_on    mrr
        2024-01-01  2025-01-20      2025-02-17  100
        2024-01-01  -               -           100
        """,
        """
        2025-01-06  ends_as_planned  -
        2025-02-03  watched          leaves
        2025-02-24  watched          stays
        """,
    ),
    "nothing is paid": (
        """
        started_on  mrr
        2024-01-01  -
        """,
        "2025-01-20  no_price  -",
    ),
}


@pytest.mark.parametrize(("subscriptions", "expected"), stories(CONTRACTION))
def test_mrr_falls_by_three_tenths(subscriptions, expected):
    sold = subscriptions_of(subscriptions)
    found, wanted = outcomes(
        sold, expected, Contraction(sold, 0.3), Watch(min_age_days=7, trials=False, contraction_share=0.3)
    )
    assert found == wanted
