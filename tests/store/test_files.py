"""A file between stages is what its declaration says, or it is refused: on writing as a fault of the code, on reading
as a damaged file.
"""

import pandas as pd
import pytest

from churnrisk.errors import SourceError
from churnrisk.store.files import Column, Record, RecordFile, TableFile, rewriting
from churnrisk.store.workspace import Workspace

ROWS = pd.DataFrame({"account_id": ["a", "b"], "score": [0.25, None], "shap_use": [0.5, 0.5]})
FILE = TableFile(
    path="data/scores/as_of={as_of}/scores.parquet",
    stage="score",
    says="one row an account",
    key=("account_id",),
    columns={
        "account_id": Column("text", "the account"),
        "score": Column("number", "its score", may_be_empty=True),
        "shap_<feature>": Column("number", "a contribution"),
    },
)


class Dated(Record):
    as_of: str
    rows: int


RECORD = RecordFile(path="reports/dated.json", stage="score", says="a record", record=Dated)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


def test_rows_come_back_as_they_were_written(workspace):
    FILE.write(ROWS, workspace, as_of="2025-01-06")
    pd.testing.assert_frame_equal(FILE.read(workspace, as_of="2025-01-06"), ROWS)
    assert FILE.read(workspace, ["score"], [("account_id", "==", "a")], as_of="2025-01-06")["score"].tolist() == [0.25]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ROWS.drop(columns="score"), r"lacks score$"),
        (ROWS.assign(odds=1.0), r"does not declare odds$"),
        (ROWS.drop(columns="score").assign(odds=1.0), r"lacks score; does not declare odds$"),
        (ROWS.assign(score="high"), r"score is .*string, not number$"),
        (ROWS.assign(shap_use="high"), r"shap_use is .*string, not number$"),
        (ROWS.assign(account_id=["a", None]), r"account_id is empty in a row and may not be$"),
        (ROWS.assign(account_id="a"), r"two rows have the same account_id$"),
    ],
)
def test_rows_that_are_not_as_declared_are_never_written(workspace, rows, says):
    with pytest.raises(TypeError, match=r"^data/scores/as_of=\{as_of\}/scores.parquet: " + says):
        FILE.write(rows, workspace, as_of="2025-01-06")
    assert FILE.all_at(workspace) == []


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ROWS.drop(columns="score"), "lacks score"),
        (ROWS.assign(odds=1.0), "does not declare odds"),
        (ROWS.assign(score="high"), "not number"),
    ],
)
def test_a_file_of_other_columns_is_named(workspace, rows, says):
    path = FILE.at(workspace, as_of="2025-01-06")
    path.parent.mkdir(parents=True)
    rows.to_parquet(path, index=False)
    with pytest.raises(SourceError, match=rf"scores.parquet can't be read \(.*{says}.*Fix: delete it"):
        FILE.read(workspace, as_of="2025-01-06")


def test_a_file_that_is_cut_off_is_named(workspace):
    FILE.write(ROWS, workspace, as_of="2025-01-06")
    path = FILE.at(workspace, as_of="2025-01-06")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"scores.parquet can't be read"):
        FILE.read(workspace, as_of="2025-01-06")


def test_a_record_comes_back_as_it_was_written(workspace):
    RECORD.write(Dated(as_of="2025-01-06", rows=3), workspace)
    assert RECORD.at(workspace).read_text() == '{\n  "as_of": "2025-01-06",\n  "rows": 3\n}\n'
    assert RECORD.read(workspace) == Dated(as_of="2025-01-06", rows=3)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"as_of": "2025-01-06"}', "rows: Field required"),
        ('{"as_of": "2025-01-06", "rows": "many"}', "rows: Input should be a valid integer"),
        ('{"as_of": "2025-01-06", "rows": "3"}', "rows: Input should be a valid integer"),
        ('{"as_of": "2025-01-06", "rows": 3.0}', "rows: Input should be a valid integer"),
        ('{"as_of": "2025-01-06", "rows": true}', "rows: Input should be a valid integer"),
        ('{"as_of": 20250106, "rows": 3}', "as_of: Input should be a valid string"),
        ('{"as_of": "2025-01-06", "rows": 3, "more": 1}', "more: Extra inputs are not permitted"),
        ("[]", "Input should be an object"),
        ('{"as_of"', "Expecting ':' delimiter"),
    ],
)
def test_a_damaged_record_is_named(workspace, text, says):
    RECORD.at(workspace).parent.mkdir()
    RECORD.at(workspace).write_text(text)
    with pytest.raises(SourceError, match=rf"dated.json can't be read \(.*{says}.*\)\. Fix: delete it, and run"):
        RECORD.read(workspace)


@pytest.mark.parametrize("read", [FILE.read, RECORD.read])
def test_a_file_that_is_not_there_is_named(workspace, read):
    with pytest.raises(SourceError, match=r"is not there\. Fix: run the stages before"):
        read(workspace, as_of="2025-01-06")


def test_files_with_a_part_in_braces_are_listed_in_order(workspace):
    for as_of in ("2025-01-13", "2025-01-06"):
        FILE.write(ROWS, workspace, as_of=as_of)
    assert [path.parent.name for path in FILE.all_at(workspace)] == ["as_of=2025-01-06", "as_of=2025-01-13"]


def test_a_folder_that_is_written_anew_holds_nothing_old_and_shows_only_when_whole(workspace):
    FILE.write(ROWS, workspace, as_of="2025-01-06")
    with rewriting(workspace, FILE) as draft:
        FILE.write(ROWS, draft, as_of="2025-01-13")
        assert [path.parent.name for path in FILE.all_at(workspace)] == ["as_of=2025-01-06"]
        assert draft.path("data/labels") == workspace.root / "data" / "labels"
    assert [path.parent.name for path in FILE.all_at(workspace)] == ["as_of=2025-01-13"]


@pytest.mark.parametrize(
    "name", ["notes.txt", "as_of=2025-01-06/other.parquet", "as_of=2025-01-06/deep/scores.parquet"]
)
def test_a_file_of_somebody_else_is_never_removed(workspace, name):
    FILE.write(ROWS, workspace, as_of="2025-01-06")
    foreign = workspace.path(f"data/scores/{name}")
    foreign.parent.mkdir(parents=True, exist_ok=True)
    foreign.write_text("mine")
    with pytest.raises(SourceError, match=rf"{foreign.name} is not a file that churnrisk writes.* Fix: move it"):
        rewriting(workspace, FILE).__enter__()
    assert foreign.read_text() == "mine"
    assert len(FILE.all_at(workspace)) == 1


@pytest.mark.parametrize("leads_to", ["elsewhere", "nowhere"])
def test_a_link_of_somebody_else_is_never_removed(workspace, leads_to):
    FILE.write(ROWS, workspace, as_of="2025-01-06")
    (workspace.root / "elsewhere").mkdir()
    link = workspace.path("data/scores/mine")
    link.symlink_to(workspace.root / leads_to)
    with pytest.raises(SourceError, match=r"mine is not a file that churnrisk writes"):
        rewriting(workspace, FILE).__enter__()
    assert link.is_symlink()


def test_a_folder_that_is_a_link_itself_is_rewritten_where_it_leads(workspace):
    large = workspace.root / "large disk"
    large.mkdir()
    workspace.path("data").mkdir()
    workspace.path("data/scores").symlink_to(large)
    for as_of in ("2025-01-06", "2025-01-13"):
        with rewriting(workspace, FILE) as draft:
            FILE.write(ROWS, draft, as_of=as_of)
    assert workspace.path("data/scores").is_symlink()
    assert [path.parent.name for path in FILE.all_at(workspace)] == ["as_of=2025-01-13"]


def test_what_a_killed_run_left_behind_is_no_obstacle(workspace):
    left = workspace.path("data/scores/.spill-abc/part.tmp")
    left.parent.mkdir(parents=True)
    left.write_text("half")
    with rewriting(workspace, FILE) as draft:
        FILE.write(ROWS, draft, as_of="2025-01-13")
    assert [path.name for path in workspace.path("data/scores").iterdir()] == ["as_of=2025-01-13"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_record_holds_no_number_that_is_none(workspace, number):
    class Measured(Record):
        share: float

    file = RecordFile(path="data/t/measured.json", stage="", says="", record=Measured)
    file.at(workspace).parent.mkdir(parents=True)
    file.at(workspace).write_text(f'{{"share": {number}}}')
    with pytest.raises(SourceError, match=r"share: Input should be a finite number"):
        file.read(workspace)
