"""The pipeline's description against its code: every import is a dependency, every section a param."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from churnrisk.cli import STAGES
from churnrisk.params import Params

from .company import ROOT, load, make
from .imports import PACKAGE, closure

DAG = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def code_of(stage: str) -> list[Path]:
    """The files and folders of code that a stage names."""
    return [ROOT / dep for dep in DAG[stage]["deps"] if dep.startswith("src/")]


def test_there_is_a_verb_a_stage_and_a_stage_a_verb():
    assert list(DAG) == list(STAGES)
    assert [DAG[stage]["cmd"] for stage in DAG] == [f"churnrisk {stage}" for stage in STAGES]
    assert all(DAG[stage]["desc"] for stage in DAG)


@pytest.mark.parametrize("stage", STAGES)
def test_everything_that_a_stage_imports_is_a_dependency_of_it(stage):
    named = code_of(stage)
    needed = closure(PACKAGE / "stages" / f"{stage}.py")
    assert not {file for file in needed if not any(file.is_relative_to(path) for path in named)}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_names_no_code_that_it_does_not_import(stage):
    needed = closure(PACKAGE / "stages" / f"{stage}.py")
    assert not [path for path in code_of(stage) if not any(file.is_relative_to(path) for file in needed)]


class Recorder:
    """Params that remember which sections were asked for."""

    def __init__(self, settings: Params) -> None:
        self.settings, self.asked = settings, set()

    def __getattr__(self, name: str) -> Any:
        self.asked.add("clock" if name == "as_of" else name)
        return getattr(self.settings, name)


# What a stage only checks, so that it is refused before a long run, or records in MLflow. Nothing that it writes
# depends on it, so a change must not run it again: other slices of the test, or more workers, would else be another
# training.
ONLY_CHECKED_OR_RECORDED = {"featurize": {"evaluate"}, "train": {"evaluate", "clock", "cohort", "features"}}


def test_every_section_that_a_stage_asks_for_is_a_param_of_it(tmp_path):
    workspace = make(tmp_path)
    for stage in STAGES:
        settings = Recorder(load(workspace))
        import_module(f"churnrisk.stages.{stage}").run(workspace, settings)
        named = {name.split(".")[0] for name in DAG[stage].get("params", [])}
        assert settings.asked == named | ONLY_CHECKED_OR_RECORDED.get(stage, set()), stage


@pytest.mark.parametrize("stage", ["featurize", "train", "evaluate"])
def test_what_is_learned_and_judged_on_past_dates_does_not_wait_for_the_gate(stage):
    """So `dvc repro evaluate` makes a model and its card though the newest feed is held."""
    assert "gate" not in before(stage)
    assert "gate" in before("score")


def test_a_held_list_costs_neither_the_model_nor_its_card():
    """`dvc repro` runs stages in the order of dvc.yaml as far as files allow, and stops at the first that fails."""
    assert list(DAG).index("gate") == list(DAG).index("evaluate") + 1


def before(stage: str) -> set[str]:
    """The stages whose files a stage needs, directly or not."""
    needs = {other for other in STAGES for out in outs(other) if set(DAG[stage]["deps"]) & parents(out)}
    return needs.union(*(before(each) for each in needs - {stage}))


def outs(stage: str) -> list[str]:
    """What a stage writes, metrics included."""
    written = [*DAG[stage].get("outs", []), *DAG[stage].get("metrics", [])]
    return [next(iter(each)) if isinstance(each, dict) else each for each in written]


def parents(path: str) -> set[str]:
    """A path, and what a dependency inside or around it would be called."""
    every = {dep for stage in STAGES for dep in DAG[stage]["deps"]}
    return {dep for dep in every if dep == path or dep.startswith(f"{path}/") or path.startswith(f"{dep}/")}


def test_a_list_that_fails_leaves_the_last_good_one():
    """DVC deletes what a stage writes before it runs, and it may restore that without running the stage: what is
    published must be neither. What `list` itself writes persists so that DVC never restores it instead of publishing.
    """
    assert DAG["list"]["outs"] == [{"data/list": {"persist": True}}]
    published = parents("reports/risk_list") | parents("data/history")
    assert not published
    assert not [out for stage in STAGES for out in outs(stage) if out.startswith(("reports/risk_list", "data/history"))]


def test_examples_share_the_one_pipeline():
    examples = [path for path in (ROOT / "examples").iterdir() if path.is_dir()]
    assert examples
    for example in examples:
        assert (example / "features").is_dir()
        for shared in ("dvc.yaml", "src", ".dvcignore"):
            assert (example / shared).is_symlink()
            assert (example / shared).resolve() == ROOT / shared
