"""Evaluation reads the split that training made, so that everything is judged by what the model itself could know."""

import re

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from churnrisk.errors import ModelError, ParamsError
from churnrisk.evaluation.judge import judge
from churnrisk.model.baselines import two_feature_logistic
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_examples
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split
from churnrisk.store.catalogue.evaluate import CARD
from churnrisk.store.catalogue.featurize import FEATURES
from churnrisk.store.catalogue.train import SPLIT
from churnrisk.store.writes import read_json, read_table, write_json

from ..company import begun, copied, load, run

BEFORE = ("snapshot", "label", "gate", "featurize", "train", "evaluate")


@pytest.fixture(scope="module")
def list_before_test(small, tmp_path_factory):
    """A company whose list is of an earlier date than the test that it names."""
    changes = {"clock": {"as_of": "2025-01-20"}, "folds": {"test_as_of": ["2025-02-03", "2025-02-10", "2025-03-03"]}}
    workspace = begun(small, tmp_path_factory.mktemp("evaluated"), changes)
    run(workspace, *BEFORE)
    return workspace


def baseline(workspace, learned, test) -> dict[str, float]:
    """Figures of the logistic baseline, had it learned from these rows."""
    backtest = read_table(workspace.reports / "backtest.parquet")
    scores = two_feature_logistic(learned.features, learned.label, test.features)
    return judge(backtest, {"two": scores}, load(workspace).evaluate.resamples)["two"]


def test_the_baseline_learns_from_the_very_rows_of_the_model(list_before_test):
    workspace = list_before_test
    examples = read_examples(workspace, load(workspace).churn.horizon_days)
    split = Split.of_record(SPLIT.read(workspace))
    test = examples.on(split.dates)
    learned, later = examples.known_by(split.cut), examples.known_by(split.dates.min())
    trained = read_json(workspace.models / "backtest" / "model.json")["trained"]
    assert trained["rows"] == len(learned.labels) < len(later.labels)
    reported = read_json(workspace.reports / "metrics.json")["two_feature_logistic"]
    assert reported == baseline(workspace, learned, test) != baseline(workspace, later, test)


def test_the_split_is_read_and_never_made_again(small, tmp_path):
    """Evaluation by another split that is written there is evaluation by that split."""
    workspace = copied(small, tmp_path / "workspace")
    record = read_json(workspace.models / "split.json")
    write_json(record | {"test_as_of": record["test_as_of"][1:]}, workspace.models / "split.json")
    run(workspace, "evaluate")
    dates = np.unique(read_table(workspace.reports / "backtest.parquet")["as_of"].to_numpy("M8[D]"))
    assert dates.astype(str).tolist() == record["test_as_of"][1:]


def test_a_cut_after_the_test_begins_is_refused(small, tmp_path):
    workspace = copied(small, tmp_path / "workspace")
    record = read_json(workspace.models / "split.json")
    write_json(record | {"cut": record["test_as_of"][-1]}, workspace.models / "split.json")
    with pytest.raises(ModelError, match="after the test begins"):
        run(workspace, "evaluate")


def test_the_bundle_is_the_final_model_with_the_figures_of_the_test(small):
    bundle = Bundle.load(small.models / "bundle")
    final = read_json(small.models / "final" / "model.json")
    assert bundle.model.lineage == final["lineage"]
    assert bundle.figures == read_json(small.reports / "metrics.json")
    assert bundle.verdict.model_dump() == read_json(small.reports / "verdict.json")
    assert bundle.card == (small.reports / "model_card.md").read_text()
    assert set(bundle.facts) == {column.name for column in bundle.model.columns}


def test_a_slice_that_is_not_a_feature_of_words_is_refused(small, tmp_path):
    params = load(small)
    settings = params.model_copy(update={"evaluate": params.evaluate.model_copy(update={"slices": ("segmnt",)})})
    with pytest.raises(ParamsError, match=r"no feature of words is named 'segmnt'.*did you mean 'segment'"):
        run(copied(small, tmp_path / "workspace"), "evaluate", settings=settings)


def test_the_card_states_the_direction_of_every_figure_that_it_shows(small):
    card = (small.reports / "model_card.md").read_text()
    for words in ("- auc: ", "- ap: ", "- lift10: ", "- ece: "):
        (line,) = [line for line in card.splitlines() if line.startswith(words)]
        assert line.endswith("(lower is better)" if "ece" in words else "(higher is better)")


@pytest.fixture(scope="module")
def silent(small, tmp_path_factory):
    """The small company, where churn is three weeks without a login."""
    workspace = copied(small, tmp_path_factory.mktemp("silent") / "workspace")
    params = load(workspace)
    changes = {"kind": "inactivity", "inactive_days": 21, "activity_events": ("login",), "ladder_days": (30,)}
    settings = params.model_copy(update={"churn": params.churn.model_copy(update=changes)})
    run(workspace, "label", "train", "evaluate", settings=settings)
    return workspace


def test_gamma_poisson_is_a_baseline_where_churn_is_inactivity(silent, small):
    figures = read_json(silent.reports / "metrics.json")
    assert figures["gamma_poisson"]["auc"] > 0.6
    assert "| gamma poisson |" in (silent.reports / "model_card.md").read_text()
    assert "gamma_poisson" not in read_json(small.reports / "metrics.json")


def test_the_backtest_holds_what_every_baseline_gives_the_same_snapshots(silent):
    backtest, figures = read_table(silent.reports / "backtest.parquet"), read_json(silent.reports / "metrics.json")
    names = [name for name in figures if name not in ("test", "model")]
    assert names == [
        "last_login_rule",
        "two_feature_logistic",
        "recency_frequency_volume",
        "gamma_poisson",
        "list_before",
    ]
    for name in names:
        assert roc_auc_score(backtest["label"], backtest[f"baseline_{name}"]) == pytest.approx(
            figures[name]["auc"], abs=1e-6
        )


def test_names_of_the_company_are_harmless_on_the_card(small, tmp_path):
    workspace = copied(small, tmp_path / "workspace")
    report = FEATURES.read(workspace)
    name = "<img src=x>|a\nb ![c](http://d) \u202ee"
    FEATURES.write(report.model_copy(update={"unknown_events": [name]}), workspace)
    run(workspace, "evaluate")
    assert "Configured, and not in the usage: &lt;img src=x>\\|a b !\\[c\\](http://d) \\u202ee\n" in CARD.read(
        workspace
    )


def test_the_card_says_how_far_each_of_the_heaviest_features_moves_the_score(small):
    examples = read_examples(small, load(small).churn.horizon_days)
    test = examples.on(Split.of_record(SPLIT.read(small)).dates)
    shap = RiskModel.load(small.models / "backtest").score(test.features).filter(like="shap_")
    sizes = shap.abs().mean().rename(lambda name: name.removeprefix("shap_"))
    card = (small.reports / "model_card.md").read_text()
    rows = re.findall(r"\| `(\w+)` \| (\d\.\d{3}) \|\n", card.split("| feature | mean contribution")[1])
    shown = {name: float(size) for name, size in rows}
    assert len(shown) == 15
    assert list(shown.values()) == sorted(shown.values(), reverse=True)
    assert min(shown.values()) >= sizes.drop(list(shown)).max() - 0.001
    for name, size in shown.items():
        assert size == pytest.approx(sizes[name], abs=0.0006)
