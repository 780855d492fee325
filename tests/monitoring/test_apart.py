"""Adversarial validation: what moved from one date to the next is found and named."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.doctor import calendar
from churnrisk.model.matrix import columns_of
from churnrisk.monitoring.apart import told_apart

ACCOUNTS = 300


def features(seed: int, accounts: int = ACCOUNTS) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "account_id": [f"a{number:03d}" for number in range(accounts)],
            "as_of": pd.Timestamp("2025-01-06"),
            "seats": random.exponential(10, accounts).astype(np.float32),
            "usage": random.normal(50, 10, accounts).astype(np.float32),
            "plan": pd.array(random.choice(["basic", "pro"], accounts), dtype="str"),
        }
    )


def told(now: pd.DataFrame, before: pd.DataFrame):
    return told_apart(now, before, columns_of(pd.concat([now, before])))


def test_two_dates_that_are_alike_are_not_told_apart():
    same = features(0)
    assert told(same, same).auc == pytest.approx(0.5, abs=0.05)
    assert told(features(1), features(2)).auc == pytest.approx(0.5, abs=0.07)


def test_an_account_is_not_told_from_itself():
    """Its rows are in one fold wherever they stand: otherwise the one would be learned, and the other taken for it."""
    same = features(0)
    assert told(same.sample(frac=1, random_state=3), same).auc == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda rows: rows.assign(usage=rows["usage"] / 2), "usage"),
        (lambda rows: rows.assign(plan=rows["plan"].where(rows["plan"] != "pro", "Pro")), "plan"),
        (lambda rows: rows.assign(seats=rows["seats"].where(rows["seats"] < 8)), "seats"),
    ],
)
def test_what_moved_is_named_first(change, name):
    before = features(0)
    made = told(change(before), before)
    assert made.auc > 0.7
    assert next(iter(made.by)) == name


def test_what_moved_only_together_is_found_though_no_feature_shows_it_alone():
    before, random = features(0), np.random.default_rng(9)
    before["seats"], before["usage"] = random.normal(size=(2, ACCOUNTS)).astype(np.float32)
    now = before.assign(usage=(0.95 * before["seats"] + 0.3 * before["usage"]).astype(np.float32))
    made = told(now, before)
    assert made.auc > 0.75
    assert max(made.by.values()) < 0.6


def test_the_single_figures_are_those_of_the_doctor():
    before, now = features(0), features(0).assign(as_of=pd.Timestamp("2025-01-13"))
    now["usage"] += 4
    both = pd.concat([before, now], ignore_index=True)
    found = calendar.dated(both, np.array(["2025-01-06", "2025-01-13"], "M8[D]"))
    assert told(now, before).by == {each.feature: round(each.auc, 3) for each in found}


@pytest.mark.parametrize(("now", "before"), [(features(0, 19), features(0)), (features(0), features(0, 19))])
def test_too_few_accounts_say_nothing(now, before):
    assert told(now, before) is None


def test_without_an_earlier_date_there_is_nothing():
    assert told_apart(features(0), None, columns_of(features(0))) is None
