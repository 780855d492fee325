"""Turns `data/raw/` into the contract's tables: unsound rows are set aside with the reason, and counted."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from churnrisk.contract import TABLES, Table
from churnrisk.errors import ContractError
from churnrisk.intake.contradictions import contradictions
from churnrisk.intake.faults import empty_faults, faults, fill_known
from churnrisk.intake.formats import ISO, PLAIN, formats
from churnrisk.intake.gaps import bridged
from churnrisk.intake.items import add_items, take_off_discounts
from churnrisk.intake.money import refuse_money
from churnrisk.intake.months import UsageMonths
from churnrisk.intake.spelling import name_other_spellings
from churnrisk.intake.tally import Tally
from churnrisk.intake.typed import Formats, Offered, attributes, check_columns, offered_columns, read_typed
from churnrisk.sources.months import write_by_month
from churnrisk.store.catalogue.conform import (
    CONFORMED,
    INTAKE,
    REJECTED,
    TABLE,
    USAGE,
    USAGE_DAYS,
    Contradiction,
    Intake,
)
from churnrisk.store.catalogue.pull import RAW, RAW_USAGE
from churnrisk.store.engine import connect, file, frame
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace


def conform(workspace: Workspace, max_rejected_share: float, bridge_days: int = 0, carried: bool = False) -> Intake:
    """Judge every raw table; write the sound rows, those that are set aside, and the counts, which are returned.

    Gaps of up to `bridge_days` between an account's subscriptions are bridged (see `intake.gaps`).

    Usage is judged a month at a time, so that memory holds no more than a month. Months that were judged before are
    `carried` over, where that is wanted (see `intake.months`). The order of the raw rows doesn't matter. Either all
    three outputs are written or none.

    Raises ContractError for a required table that is missing or empty, for a column that is missing or unknown, and
    where more than `max_rejected_share` of a table's rows are unsound.
    """
    offered = [(table, parts) for table in TABLES.values() if (parts := _parts(workspace, table)) is not None]
    with (
        rewriting(workspace, *TABLE.values(), USAGE, REJECTED, USAGE_DAYS, CONFORMED) as draft,
        connect(draft.path("data/tables")) as connection,
    ):
        months = UsageMonths(connection, workspace, draft) if carried else None
        door = _Door(connection, draft, max_rejected_share, bridge_days, months)
        tallies = [door.conform(table, parts) for table, parts in offered]
        by_day = USAGE_DAYS.at(draft, month="").parent
        names = [table.name for table, _ in offered]
        findings = contradictions(connection, draft.path("data/tables"), names, by_day if by_day.exists() else None)
        report = _report(tallies, findings)
        INTAKE.write(report, workspace)
    return report


def _parts(workspace: Workspace, table: Table) -> list[Path] | None:
    """The files of a table, possibly none; None where the source does not offer the table."""
    raw = RAW.at(workspace, table=table.name)
    if raw.with_suffix("").is_dir():
        return RAW_USAGE.all_at(workspace)
    if raw.exists():
        return [raw]
    if table.required:
        fix = f"write queries/{table.name}.sql and run `dvc repro`"
        raise ContractError("the required table is missing", where=str(raw.with_suffix("")), fix=fix)
    return None


def _report(tallies: list[Tally], findings: list[Contradiction]) -> Intake:
    counts = {tally.table.name: tally.report() for tally in tallies}
    return Intake(tables=counts, not_offered=[name for name in TABLES if name not in counts], contradictions=findings)


@dataclass(frozen=True)
class _Door:
    """Judges the tables one after the other; `accounts` comes first, because the others' accounts must be in it."""

    connection: DuckDBPyConnection
    draft: Workspace
    max_rejected_share: float
    bridge_days: int
    months: UsageMonths | None = None

    def conform(self, table: Table, parts: list[Path]) -> Tally:
        """Judge all files of one table."""
        months = self.months if table.name == "usage" and parts else None
        if months is not None:
            months.settle(parts)
        offered = months.offered if months else offered_columns(self.connection, parts[0]) if parts else {}
        tally = Tally(table, [column for column in table.columns if column not in offered])
        if parts:
            check_columns(table, offered)
        settled = months.readers if months else None
        readers = self._readers(table, parts, offered) if settled is None else settled
        tally.formats = {name: each.name for name, each in readers.items() if each not in (ISO, PLAIN)}
        kept = months.kept if months else {}
        total = sum(kept[part.stem].rows if part.stem in kept else pq.read_metadata(part).num_rows for part in parts)
        refused = []
        with TemporaryDirectory(dir=self.draft.path("data/tables"), prefix=".months-") as spill:
            for part in self._by_month(table, parts, readers, Path(spill)):
                if months is not None and part.stem in kept:
                    refused += months.take(part.stem, tally)
                else:
                    refused += self._judge_part(part, tally, offered, readers)
                tally.check(total, self.max_rejected_share)
        tally.check_not_empty()
        if refused:
            REJECTED.write(pd.concat(refused, ignore_index=True), self.draft, table=table.name)
        if months is not None:
            months.write()
        if table.name == "accounts":
            accounts = f"SELECT account_id FROM {file(TABLE['accounts'].at(self.draft))}"
            self.connection.execute(f"CREATE TABLE known_accounts AS {accounts}")
        return tally

    def _readers(self, table: Table, parts: list[Path], offered: Offered) -> Formats:
        """How texts are read, from a look at all files."""
        if parts and table.name == "usage":
            refuse_money(self.connection, parts, offered)
        return formats(self.connection, parts, table, offered) if parts else {}

    def _judge_part(self, part: Path, tally: Tally, offered: Offered, readers: Formats) -> list[pd.DataFrame]:
        """Judge one file, and count it; a month of usage by itself first, because its counts are noted."""
        if tally.table.name != "usage":
            return self._judge(part, tally, offered, readers)
        own = Tally(tally.table, tally.not_offered)
        refused = self._judge(part, own, offered, readers)
        tally.join(own.of_month())
        if self.months is not None:
            self.months.note(part, own)
        return refused

    def _by_month(self, table: Table, parts: list[Path], readers: Formats, spill: Path) -> list[Path]:
        """The files of a table, those of usage by month in the format of its days; `pull` knows ISO only."""
        day = readers.get(table.occurs, ISO)
        if table.name != "usage" or day is ISO:
            return parts
        rows = f"read_parquet([{', '.join(map(file, parts))}], hive_partitioning = false)"
        return write_by_month(self.connection, rows, day.read(f"trim({table.occurs})"), spill, spill)

    def _judge(self, part: Path, tally: Tally, offered: Offered, readers: Formats) -> list[pd.DataFrame]:
        """Write the sound rows of one file and return the unsound ones."""
        table = tally.table
        rows = read_typed(self.connection, part, table, offered, readers)
        rows, emptied = empty_faults(rows, table)
        if table.name == "subscriptions":
            rows, items = add_items(rows)
            rows, discounts = take_off_discounts(rows)
            tally.added_up = items + discounts
        tally.note(emptied, rows)
        reason = faults(rows, table)
        name_other_spellings(self.connection, rows, reason)
        kept = rows[reason == ""]
        tally.keep(kept)
        sound = fill_known(kept[[*table.columns, *attributes(table, offered)]], table)
        if table.name == "subscriptions":
            sound, tally.bridged = bridged(sound, self.bridge_days)
        if table.name != "usage":
            TABLE[table.name].write(sound, self.draft)
        elif len(sound):
            USAGE.write(sound, self.draft, month=part.stem)
        if len(kept) == len(rows):
            return []
        refused = self._as_given(part, pd.DataFrame({"row": rows["row"], "reason": reason})[reason != ""])
        tally.refuse(refused)
        return [refused]

    def _as_given(self, part: Path, refused: pd.DataFrame) -> pd.DataFrame:
        """The raw rows at the positions `row` of the file, all columns as text, with the reason."""
        self.connection.register("refused", refused)
        rows = f"read_parquet({file(part)}, file_row_number = true)"
        given = "SELECT CAST(COLUMNS(* EXCLUDE (file_row_number, row, reason)) AS VARCHAR), reason"
        ordered = f"{given} FROM {rows} JOIN refused ON file_row_number = row ORDER BY row"
        return frame(self.connection, ordered)
