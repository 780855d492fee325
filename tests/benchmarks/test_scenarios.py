"""Scenarios that need no training, on a small company; and what the changes of the others do to tables."""

import pandas as pd
import pytest

from benchmarks import happenings, scenarios
from churnrisk import simulator
from churnrisk.clock import day

CHEAP = {each.name: each for each in scenarios.SCENARIOS if each.name in ("outage", "redesign", "late labels")}


@pytest.fixture(scope="module")
def before():
    return simulator.simulate(150, day("2024-01-01"), 104, 7)


@pytest.mark.parametrize("name", CHEAP)
def test_it_does_what_it_should(name, tmp_path, monkeypatch):
    monkeypatch.setattr(scenarios, "ACCOUNTS", 150)
    assert CHEAP[name].run(tmp_path)["holds"]


def test_without_the_lag_in_params_late_churn_is_a_wrong_0(tmp_path, monkeypatch):
    """The measurement sees what it is for."""
    monkeypatch.setattr(scenarios, "ACCOUNTS", 150)
    careless = scenarios.Scenario(happenings.late_labels, "", scenarios.late_churn_is_immature)
    outcome = careless.run(tmp_path)
    assert outcome["churned_and_labelled_0"] > 0
    assert not outcome["holds"]


@pytest.mark.parametrize("scenario", scenarios.SCENARIOS, ids=lambda each: each.name)
def test_a_change_is_pure_and_keeps_columns(scenario, before):
    copies = {name: rows.copy() for name, rows in before.tables.items()}
    first, again = (happenings.on_tables(scenario.change)(before) for _ in range(2))
    changed = 0
    for name, rows in before.tables.items():
        pd.testing.assert_frame_equal(rows, copies[name])
        pd.testing.assert_frame_equal(first.tables[name], again.tables[name])
        assert list(first.tables[name]) == list(rows)
        changed += not first.tables[name].equals(rows)
    assert changed


def test_nobody_who_left_has_facts_afterwards(before):
    left = happenings.price_leavers(before.tables)
    changed = happenings.price_rise(before.tables)
    assert len(left) > 3
    for name, column in happenings.DATED.items():
        rows = changed[name]
        assert not (rows[column] >= rows["account_id"].map(left)).any(), name
    sold = changed["subscriptions"]
    assert not sold.loc[sold["account_id"].isin(left.index), "ended_on"].isna().any()


def test_who_stays_pays_a_quarter_more(before):
    old, new = before.tables["subscriptions"], happenings.price_rise(before.tables)["subscriptions"]
    dearer = new[new["subscription_id"].str.endswith("P")].assign(
        subscription_id=lambda rows: rows["subscription_id"].str[:-1]
    )
    both = dearer.merge(old, on="subscription_id", suffixes=("", "_before"))
    assert len(both) == len(dearer) > 30
    assert (both["mrr"] - 1.25 * both["mrr_before"]).abs().max() < 0.011


def test_every_scenario_is_described_once():
    names = [each.name for each in scenarios.SCENARIOS]
    assert len(set(names)) == len(names) == 8
    assert all(each.change.__doc__ and each.should for each in scenarios.SCENARIOS)
