"""The top of the newest list on the console: where the list is, and whom to call first."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from churnrisk import words
from churnrisk.errors import SourceError, printable
from churnrisk.risk_list.fields import HEADINGS
from churnrisk.risk_list.outputs.files import RECORD
from churnrisk.store.writes import broken, read_json


def show(latest: Path, rows: int, console: Console) -> None:
    """Print where the list lies and its first `rows` accounts; the file read is `risk_list.json`.

    Raises SourceError where it is missing or damaged.
    """
    file = latest / RECORD
    if not file.exists():
        fix = "run `dvc repro`; a list that went out before comes back with `churnrisk restore`"
        raise SourceError("there is no list", where=str(latest), fix=fix)
    risk_list = read_json(file)
    try:
        warnings, table = [str(each) for each in risk_list["warnings"]], _table(risk_list, rows)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise broken(file, error) from error
    for warning in warnings:
        console.print(f"[bold red]{escape(warning)}[/]", soft_wrap=True, highlight=False)
    if table.row_count:
        console.print(table)
    console.print(f"The list is {latest / 'index.html'}", soft_wrap=True, highlight=False)


def _table(risk_list: dict[str, Any], rows: int) -> Table:
    shown = risk_list["rows"][:rows]
    table = Table(title=f"Whom to call first, as of {risk_list['as_of']}", title_justify="left", expand=False)
    # A company without prices has no ARR on any row, and a column of nothing takes the room of the reasons.
    priced = any(row["arr"] for row in risk_list["rows"])
    names = [name for name in ("name", "owner", "arr", "probability", "reasons") if name != "arr" or priced]
    for name in names:
        table.add_column(HEADINGS[name], justify="right" if name in ("arr", "probability") else "left")
    for row in shown:
        cells = {
            "name": row["name"],
            "owner": row["owner"],
            "arr": words.money(row["arr"], risk_list["currency"]),
            "probability": words.percent(row["probability"]),
            "reasons": row["reasons"][0]["sentence"] if row["reasons"] else "",
        }
        table.add_row(*(escape(printable(cells[name])) for name in names))
    return table
