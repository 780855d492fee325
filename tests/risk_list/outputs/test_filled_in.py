"""The spreadsheet goes out with empty columns, and comes back with what was done."""

import io
import warnings

from openpyxl import load_workbook

from churnrisk.dispositions.reading import read_texts
from churnrisk.risk_list.outputs.sheet import write_sheet

from ..company import risk_list


def test_what_is_written_into_the_spreadsheet_is_read_back():
    made, out = risk_list(), io.BytesIO()
    write_sheet(made, out)
    assert read_texts("list.xlsx", out.getvalue()).empty  # nobody has said anything yet
    book = load_workbook(io.BytesIO(out.getvalue()))
    sheet = book["Risk list"]
    at = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(3, at["Done"], "talked")
    sheet.cell(3, at["Note"], "they renew")
    sheet.cell(5, at["Done"], "snooze until 2025-02-01")
    filled = io.BytesIO()
    book.save(filled)
    rows = read_texts("list.xlsx", filled.getvalue())
    first, second = made.rows[1], made.rows[3]
    assert rows["account_id"].tolist() == [first.account_id, second.account_id]
    assert set(rows["as_of"].str[:10]) == {"2025-01-06"}
    assert rows.loc[0, ["outcome", "reason", "who", "play"]].tolist() == [
        "talked",
        "they renew",
        first.owner,
        first.next_step.play,
    ]
    assert "2025-02-01" in rows.loc[1, "outcome"] + rows.loc[1, "snooze_until"]


def test_what_is_written_into_an_owners_sheet_is_read_back_in_silence():
    made, out = risk_list(), io.BytesIO()
    write_sheet(made, out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    sheet = book[book.sheetnames[3]]
    at = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, at["Done"], "talked")
    filled = io.BytesIO()
    book.save(filled)
    mine = min(row.owner for row in made.rows)
    with warnings.catch_warnings(record=True) as noise:
        warnings.simplefilter("always")
        read_texts("as it went out.xlsx", out.getvalue())
        rows = read_texts("list.xlsx", filled.getvalue())
    assert noise == []
    assert rows["account_id"].tolist() == [next(row.account_id for row in made.rows if row.owner == mine)]
    assert rows["outcome"].tolist() == ["talked"]
