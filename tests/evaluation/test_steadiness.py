"""How steady the group to call is, what that costs, and what became of it."""

import pandas as pd
import pytest

from churnrisk.evaluation.steadiness import steadiness

DATES = pd.date_range("2025-01-06", periods=6, freq="7D")


def backtest(**risks: list[float]) -> pd.DataFrame:
    """A row an account and date; accounts whose name begins with l leave."""
    rows = pd.concat(
        [
            pd.DataFrame(
                {"account_id": name, "as_of": DATES[: len(each)], "probability": each, "label": float(name[0] == "l")}
            )
            for name, each in risks.items()
        ],
        ignore_index=True,
    )
    return rows.assign(worth=rows["probability"])


FLICKER = {  # a risk date by date, where the floor is 0.4; flicker with two thresholds (0.3 stays) and with one
    "steady": ([0.5] * 6, 0, 0),
    "between the thresholds": ([0.5, 0.35, 0.5, 0.5, 0.5, 0.5], 0, 1),
    "below both": ([0.5, 0.1, 0.5, 0.5, 0.5, 0.5], 1, 1),
    "back after four weeks": ([0.5, 0.1, 0.1, 0.1, 0.1, 0.5], 0, 0),
    "back after three": ([0.5, 0.1, 0.1, 0.1, 0.5, 0.5], 1, 1),
    "gone for good": ([0.5, 0.5, 0.1, 0.1, 0.1, 0.1], 0, 0),
}


@pytest.mark.parametrize(("risk", "two", "one"), FLICKER.values(), ids=FLICKER)
def test_flicker(risk, two, one):
    made = steadiness(backtest(leaves=risk, stays=[0.1] * 6), call_from=0.4, keep_from_share=0.75, length=9)
    assert (made.flicker, made.flicker_of_one) == (two, one)


def test_lift_is_that_of_groups_of_the_same_length():
    rows = backtest(l1=[0.5, 0.35], l2=[0.1, 0.1], s1=[0.1, 0.39], s2=[0.1, 0.1])
    made = steadiness(rows, call_from=0.4, keep_from_share=0.75, length=9)
    assert (made.lift, made.lift_of_one) == (2.0, 1.0)
    assert made.left_above == 1.0
    assert made.left_below == pytest.approx(2 / 6)


def test_nobody_is_called():
    made = steadiness(backtest(leaves=[0.1], stays=[0.1]), call_from=0.4, keep_from_share=0.75, length=9)
    assert (made.flicker, made.lift, made.left_above) == (None, None, None)
    assert made.figures() == {"left_below_floor": 0.5}


PLACES = {  # risks date by date of two for one place; flicker where a place is easier to keep, and where not
    "overtaken for a week": ([0.6, 0.6, 0.6], [0.5, 0.7, 0.5], 0, 0.5),
    "overtaken by far": ([0.6, 0.6, 0.6], [0.5, 0.9, 0.4], 0.5, 0.5),
    "ahead all the time": ([0.6, 0.6, 0.6], [0.5, 0.5, 0.5], 0, 0),
}


@pytest.mark.parametrize(("first", "second", "two", "one"), PLACES.values(), ids=PLACES)
def test_a_place_on_a_full_list_flickers(first, second, two, one):
    rows = backtest(leaves=first, stays=second)
    made = steadiness(rows, call_from=0.4, keep_from_share=0.75, length=1)
    assert (made.flicker, made.flicker_of_one) == (two, one)
    assert made.left_above == 0.5  # of all above the floor, though the list had room for one


def test_who_has_a_place_is_by_what_the_list_ranks_by():
    """The second is as likely to leave and worth more, so the place is its own all the time."""
    rows = backtest(leaves=[0.6, 0.7, 0.6], stays=[0.6, 0.6, 0.6])
    rows["worth"] = rows["probability"] * rows["account_id"].map({"leaves": 1.0, "stays": 9.0})
    made = steadiness(rows, call_from=0.4, keep_from_share=0.75, length=1)
    assert (made.flicker, made.flicker_of_one, made.lift) == (0, 0, 0)
