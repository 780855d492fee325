"""What would lower a risk: found where it was planted, never invented, never of what nobody can change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.explain.lower import can_change, lower, said
from churnrisk.facts.catalogue import FACTS
from churnrisk.model.log_odds import probability

COLUMNS = ["active_days", "tickets", "noise"]


def company(count=200, seed=3):
    """Accounts with values that a planted model may look at; account a0 has the worst of all."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "account_id": [f"a{each}" for each in range(count)],
            "segment": np.where(np.arange(count) % 2, "large", "small"),
            "active_days": rng.integers(0, 20, count).astype(float),
            "tickets": rng.integers(0, 5, count).astype(float),
            "noise": rng.random(count),
            "tenure": rng.integers(1, 900, count).astype(float),
        }
    )
    rows.loc[0, COLUMNS] = [0.0, 4.0, 0.5]
    return rows


def one_lever(rows):
    """Ten active days make a loyal account, and nothing else does."""
    return np.where(rows["active_days"] >= 10, 0.05, 0.5)


def two_levers(rows):
    return np.where((rows["active_days"] >= 10) & (rows["tickets"] <= 1), 0.05, 0.5 - 0.01 * (rows["tickets"] <= 1))


def by_age(rows):
    return np.where(rows["tenure"] > 0, 0.5, 0.05)


def test_the_planted_lever_is_found_at_the_least_value_that_is_enough():
    found = lower(company(), "a0", one_lever, COLUMNS, below=0.2)
    ((name, (now, then)),) = found.values.items()
    assert (name, now, found.probability) == ("active_days", 0.0, 0.05)
    own = company().query("segment == 'small' and active_days >= 10")["active_days"]
    # Among the values that are tried, the next step down would not be enough.
    assert own.min() <= then <= own.min() + 2


def test_two_levers_are_found_together_where_neither_is_enough():
    found = lower(company(), "a0", two_levers, COLUMNS, below=0.2)
    assert set(found.values) == {"active_days", "tickets"}
    assert found.values["active_days"][1] >= 10
    assert found.values["tickets"][1] <= 1
    pairs = company().query("segment == 'small'")[["active_days", "tickets"]].to_numpy().tolist()
    assert [found.values["active_days"][1], found.values["tickets"][1]] in pairs


@pytest.mark.parametrize("model", [lambda rows: np.full(len(rows), 0.5), by_age], ids=["nothing helps", "only age"])
def test_where_nothing_helps_nothing_is_proposed(model):
    assert lower(company(), "a0", model, COLUMNS, below=0.2) is None


def test_values_are_those_of_the_same_segment():
    rows = company()
    rows.loc[rows["segment"] == "small", "active_days"] = rows["active_days"].clip(upper=6)
    assert lower(rows, "a0", one_lever, COLUMNS, below=0.2) is None
    few = rows.assign(segment=np.where(rows.index < 5, "rare", "large"))
    assert lower(few, "a0", one_lever, COLUMNS, below=0.2) is not None, "a segment of five is no range"


def test_what_is_not_known_and_words_are_left_alone():
    rows = company().assign(plan="basic")
    rows.loc[0, "active_days"] = np.nan
    assert lower(rows, "a0", one_lever, [*COLUMNS, "plan"], below=0.2) is None
    assert lower(rows, "a0", one_lever, [], below=0.2) is None


def test_profile_age_contract_and_unknown_facts_are_never_proposed():
    facts = {"plan_rank": "price", "tenure": "age", "region": "profile", "days_to_renewal": "contract", "own": "lost"}
    assert can_change(list(facts), facts, FACTS) == ["plan_rank"]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.5))
def test_a_change_keeps_its_promise_and_is_the_same_every_time(seed, below):
    rows = company(60, seed)

    def model(each):
        return probability(1.5 - 0.2 * each["active_days"] + 0.5 * each["tickets"] - 1.0)

    found = lower(rows, "a0", model, COLUMNS, below)
    assert found == lower(rows, "a0", model, COLUMNS, below)
    if found is not None:
        changed = rows.head(1).assign(**{name: then for name, (_, then) in found.values.items()})
        assert model(changed)[0] == pytest.approx(found.probability)
        assert found.probability < below
        assert 1 <= len(found.values) <= 2
        assert all(then in set(rows[name]) for name, (_, then) in found.values.items())


def test_it_is_said_as_what_differs_and_not_as_what_would_happen():
    found = lower(company(), "a0", one_lever, COLUMNS, below=0.2)
    assert said(found, 0.5, 0.2).startswith("With active days at 1")
    assert said(found, 0.5, 0.2).endswith("no promise of what a change would do.")
    assert said(None, 0.5, 0.2).startswith("No one or two values that similar accounts have would bring it below")
    assert said(None, 0.1, 0.2) == "It is below the 20% that are twice the mean already."
