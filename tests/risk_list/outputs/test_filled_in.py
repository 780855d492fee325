"""The spreadsheet goes out with empty columns, and comes back with what was done."""

import io

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
