"""A week that reads only what is new leaves what one that reads everything leaves, byte for byte."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.errors import ContractError
from churnrisk.feeds.list_date import list_date
from churnrisk.sources.usage import Overlap
from churnrisk.store.catalogue.conform import CONFORMED
from churnrisk.store.catalogue.pull import PULLED
from churnrisk.store.catalogue.rollup import ROLLED_UP
from churnrisk.store.files import RecordFile
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.view import view

from .company import files, run, with_list
from .source import OVERLAP, Source, everything, rows

USAGE = rows("""
    a    2025-01-06  login  1    -
    b    2025-01-07  login  2    -
    x    2025-02-03  login  1    -
    a    2025-02-04  login  1    -
    b    2025-03-04  login  0.5  -
    b    2025-04-04  login  2    -
    a    2025-05-06  login  1    -
""")
MONTHS = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]

Change = Callable[[Source], None]


def more(text: str) -> Change:
    """Rows that come on top."""

    def change(source: Source) -> None:
        source.usage = pd.concat([source.usage, rows(text)], ignore_index=True)

    return change


def without(day: str) -> Change:
    """The rows of a day are gone."""

    def change(source: Source) -> None:
        source.usage = source.usage[source.usage["day"] != day].reset_index(drop=True)

    return change


def with_value(day: str, quantity: str) -> Change:
    """The rows of a day have another quantity."""

    def change(source: Source) -> None:
        source.usage.loc[source.usage["day"] == day, "quantity"] = quantity

    return change


def with_accounts(*accounts: str) -> Change:
    def change(source: Source) -> None:
        source.accounts = accounts

    return change


def with_query(query: str) -> Change:
    def change(source: Source) -> None:
        source.query = query

    return change


def made(workspace: Workspace, inodes: dict[str, int], folder: str) -> list[str]:
    """The months of a folder that are not the files that were there before."""
    now = inodes_in(workspace)
    return sorted(
        {Path(name).stem for name, inode in now.items() if name.startswith(folder) and inode != inodes.get(name)}
    )


def inodes_in(workspace: Workspace) -> dict[str, int]:
    files = ((name, workspace.data / name) for name in everything(workspace) if name.endswith(".parquet"))
    return {name: path.stat().st_ino for name, path in files}


WEEKS: dict[str, tuple[Change, list[str], list[str], list[str]]] = {
    # what changed -> months that are pulled, judged and added up again
    "nothing": (lambda source: None, ["2025-04", "2025-05"], [], []),
    "a new week": (more("a 2025-05-12 login 1 -"), ["2025-04", "2025-05"], ["2025-05"], ["2025-05"]),
    "a new month": (more("a 2025-06-02 login 1 -"), ["2025-04", "2025-05", "2025-06"], ["2025-06"], ["2025-06"]),
    "a row that came late and says so": (
        more("a 2025-01-08 login 1 2025-05-10"),
        ["2025-01", "2025-04", "2025-05"],
        ["2025-01"],
        ["2025-01"],
    ),
    "a row that came late and does not say so": (
        more("a 2025-01-08 login 1 -"),
        ["2025-01", "2025-04", "2025-05"],
        ["2025-01"],
        ["2025-01"],
    ),
    "a row that is gone": (without("2025-01-07"), ["2025-01", "2025-04", "2025-05"], ["2025-01"], ["2025-01"]),
    "a month that is gone": (without("2025-03-04"), ["2025-04", "2025-05"], [], []),
    "a value within the overlap": (with_value("2025-04-04", "7"), ["2025-04", "2025-05"], ["2025-04"], ["2025-04"]),
    "an account that came later": (with_accounts("a", "b", "x"), ["2025-04", "2025-05"], ["2025-02"], ["2025-02"]),
    "an account that is gone": (
        with_accounts("a", "x"),
        ["2025-04", "2025-05"],
        # Two months had rows of that account alone, and one had none of it.
        ["2025-01", "2025-02", "2025-05"],
        ["2025-01", "2025-02"],
    ),
    "a day years ahead": (more("a 2052-01-01 login 1 -"), ["2025-04", "2025-05", "2052-01"], ["2052-01"], ["2052-01"]),
    "a number with a comma": (more("a 2025-05-12 login 1,234.50 -"), ["2025-04", "2025-05"], MONTHS, MONTHS),
    "a day that is none": (more("a soon login 1 -"), ["2025-04", "2025-05", "unknown"], [], []),
    "another query": (with_query("SELECT *, 'u' AS user_id FROM '{folder}/usage.parquet'"), [*MONTHS], MONTHS, MONTHS),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of a company, and a workspace that has read them once; for reading only."""
    folder = tmp_path_factory.mktemp("first")
    Source(folder / "files", USAGE.copy()).read(Workspace(folder / "weekly"))
    return folder


@pytest.fixture
def source(first: Path) -> Source:
    return Source(first / "files", USAGE.copy())


@pytest.fixture
def workspace(first: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(first / "weekly", tmp_path / "weekly"))


@pytest.mark.parametrize("week", WEEKS)
def test_only_what_changed_is_made_anew_and_all_is_as_from_nothing(
    week: str, source: Source, workspace: Workspace, tmp_path: Path
) -> None:
    change, pulled, judged, added_up = WEEKS[week]
    inodes = inodes_in(workspace)
    change(source)
    after = source.read(workspace)
    assert after == source.read(Workspace(tmp_path / "anew"))
    found = [made(workspace, inodes, folder) for folder in ("raw/usage/", "tables/usage/", "usage/daily/")]
    assert found == [pulled, judged, added_up]


def test_a_run_that_carries_leaves_what_the_pipeline_leaves_and_its_notes(
    source: Source, workspace: Workspace, tmp_path: Path
) -> None:
    carried = everything(workspace)
    pipeline = source.read(Workspace(tmp_path / "pipeline"), overlap=None)
    assert {name: each for name, each in carried.items() if name in pipeline} == pipeline
    notes = {name for name in carried if name not in pipeline}
    records = {each.path.removeprefix("data/") for each in (PULLED, CONFORMED, ROLLED_UP)}
    assert notes == records | {f"tables/usage_days/{month}.parquet" for month in MONTHS}


def test_months_that_did_not_change_are_not_read(source: Source, workspace: Workspace, tmp_path: Path) -> None:
    spoilt = [f"{folder}/{month}.parquet" for folder in ("raw/usage", "tables/usage") for month in MONTHS[:3]]
    for name in spoilt:
        path = workspace.data / name
        path.write_bytes(b"\0" * path.stat().st_size)
    more("a 2025-05-12 login 1 -")(source)
    after, anew = source.read(workspace), source.read(Workspace(tmp_path / "anew"))
    assert {name for name in anew if after.get(name) != anew[name]} == set(spoilt)


def test_what_the_overlap_misses_a_full_run_finds(source: Source, workspace: Workspace, tmp_path: Path) -> None:
    with_value("2025-01-07", "7")(source)
    missed, anew = source.read(workspace), source.read(Workspace(tmp_path / "anew"))
    assert missed["raw/usage/2025-01.parquet"] != anew["raw/usage/2025-01.parquet"]
    inodes = inodes_in(workspace)
    assert source.read(workspace, Overlap(OVERLAP.days, full=True)) == anew
    assert made(workspace, inodes, "tables/usage/") == ["2025-01"]


@pytest.mark.parametrize("record", [PULLED, CONFORMED, ROLLED_UP], ids=lambda each: Path(each.path).name)
@pytest.mark.parametrize("damage", ["", "{", '{"made_by": "other", "months": {}}'])
def test_without_a_sound_record_everything_is_made_anew(
    record: RecordFile, damage: str, source: Source, workspace: Workspace
) -> None:
    before = everything(workspace)
    record.at(workspace).write_text(damage)
    assert source.read(workspace) == before


@pytest.mark.parametrize("folder", ["raw/usage", "tables/usage", "tables/usage_days", "usage/daily", "usage/users"])
def test_a_file_that_is_gone_is_made_anew(folder: str, source: Source, workspace: Workspace) -> None:
    before = everything(workspace)
    (workspace.data / folder / "2025-01.parquet").unlink()
    assert source.read(workspace) == before


def test_rows_that_were_set_aside_belong_to_their_notes(source: Source, workspace: Workspace) -> None:
    before = everything(workspace)
    # As a run leaves it that was killed after the one folder was replaced and before the other was.
    (workspace.data / "rejected" / "usage.parquet").unlink()
    assert source.read(workspace) == before


def test_other_code_makes_everything_anew(
    source: Source, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    inodes = inodes_in(workspace)
    for room in ("sources.usage", "intake.months", "rollup.build"):
        monkeypatch.setattr(f"churnrisk.{room}.program", lambda: "other")
    source.read(workspace)
    for folder in ("raw/usage/", "tables/usage/", "usage/daily/"):
        assert set(MONTHS) <= set(made(workspace, inodes, folder))


def months_touched(act: Callable[[], object], *folders: Path) -> list[list[str]]:
    """By folder, the months that are read or made anew while something acts, whoever reads them and by whatever name.

    The file system keeps the time at which a file was last read, also where DuckDB or Arrow reads it and Python sees
    nothing, and a month that is carried over by a link stays the same file. Linux moves that time where it is older
    than that of the last change.
    """
    before = {path.stat().st_ino for path in _months(*folders)}
    for path in _months(*folders):
        os.utime(path, ns=(0, path.stat().st_mtime_ns))
    # Held open, so that no new file gets the number of one that is gone.
    with ExitStack() as held:
        for path in _months(*folders):
            held.enter_context(path.open("rb"))
        act()
        return [[path.stem for path in _months(each) if _is_touched(path.stat(), before)] for each in folders]


def _months(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.glob("*.parquet"))]


def _is_touched(now: os.stat_result, before: set[int]) -> bool:
    return now.st_ino not in before or now.st_atime_ns > 0


def test_what_counts_as_touched(tmp_path: Path, missing: Callable[[str], NoReturn]) -> None:
    path, other = tmp_path / "2025-01.parquet", tmp_path / "2025-02.parquet"
    pd.DataFrame({"day": [1]}).to_parquet(path)
    if months_touched(path.read_bytes, tmp_path) != [["2025-01"]]:
        missing(f"the file system of {tmp_path} does not keep when a file was read: mount it without noatime")
    assert months_touched(lambda: duckdb.sql(f"FROM '{path}'").fetchall(), tmp_path) == [["2025-01"]]
    assert months_touched(lambda: pq.read_metadata(path), tmp_path) == [["2025-01"]]
    assert months_touched(path.stat, tmp_path) == [[]]
    assert months_touched(lambda: os.link(path, tmp_path / "link"), tmp_path) == [[]]
    assert months_touched(lambda: other.write_bytes(b"new"), tmp_path) == [["2025-02"]]


def test_a_list_is_made_without_the_old_months_of_raw_and_conformed_usage(
    small: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    workspace, as_of = with_list(small, tmp_path / "workspace"), list_date(small)
    published = files(workspace, "reports/risk_list", "data/history")
    folders = [view(workspace).data / name / "usage" for name in ("raw", "tables")]
    old = [path for path in _months(*folders) if path.stem < "2025-03"]
    assert len(old) == 2 * 14
    for path in old:
        path.write_bytes(b"\0" * path.stat().st_size)
    run(workspace, as_of)
    assert files(workspace, "reports/risk_list", "data/history") == published
    assert all(not any(path.read_bytes()) for path in old)
    raw, conformed = months_touched(lambda: run(workspace), *folders)
    # The next week: in the raw month before it the overlap of the last pull begins.
    assert (raw, conformed) == (["2025-04", "2025-05"], ["2025-05"])


def outcome(source: Source, workspace: Workspace) -> dict[str, bytes] | str:
    """What a run leaves, or why it refuses what the source has."""
    try:
        return source.read(workspace)
    except ContractError as error:
        return str(error)


DAYS = st.dates(pd.Timestamp("2025-01-01").date(), pd.Timestamp("2025-07-15").date()).map(str)
ACCOUNTS = st.sampled_from("abx")
QUANTITY = st.sampled_from(["1", "0", "2.5", "-1", "many", ""])


@st.composite
def weeks(draw: st.DrawFn) -> tuple[pd.DataFrame, list[tuple[str, pd.DataFrame, int]]]:
    """A company's usage, and what happens to it in a few weeks."""

    def some(most: int, known_at: str | None = None) -> pd.DataFrame:
        row = st.tuples(ACCOUNTS, DAYS | st.just("soon"), st.sampled_from(["login", "sales"]), QUANTITY)
        return pd.DataFrame(
            [(*each, known_at) for each in draw(st.lists(row, min_size=1, max_size=most))], columns=COLUMNS_OF_USAGE
        )

    start = some(8)
    changes = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["more", "late", "fewer", "accounts"]))
        new = some(4, f"2025-07-{20 + number}" if kind == "late" else None)
        changes.append((kind, new, draw(st.integers(0, 7))))
    return start, changes


COLUMNS_OF_USAGE = list(USAGE.columns)


@settings(max_examples=6, deadline=None)
@given(weeks())
def test_any_weeks_leave_what_reading_everything_leaves(drawn: tuple) -> None:
    start, changes = drawn
    usage = pd.concat([USAGE, start], ignore_index=True)
    with TemporaryDirectory() as folder:
        source, workspace = Source(Path(folder) / "files", usage), Workspace(Path(folder) / "weekly")
        outcome(source, workspace)
        for number, (kind, new, place) in enumerate(changes):
            if kind == "fewer":
                source.usage = source.usage.drop(index=place % len(source.usage)).reset_index(drop=True)
            elif kind == "accounts":
                source.accounts = ("a", "b", "x") if len(source.accounts) == 2 else ("a", "b")
            else:
                source.usage = pd.concat([source.usage, new], ignore_index=True)
            assert outcome(source, workspace) == outcome(source, Workspace(Path(folder) / f"anew-{number}"))
