"""What featurize says of a configuration, and whether how it works changes what it writes."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import ParamsError, SourceError
from churnrisk.params.sections import Milestone
from churnrisk.stages import featurize
from churnrisk.store.blocks import KEYS, read_features
from churnrisk.store.workspace import Workspace, read_json

from .. import company


def told(workspace: Workspace, **features: object):
    """The workspace's params, with other words about the features."""
    params = company.load(workspace)
    return params.model_copy(update={"features": params.features.model_copy(update=features)})


def test_a_misspelt_event_is_said_on_the_list_and_the_model_card(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "workspace")
    params = told(workspace, education_events=("training_attended", "traning_attended"))
    company.run(workspace, "featurize", "evaluate", "list", told=params)
    (said,) = read_json(workspace.features / "features.json")["unknown_events"]
    assert said.startswith("params.yaml, features.education_events: no usage has the event 'traning_attended'.")
    assert "did you mean 'training_attended'?" in said
    assert said in (workspace.reports / "model_card.md").read_text(encoding="utf-8")
    assert said in read_json(workspace.risk_lists / "latest" / "risk_list.json")["notes"]


def test_a_milestone_of_several_people_needs_to_know_who_did_it(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "workspace")
    for file in (workspace.usage / "people").glob("*.parquet"):
        pd.read_parquet(file).iloc[:0].to_parquet(file, index=False)
    team = Milestone(event="login", people=2)
    with pytest.raises(ParamsError, match="the milestone team asks for several people"):
        company.run(workspace, "featurize", told=told(workspace, milestones={"team": team}))


def end_of_the_other(share: slice) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_is_said_to_be() -> None:
    said = r"one of 2 workers was ended .* Fix: lower it, or features.block_accounts"
    with pytest.raises(ParamsError, match=said), featurize._others(end_of_the_other, workers=2):
        pass


def no_usage(share: slice) -> None:
    raise SourceError("usage is not there", where="data/usage", fix="run the stages before")


def test_what_a_worker_has_to_say_is_said_in_its_words() -> None:
    said = r"data/usage: usage is not there. Fix: run"
    with pytest.raises(SourceError, match=said), featurize._others(no_usage, workers=2):
        pass


@pytest.mark.parametrize(("block_accounts", "workers"), [(100_000, 1), (200, 2)])
def test_no_more_processes_are_started_than_there_are_blocks(
    small: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_accounts: int, workers: int
) -> None:
    started = []

    @contextmanager
    def others(work: object, workers: int) -> Iterator[None]:
        started.append(workers)
        yield

    monkeypatch.setattr(featurize, "_others", others)
    monkeypatch.setattr(featurize, "_compare", lambda *_: None)
    workspace = company.copied(small, tmp_path / "workspace")
    company.run(workspace, "featurize", told=told(workspace, workers=2, block_accounts=block_accounts))
    assert started == [workers]


@pytest.mark.parametrize("accounts", [1, 2, 5, 100])
def test_blocks_are_of_whole_accounts_and_none_is_empty(accounts: int) -> None:
    many = [1, 100, 1, 1, 40, 3, 3, 90]
    account = pd.Series([f"a{place}" for place, n in enumerate(many) for _ in range(n)])
    block = featurize._blocks(account, accounts)
    assert np.unique(block).tolist() == list(range(block.max() + 1))
    assert (pd.Series(block).groupby(account.to_numpy()).nunique() == 1).all()
    assert (np.diff(block) >= 0).all()
    assert len(np.unique(block)) <= -(-len(many) // accounts)


def test_blocks_in_processes_of_their_own_write_the_same(small: Workspace, tmp_path: Path) -> None:
    written = []
    for workers in (1, 2):
        workspace = company.copied(small, tmp_path / f"workers-{workers}")
        company.run(workspace, "featurize", told=told(workspace, workers=workers, block_accounts=200))
        written.append([file.read_bytes() for file in sorted(workspace.features.iterdir())])
    assert written[0] == written[1]
    parts, whole = (read_features(each).sort_values(KEYS, ignore_index=True) for each in (workspace, small))
    pd.testing.assert_frame_equal(parts, whole)
