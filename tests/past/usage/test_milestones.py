"""When milestones were reached, spell by spell, as it became known."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.past.usage.milestones import SpellStarts, joined_on, reached_on
from churnrisk.rollup.read import Daily

from ..views import daily

SPELLS = SpellStarts(np.array([0, 0, 1]), np.array(["2025-01-01", "2025-06-01", "2025-01-01"], "M8[D]"))


def usage(*rows) -> Daily:
    """Rows of account, day, event (or user), quantity, known on."""
    account, day, event, quantity, known_on = zip(*rows, strict=True) if rows else [()] * 5
    code, names = pd.factorize(np.array(event, object), sort=True)
    index = ["ab".index(each) for each in account]
    return daily(names, index, code, day, known_on=np.array(known_on, "M8[D]"), quantity=quantity)


def months(rows: Daily) -> list[Daily]:
    """The same rows, each in a part of its own, the last first."""
    return [rows.take(np.array([row])) for row in reversed(range(len(rows.day)))]


@pytest.mark.parametrize(
    ("rows", "times", "reached"),
    [
        ([("a", "2025-01-05", "x", 1, "2025-01-05")], 1, ["2025-01-05", "NaT", "NaT"]),
        ([("a", "2025-01-05", "y", 1, "2025-01-05")], 1, ["NaT", "NaT", "NaT"]),
        ([("a", "2024-12-31", "x", 1, "2024-12-31")], 1, ["NaT", "NaT", "NaT"]),
        ([("a", "2025-06-01", "x", 1, "2025-06-01")], 1, ["2025-06-01", "2025-06-01", "NaT"]),
        ([("b", "2025-06-01", "x", 1, "2025-06-01")], 1, ["NaT", "NaT", "2025-06-01"]),
        (
            [("b", "2025-01-02", "x", 2, "2025-01-02"), ("b", "2025-01-09", "x", 1, "2025-01-09")],
            3,
            ["NaT", "NaT", "2025-01-09"],
        ),
        (
            [("b", "2025-01-02", "x", 2, "2025-01-02"), ("b", "2025-01-09", "x", 1, "2025-01-09")],
            4,
            ["NaT", "NaT", "NaT"],
        ),
        # Something that is counted in parts, such as hours, is done once when it adds up to one.
        (
            [("b", "2025-01-02", "x", 0.25, "2025-01-02"), ("b", "2025-01-09", "x", 0.75, "2025-01-09")],
            1,
            ["NaT", "NaT", "2025-01-09"],
        ),
        # What came late counts from the day on which it was known.
        (
            [("b", "2025-01-02", "x", 1, "2025-01-20"), ("b", "2025-01-09", "x", 1, "2025-01-09")],
            2,
            ["NaT", "NaT", "2025-01-20"],
        ),
    ],
)
def test_a_milestone_is_reached_when_it_is_known_to_be(rows, times, reached):
    for parts in ([usage(*rows)], months(usage(*rows))):
        assert reached_on(parts, SPELLS, "x", times).astype(str).tolist() == reached


def test_no_usage_reaches_nothing():
    assert np.isnat(reached_on([usage()], SPELLS, "x", 1)).all()


@pytest.mark.parametrize(
    ("rows", "many", "joined"),
    [
        ([("a", "u", "2025-01-05", "2025-01-05"), ("a", "v", "2025-01-09", "2025-01-09")], 2, "2025-01-09 NaT NaT"),
        ([("a", "u", "2025-01-05", "2025-01-05"), ("a", "u", "2025-01-09", "2025-01-09")], 2, "NaT NaT NaT"),
        # Who was there before the start doesn't count for the second spell.
        ([("a", "u", "2025-05-05", "2025-05-05"), ("a", "v", "2025-06-09", "2025-06-09")], 2, "2025-06-09 NaT NaT"),
        # The second user counts from the day on which it was known.
        ([("b", "u", "2025-01-02", "2025-01-20"), ("b", "v", "2025-01-09", "2025-01-09")], 2, "NaT NaT 2025-01-20"),
    ],
)
def test_users_have_joined_when_it_is_known_that_they_have(rows, many, joined):
    who = usage(*((account, day, user, 1, known_on) for account, user, day, known_on in rows))
    for parts in ([who], months(who)):
        assert joined_on(parts, SPELLS, many).astype(str).tolist() == joined.split()
