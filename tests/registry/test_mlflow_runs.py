"""Runs in a real MLflow store."""

import lightgbm as lgb
import mlflow
import numpy as np
import pandas as pd
import pytest

from churnrisk.registry import mlflow_runs as tracking


@pytest.fixture
def booster() -> lgb.Booster:
    x = np.arange(200.0).reshape(100, 2)
    return lgb.train({"verbosity": -1, "num_threads": 1}, lgb.Dataset(x, label=x[:, 0] > 100), 2)


def record(root, booster) -> None:
    rows = pd.DataFrame({"account_id": ["a"], "as_of": [pd.Timestamp("2025-01-06")], "label": [0.0]})
    tags = {"lineage": "abc", "data_hash": "d", "params_hash": "p"}
    tracking.record_training(root, "e", "m", booster=booster, tags=tags, params={}, metrics={}, rows=rows)


def runs() -> list:
    return mlflow.search_runs(search_all_experiments=True, output_format="list")


@pytest.mark.parametrize(("end", "recorded"), [("FINISHED", 1), ("FAILED", 2), ("RUNNING", 2)])
def test_a_run_that_was_broken_off_is_recorded_anew_and_a_whole_one_is_not(
    tmp_path, monkeypatch, booster, end, recorded
):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    record(tmp_path, booster)
    mlflow.MlflowClient().update_run(runs()[0].info.run_id, status=end)
    record(tmp_path, booster)
    assert len(runs()) == recorded
