"""Files of the inbox: what is taken, what goes back, and that nothing is lost or counted twice."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churnrisk.clock import day
from churnrisk.contract import TABLES
from churnrisk.dispositions import Receipt, known_dispositions, take_in
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

HEADINGS = ["account_id", "as_of", "play", "outcome", "who", "reason", "snooze_until", "verdict"]
LIST = dt.date(2025, 1, 6)
NEXT = day("2025-01-13")


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return workspace(tmp_path)


def workspace(folder: Path) -> Workspace:
    """A workspace with three accounts, whose list of 6 January went out."""
    made = Workspace(folder)
    accounts = TABLES["accounts"].empty().reindex(range(3))
    accounts = accounts.assign(account_id=["a", "b", "c"], created_on=pd.Timestamp("2024-01-01").as_unit("us"))
    path = TABLE["accounts"].at(made)
    path.parent.mkdir(parents=True)
    accounts.assign(known_at=accounts["created_on"], is_internal=False).to_parquet(path)
    publish(made, LIST)
    (folder / "data/inbox").mkdir()
    return made


def publish(here: Workspace, as_of: dt.date) -> None:
    Published(here).add({"list.txt": str(as_of).encode()}, as_of=as_of, lineage="m", scores="s1", latest=True)


def drop(here: Workspace, content: bytes, name: str = "actions.csv") -> Receipt:
    here.path(f"data/inbox/{name}").write_bytes(content)
    (receipt,) = take_in(here)
    return receipt


def lines(*rows: str, headings: str = ",".join(HEADINGS)) -> bytes:
    return "\r\n".join([headings, *rows]).encode()


def sheet(
    *rows: tuple[object, ...], headings: tuple[str, ...] = ("Account id", "As of", "Owner", "Done", "Note")
) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (("Risk list",), (), headings, *rows):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def returned(here: Workspace) -> pd.DataFrame:
    parts = [pd.read_csv(path, dtype="str") for path in sorted(here.path("data/inbox/returned").glob("*.csv"))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*HEADINGS, "why"])


ROWS = {
    # a line of actions.csv -> the outcome, snooze and verdict that are taken
    "a,2025-01-06,call,talked,Ana,renewing,,": ("talked", "", ""),
    "a,2025-01-06,call,No answer,Ana,,,": ("no_answer", "", ""),
    "a,2025-01-06,call,,Ana,holiday,2025-02-01,": ("snoozed", "2025-02-01", ""),
    "a,2025-01-06,call,snooze until 2025-02-01,,,,": ("snoozed", "2025-02-01", ""),
    "a,2025-01-06,call,talked,Ana,,2025-02-01,AT RISK": ("talked", "2025-02-01", "at risk"),
    "a,2025-01-06,,at risk,Ana,,,": ("", "", "at risk"),
    "a,2025-01-06,,,Ana,only a note,,": ("", "", ""),
    "a,06.01.2025,,x,Ana,,,": ("done", "", ""),
    "a,2025-01-06 00:00:00,,not_needed,Ana,,,": ("not_needed", "", ""),
}


@pytest.mark.parametrize(("line", "expected"), ROWS.items(), ids=ROWS)
def test_a_row_is_taken(here: Workspace, line: str, expected: tuple[str, str, str]) -> None:
    assert drop(here, lines(line)).taken == 1
    row = known_dispositions(here, NEXT).iloc[0]
    until = "" if pd.isna(row["snooze_until"]) else str(row["snooze_until"].date())
    assert (row["outcome"], until, row["verdict"]) == expected


BAD = {
    "z,2025-01-06,,talked,,,,": "account_id is not in accounts",
    ",2025-01-06,,talked,,,,": "account_id is missing",
    "a,,,talked,,,,": "as_of is missing",
    "a,01/06/2025,,talked,,,,": "as_of '01/06/2025' is not a date such as 2025-12-31",
    "a,2025-01-07,,talked,,,,": "no list of 2025-01-07 went out",
    "a,2025-01-06,,maybe,,,,": "outcome must be one of talked, no_answer, snoozed, done, not_needed",
    "a,2025-01-06,,snoozed,,,,": "snooze_until is missing, which snoozed needs",
    "a,2025-01-06,,snoozed,,,soon,": "snooze_until 'soon' is not a date such as 2025-12-31",
    "a,2025-01-06,,,,,2025-01-05,": "snooze_until is before as_of",
    "a,2025-01-06,,,,,,fine": "verdict must be one of safe, at risk, lost",
}


@pytest.mark.parametrize(("line", "why"), BAD.items(), ids=BAD)
def test_a_bad_row_goes_back_with_the_reason(here: Workspace, line: str, why: str) -> None:
    receipt = drop(here, lines(line, "b,2025-01-06,,talked,Ana,,,"))
    assert (receipt.rows, receipt.taken, receipt.returned) == (2, 1, 1)
    assert returned(here)["why"].tolist() == [why]
    assert known_dispositions(here, NEXT)["account_id"].tolist() == ["b"]


def test_a_row_that_was_put_right_is_taken(here: Workspace) -> None:
    drop(here, lines("z,2025-01-06,,talked,,,,"))
    (path,) = here.path("data/inbox/returned").iterdir()
    assert drop(here, path.read_bytes().replace(b"z,", b"c,")).taken == 1


def test_two_rows_of_a_key_that_differ_cannot_both_be_right(here: Workspace) -> None:
    receipt = drop(here, lines("a,2025-01-06,,,Ana,,,safe", "a,2025-01-06,,,Ana,,,lost", "a,2025-01-06,,,Ana,,,safe"))
    assert (receipt.taken, receipt.known, receipt.returned) == (1, 1, 1)
    assert returned(here)["why"].tolist() == ["account_id, as_of, play, outcome, who is there already"]


SHEETS = {
    "filled in": (
        ("a", pd.Timestamp(LIST).to_pydatetime(), "Ana", "Talked", "renewing"),
        ("talked", "renewing", "Ana"),
    ),
    "text for a date": (("a", "2025-01-06", "Ana", "done", None), ("done", "", "Ana")),
    "a note alone": (("a", "2025-01-06", "Ana", None, "on holiday"), ("", "on holiday", "Ana")),
}


@pytest.mark.parametrize(("row", "expected"), SHEETS.values(), ids=SHEETS)
def test_a_spreadsheet_is_taken(here: Workspace, row: tuple[object, ...], expected: tuple[str, ...]) -> None:
    receipt = drop(here, sheet(row, ("b", "2025-01-06", "Ana", None, None)), "list.xlsx")
    assert (receipt.taken, receipt.rows) == (1, 1)
    assert tuple(known_dispositions(here, NEXT).loc[0, ["outcome", "reason", "who"]]) == expected


WHOLE = {
    "not UTF-8": (b"account_id,as_of\n\xff,2025-01-06", "a.csv", "not a CSV file in UTF-8"),
    "no date": (
        lines("a,talked", headings="account_id,outcome"),
        "a.csv",
        "no row of headings has account_id and as_of",
    ),
    "empty": (b"", "a.csv", "no row of headings"),
    "not a spreadsheet": (b"PK nothing", "a.xlsx", "not a spreadsheet"),
    "a spreadsheet of something else": (sheet(headings=("Name", "As of")), "a.xlsx", "no row of headings"),
}


@pytest.mark.parametrize(("content", "name", "why"), WHOLE.values(), ids=WHOLE)
def test_a_file_that_cannot_be_read_goes_back_whole(here: Workspace, content: bytes, name: str, why: str) -> None:
    assert why in drop(here, content, name).sentence
    back = {path.suffix: path.read_bytes() for path in here.path("data/inbox/returned").iterdir()}
    assert back[Path(name).suffix] == content
    assert why in back[".txt"].decode()
    assert not here.path("data/inbox/taken").exists()


def test_a_file_with_semicolons_and_a_mark_of_order_is_read(here: Workspace) -> None:
    content = b"\xef\xbb\xbf" + lines(
        'a;2025-01-06;talked;"renews; ""soon"""', headings="account_id;as_of;outcome;reason"
    )
    assert drop(here, content).taken == 1
    assert known_dispositions(here, NEXT).loc[0, "reason"] == 'renews; "soon"'


def test_other_files_stay_where_they_are(here: Workspace) -> None:
    for name in ("README.md", ".actions.csv.partial", "~$list.xlsx"):
        here.path(f"data/inbox/{name}").write_text("")
    assert take_in(here) == ()
    assert len(list(here.path("data/inbox").iterdir())) == 3


def test_the_next_list_knows_it_and_one_made_again_does_not(here: Workspace) -> None:
    publish(here, dt.date(2025, 1, 13))
    drop(here, lines("a,2025-01-06,,talked,,,,"))
    assert [len(known_dispositions(here, day(date))) for date in ("2025-01-06", "2025-01-13", "2025-01-14")] == [
        0,
        0,
        1,
    ]


def test_what_the_source_offers_counts_too(here: Workspace) -> None:
    rows = TABLES["dispositions"].empty().reindex(range(1))
    date = pd.Timestamp("2025-01-06").as_unit("us")
    rows = rows.assign(account_id="b", as_of=date, outcome="talked", known_at=date)
    rows.to_parquet(TABLE["dispositions"].at(here))
    drop(here, lines("a,2025-01-06,,talked,,,,"))
    assert known_dispositions(here, NEXT)["account_id"].tolist() == ["b", "a"]


def test_a_verdict_can_go_back_to_what_it_was(here: Workspace) -> None:
    for verdict, more in (("safe", "b"), ("lost", "b"), ("safe", "c")):
        drop(here, lines(f"a,2025-01-06,,,Ana,,,{verdict}", f"{more},2025-01-06,,talked,,,,"))
    assert known_dispositions(here, NEXT).query("account_id == 'a'")["verdict"].tolist() == ["safe"]


FIELDS = st.tuples(
    st.sampled_from(["a", "b", "z", ""]),
    st.sampled_from(["2025-01-06", "2025-01-07", "?"]),
    st.sampled_from(["", "call"]),
    st.sampled_from(["", "talked", "snoozed", "maybe"]),
    st.sampled_from(["", "Ana"]),
    st.sampled_from(["", 'why, "so"']),
    st.sampled_from(["", "2025-02-01", "2025-01-01"]),
    st.sampled_from(["", "safe", "lost"]),
)
FILES = st.lists(st.lists(FIELDS, max_size=6), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES, st.data())
def test_nothing_is_lost_and_any_file_twice_equals_once(tmp_path_factory, files, data) -> None:
    here = workspace(tmp_path_factory.mktemp("inbox"))
    contents = [pd.DataFrame(rows, columns=HEADINGS).to_csv(index=False).encode() for rows in files]
    for rows, content in zip(files, contents, strict=True):
        receipt = drop(here, content)
        assert receipt.rows == sum(any(row[3:4] + row[5:]) for row in rows)
        assert any(path.read_bytes() == content for path in here.path("data/inbox/taken").iterdir())
    once, back = known_dispositions(here, NEXT), returned(here)
    again = drop(here, data.draw(st.sampled_from(contents)))
    assert again.taken == 0
    pd.testing.assert_frame_equal(known_dispositions(here, NEXT), once)
    pd.testing.assert_frame_equal(returned(here), back)
