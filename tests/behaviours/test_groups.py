"""Groups of values: tenths, ties, single values, categories, and what is missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.behaviours.groups import MOST_CATEGORIES, grouped
from churnrisk.behaviours.wording import Wording

DAYS = Wording(unit="days", missing="never active")
SHARE = Wording(unit="share", missing="no seats bought")
MONEY = Wording(unit="money", missing="its price is not known", currency="€")
PLAN = Wording(unit="category", missing="no plan given")
YES_NO = Wording(unit="yes/no", missing="no subscription")
NAN = np.nan

CASES = {
    "tenths": (DAYS, range(100), [f"{low} to {low + 9} days" for low in range(0, 100, 10)]),
    "few values": (DAYS, [0, 0, 1, 7, 7], ["0 days", "1 day", "7 days"]),
    "ties are merged": (
        DAYS,
        [*[0] * 50, *range(1, 51)],
        ["0 days", *[f"{n} to {n + 9} days" for n in range(1, 50, 10)]],
    ),
    "missing is last": (DAYS, [NAN, 3, NAN], ["3 days", "never active"]),
    "nothing known": (DAYS, [NAN, NAN], ["never active"]),
    "shares": (SHARE, [0.5, 1, NAN], ["50%", "100%", "no seats bought"]),
    "finer where the same": (SHARE, [0.001, 0.002], ["0.1%", "0.2%"]),
    "money": (MONEY, [1234, 99], ["€99", "€1,234"]),
    "yes and no": (YES_NO, [1, 0, 1], ["no", "yes"]),
    "words": (PLAN, ["Pro", "Basic", "Pro", None], ["Pro", "Basic", "no plan given"]),
    "equally common": (PLAN, ["b", "a"], ["a", "b"]),
}


@pytest.mark.parametrize("case", CASES)
def test_labels(case):
    wording, values, labels = CASES[case]
    kind = "str" if wording is PLAN else "f4"
    made = grouped(pd.Series(list(values), dtype=kind), wording)
    assert [each.label for each in made.groups] == labels


def test_a_group_states_the_fact_of_its_middle_value():
    made = grouped(pd.Series([0.0, *range(100), NAN]), DAYS)
    assert made.groups[0].sentence == "4 days"
    assert made.groups[-1].sentence == "never active"
    assert (made.groups[1].lowest, made.groups[1].highest) == (10.0, 19.0)


def test_the_rarest_of_many_categories_are_one_group():
    values = pd.Series(["often"] * 5 + [f"c{n:02d}" for n in range(20)], dtype="str")
    made = grouped(values, PLAN)
    assert len(made.groups) == MOST_CATEGORIES
    assert made.groups[0].label == "often"
    assert made.groups[-1].label == f"{21 - MOST_CATEGORIES + 1} others"
    assert np.bincount(made.code).sum() == len(values)


def numbers(seed: int) -> pd.Series:
    """Values with ties and holes."""
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 300))
    values = random.normal(size=n) if random.random() < 0.5 else random.integers(-3, 25, n)
    return pd.Series(np.where(random.random(n) < random.choice([0, 0.3]), NAN, values)).astype("f4")


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_groups_part_the_rows_and_never_ties(seed):
    values = numbers(seed)
    made = grouped(values, DAYS)
    size = np.bincount(made.code, minlength=len(made.groups))
    assert len(size) == len(made.groups) <= 11
    assert size.min() > 0
    assert len({each.label for each in made.groups}) == len(made.groups)
    for index, group in enumerate(made.groups):
        inside = values[made.code == index]
        if group.lowest is None:
            assert inside.isna().all()
        else:
            assert (inside.min(), inside.max()) == (group.lowest, group.highest)
    assert values.groupby(values).apply(lambda ties: len(set(made.code[ties.index]))).max() in (1, NAN) or (
        values.isna().all()
    )


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_order_of_rows_is_of_no_matter(seed):
    values = numbers(seed)
    order = np.random.default_rng(seed).permutation(len(values))
    made, shuffled = grouped(values, DAYS), grouped(values.iloc[order].reset_index(drop=True), DAYS)
    assert shuffled.groups == made.groups
    assert (shuffled.code == made.code[order]).all()
