"""Counts of a table's rows: read, kept, and rejected by reason."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches

import pandas as pd

from churnrisk.contract import Table
from churnrisk.errors import ContractError
from churnrisk.intake.one_day import Dates, dates
from churnrisk.store.catalogue.conform import DateRange, MonthCounts, TableCounts

NEAR = 0.8
"""How like a word must be, from 0 to 1, to be taken for a misspelling: plurals and a lost letter are, other words are
not.
"""


@dataclass
class Tally:
    """Counts of one table, over all its files.

    >>> from churnrisk.contract import TABLES
    >>> tally = Tally(TABLES["tickets"], not_offered=["severity"])
    >>> tally.keep(pd.DataFrame({"opened_at": pd.to_datetime(["2025-03-10"])}))
    >>> tally.refuse(pd.DataFrame({"account_id": [None], "reason": ["account_id is missing"]}))
    >>> counts = tally.report()
    >>> counts.read, counts.kept, counts.rejected, str(counts.last)
    (2, 1, {'account_id is missing': 1}, '2025-03-10')
    """

    table: Table
    not_offered: list[str]
    formats: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    added_up: int = 0
    bridged: int = 0
    emptied: Counter[str] = field(default_factory=Counter)
    misspelt: Counter[str] = field(default_factory=Counter)
    _dates: dict[str, Dates] = field(default_factory=dict)
    _examples: dict[str, str] = field(default_factory=dict)
    _days: list[dt.date] = field(default_factory=list)

    def note(self, emptied: Counter[str], rows: pd.DataFrame) -> None:
        """Count values that were emptied, and words that look like one that means something here."""
        self.emptied.update(emptied)
        for name, column in self.table.columns.items():
            for value, count in rows[name].value_counts().items() if column.metadata["words"] else ():
                near = get_close_matches(str(value).casefold(), column.metadata["words"], n=1, cutoff=NEAR)
                if near and near[0] != value:
                    self.misspelt[f"{name} '{value}' (did you mean '{near[0]}'?)"] += count

    def keep(self, rows: pd.DataFrame) -> None:
        """Count sound rows."""
        self.kept += len(rows)
        if len(rows):
            happened = rows[self.table.occurs]
            self._days += [happened.min().date(), happened.max().date()]
        for name, days in dates(rows, self.table).items():
            self._dates[name] = self._dates.get(name, Dates()).joined(days)

    def refuse(self, rows: pd.DataFrame) -> None:
        """Count unsound rows, as the source gave them, by their `reason`."""
        self.refused.update(rows["reason"])
        for row in rows.drop_duplicates("reason").to_dict("records"):
            # A reason names the columns it is about: their values are the example.
            words = row["reason"].replace(",", "").split()
            values = [f"{column} = {value!r}" for column, value in row.items() if column in words]
            self._examples.setdefault(row["reason"], ", ".join(values))

    def of_month(self) -> MonthCounts:
        """What there is to keep of a month of usage, so that `join` needs no more."""
        dates = {n: DateRange(count=d.count, first=d.first, last=d.last) for n, d in self._dates.items()}
        return MonthCounts(
            kept=self.kept,
            refused=dict(self.refused),
            emptied=dict(self.emptied),
            misspelt=dict(self.misspelt),
            days=self._days,
            dates=dates,
            examples=self._examples,
        )

    def join(self, month: MonthCounts) -> None:
        """Count a month of usage, in the order of the months."""
        self.kept += month.kept
        self.refused.update(month.refused)
        self.emptied.update(month.emptied)
        self.misspelt.update(month.misspelt)
        self._days += month.days
        for name, each in month.dates.items():
            self._dates[name] = self._dates.get(name, Dates()).joined(Dates(each.count, each.first, each.last))
        self._examples = month.examples | self._examples

    def check(self, rows: int, max_rejected_share: float) -> None:
        """Raise ContractError as soon as more than a share of the table's `rows` has been refused."""
        refused = self.refused.total()
        if refused > max_rejected_share * rows:
            reason, times = self._by_reason()[0]
            example = f" (such as {self._examples[reason]})" if self._examples[reason] else ""
            raise ContractError(
                f"{refused:,} of {rows:,} rows ({refused / rows:.1%}) are rejected, {times:,} of them because"
                f" {reason}{example}",
                where=self.table.name,
                allowed=f"{max_rejected_share:.1%}, intake.max_rejected_share",
                fix=self._fix,
            )

    def check_not_empty(self) -> None:
        """Raise ContractError for a required table without a sound row."""
        if self.table.required and not self.kept:
            raise ContractError("there are no rows", where=self.table.name, allowed="one or more", fix=self._fix)

    def report(self) -> TableCounts:
        """The counts as `reports/intake.json` has them; the days are None where there are no rows."""
        return TableCounts(
            read=self.kept + self.refused.total() + self.added_up,
            kept=self.kept,
            rejected=dict(self._by_reason()),
            first=min(self._days, default=None),
            last=max(self._days, default=None),
            columns_not_offered=self.not_offered,
            formats=self.formats,
            added_up=self.added_up,
            bridged=self.bridged,
            emptied=dict(self.emptied.most_common()),
            misspelt=dict(self.misspelt.most_common()),
            one_day={name: days.first for name, days in self._dates.items() if days.are_one},
        )

    def _by_reason(self) -> list[tuple[str, int]]:
        """Reasons and how often each was given, the commonest first, by name where they tie."""
        return sorted(self.refused.items(), key=lambda each: (-each[1], each[0]))

    @property
    def _fix(self) -> str:
        return f"fix queries/{self.table.name}.sql or what it reads"
