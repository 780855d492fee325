"""Small companies as tables, and the book's totals of them."""

import numpy as np
import pandas as pd

from churnrisk.book.calendar import Calendar, Period
from churnrisk.book.customers import Customers, members
from churnrisk.book.extras import answered, invoiced
from churnrisk.book.figures import PERIOD
from churnrisk.book.inputs import Inputs, Settings
from churnrisk.book.totals import Totals, add_up
from churnrisk.clock import Day, Days, day
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.usage.activity import Activity

from ..tables import ledger

SETTINGS = Settings(
    trials=False,
    active_days=None,
    recorded_from=day("2024-01-01"),
    lag_days=7,
    lead_days=14,
    horizon_days=90,
    currency="$",
    margin=None,
    discount=0.1,
)
NO_PREDICTIONS = pd.DataFrame({"account_id": pd.array([], "str"), "as_of": [], "probability": []})
NOTHING_ARCHIVED = pd.DataFrame({"as_of": [], "until": [], "quarters": [], "renewal_month": []})


def accounts_of(subscriptions: str) -> str:
    """A row for each account that has a subscription."""
    column = subscriptions.split("\n", 1)[0].split().index("account_id")
    ids = dict.fromkeys(line.split()[column] for line in subscriptions.strip().splitlines()[1:])
    return "\n".join(["account_id created_on", *(f"{each} 2023-01-01" for each in ids)])


def inputs(
    as_of: str, subscriptions: str, *, accounts: str = "", settings: Settings = SETTINGS, **others: str | Activity
) -> Inputs:
    """Inputs of a book from tables as text; `others` are `invoices` and `surveys`, or `activity`."""
    subscriptions = "\n".join(line.strip() for line in subscriptions.strip().splitlines())
    activity = others.pop("activity", None)
    tables = {"accounts": accounts or accounts_of(subscriptions), "subscriptions": subscriptions, **others}
    ledgers: dict[str, Ledger] = {
        name: ledger(name, "\n".join(line.strip() for line in str(text).strip().splitlines()))
        for name, text in tables.items()
    }
    assert activity is None or isinstance(activity, Activity)
    return Inputs(
        as_of=day(as_of),
        settings=settings,
        ledgers=ledgers,
        activity=activity,
        scores=NO_PREDICTIONS,
        backtest=NO_PREDICTIONS,
        archived=NOTHING_ARCHIVED,
    )


def customers_on(company: Inputs, *dates: str) -> Customers:
    """Its customers on some dates, by what is known at its own."""
    return company.customers(
        members(company.require("accounts", company.as_of)), np.array(dates, "M8[D]"), company.as_of
    )


def totals_between(company: Inputs, start: str, stop: str) -> Totals:
    """The totals of one period, as the parts are."""
    dates: Days = np.array([start, stop], "M8[D]")
    customers = company.customers(members(company.require("accounts", company.as_of)), dates, company.as_of)
    index = pd.Index(customers.account_id)
    invoices, surveys = (company.known(name, company.as_of) for name in ("invoices", "surveys"))
    return add_up(
        customers,
        [Period("month", "the period", 0, 1)],
        None if invoices is None else invoiced(invoices, index, dates),
        None if surveys is None else answered(surveys, index, dates),
    )


def figures_between(company: Inputs, start: str, stop: str) -> dict[str, float]:
    """Every figure of one period, of the whole company."""
    figures = PERIOD.compute(totals_between(company, start, stop).whole_company())
    return {name: float(values[0, 0]) for name, values in figures.items()}


def all_periods(company: Inputs, first: str) -> tuple[list[Period], Totals]:
    """All periods from a day on, and their totals by part."""
    calendar = Calendar.of(day(first), company.as_of)
    dates = np.append(calendar.boundaries, np.array([company.as_of], "M8[D]"))
    who = members(company.require("accounts", company.as_of))
    periods = calendar.periods()
    return periods, add_up(company.customers(who, dates, company.as_of), periods)


def made_company(seed: int, *, accounts: int = 30) -> Inputs:
    """A company of random accounts: trials, pauses, returns, fixed terms, late entries, corrections, internal ones."""
    rng = np.random.default_rng(seed)
    rows, about = [], ["account_id created_on segment is_internal"]
    for number in range(accounts):
        name = f"a{number:03d}"
        about.append(f"{name} 2023-01-01 {rng.choice(['SMB', 'Large', '-'])} {rng.random() < 0.1}")
        start = day("2023-06-01") + int(rng.integers(0, 500))
        for _ in range(rng.integers(1, 5)):
            end = start + int(rng.integers(5, 300))
            row = _made_row(rng, name, start, end)
            rows.append(f"{len(rows)} {row}")
            if rng.random() < 0.1:
                rows.append(f"{len(rows) - 1} {_made_row(rng, name, start, end)}")
            start = end + int(rng.choice([0, 0, 10, 90]))
    head = "subscription_id account_id started_on ended_on planned_end_on mrr is_trial is_paused known_at end_known_at"
    return inputs("2025-06-01", "\n".join([f"{head} term_months", *rows]), accounts="\n".join(about))


def _made_row(rng: np.random.Generator, name: str, start: Day, end: Day) -> str:
    kind = rng.choice(["plain", "trial", "pause", "fixed", "open"], p=[0.5, 0.15, 0.1, 0.1, 0.15])
    late = int(rng.integers(0, 60)) if rng.random() < 0.3 else 0
    ended = "-" if kind in ("open", "fixed") else end
    planned = end if kind in ("fixed", "trial") else "-"
    mrr = "-" if rng.random() < 0.1 else round(rng.random() * 99, 2)
    heard = end - int(rng.integers(-40, 60))
    term = rng.choice(["-", "1", "12"])
    return f"{name} {start} {ended} {planned} {mrr} {kind == 'trial'} {kind == 'pause'} {start + late} {heard} {term}"
