"""From features to the list with each kind of scorer: the same columns, the same reasons, the same list."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import ModelError
from churnrisk.explain.scoring import score_date
from churnrisk.facts.catalogue import FACTS
from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_examples
from churnrisk.model.logistic import Input
from churnrisk.model.menu import MENU
from churnrisk.model.risk_model import SCORERS
from churnrisk.model.training import Origin
from churnrisk.store.catalogue.evaluate import Verdict
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json, read_table

from ..company import copied, load, run
from ..model.company import uncalibrated

INPUTS = (Input("days_since_active", log=True, missing=3651.0), Input("usage_last_month", log=True), Input("segment"))
OWN = {"boosted": {**MENU["15 leaves"], "trees": 20, "seed": 7}, "logistic": {"inputs": INPUTS, "penalty": 1.0}}
SETTINGS = {**OWN, "mixture": OWN, "last_activity": {}}
SPEAKS = {
    "boosted": {"use", "contract"},
    "logistic": {"use", "profile"},
    "mixture": {"use", "contract", "profile"},
    "last_activity": {"use"},
}
"""Facts that must be among those with a part in some account's score; all of them for a scorer of few features."""

FEW_FEATURES = ("logistic", "last_activity")


@pytest.fixture(scope="module", params=SCORERS)
def listed(request, small, tmp_path_factory) -> tuple[str, Workspace]:
    """The small company, scored and listed by a bundle with a scorer of each kind."""
    kind, workspace = request.param, copied(small, tmp_path_factory.mktemp("listed") / "workspace")
    params = load(workspace)
    known = read_examples(workspace, params.churn.horizon_days, params.churn.horizons).known_by(list_date(workspace))
    plain = uncalibrated(SCORERS[kind], known, SETTINGS[kind])
    model = plain.calibrated(plain.out_of_time(known), Origin("d", kind))
    bundle = Bundle.load(workspace.models / "bundle")
    verdict = Verdict(usable=True, ahead=True, behind=False, words="It ranks.")
    replace(bundle, model=model, verdict=verdict).save(workspace.models / "bundle")
    run(workspace, "score", "list")
    return kind, workspace


def scores_of(workspace: Workspace, name: str = "scores") -> pd.DataFrame:
    return read_table(workspace.scores(list_date(workspace)) / f"{name}.parquet")


def test_every_row_adds_up(listed):
    scores = scores_of(listed[1])
    total = scores["base_value"] + scores.filter(like="shap_").sum(axis=1)
    np.testing.assert_allclose(total, scores["raw_score"], atol=1e-9)
    np.testing.assert_allclose(1 / (1 + np.exp(-total)), scores["probability"], atol=1e-12)


def test_facts_add_up_to_the_score_and_points_to_the_risk_in_every_row(listed):
    scores, reasons = (scores_of(listed[1], name).set_index("account_id") for name in ("scores", "reasons"))
    by_account = reasons.groupby("account_id")[["contribution", "points", "change_points"]].sum(min_count=1)
    by_account = by_account.reindex(scores.index)
    np.testing.assert_allclose(scores["base_value"] + by_account["contribution"], scores["raw_score"], rtol=1e-9)
    usual = 1 / (1 + np.exp(-scores["base_value"]))
    np.testing.assert_allclose(100 * usual + by_account["points"], 100 * scores["probability"], rtol=1e-9)
    before = scores_of(listed[1], "movement").set_index("account_id")["probability_before"].reindex(scores.index)
    assert before.notna().any()
    np.testing.assert_allclose(by_account["change_points"], 100 * (scores["probability"] - before), atol=1e-9)


def test_the_columns_are_the_same_whoever_scored(listed, small):
    assert list(scores_of(listed[1])) == list(scores_of(small))


def test_reasons_are_those_of_what_it_looks_at(listed):
    kind, workspace = listed
    reasons = scores_of(workspace, "reasons")
    speaking = set(reasons.loc[reasons["contribution"].abs() > 1e-12, "fact"])
    assert speaking >= SPEAKS[kind]
    if kind in FEW_FEATURES:
        assert speaking == SPEAKS[kind]


def test_the_list_is_that_of_the_bundle(listed):
    kind, workspace = listed
    made = read_json(workspace.risk_lists / "latest" / "risk_list.json")
    bundle, scores = Bundle.load(workspace.models / "bundle"), scores_of(workspace).set_index("account_id")
    assert made["model"]["lineage"] == bundle.model.lineage
    assert made["model"]["auc"] == bundle.figures["model"]["auc"]
    assert len(made["rows"]) == 20
    assert any(row["reasons"] for row in made["rows"])
    for row in made["rows"]:
        assert row["probability"] == pytest.approx(scores.at[row["account_id"], "probability"], abs=1e-6)
        assert {reason["fact"] for reason in row["reasons"]} <= {
            FACTS[name].about for name in SPEAKS[kind]
        } or kind not in FEW_FEATURES


def test_a_list_of_scores_by_another_model_is_refused(small, tmp_path):
    workspace = copied(small, tmp_path / "workspace")
    bundle = Bundle.load(workspace.models / "bundle")
    replace(bundle, model=replace(bundle.model, lineage="another")).save(workspace.models / "bundle")
    with pytest.raises(ModelError, match=r"data/scores: made by the model \w+, not by the bundle's own, another"):
        run(workspace, "list")


def test_nothing_but_the_bundle_says_what_the_model_is(small, tmp_path):
    """Scoring and the list never look at reports, fitted models, or what is said of the features now."""
    workspace = copied(small, tmp_path / "workspace")
    (workspace.features / "features.json").write_text(
        '{"features": [], "off": {}, "unknown_events": [], "unknown_plans": [], "account_words": []}'
    )
    for name in ("metrics.json", "verdict.json", "model_card.md"):
        (workspace.reports / name).unlink()
    for name in ("backtest", "final"):
        (workspace.models / name).rename(tmp_path / name)
    before = scores_of(workspace, "reasons")
    run(workspace, "score", "list")
    pd.testing.assert_frame_equal(scores_of(workspace, "reasons"), before)


def test_nobody_at_risk_is_an_error_with_the_fix(small, tmp_path):
    bundle = Bundle.load(small.models / "bundle")
    with pytest.raises(ModelError, match=r"nobody is at risk on 2025-01-06.*cohort.json"):
        score_date(bundle, np.datetime64("2025-01-06"), pd.DataFrame({"account_id": [], "as_of": []}))
