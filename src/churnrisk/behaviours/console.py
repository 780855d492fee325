"""The study on the console: the summary, or the tables of the features that were asked for."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from churnrisk.behaviours.rates import Rate
from churnrisk.behaviours.study import Study, View
from churnrisk.behaviours.wording import date, percent, points, title
from churnrisk.clock import day


def show_summary(study: Study, console: Console) -> None:
    """What the study looked at, and the features that tell most."""
    _show_about(study, console)
    if not study.told:
        console.print("No feature surely tells those who stay from those who leave.")
        return
    whom = "all accounts" if study.about.valuable is None else "the most valuable accounts"
    table = Table(title=f"The riskiest fifth left so many points more often, of {whom}", title_justify="left")
    table.add_column("Feature", overflow="fold")
    for heading in ("Points", "95%", "Fewest left", "Most left"):
        table.add_column(heading)
    for view in study.told:
        told = view.told
        ends = [view.extreme(most=most) for most in (False, True)]
        words = [escape(f"{group.label} ({percent(rate.rate)})") for group, rate in ends]
        table.add_row(escape(view.name), points(told.difference), f"{points(told.low)} to {points(told.high)}", *words)
    console.print(table)


def show_features(study: Study, console: Console) -> None:
    """Each feature's groups with their churn rates."""
    _show_about(study, console)
    for view in study.features:
        console.print(_table(view, valued=study.about.valuable is not None))


def _show_about(study: Study, console: Console) -> None:
    about = study.about
    window = f"{about.lead_days} to {about.lead_days + about.horizon_days} days later"
    console.print(
        f"{about.all.accounts:,} accounts, {about.all.snapshots:,} snapshots of {date(day(about.first))} to"
        f" {date(day(about.last))}; left {window}: {_said(about.all)}",
        highlight=False,
    )
    if about.valuable is None:
        console.print("No account stands out as most valuable: no MRR is known, or all pay the same.")
    else:
        share = f"{about.valuable_share:.0%}"
        console.print(f"most valuable (top {share} by MRR): {_said(about.valuable)}", highlight=False)
    console.print("What goes with staying need not be its cause.")


def _table(view: View, *, valued: bool) -> Table:
    table = Table(title=f"{title(view.name)}: {escape(view.meaning)}", title_justify="left")
    headings = ["All: left", "Accounts", *(["Valuable: left", "Accounts"] if valued else [])]
    table.add_column("Value")
    for heading in headings:
        table.add_column(heading, justify="right")
    for bar in view.bars:
        rates = [bar.all, *([bar.valuable] if bar.valuable is not None else [])]
        cells = [cell for rate in rates for cell in (_said(rate), f"{rate.accounts:,}")]
        table.add_row(escape(bar.group.label), *cells)
    return table


def _said(rate: Rate) -> str:
    if rate.rate is None:
        return "–"
    return f"{percent(rate.rate)} ({percent(rate.low)} to {percent(rate.high)})"
