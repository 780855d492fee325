"""How texts are read: by the format that the column proves, and never by a guess."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.errors import ContractError
from churnrisk.intake.formats import formats


def read(tmp_path: Path, column: str, texts: str, table: str = "subscriptions") -> tuple[str, list[Any]]:
    """The name of the format of a column of texts, and its values."""
    part = tmp_path / "part.parquet"
    given = [None if each == "-" else each for each in texts.split("|")]
    pd.DataFrame({column: pd.array(given, dtype="str")}).to_parquet(part, index=False)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        chosen = formats(connection, [part], TABLES[table], {column: "VARCHAR"}).get(column)
        if chosen is None:
            return "text", given
        rows = connection.execute(f"SELECT {chosen.read(column)} FROM '{part}'").fetchall()
    return chosen.name, [str(value).removesuffix(" 00:00:00") for (value,) in rows]


DATES = {
    "ISO": ("2024-03-01|2024-12-31", "ISO 8601", "2024-03-01|2024-12-31"),
    "ISO with an offset": ("2024-03-01T01:00:00+02:00", "ISO 8601", "2024-02-29 23:00:00"),
    "US, proved by a 31st": ("03/01/2024|12/31/2024", "%m/%d/%Y", "2024-03-01|2024-12-31"),
    "British, proved by a 31st": ("03/01/2024|31/12/2024", "%d/%m/%Y", "2024-01-03|2024-12-31"),
    "US of two digits, proved": ("03/01/24|12/31/24", "%m/%d/%y", "2024-03-01|2024-12-31"),
    "US with a time": ("03/31/2024 2:15 PM", "%m/%d/%Y %I:%M %p", "2024-03-31 14:15:00"),
    "German": ("01.03.2024|31.12.2024", "%d.%m.%Y", "2024-03-01|2024-12-31"),
    "with the name of the month": ("1 Mar 2024", "%d %b %Y", "2024-03-01"),
    "one that is no date among others": ("12/31/2024|n/a|-", "%m/%d/%Y", "2024-12-31|None|None"),
    "ISO among others": ("12/31/2024|2024-03-01", "%m/%d/%Y", "2024-12-31|2024-03-01"),
    "the same in every format": ("01/01/2024|02/02/2024", "%m/%d/%Y", "2024-01-01|2024-02-02"),
    "none at all": ("-|-", "ISO 8601", "None|None"),
    "only what is no date": ("n/a", "ISO 8601", "None"),
}
NUMBERS = {
    "plain": ("1.234|950.25", "plain", "1.234|950.25"),
    "decimals that could not be thousands": ("0.125|1.234", "plain", "0.125|1.234"),
    "thousands by a comma": ("1,234.50|950.25", "1,234.50", "1234.5|950.25"),
    "thousands by a point": ("1.234,50|950,25", "1.234,50", "1234.5|950.25"),
    "a decimal comma": ("12,5|7", "1.234,50", "12.5|7.0"),
    "thousands by a space": ("1 234,50", "1.234,50", "1234.5"),
    "thousands by an apostrophe": ("1'234.50", "1,234.50", "1234.5"),
    "a million, proved by its two commas": ("1,234,567|1,234", "1,234.50", "1234567.0|1234.0"),
    "below zero": ("-1,234.50", "1,234.50", "-1234.5"),
    "one that is no number among others": ("1,234.50|free", "1,234.50", "1234.5|None"),
}


@pytest.mark.parametrize(("texts", "name", "values"), DATES.values(), ids=DATES)
def test_dates_are_read_by_the_format_that_the_column_proves(tmp_path, texts, name, values):
    assert read(tmp_path, "started_on", texts) == (name, values.split("|"))


@pytest.mark.parametrize(("texts", "name", "values"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_are_read_by_the_format_that_the_column_proves(tmp_path, texts, name, values):
    assert read(tmp_path, "mrr", texts) == (name, values.split("|"))


@pytest.mark.parametrize(
    ("column", "texts", "says"),
    [
        ("started_on", "03/01/2024|04/01/2024", r"'0[34]/01/2024' is .* as %m/%d/%Y and .* as %d/%m/%Y.* Fix: say"),
        ("started_on", "03/01/24", r"'03/01/24' is 2024-03-01 as %m/%d/%y and 2024-01-03 as %d/%m/%y.*strptime\("),
        ("started_on", "24-01-15|25-02-16", r".* as %y-%m-%d and .* as %d-%m-%y"),
        ("mrr", "1.234|2.500|12", r"'1.234' is 1.234 as plain and 1234.0 as 1.234,50.*such as mrr::DOUBLE"),
        ("mrr", "1,234|5,678", r"'1,234' is 1234.0 as 1,234.50 and 1.234 as 1.234,50.*Fix: say which, such as replace"),
    ],
)
def test_what_the_column_does_not_prove_is_refused(tmp_path, column, texts, says):
    with pytest.raises(ContractError, match=f"^queries/subscriptions.sql: {column} {says}"):
        read(tmp_path, column, texts)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [("12|950.5|-3|0", "plain"), ("007|12", "text"), ("12|many", "text"), ("1,234", "text"), ("-", "text")],
)
def test_a_column_of_the_company_s_own_holds_numbers_if_all_its_texts_are_numbers(tmp_path, texts, kind):
    assert read(tmp_path, "attribute_size", texts, "accounts")[0] == kind


def test_words_and_keys_stay_as_they_are_given(tmp_path):
    assert read(tmp_path, "plan", "1.10|24-01-15|007") == ("text", ["1.10", "24-01-15", "007"])


def test_only_texts_that_are_not_iso_are_tried_with_every_format(tmp_path):
    times = [str(each) for each in pd.date_range("2025-01-01", periods=1000, freq="s")]
    pd.DataFrame({"day": [*times, "n/a"]}).to_parquet(tmp_path / "part.parquet")
    with duckdb.connect() as connection:
        formats(connection, [tmp_path / "part.parquet"], TABLES["usage"], {"day": "VARCHAR"})
        assert connection.execute("SELECT text FROM texts").fetchall() == [("n/a",)]


def test_a_long_column_is_tried_on_a_sample_and_proved_on_all_of_it(tmp_path):
    times = pd.date_range("2023-01-01", "2024-12-12 23:00", freq="7min")
    ambiguous = [each for each in times.strftime("%d/%m/%Y %H:%M") if int(each[:2]) <= 12]
    assert len(ambiguous) > 50_000
    pd.DataFrame({"day": [*ambiguous, "31/12/2024 10:00"]}).to_parquet(tmp_path / "part.parquet")
    with duckdb.connect() as connection:
        chosen = formats(connection, [tmp_path / "part.parquet"], TABLES["usage"], {"day": "VARCHAR"})
        [(sample,)] = connection.execute("SELECT count(*) FROM sample").fetchall()
    assert chosen["day"].name == "%d/%m/%Y %H:%M"
    assert sample == 200


def test_a_long_column_that_no_value_proves_is_refused(tmp_path):
    times = pd.date_range("2023-01-01", "2024-12-12 23:00", freq="7min")
    ambiguous = [each for each in times.strftime("%d/%m/%Y %H:%M") if int(each[:2]) <= 12]
    pd.DataFrame({"day": ambiguous}).to_parquet(tmp_path / "part.parquet")
    with duckdb.connect() as connection, pytest.raises(ContractError, match="no other value tells which is meant"):
        formats(connection, [tmp_path / "part.parquet"], TABLES["usage"], {"day": "VARCHAR"})


def test_a_date_among_many_words_is_still_found(tmp_path):
    words = [f"N/A {number}" for number in range(30_000)]
    assert read(tmp_path, "started_on", "|".join([*words, "12/31/2024"]))[0] == "%m/%d/%Y"
