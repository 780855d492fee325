"""A region, plan or owner that moves as a body is one line."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from churnrisk.monitoring.groups import MOST, groups_moved

ACCOUNTS = 400
REGION = np.where(np.arange(ACCOUNTS) % 4 == 0, "EU", "US")
PLAN = np.where(np.arange(ACCOUNTS) % 2 == 0, "pro", "basic")
EU = REGION == "EU"


def looked(now: np.ndarray, before: np.ndarray | None, **words: np.ndarray) -> SimpleNamespace:
    ids = [f"a{number:03d}" for number in range(ACCOUNTS)]
    return SimpleNamespace(
        before_probability=None if before is None else pd.Series(before, index=ids),
        scores=pd.DataFrame({"account_id": ids, "probability": now}),
        groups=pd.DataFrame({"plan": PLAN, "region": REGION} | words),
    )


def risks(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of two dates between which accounts move by themselves."""
    random = np.random.default_rng(seed)
    before = random.uniform(0.02, 0.3, ACCOUNTS)
    return before, np.clip(before + random.normal(0, 0.02, ACCOUNTS), 0, 1)


def test_a_region_that_moves_is_one_line_and_not_one_for_each_plan_that_is_sold_there():
    before, now = risks(1)
    found = groups_moved(looked(now + 0.1 * EU, before, country=np.where(EU, "DE", "CA")))
    assert [(each.column, each.value, each.accounts) for each in found] in (
        [("region", "EU", 100)],
        [("country", "DE", 100)],
    )
    assert found[0].points == pytest.approx(10, abs=1)


@pytest.mark.parametrize(
    ("shift", "why"),
    [
        (0.015 * EU, "too small to change whom a team calls"),
        (0.1 * np.ones(ACCOUNTS), "everybody moves, which is told of the scores"),
        (0.3 * EU * (np.arange(ACCOUNTS) % 20 == 0), "a fifth of the group moved much, and not the group"),
        (0.3 * (np.arange(ACCOUNTS) < 15), "some accounts here and there"),
    ],
)
def test_what_is_no_group(shift, why):
    before, now = risks(2)
    assert groups_moved(looked(now + shift, before)) == [], why


def test_too_few_accounts_are_no_group():
    before, now = risks(3)
    few = np.arange(ACCOUNTS) < 19
    assert groups_moved(looked(now + 0.2 * few, before, owner=np.where(few, "Ana", "Ben"))) == []
    more = np.arange(ACCOUNTS) < 20
    found = groups_moved(looked(now + 0.2 * more, before, owner=np.where(more, "Ana", "Ben")))
    assert [each.value for each in found] == ["Ana"]


def test_a_mean_that_chance_may_give_is_no_group():
    """Fourteen of twenty go up by eight points and six go down: three points in the mean, two standard errors."""
    before, few = np.full(ACCOUNTS, 0.2), np.arange(ACCOUNTS) < 20
    change = np.where(np.arange(ACCOUNTS) < 14, 0.08, -0.08) * few
    assert groups_moved(looked(before + change, before, owner=np.where(few, "Ana", "Ben"))) == []


def test_of_many_groups_at_once_a_few_are_told():
    before, now = risks(5)
    number = np.arange(ACCOUNTS)
    owner = np.where(number < 160, [f"o{each}" for each in number // 20], None)
    assert len(groups_moved(looked(now + 0.2 * (number < 160), before, owner=owner))) == MOST


def test_accounts_that_move_by_themselves_are_no_group():
    assert [groups_moved(looked(*reversed(risks(seed)))) for seed in range(50)] == [[]] * 50


def test_without_an_earlier_date_there_is_none():
    assert groups_moved(looked(risks(4)[1], None)) == []
