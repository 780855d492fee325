import numpy as np
import pandas as pd
import pytest

from churnrisk.simulator.lives import Lives
from churnrisk.simulator.population import sign_ups
from churnrisk.simulator.spells import first_spells
from churnrisk.simulator.timeline import NEVER, Timeline
from churnrisk.simulator.users import users_table

from .conftest import START, lives_of


@pytest.fixture(scope="module")
def lives() -> Lives:
    time, rng = Timeline(START, 30), np.random.default_rng(1)
    return lives_of(first_spells(sign_ups(300, time, rng), time, rng), time, rng)[0]


def test_a_table_has_the_contracts_columns_in_order_and_leaves_out_what_is_known_after_the_end(lives: Lives) -> None:
    rows = pd.DataFrame(
        {
            "account": [1, 0, 0, 0],
            "opened_at": [3.5, 2.0, 209.0, 210.0],
            "known_at": [np.inf, 4.0, 210.0, np.inf],
            "severity": [1, 2, 3, 4],
        }
    )
    table = lives.table("tickets", rows)
    assert table[["ticket_id", "account_id", "severity"]].values.tolist() == [
        ["T0000001", "A000001", 2.0],
        ["T0000002", "A000002", 1.0],
    ]
    assert table["opened_at"].astype(str).tolist() == ["2024-01-03 00:00:00", "2024-01-04 12:00:00"]
    assert table[["closed_at", "kind", "satisfaction"]].isna().all(axis=None)


def test_users_join_their_spell_and_only_while_it_goes_well(lives: Lives) -> None:
    users = users_table(lives, np.random.default_rng(1))
    spell, joins = users["spell"].to_numpy(), users["joins"].to_numpy()
    assert (joins >= lives.of("opens")[spell]).all()
    assert (users["leaves"] <= lives.until[spell]).all()
    later = ~users["first"].to_numpy()
    assert (lives.level_on(spell, joins)[later] > 0.45).all()
    assert not users.duplicated(["account", "number"]).any()


def test_no_more_users_at_a_time_than_seats(lives: Lives) -> None:
    users = users_table(lives, np.random.default_rng(1))
    there = users[(users["joins"] <= 100) & (users["leaves"] > 100)].groupby("spell").size()
    assert (there <= lives.of("seats")[there.index]).all()


def test_engagement_follows_the_state_and_is_zero_where_no_spell_runs(lives: Lives) -> None:
    assert (lives.level[lives.state < 0] == 0).all()
    means = [lives.level[lives.state == state].mean() for state in range(4)]
    assert means == sorted(means, reverse=True)


def test_a_spell_that_stays_has_no_end_and_one_that_decided_ends_after_the_decision(lives: Lives) -> None:
    decided = lives.fate.week < NEVER
    paying = lives.of("begins") < NEVER
    assert (lives.fate.ends[paying & ~decided] == NEVER).all()
    assert (lives.fate.ends[decided] > 7 * lives.fate.week[decided]).all()
    assert (lives.fate.ends[~paying] == lives.of("trial_ends")[~paying]).all()
