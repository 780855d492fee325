"""The study on the console: the summary, or the tables of the features that were asked for."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from churnrisk.behaviours.rates import Rate
from churnrisk.behaviours.study import Study, View
from churnrisk.words import NO_NUMBER, date, difference, rate, title


def show_summary(study: Study, console: Console) -> None:
    """Print what the study looked at, and the features that tell most."""
    _show_about(study, console)
    if not study.summarised:
        console.print("No feature surely tells those who stay from those who leave.")
        return
    whom = "all accounts" if study.about.valuable is None else "the most valuable accounts"
    table = Table(title=f"The riskiest fifth left so many points more often, of {whom}", title_justify="left")
    table.add_column("Feature", overflow="fold")
    for heading in ("Points", "95%", "Fewest left", "Most left"):
        table.add_column(heading)
    for view in study.summarised:
        table.add_row(*_summary_row(view))
    console.print(table)


def _summary_row(view: View) -> list[str]:
    apart = view.main_apart
    ends = [view.extreme(most=most) for most in (False, True)]
    return [
        escape(view.name),
        difference(apart.difference),
        f"{difference(apart.low)} to {difference(apart.high)}",
        *(escape(f"{group.label} ({rate(churn.rate)})") for group, churn in ends),
    ]


def show_features(study: Study, console: Console) -> None:
    """Print each feature's groups with their churn rates."""
    _show_about(study, console)
    for view in study.features:
        console.print(_table(view, valued=study.about.valuable is not None))


def _show_about(study: Study, console: Console) -> None:
    about = study.about
    window = f"{about.lead_days} to {about.lead_days + about.horizon_days} days later"
    console.print(
        f"{about.all.accounts:,} accounts, {about.all.snapshots:,} snapshots of {date(about.first)} to"
        f" {date(about.last)}; left {window}: {_in_words(about.all)}",
        highlight=False,
    )
    if about.valuable is None:
        console.print("No account stands out as most valuable: no MRR is known, or all pay the same.")
    else:
        share = f"{about.valuable_share:.0%}"
        console.print(f"most valuable (top {share} by MRR): {_in_words(about.valuable)}", highlight=False)
    console.print(
        f"Of {about.of} features looked at, up to {about.by_luck} would look apart by luck alone; {about.remain}"
        " stand out when that is taken into account.",
        highlight=False,
    )
    console.print("What goes with staying need not be its cause.")


def _table(view: View, *, valued: bool) -> Table:
    luck = "" if view.stands_out else " (does not stand out: it may be luck)"
    table = Table(title=f"{title(view.name)}: {escape(view.meaning)}{luck}", title_justify="left")
    table.add_column("Value")
    for heading in ["All: left", "Accounts"] + (["Valuable: left", "Accounts"] if valued else []):
        table.add_column(heading, justify="right")
    for bar in view.bars:
        rates = [bar.all] if bar.valuable is None else [bar.all, bar.valuable]
        cells = [cell for each in rates for cell in (_in_words(each), f"{each.accounts:,}")]
        table.add_row(escape(bar.group.label), *cells)
    return table


def _in_words(churn: Rate) -> str:
    if churn.rate is None:
        return NO_NUMBER
    return f"{rate(churn.rate)} ({rate(churn.low)} to {rate(churn.high)})"
