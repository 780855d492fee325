"""Systems compared on the same rows: weighted rankings, draws of accounts, what BG/NBD is given."""

import numpy as np
import pandas as pd
import pytest
from benchmarks.learners import _Ranking, _with_repeats, compared
from benchmarks.metrics import auc
from hypothesis import given
from hypothesis import strategies as st


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(1, 3)), min_size=2, max_size=12))
def test_a_weight_counts_as_so_many_rows(rows):
    label, score, weight = (np.array(each, float) for each in zip(*rows, strict=True))
    if len(set(label)) < 2:
        return
    times = weight.astype(int)
    repeated = auc(np.repeat(label, times), np.repeat(score, times))
    assert _Ranking.of(label, score).auc(weight) == pytest.approx(repeated)


def backtest(seed: int = 1, accounts: int = 80) -> pd.DataFrame:
    """Three dates, on which the account's own risk shows in both label and score."""
    rng = np.random.default_rng(seed)
    risk = np.tile(rng.random(accounts), 3)
    names = [f"a{number}" for number in range(accounts)] * 3
    return pd.DataFrame({"account_id": names, "label": (rng.random(len(risk)) < risk).astype(float), "score": risk})


def test_the_same_score_is_level_and_a_blind_one_is_behind():
    rows = backtest()
    own = rows["score"].to_numpy()
    assert compared(rows, own, own)["auc_less_ours"] == [0.0, 0.0, 0.0]
    blind = compared(rows, np.random.default_rng(2).random(len(rows)), own)["auc_less_ours"]
    assert blind[1] < blind[0] < blind[2] < 0


def test_rows_that_a_learner_was_not_asked_about_count_for_neither():
    rows = backtest()
    own = rows["score"].to_numpy()
    half = np.where(np.arange(len(rows)) % 2, own, np.nan)
    found = compared(rows, half, own)
    assert (found["rows"], found["auc_less_ours"]) == (len(rows) // 2, [0.0, 0.0, 0.0])


def test_bg_nbd_sees_active_days_before_each_date_alone():
    days = pd.DataFrame({"account_id": list("aab"), "day": pd.to_datetime(["2025-01-01", "2025-01-11", "2025-01-05"])})
    dates = pd.to_datetime(["2025-01-08", "2025-01-21", "2025-01-21", "2025-01-21"])
    rows = pd.DataFrame({"account_id": list("aabc"), "as_of": dates})
    found = _with_repeats(rows, days)[["repeats", "last_repeat", "age"]].to_numpy()
    np.testing.assert_array_equal(found, [[0, 0, 7], [1, 10, 20], [0, 0, 16], [np.nan] * 3])
