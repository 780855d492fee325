"""What plays do on a list, on the console: for whoever edits `plays.yaml`."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from churnrisk.errors import printable
from churnrisk.plays.holds import HOLDS
from churnrisk.plays.play import Play
from churnrisk.risk_list.structure import RiskList, Row


def show(risk_list: RiskList, plays: Sequence[Play], console: Console) -> None:
    """A row a play in the order in which they are tried: for how many it is, how many are held, and an example."""
    table = Table(title=f"What plays do on the list of {risk_list.as_of}", title_justify="left")
    for name, justify in (
        ("Play", "left"),
        ("From", "left"),
        ("Accounts", "right"),
        ("Held", "right"),
        ("Such as", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for play in plays:
        own = [row for row in risk_list.rows if row.next_step and row.next_step.play == play.play]
        held = sum(bool(row.next_step and row.next_step.held) for row in own)
        table.add_row(_plain(play.play), play.practice, str(len(own)), str(held), _example(own))
    console.print(table)
    for line in _lines(risk_list, plays):
        console.print(line, highlight=False, soft_wrap=True)


def _lines(risk_list: RiskList, plays: Sequence[Play]) -> list[str]:
    used = {row.next_step.play for row in risk_list.rows if row.next_step}
    nobody = [play.play for play in plays if play.play not in used]
    without = [row.name for row in risk_list.rows if row.next_step is None]
    held = [f"{count} by {rule!r} ({HOLDS.words[rule]})" for rule, count in risk_list.held_back]
    return [
        f"Plays for nobody this week: {_plain(', '.join(nobody)) or 'none'}.",
        f"Accounts without a step: {len(without)}{_plain(f', such as {without[0]}') if without else ''}.",
        f"Steps held back: {'; '.join(held) or 'none'}.",
    ]


def _example(rows: Sequence[Row]) -> str:
    step = rows[0].next_step if rows else None
    return _plain(f"{rows[0].name}: {step.words}") if step else ""


def _plain(text: str) -> str:
    return escape(printable(text))
