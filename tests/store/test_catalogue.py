"""The declarations against what there is: dvc.yaml, and the files of a company on which every stage has run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from churnrisk.cli import STAGES as VERBS
from churnrisk.store.catalogue.all import STAGES, files_of
from churnrisk.store.catalogue.conform import CONFORMED, INTAKE, REJECTED, TABLE, USAGE_DAYS
from churnrisk.store.catalogue.list import DISPOSITIONS, INBOX, RETURNED, TAKEN
from churnrisk.store.catalogue.monitor import MONITOR, MONITOR_PAGE
from churnrisk.store.catalogue.pull import PULLED
from churnrisk.store.catalogue.rollup import ROLLED_UP
from churnrisk.store.catalogue.source import SHOWN
from churnrisk.store.files import File, RecordFile, TableFile

from ..company import ROOT

DAG = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
FILES = [file for stage in STAGES for file in files_of(stage)]
NOT_DVCS = ("data/history/", "data/inbox/", SHOWN.path + "/", MONITOR.path + "/", MONITOR_PAGE.path + "/")
SOURCE = ("data/simulated/", "data/truth/")
"""Made by the simulator: a source, and what nobody may look at."""

WEEKLY = {each.path for each in (PULLED, CONFORMED, USAGE_DAYS, ROLLED_UP)}
"""What only a run leaves that carries months over."""

BY_PEOPLE = {each.path for each in (INBOX, TAKEN, RETURNED, DISPOSITIONS)}
"""What there is once somebody has handed something in."""


def outs(stage: str) -> list[str]:
    """What a stage writes, as dvc.yaml says."""
    groups = (DAG[stage].get(kind, []) for kind in ("outs", "metrics", "plots"))
    return [each if isinstance(each, str) else next(iter(each)) for group in groups for each in group]


def lies_in(file: File, out: str) -> bool:
    return file.path == out or file.path.startswith(f"{out}/")


def test_every_stage_that_writes_for_others_has_its_declarations():
    names = [stage.__name__.rpartition(".")[2] for stage in STAGES]
    assert names == [name for name in VERBS if name in names]
    assert all(file.stage == stage.__name__.rpartition(".")[2] for stage in STAGES for file in files_of(stage))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_a_declared_file_is_an_out_of_its_stage(file):
    holding = [out for out in outs(file.stage) if lies_in(file, out)]
    assert len(holding) == (0 if f"{file.path}/".startswith(NOT_DVCS) else 1)


@pytest.mark.parametrize("stage", DAG)
def test_every_out_holds_a_declared_file(stage):
    assert not [out for out in outs(stage) if not any(lies_in(file, out) for file in FILES if file.stage == stage)]


@pytest.mark.parametrize("stage", DAG)
def test_every_file_that_a_stage_depends_on_is_declared(stage):
    read = [dep for dep in DAG[stage]["deps"] if dep.startswith(("data/", "models/", "reports/"))]
    assert not [dep for dep in read if not any(lies_in(file, dep) or file.path == dep for file in FILES)]


def written(root: Path) -> Iterator[Path]:
    for folder in ("data", "models", "reports"):
        for path in sorted((root / folder).rglob("*")):
            here = path.relative_to(root).as_posix()
            if path.is_file() and not here.startswith((*SOURCE, "reports/risk_list/")):
                yield path


def test_every_file_that_is_written_is_declared_once(small):
    declared = {path: [file for file in FILES if path in file.all_at(small)] for path in written(small.root)}
    assert declared
    assert {path.name: len(files) for path, files in declared.items() if len(files) != 1} == {}


def test_every_file_is_as_declared(small):
    for file in FILES:
        for path in file.all_at(small):
            if isinstance(file, TableFile):
                assert not file.read_at(path).duplicated(list(file.key)).any() if file.key else True, file.path
            elif isinstance(file, RecordFile):
                file.read_at(path)


def test_what_is_declared_is_written(small):
    there = {file.path for file in FILES if file.all_at(small)}
    not_offered = {TABLE[name].path for name in INTAKE.read(small).not_offered}
    assert not_offered
    assert {file.path for file in FILES} - there == {REJECTED.path, *not_offered, *WEEKLY, *BY_PEOPLE}
