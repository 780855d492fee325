"""What is noted of each file decides as a look at all files does, or says that it can't."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.contract import TABLES
from churnrisk.errors import ContractError
from churnrisk.intake.formats import formats, texts_of, usual_formats
from churnrisk.intake.money import may_be_money, money_of, refuse_money
from churnrisk.intake.typed import offered_columns
from churnrisk.store.engine import connect

USAGE = TABLES["usage"]

NUMBERS = st.sampled_from(["1", "12", "0.5", "1.234", "1,234", "1,234.5", "1.234,5", "many", ""])
TIMES = st.sampled_from(["2025-01-02", "2025-01-02 10:00", "1850-01-01", "03/04/2025", "25/04/2025", "soon", ""])
FILES = st.lists(st.lists(st.tuples(NUMBERS, TIMES), min_size=1, max_size=3), min_size=1, max_size=3)


def written(folder: str, files: list) -> list[Path]:
    paths = [Path(folder) / f"{number}.parquet" for number in range(len(files))]
    for path, rows in zip(paths, files, strict=True):
        pd.DataFrame(rows, columns=["quantity", "known_at"], dtype="str").to_parquet(path, index=False)
    return paths


@settings(max_examples=12, deadline=None)
@given(FILES)
def test_formats_that_are_settled_file_by_file_are_those_of_all_files(files: list) -> None:
    with TemporaryDirectory() as folder, connect(Path(folder)) as connection:
        parts = written(folder, files)
        offered = offered_columns(connection, parts[0])
        settled = usual_formats(USAGE, [texts_of(connection, part, USAGE, offered) for part in parts])
        if settled is not None:
            assert formats(connection, parts, USAGE, offered) == settled


@pytest.mark.parametrize(
    ("files", "settled"),
    [
        ([[("1", "2025-01-02")], [("0.5", "")]], True),
        # A word is read by no format, so it stands in no one's way.
        ([[("1", "2025-01-02")], [("many", "soon")]], True),
        # Of thousands or not: another file has the text that tells.
        ([[("1.234", "")], [("0.5", "")]], True),
        ([[("1.234", "")], [("2", "")]], False),
        ([[("1", "03/04/2025")]], False),
        ([[("1,234.5", "")]], False),
    ],
)
def test_what_is_settled_file_by_file(files: list, settled: bool, tmp_path: Path) -> None:
    parts = written(str(tmp_path), files)
    with connect(tmp_path) as connection:
        offered = offered_columns(connection, parts[0])
        found = usual_formats(USAGE, [texts_of(connection, part, USAGE, offered) for part in parts])
    assert (found is not None) == settled


EVENTS = st.tuples(st.sampled_from(["login", "sales", "price_viewed"]), st.sampled_from([0.5, 1.0, 9.0, 10.0, 50.0]))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(EVENTS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_money_is_never_overlooked_file_by_file(files: list) -> None:
    with TemporaryDirectory() as folder, connect(Path(folder)) as connection:
        parts = [Path(folder) / f"{number}.parquet" for number in range(len(files))]
        for path, rows in zip(parts, files, strict=True):
            pd.DataFrame(rows, columns=["event", "quantity"]).to_parquet(path, index=False)
        offered = offered_columns(connection, parts[0])
        if not may_be_money([money_of(connection, part, offered) for part in parts]):
            refuse_money(connection, parts, offered)
        else:
            names = {event for rows in files for event, _ in rows}
            assert names & {"sales", "price_viewed"}


def test_money_over_all_files_is_told(tmp_path: Path) -> None:
    paths = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    for path, quantities in zip(paths, ([5.0, 20.0], [30.0]), strict=True):
        pd.DataFrame({"event": "sales", "quantity": quantities}).to_parquet(path, index=False)
    with connect(tmp_path) as connection:
        offered = offered_columns(connection, paths[0])
        assert may_be_money([money_of(connection, path, offered) for path in paths])
        with pytest.raises(ContractError, match="is money"):
            refuse_money(connection, paths, offered)
