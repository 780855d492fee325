"""What training may know: nothing that was mature only after the test began, or after the list's own date."""

import json

import pandas as pd
import pytest

from churnrisk.errors import ModelError
from churnrisk.store.workspace import Workspace

from ..company import make, run

BEFORE = ("pull", "conform", "rollup", "snapshot", "label", "featurize")


def trained(folder, changes) -> Workspace:
    workspace = make(folder, changes)
    run(workspace, *BEFORE)
    run(workspace, "train")
    return workspace


def test_neither_model_knows_a_label_from_after_the_lists_own_date(tmp_path):
    changes = {"clock": {"as_of": "2025-01-20"}, "folds": {"test_as_of": ["2025-02-03", "2025-02-10"]}}
    workspace = trained(tmp_path, changes)
    labels = pd.read_parquet(workspace.labels / "labels.parquet")
    assert (labels["matures_on"] > "2025-01-20").any()
    for name in ("backtest", "final"):
        known = json.loads((workspace.models / name / "model.json").read_text())["trained"]["known_until"]
        assert known <= "2025-01-20"


def test_settings_are_chosen_on_other_accounts_where_time_is_too_short_and_it_is_said(tmp_path):
    workspace = trained(tmp_path, {"clock": {"first_as_of": "2024-10-07"}, "churn": {"ladder_days": [30]}})
    chosen_on = json.loads((workspace.models / "choice.json").read_text())["chosen_on"]
    assert chosen_on.startswith("other accounts, not later time: there are")
    run(workspace, "evaluate")
    assert f"Its settings were chosen on {chosen_on}." in (workspace.reports / "model_card.md").read_text()


def test_no_later_test_is_an_error_that_says_what_is_missing(tmp_path):
    workspace = make(tmp_path, {"clock": {"first_as_of": "2025-02-10"}})
    run(workspace, *BEFORE)
    with pytest.raises(
        ModelError, match=r"no label is mature when the test begins on .*: snapshots begin on 2025-02-10"
    ):
        run(workspace, "train")
