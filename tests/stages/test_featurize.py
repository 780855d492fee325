"""What featurize says of a configuration, and whether how it works changes what it writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from churnrisk.errors import ParamsError
from churnrisk.params.sections import Milestone, Params
from churnrisk.stages import featurize, train
from churnrisk.store.blocks import read_features
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json

from .. import company


def with_features(workspace: Workspace, **features: object):
    """The workspace's params, with another section of features."""
    params = company.load(workspace)
    return params.model_copy(update={"features": params.features.model_copy(update=features)})


@pytest.fixture(scope="module")
def odd(small: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """All that must be said of a configuration, at once, because a training for each would take ten seconds."""
    workspace = company.copied(small, tmp_path_factory.mktemp("odd") / "workspace")
    file = workspace.tables / "accounts.parquet"
    accounts = pd.read_parquet(file)
    sites = [f"site {each % 80:02}" for each in range(len(accounts))]
    accounts.assign(attribute_site=sites).to_parquet(file, index=False)
    params = with_features(
        workspace,
        education_events=("training_attended", "traning_attended"),
        leave_out=("usage_level_change", "segment", "region"),
        plan_order=("Starter", "Buisness", "Enterprise"),
    )
    told = with_evaluate(params, slices=("lifecycle_stage",), fairness=("region", "segment"))
    company.run(workspace, "featurize", "train", "evaluate", "score", "list", settings=told)
    return workspace


def card_of(workspace: Workspace) -> str:
    return (workspace.reports / "model_card.md").read_text(encoding="utf-8")


def notes_of(workspace: Workspace) -> list[str]:
    return read_json(workspace.risk_lists / "latest" / "risk_list.json")["notes"]


def test_a_misspelt_event_is_said_on_the_list_and_the_model_card(odd: Workspace) -> None:
    (note,) = read_json(odd.features / "features.json")["unknown_events"]
    assert note.startswith("params.yaml, features.education_events: no usage has the event 'traning_attended'.")
    assert "did you mean 'training_attended'?" in note
    assert note in card_of(odd)
    assert note in notes_of(odd)


def test_a_feature_that_is_left_out_is_in_no_block_and_named_on_the_card_and_the_list(odd: Workspace) -> None:
    assert not {"usage_level_change", "usage_level_change_against_peers", "segment"} & set(read_features(odd))
    off = read_json(odd.features / "features.json")["off"]
    assert off["segment"] == off["usage_level_change"] == "left out in params.yaml"
    assert "- `segment`: left out in params.yaml" in card_of(odd)
    assert any("(left out in params.yaml): " in note and "segment" in note for note in notes_of(odd))


def test_an_attribute_that_names_each_account_is_no_feature_and_the_others_are(
    small: Workspace, tmp_path: Path
) -> None:
    workspace = company.copied(small, tmp_path / "workspace")
    file = workspace.tables / "accounts.parquet"
    accounts = pd.read_parquet(file)
    accounts.assign(attribute_domain="www." + accounts["account_id"], attribute_country="DE").to_parquet(
        file, index=False
    )
    company.run(workspace, "featurize")
    report = read_json(workspace.features / "features.json")
    many = len(accounts)
    assert report["off"]["attribute_domain"] == f"identifies accounts: {many} values among {many} accounts"
    assert report["off"]["attribute_country"] == f"is the same for all {many} accounts"
    assert {"attribute_employees", "attribute_use_case", "segment"} <= {each["name"] for each in report["features"]}


def test_categories_of_few_accounts_are_named_on_the_card_and_the_list(odd: Workspace) -> None:
    words = "categories of fewer than 50 accounts each, which the model takes together: site 00, site 01"
    (line,) = [line for line in card_of(odd).splitlines() if words in line]
    assert line.startswith("attribute_site has 80 categories")
    assert any(words in note for note in notes_of(odd))


def test_a_feature_to_leave_out_that_there_is_not_is_refused(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "workspace")
    with pytest.raises(ParamsError, match=r"features\.leave_out: no feature is named 'tenur'.*did you mean 'tenure'"):
        company.run(workspace, "featurize", settings=with_features(workspace, leave_out=("tenur",)))


WRONG_GROUPS = [
    ("slices", "segmnt", "no feature of words is named 'segmnt'"),
    ("slices", "tenure", "no feature of words is named 'tenure'"),
    ("fairness", "regoin", "no feature or column of accounts of words is named 'regoin'.*did you mean 'region'"),
    ("fairness", "tenure", "no feature or column of accounts of words is named 'tenure'"),
    ("fairness", "created_on", "no feature or column of accounts of words is named 'created_on'"),
]


@pytest.mark.parametrize(("key", "wrong", "words"), WRONG_GROUPS)
@pytest.mark.parametrize("stage", ["featurize", "train"])
def test_a_wrong_slice_or_fairness_column_is_refused_before_any_feature_is_computed_or_model_fitted(
    stage: str, key: str, wrong: str, words: str, small: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, params = company.copied(small, tmp_path / "workspace"), company.load(small)
    monkeypatch.setattr(featurize, "write_features", lambda *_: pytest.fail("features are computed"))
    monkeypatch.setattr(train, "read_examples", lambda *_: pytest.fail("a model is fitted"))
    with pytest.raises(ParamsError, match=rf"evaluate.{key}: {words}"):
        company.run(workspace, stage, settings=with_evaluate(params, **{key: (wrong,)}))


def test_a_fairness_column_may_be_a_column_of_accounts_that_is_no_feature(odd: Workspace) -> None:
    assert "region" not in set(read_features(odd))
    found = pd.read_csv(odd.reports / "fairness.csv")
    assert set(found["column"]) == {"region", "segment"}


def test_plans_that_are_not_sold_or_have_no_rank_are_named_on_the_card_and_the_list(odd: Workspace) -> None:
    found = read_json(odd.features / "features.json")["unknown_plans"]
    assert "no subscription has the plan 'Buisness'" in found[0]
    assert "did you mean 'Business'?" in found[0]
    assert [plan in found[1] for plan in ("Business (", "Team (", "Trial", "Add-on")] == [True, True, False, False]
    card, notes = card_of(odd), notes_of(odd)
    assert all(sentence in card and sentence in notes for sentence in found)


def test_no_plan_is_named_where_the_order_has_them_all(small: Workspace) -> None:
    assert read_json(small.features / "features.json")["unknown_plans"] == []


def with_evaluate(params: Params, **evaluate: object) -> Params:
    return params.model_copy(update={"evaluate": params.evaluate.model_copy(update=evaluate)})


def test_a_milestone_of_several_users_needs_to_know_who_did_it(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "workspace")
    for file in (workspace.usage / "users").glob("*.parquet"):
        pd.read_parquet(file).iloc[:0].to_parquet(file, index=False)
    team = Milestone(event="login", users=2)
    with pytest.raises(ParamsError, match="the milestone team asks for several users"):
        company.run(workspace, "featurize", settings=with_features(workspace, milestones={"team": team}))


@pytest.mark.parametrize(("block_accounts", "workers"), [(100_000, 1), (200, 2)])
def test_no_more_processes_are_started_than_there_are_blocks(
    small: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_accounts: int, workers: int
) -> None:
    started = []

    @contextmanager
    def others(work: object, workers: int) -> Iterator[None]:
        started.append(workers)
        yield

    monkeypatch.setattr(featurize, "other_processes", others)
    monkeypatch.setattr(featurize, "write_peers", lambda *_: None)
    workspace = company.copied(small, tmp_path / "workspace")
    company.run(workspace, "featurize", settings=with_features(workspace, workers=2, block_accounts=block_accounts))
    assert started == [workers]


def test_blocks_in_processes_of_their_own_write_the_same(small: Workspace, tmp_path: Path) -> None:
    written = []
    for workers in (1, 2):
        workspace = company.copied(small, tmp_path / f"workers-{workers}")
        company.run(workspace, "featurize", settings=with_features(workspace, workers=workers, block_accounts=200))
        written.append([file.read_bytes() for file in sorted(workspace.features.iterdir())])
    assert written[0] == written[1]
    parts, whole = (read_features(each).sort_values(KEYS, ignore_index=True) for each in (workspace, small))
    pd.testing.assert_frame_equal(parts, whole)
