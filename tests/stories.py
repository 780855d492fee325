"""Stories of one account: rows of a table, and what every date then makes of the account.

A story is one account's rows, then a line a date: the rule that leaves it out (or `watched`), and its label. Leaving
counts from 7 to 34 days after the date, and the label is mature 7 days later.
"""

import pytest

from churnrisk.clock import Day, LabelWindow
from churnrisk.cohort.cohort import cohort
from churnrisk.cohort.rules import AT_RISK, Watch
from churnrisk.labels.label import label
from churnrisk.labels.meanings import Meaning
from churnrisk.past.tables.ledger import Ledger

from .tables import ledger

WINDOW = LabelWindow(lead_days=7, horizon_days=28, reporting_lag_days=7)
LATER = Day("2030-01-01")
WATCH = Watch(min_age_days=7, trials=False)
ACCOUNTS = ledger("accounts", "account_id created_on\na 2023-01-01")

Outcomes = list[tuple[str, ...]]


def stories(cases: dict[str, tuple[str, str]]) -> list:
    return [pytest.param(*case, id=name) for name, case in cases.items()]


def subscriptions_of(text: str) -> Ledger:
    """The subscriptions of account `a`."""
    header, *lines = text.strip().splitlines()
    return ledger("subscriptions", "\n".join([f"account_id {header}", *(f"a {line}" for line in lines)]))


def outcomes(sold: Ledger, expected: str, meaning: Meaning, watch: Watch = WATCH) -> tuple[Outcomes, Outcomes]:
    """What every date makes of the account, and what it should."""
    wanted = [tuple(line.split()) for line in expected.strip().splitlines()]
    return [(date, *_of_date(sold, Day(date), meaning, watch)) for date, _, _ in wanted], wanted


def _of_date(sold: Ledger, as_of: Day, meaning: Meaning, watch: Watch) -> tuple[str, str]:
    rows = cohort(ACCOUNTS, sold, as_of, WINDOW, watch)
    rule = rows["rule"].iloc[0]
    if rule != AT_RISK:
        return rule.replace(" ", "_"), "-"
    row = label(rows, as_of, WINDOW, meaning, LATER).iloc[0]
    words = {0.0: "stays", 1.0: "leaves"}
    return "watched", words.get(row["label"], row["rule"].replace(" ", "_"))
