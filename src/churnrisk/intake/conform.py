"""From `data/raw/` to the contract's tables: every row judged, the unsound set aside with the reason and counted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from churnrisk.contract import TABLES, Table
from churnrisk.errors import ContractError
from churnrisk.intake.contradictions import contradictions
from churnrisk.intake.judge import fill_known, reasons
from churnrisk.intake.tally import Tally
from churnrisk.intake.typed import Found, attributes, check_columns, found_columns, read_typed
from churnrisk.store.engine import connect, file, frame
from churnrisk.store.workspace import whole_folder, write_json, write_table


def conform(raw: Path, tables: Path, rejected: Path, report: Path, max_rejected_share: float) -> None:
    """Judge every table in `raw`; write sound rows to `tables`, the others to `rejected`, the counts to `report`.

    Usage is judged a month at a time, so that memory holds no more than a month. The order of the raw rows is of no
    consequence. All three outputs are written, or none.

    Raises ContractError for a required table that is missing or empty, for a column that is missing or unknown, and
    where more than `max_rejected_share` of a table's rows are unsound.
    """
    offered = [(table, parts) for table in TABLES.values() if (parts := _parts(raw, table)) is not None]
    with whole_folder(tables) as sound, whole_folder(rejected) as unsound, connect(sound) as connection:
        door = _Door(connection, raw, sound, unsound, max_rejected_share)
        tallies = [door.conform(table, parts) for table, parts in offered]
        found = contradictions(connection, sound, [table.name for table, _ in offered])
        write_json(_report(tallies, found), report)


def _parts(raw: Path, table: Table) -> list[Path] | None:
    """The files of a table, of which there may be none; None where the source doesn't offer it."""
    if (raw / table.name).is_dir():
        return sorted((raw / table.name).glob("*.parquet"))
    if (raw / f"{table.name}.parquet").exists():
        return [raw / f"{table.name}.parquet"]
    if table.required:
        fix = f"write queries/{table.name}.sql and run `dvc repro`"
        raise ContractError("the required table is missing", where=str(raw / table.name), fix=fix)
    return None


def _report(tallies: list[Tally], found: list[dict[str, Any]]) -> dict[str, Any]:
    counts = {tally.table.name: tally.report() for tally in tallies}
    return {"tables": counts, "not_offered": [name for name in TABLES if name not in counts], "contradictions": found}


@dataclass(frozen=True)
class _Door:
    """What the rows of every table have to pass."""

    connection: DuckDBPyConnection
    raw: Path
    sound: Path
    unsound: Path
    max_rejected_share: float

    def conform(self, table: Table, parts: list[Path]) -> Tally:
        """Judge all files of one table."""
        found = found_columns(self.connection, parts[0]) if parts else {}
        tally = Tally(table, [column for column in table.columns if column not in found])
        if parts:
            check_columns(table, found)
        total = sum(pq.read_metadata(part).num_rows for part in parts)
        refused = []
        for part in parts:
            refused += self._judge(part, table, found, tally)
            tally.check(total, self.max_rejected_share)
        tally.check_not_empty()
        if refused:
            write_table(pd.concat(refused, ignore_index=True), self.unsound / f"{table.name}.parquet")
        if table.name == "accounts":
            accounts = f"SELECT account_id FROM {file(self.sound / 'accounts.parquet')}"
            self.connection.execute(f"CREATE TABLE known_accounts AS {accounts}")
        return tally

    def _judge(self, part: Path, table: Table, found: Found, tally: Tally) -> list[pd.DataFrame]:
        """Write the sound rows of one file; the unsound ones are given back."""
        rows = read_typed(self.connection, part, table, found)
        why = reasons(rows, table)
        kept = rows[why == ""]
        tally.keep(kept)
        if len(kept) or part.parent == self.raw:
            columns = [*table.columns, *attributes(table, found)]
            write_table(fill_known(kept[columns], table), self.sound / part.relative_to(self.raw))
        if len(kept) == len(rows):
            return []
        refused = self._as_given(part, pd.DataFrame({"row": rows["row"], "reason": why})[why != ""])
        tally.refuse(refused)
        return [refused]

    def _as_given(self, part: Path, refused: pd.DataFrame) -> pd.DataFrame:
        """The raw rows whose place in the file is `row`, all columns as text, with the reason."""
        self.connection.register("refused", refused)
        rows = f"read_parquet({file(part)}, file_row_number = true)"
        given = "SELECT CAST(COLUMNS(* EXCLUDE (file_row_number, row, reason)) AS VARCHAR), reason"
        ordered = f"{given} FROM {rows} JOIN refused ON file_row_number = row ORDER BY row"
        return frame(self.connection, ordered)
