"""How the texts of a column are read as dates or numbers: by the one format that fits them, or not at all.

A text such as 03/01/2024 or 1,234 means one thing in one country and another in the next. A reader that guesses is
wrong without anybody noticing, so a format is used only where the column's own values prove it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from churnrisk.contract import ATTRIBUTE, Table
from churnrisk.errors import ContractError
from churnrisk.store.catalogue.conform import Texts
from churnrisk.store.engine import file

YEARS = (1901, 2200)
"""The first year that is read as a date, and the first that is not. Dates outside mean something else, such as 1900 for
not known or 9999 for no end; the range starts before 1970 because companies have customers since long before.
"""


@dataclass(frozen=True)
class Format:
    """One way to read a text: the name shown in reports, and SQL that reads `{text}` or gives NULL."""

    name: str
    sql: str

    def read(self, text: str) -> str:
        """The SQL for one expression."""
        return self.sql.replace("{text}", text)


def in_years(time: str) -> str:
    """A time as SQL, NULL outside of `YEARS`."""
    first, beyond = YEARS
    return f"CASE WHEN {time} >= TIMESTAMP '{first}-01-01' AND {time} < TIMESTAMP '{beyond}-01-01' THEN {time} END"


# Through TIMESTAMPTZ, because the direct cast of a text such as 2025-03-10T01:00+02:00 drops its offset.
ISO = Format("ISO 8601", "TRY_CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)")
PLAIN = Format("plain", "TRY_CAST({text} AS DOUBLE)")

_DAYS: tuple[str, ...] = (
    *("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y"),
    *("%d.%m.%Y", "%d.%m.%y"),
    *("%m-%d-%Y", "%d-%m-%Y", "%y-%m-%d", "%d-%m-%y"),
    *("%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
# ISO before and after: a column may mix both, and an ISO date out of range still has to be reported as such.
_DATES = tuple(
    Format(name, f"coalesce({in_years(ISO.sql)}, {in_years(f'try_strptime({{text}}, {name!r})')}, {ISO.sql})")
    for name in map("".join, product(_DAYS, _CLOCKS))
)


def _separated(name: str, thousands: str, decimal: str) -> Format:
    """Numbers with one of the characters `thousands` between groups of three digits, and a `decimal` mark."""
    apart, mark = (each.replace("'", "''") for each in (f"[{thousands}]", f"[{decimal}]"))
    # A group of thousands never begins with a zero: 0.125 can't be 125.
    pattern = rf"[+-]?([1-9]\d{{0,2}}({apart}\d{{3}})+|\d+)({mark}\d+)?"
    digits = f"replace(regexp_replace(trim({{text}}), '{apart}', '', 'g'), ',', '.')"
    return Format(
        name, f"CASE WHEN regexp_full_match(trim({{text}}), '{pattern}') THEN TRY_CAST({digits} AS DOUBLE) END"
    )


_NUMBERS = (_separated("1,234.50", ",' ", "."), _separated("1.234,50", ".' ", ","))

_WRITTEN_NUMBER = r"-?(0|[1-9]\d*)(\.\d+)?"

_OF_A_SHAPE, _IN_A_SAMPLE = 200, 20_000
"""How many texts of one shape, and in all, formats of dates are first tried on. There are 85 formats: trying each on a
million times took more than a minute.
"""

_CHOICES = {"time": (ISO, _DATES), "number": (PLAIN, _NUMBERS)}
"""By kind: the format that is tried first, and those that are tried where it does not read every text."""


def texts_of(connection: DuckDBPyConnection, part: Path, table: Table, offered: Mapping[str, str]) -> dict[str, Texts]:
    """What one of a table's files says of the formats of its declared columns of dates and numbers given as text."""
    texts = _Texts(connection, [part], f"queries/{table.name}.sql")
    kinds = {name: table.kind(name) for name, kind in offered.items() if kind == "VARCHAR" and name in table.columns}
    return {name: texts.found(name, kind) for name, kind in kinds.items() if kind in _CHOICES}


def usual_formats(table: Table, files: Collection[Mapping[str, Texts]]) -> dict[str, Format] | None:
    """The formats of a table whose files say this of their texts, which are the usual ones; None where another may read
    more, or mean something else, so that the texts of all files have to be looked at together.
    """
    columns = [name for name in table.columns if any(name in texts for texts in files)]
    if not all(_is_usual([texts[name] for texts in files]) for name in columns):
        return None
    return {name: _CHOICES[table.kind(name)][0] for name in columns}


def _is_usual(files: Collection[Texts]) -> bool:
    complete = all(each.complete for each in files)
    rivals = set.intersection(*(set(each.others) for each in files)) if complete else set()
    mistaken = any(each.others[rival] for each in files for rival in rivals)
    return all(each.usual for each in files) and not mistaken


def formats(
    connection: DuckDBPyConnection, parts: Sequence[Path], table: Table, offered: Mapping[str, str]
) -> dict[str, Format]:
    """The format of every column of dates or numbers that a table gives as text.

    A column of the company's own holds numbers if all its texts are numbers, without leading zeros as codes have them.
    Raises ContractError where two formats read as many of a column's texts, and not as the same values.
    """
    texts = _Texts(connection, parts, f"queries/{table.name}.sql")
    given = [name for name, sql_type in offered.items() if sql_type == "VARCHAR"]
    kinds = {name: table.kind(name) for name in given if name in table.columns}
    own = [name for name in given if name.startswith(ATTRIBUTE) and texts.are_numbers(name)]
    declared = {name: texts.format(name, kind) for name, kind in kinds.items() if kind in _CHOICES}
    return declared | dict.fromkeys(own, PLAIN)


@dataclass(frozen=True)
class _Texts:
    """The texts of one table."""

    connection: DuckDBPyConnection
    parts: Sequence[Path]
    query: str

    def format(self, column: str, kind: str) -> Format:
        """The usual format where it reads every text or no other reads more; else the one that reads most."""
        self._select(column)
        usual, others = _CHOICES[kind]
        texts, read = self._counts(kind, [usual])
        if read == texts:
            if kind == "number":
                self._require_no_thousands(column, usual, others)
            return usual
        if kind == "time":
            # Every format of dates reads ISO too, so only the other texts tell them apart. One N/A among a million
            # times took a minute when all of them were tried.
            self.connection.execute(f"DELETE FROM texts WHERE {in_years(usual.read('text'))} IS NOT NULL")
            read = 0
            others = tuple(self._candidates(others))
        counts = dict(zip(others, self._counts(kind, others)[1:], strict=True))
        most = max(counts.values(), default=0)
        if most <= read:
            return usual
        best, *rivals = (each for each in others if counts[each] == most)
        for rival in rivals:
            self._require_same(column, best, rival)
        return best

    def found(self, column: str, kind: str) -> Texts:
        """What `format` decides by where the usual format reads all that can be read."""
        self._select(column)
        usual, others = _CHOICES[kind]
        # A date is never ambiguous in the usual format, which is ISO.
        rivals = others if kind == "number" else ()
        texts, read, *counts = self._counts(kind, [usual, *rivals])
        if read < texts:
            return Texts(usual=not self._others_read_more(kind), complete=False, others={})
        reading = [each for each, count in zip(rivals, counts, strict=True) if count == texts]
        return Texts(usual=True, complete=True, others={each.name: self._mistaken(usual, each) for each in reading})

    def _others_read_more(self, kind: str) -> bool:
        """Is there a text that the usual format does not read and another one does? Such texts are left in `texts`."""
        usual, others = _CHOICES[kind]
        read = in_years(usual.read("text")) if kind == "time" else usual.read("text")
        self.connection.execute(f"DELETE FROM texts WHERE {read} IS NOT NULL")
        texts, *counts = self._counts(kind, self._candidates(others) if kind == "time" else others)
        # Where a sample is not all of them, a look at the sample is no proof.
        return any(counts) or texts > _OF_A_SHAPE

    def _mistaken(self, one: Format, other: Format) -> str:
        """The first text that means something else in another format; empty where there is none."""
        return next((text for text, *_ in self._different(one, other)), "")

    def _different(self, one: Format, other: Format) -> list[tuple[str, Any, Any]]:
        ours, theirs = one.read("text"), other.read("text")
        differ = f"SELECT text, {ours}, {theirs} FROM texts WHERE {ours} IS DISTINCT FROM {theirs} LIMIT 1"
        return self.connection.execute(differ).fetchall()

    def _candidates(self, others: Sequence[Format]) -> list[Format]:
        """The formats of dates that read any text of a sample; only these are tried on all texts.

        Every shape of a text is in the sample, a date and a word alike, and of each as many as a format that reads one
        text in twenty can't miss. By their hash, because texts that stand side by side are dates of the same month.
        """
        shape = "regexp_replace(regexp_replace(text, '[0-9]+', '0', 'g'), '[[:alpha:]]+', 'a', 'g')"
        nth = f"row_number() OVER (PARTITION BY {shape} ORDER BY hash(text), text) AS nth"
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE sample AS
            SELECT text FROM (SELECT text, {nth} FROM texts)
            WHERE nth <= {_OF_A_SHAPE} ORDER BY nth, hash(text), text LIMIT {_IN_A_SAMPLE}""")
        read = self._counts("time", others, "sample")[1:]
        return [each for each, count in zip(others, read, strict=True) if count]

    def _require_no_thousands(self, column: str, usual: Format, others: Sequence[Format]) -> None:
        """1.234 is a number as it stands, and a thousand and more in a country that sets points between thousands."""
        texts, *read = self._counts("number", others)
        for rival, count in zip(others, read, strict=True):
            if count == texts:
                self._require_same(column, usual, rival)

    def are_numbers(self, column: str) -> bool:
        """Whether every text is a number, written as a number is."""
        self._select(column)
        numbers = rf"count(*) FILTER (regexp_full_match(text, '{_WRITTEN_NUMBER}'))"
        texts, read = self.connection.execute(f"SELECT count(*), {numbers} FROM texts").fetchall()[0]
        return bool(texts and texts == read)

    def _select(self, column: str) -> None:
        files = ", ".join(file(part) for part in self.parts)
        # Each text once, because a column of a hundred million dates has a few thousand. Sorted, so that an error names
        # the same example in every run.
        given = f"SELECT DISTINCT trim({column}) AS text FROM read_parquet([{files}]) WHERE trim({column}) <> ''"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE texts AS {given} ORDER BY text")

    def _counts(self, kind: str, some: Collection[Format], of: str = "texts") -> tuple[int, ...]:
        """How many texts there are, and how many each format reads; dates outside of `YEARS` are not read."""
        values = [in_years(each.read("text")) if kind == "time" else each.read("text") for each in some]
        counts = "".join(f", count({value})" for value in values)
        row: tuple[int, ...] = self.connection.execute(f"SELECT count(*){counts} FROM {of}").fetchall()[0]
        return row

    def _require_same(self, column: str, one: Format, other: Format) -> None:
        for text, mine, its in self._different(one, other):
            raise ContractError(
                f"{column} '{text}' is {_short(mine)} as {one.name} and {_short(its)} as {other.name}, and no other"
                " value tells which is meant",
                where=self.query,
                allowed="dates such as 2024-12-31, numbers such as 1234.5, or a format that the column's values prove",
                fix=_fix(column, one),
            )


def _short(value: Any) -> str:
    return str(value).removesuffix(" 00:00:00")


def _fix(column: str, one: Format) -> str:
    if "%" in one.name:
        return f"say which, such as strptime({column}, '{one.name}') AS {column}"
    if one is PLAIN:
        return f"say which, such as {column}::DOUBLE AS {column}"
    return f"say which, such as replace({column}, ',', '')::DOUBLE AS {column}"
