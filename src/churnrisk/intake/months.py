"""Months of usage that were judged before: which of them need not be judged again, and what is noted of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from churnrisk.contract import TABLES
from churnrisk.intake.contradictions import days_of_usage
from churnrisk.intake.faults import NO_ACCOUNT
from churnrisk.intake.formats import texts_of, usual_formats
from churnrisk.intake.money import may_be_money, money_of
from churnrisk.intake.spelling import OTHER_SPELLING
from churnrisk.intake.tally import Tally
from churnrisk.intake.typed import Formats, offered_columns
from churnrisk.store.catalogue.conform import (
    CONFORMED,
    REJECTED,
    TABLE,
    USAGE,
    USAGE_DAYS,
    Conformed,
    ConformedMonth,
    NamedMoney,
    Texts,
)
from churnrisk.store.catalogue.pull import PULLED
from churnrisk.store.partitions import carry, content, program, record_before
from churnrisk.store.workspace import Workspace

_USAGE = TABLES["usage"]

_BY_ACCOUNTS = {NO_ACCOUNT, OTHER_SPELLING}
"""Reasons that go by which accounts there are: one that came later takes them away."""


@dataclass
class UsageMonths:
    """The months of usage of a run that carries over what it can.

    A month is judged by its own rows, by the accounts, and by formats and limits that go by all months together. For
    these a note on each month is enough, as long as the usual formats read every text; where they don't, `readers` is
    None, nothing is `kept`, and nothing is noted for the next run. `offered` are the columns of the raw files.
    """

    connection: DuckDBPyConnection
    workspace: Workspace
    draft: Workspace
    kept: dict[str, ConformedMonth] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    readers: Formats | None = None
    _raw: dict[str, str] = field(default_factory=dict)
    _notes: dict[str, tuple[dict[str, Texts], dict[str, NamedMoney]]] = field(default_factory=dict)
    _refused: dict[str, pd.DataFrame] = field(default_factory=dict)
    _made: dict[str, ConformedMonth] = field(default_factory=dict)

    def settle(self, parts: Sequence[Path]) -> None:
        """Decide which of the raw files are not judged again, and how the others are read."""
        pulled = record_before(PULLED, self.workspace)
        before = record_before(CONFORMED, self.workspace, program())
        self._raw = {} if pulled is None else {month: each.content for month, each in pulled.months.items()}
        if before is not None:
            self.kept = self._unchanged(before)
        self.offered = self._offered(parts, {} if before is None else before.columns)
        for part in parts:
            if part.stem not in self.kept:
                texts = texts_of(self.connection, part, _USAGE, self.offered)
                self._notes[part.stem] = texts, money_of(self.connection, part, self.offered)
        notes = [*self._notes.values(), *((each.texts, each.money) for each in self.kept.values())]
        if not may_be_money([money for _, money in notes]):
            self.readers = usual_formats(_USAGE, [texts for texts, _ in notes])
        if self.readers is None:
            self.kept = {}

    def take(self, month: str, tally: Tally) -> list[pd.DataFrame]:
        """Carry a month over that is kept, and count it; returns its rows that were set aside."""
        kept = self.kept[month]
        if kept.content:
            carry([USAGE, USAGE_DAYS], self.workspace, self.draft, month)
        tally.join(kept.counts)
        return [self._refused[month]] if kept.counts.refused else []

    def note(self, part: Path, counts: Tally) -> None:
        """Note what later runs must know of a month that was judged."""
        if self.readers is None:
            return
        sound, (texts, money) = USAGE.at(self.draft, month=part.stem), self._notes[part.stem]
        if sound.exists():
            USAGE_DAYS.write(days_of_usage(self.connection, sound), self.draft, month=part.stem)
        self._made[part.stem] = ConformedMonth(
            made_from=self._raw.get(part.stem, ""),
            content=content(sound),
            rows=pq.read_metadata(part).num_rows,
            counts=counts.of_month(),
            texts=texts,
            money=money,
        )

    def write(self) -> None:
        """Leave the notes for the next run, which finds none where the months had to be looked at together."""
        if self.readers is None:
            return
        months = dict(sorted((self.kept | self._made).items()))
        rejected = content(REJECTED.at(self.draft, table="usage"))
        CONFORMED.write(
            Conformed(made_by=program(), columns=self.offered, rejected=rejected, months=months), self.draft
        )

    def _unchanged(self, before: Conformed) -> dict[str, ConformedMonth]:
        """The months that are made from the same raw file and would be judged as they were."""
        came, went = self._accounts_since()
        if went:
            # Which months have rows of it is not noted, because an account is seldom taken back.
            return {}
        same = {
            month: each
            for month, each in before.months.items()
            if each.made_from and each.made_from == self._raw.get(month) and self._is_there(month, each)
        }
        if came:
            same = {month: each for month, each in same.items() if not _BY_ACCOUNTS & set(each.counts.refused)}
        if any(each.counts.refused for each in same.values()):
            self._refused = self._refused_before(before)
        return {month: each for month, each in same.items() if not each.counts.refused or month in self._refused}

    def _accounts_since(self) -> tuple[bool, bool]:
        """Are there accounts that were not there before, and have any gone?"""
        before = set(TABLE["accounts"].read(self.workspace, ["account_id"])["account_id"])
        now = {account for (account,) in self.connection.execute("SELECT account_id FROM known_accounts").fetchall()}
        return bool(now - before), bool(before - now)

    def _is_there(self, month: str, kept: ConformedMonth) -> bool:
        files = (each.at(self.workspace, month=month) for each in (USAGE, USAGE_DAYS))
        return not kept.content or all(file.is_file() for file in files)

    def _refused_before(self, before: Conformed) -> dict[str, pd.DataFrame]:
        """The rows of each month that were set aside; none where the file is not the one that the notes are of.

        Its folder is replaced apart from that of the tables, so a run that was killed in between leaves another one.
        """
        path = REJECTED.at(self.workspace, table="usage")
        if content(path) != before.rejected:
            return {}
        rows, start, by_month = REJECTED.read_at(path), 0, {}
        for month, each in before.months.items():
            stop = start + sum(each.counts.refused.values())
            by_month[month], start = rows.iloc[start:stop], stop
        return by_month

    def _offered(self, parts: Sequence[Path], before: dict[str, str]) -> dict[str, str]:
        """The columns of the raw files; where new ones have others than before, nothing is kept."""
        new = [part for part in parts if part.stem not in self.kept]
        found = offered_columns(self.connection, new[0]) if new else before
        if self.kept and found != before:
            self.kept = {}
            return offered_columns(self.connection, parts[0])
        return found
