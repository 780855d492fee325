"""The report of an examination, on the console."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from churnrisk.doctor.cadence import RETURNING, Silence, proposed
from churnrisk.doctor.calendar import Dated
from churnrisk.doctor.checks import CHECKS
from churnrisk.doctor.examine import Report
from churnrisk.doctor.finding import Finding
from churnrisk.doctor.univariate import WHEN, Single


def show(report: Report, console: Console) -> None:
    """Print every finding, the checks that found nothing or could not be asked, and what is worth a look."""
    for each in report.findings:
        _show_finding(each, console, "[bold red]found[/]")
    for each in report.trusted:
        _show_finding(each, console, "[yellow]trusted[/]")
    for name in report.passed:
        console.print(
            f"[green]passed[/] [bold]{name}[/]: {escape(CHECKS.words[name])}", highlight=False, soft_wrap=True
        )
    for name, why in report.not_asked.items():
        console.print(f"[yellow]not asked in full[/] [bold]{name}[/]: {escape(why)}", highlight=False, soft_wrap=True)
    if report.own:
        names = f"the workspace's own features, checked like all others: {', '.join(report.own)}"
        console.print(escape(names), highlight=False, soft_wrap=True)
    console.print(escape(report.verdict), highlight=False, soft_wrap=True)
    if report.strongest:
        console.print(_strongest(report.strongest, report.among))
    if report.dated:
        console.print(_dated(report.dated))
    if report.silences:
        console.print(_cadence(report.silences))
        console.print(_proposal(report.silences), highlight=False, soft_wrap=True)


def _show_finding(each: Finding, console: Console, how: str) -> None:
    text = f"{escape(each.evidence)} ({escape(each.where)}). Fix: {escape(each.fix)}."
    console.print(f"{how} [bold]{each.check}[/]: {text}", highlight=False, soft_wrap=True)


def _strongest(singles: list[Single], among: str) -> Table:
    table = Table(title=f"What single features tell among {among}", title_justify="left", expand=False)
    for heading in ("feature", "who churns", "AUC", "AUC of having a value"):
        table.add_column(heading, justify="right" if heading.startswith("AUC") else "left", overflow="fold")
    for each in singles:
        table.add_row(escape(each.feature), WHEN[each.outcome], f"{each.value:.3f}", f"{each.there:.3f}")
    return table


def _dated(found: list[Dated]) -> Table:
    table = Table(title="What single features tell of the date", title_justify="left", expand=False)
    table.add_column("feature", overflow="fold")
    table.add_column("AUC of early against late dates of training", justify="right", overflow="fold")
    for each in found:
        table.add_row(escape(each.feature), f"{each.auc:.3f}")
    return table


def _cadence(silences: list[Silence]) -> Table:
    table = Table(title="Silences, and whether accounts come back", title_justify="left", expand=False)
    for heading in ("days without activity", "silences so long", "end with a return"):
        table.add_column(heading, justify="right")
    for each in silences:
        table.add_row(f"{each.days}", f"{each.silences:,}", f"{each.returned:.1%}" if each.silences else "")
    return table


def _proposal(silences: list[Silence]) -> str:
    days = proposed(silences)
    if days is None:
        return f"No silence of up to {silences[-1].days} days is so long that at most {RETURNING:.0%} come back."
    return (
        f"churn.inactive_days, where churn is inactivity, could be {days}: the shortest silence after which at most"
        f" {RETURNING:.0%} come back."
    )
