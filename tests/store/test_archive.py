"""The archive only grows: what is there once is never changed, and is read back in order of date."""

import pandas as pd
import pytest

from churnrisk.clock import Day
from churnrisk.errors import SourceError
from churnrisk.store.archive import Archive
from churnrisk.store.catalogue.score import ARCHIVED_SCORES
from churnrisk.store.files import Column, TableFile
from churnrisk.store.workspace import Workspace

FILE = TableFile(
    path="data/history/scores/as_of={as_of}/model={lineage}.parquet",
    stage="score",
    says="one row an account",
    key=("account_id",),
    columns={"account_id": Column("text", "the account"), "probability": Column("number", "that it churns")},
)


def scores(probability: float) -> pd.DataFrame:
    return pd.DataFrame({"account_id": ["a"], "probability": [probability]})


@pytest.fixture
def archive(tmp_path) -> Archive:
    archive = Archive(Workspace(tmp_path), FILE)
    for as_of, probability in (("2025-01-13", 0.2), ("2025-01-06", 0.1)):
        archive.append(scores(probability), as_of=as_of, lineage="m1")
    return archive


@pytest.mark.parametrize(
    ("before", "probabilities"), [("2025-01-06", []), ("2025-01-07", [0.1]), ("2025-02-01", [0.1, 0.2])]
)
def test_only_earlier_dates_are_read(archive, before, probabilities):
    assert archive.before(Day(before))["probability"].tolist() == probabilities


def test_a_key_that_is_there_stays_as_it_went_out(archive):
    assert not archive.append(scores(0.9), as_of="2025-01-06", lineage="m1")
    assert archive.before(Day("2025-01-07"))["probability"].tolist() == [0.1]


def test_another_model_on_the_same_date_is_another_key(archive):
    assert archive.append(scores(0.9), as_of="2025-01-06", lineage="m2")
    assert archive.before(Day("2025-01-07"))["probability"].tolist() == [0.1, 0.9]
    assert archive.dates() == [Day("2025-01-06"), Day("2025-01-13")]


def test_an_archive_without_files_is_empty_with_its_columns(tmp_path):
    rows = Archive(Workspace(tmp_path), FILE).before(Day("2025-01-07"))
    assert rows.empty
    assert list(rows) == ["account_id", "probability"]


def test_a_damaged_file_is_named(archive):
    FILE.at(archive.workspace, as_of="2025-01-06", lineage="m1").write_bytes(b"PAR1")
    with pytest.raises(SourceError, match=r"model=m1.parquet can't be read"):
        archive.before(Day("2025-01-07"))


def test_a_workspace_may_lie_in_a_folder_that_has_a_date_itself(tmp_path):
    archive = Archive(Workspace(tmp_path / "as_of=2001-01-01"), FILE)
    archive.append(scores(0.1), as_of="2025-01-06", lineage="m1")
    assert archive.dates() == [Day("2025-01-06")]
    assert archive.before(Day("2025-01-06")).empty


def test_an_empty_archive_has_the_columns_whose_names_are_known(tmp_path):
    assert list(Archive(Workspace(tmp_path), ARCHIVED_SCORES).before(Day("2025-01-06"))) == [
        "account_id",
        "as_of",
        "horizon_days",
        "probability",
        "raw_score",
        "base_value",
        "segment",
        "level",
        "lineage",
    ]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 half of it"])
def test_what_a_power_cut_left_is_no_key_that_is_there(archive, content):
    file = FILE.at(archive.workspace, as_of="2025-01-06", lineage="m1")
    file.write_bytes(content)
    assert archive.append(scores(0.1), as_of="2025-01-06", lineage="m1")
    assert archive.before(Day("2025-01-07"))["probability"].tolist() == [0.1]


def test_a_damaged_file_of_the_archive_is_never_to_be_deleted(archive):
    FILE.at(archive.workspace, as_of="2025-01-06", lineage="m1").write_bytes(b"PAR1")
    with pytest.raises(SourceError, match=r"Fix: bring it back from a backup of data/history"):
        archive.before(Day("2025-01-07"))
