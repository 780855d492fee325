"""A company of which few accounts churned: the same files, reasons and list by a plain system, and it is said."""

import json

import numpy as np
import pandas as pd
import pytest

from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import Bundle
from churnrisk.model.split import Split, churned_accounts
from churnrisk.store.catalogue.evaluate import CARD, METRICS, VERDICT
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.catalogue.score import REASONS, SCORES
from churnrisk.store.catalogue.train import CHOICE, SPLIT
from churnrisk.store.workspace import Workspace

from ..company import make, run

CASES = [
    # seed, accounts that churned before the test, system, kind of its scorer, what the card says of it
    (7, 6, "logistic", "logistic", "as a logistic regression sees it"),
    (11, 4, "last activity", "last_activity", "as the rule of the last activity sees it"),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[1]} churned")
def few(request, tmp_path_factory) -> tuple[Workspace, tuple]:
    """All stages on two hundred accounts of which so little time is known that no fold goes forward."""
    changes = {
        "source": {"simulator": {"accounts": 200, "start": "2024-01-01", "weeks": 70, "seed": request.param[0]}},
        "clock": {"first_as_of": "2024-10-07"},
        "churn": {"ladder_days": [30]},
        "folds": {"test_weeks": 10},
    }
    workspace = make(tmp_path_factory.mktemp("few"), changes)
    run(workspace)
    return workspace, request.param


def test_a_plain_system_makes_the_list(few):
    workspace, (_, churned, system, kind, _) = few
    labels = LABELS.read(workspace).dropna(subset=["label"])
    earlier = labels[Split.of_record(SPLIT.read(workspace)).earlier(labels)]
    assert churned_accounts(earlier) == churned
    choice = CHOICE.read(workspace)
    assert (choice.system, choice.few_churned, choice.boosters, choice.systems) == (system, True, [], [])
    assert choice.chosen_on.startswith("nothing, for too few accounts churned: there are")
    bundle = Bundle.load(workspace.models / "bundle")
    assert (bundle.model.scorer.kind, bundle.model.offsets) == (kind, None)


def test_scores_have_parts_that_add_up_and_reasons(few):
    workspace, _ = few
    scores = SCORES.read(workspace, as_of=list_date(workspace))
    total = scores["base_value"] + scores.filter(like="shap_").sum(axis=1)
    np.testing.assert_allclose(total, scores["raw_score"], atol=1e-9)
    assert scores["probability"].between(0, 1, inclusive="neither").all()
    assert len(REASONS.read(workspace, as_of=list_date(workspace)))


def test_card_verdict_and_list_say_that_few_churned(few):
    workspace, (_, churned, _, _, sees) = few
    card = CARD.at(workspace).read_text()
    assert sees in card
    assert "Fewer than 10 accounts churned before the test: too few to fit boosted trees" in card
    caution = VERDICT.read(workspace).caution
    assert caution.startswith(f"The model has seen only {churned} accounts churn (fewer than 100")
    assert caution in card
    model = METRICS.read(workspace).model_dump()["model"]
    assert model["auc_high"] - model["auc_low"] > 0.05 or "AUC" not in caution
    made = json.loads((workspace.risk_lists / "latest" / "risk_list.json").read_text())
    usable = VERDICT.read(workspace).usable
    assert bool(made["rows"]) == usable
    assert (caution if usable else "Nobody is put before another") in " ".join(made["warnings"])
    written = pd.read_csv(workspace.risk_lists / "latest" / "risk_list.csv")
    assert not usable or written["warning"].str.contains(f"only {churned}").all()


def test_the_same_rows_give_the_same_model(few):
    workspace, _ = few
    before = {file.name: file.read_bytes() for file in (workspace.models / "final").iterdir()}
    run(workspace, "train")
    assert {file.name: file.read_bytes() for file in (workspace.models / "final").iterdir()} == before
