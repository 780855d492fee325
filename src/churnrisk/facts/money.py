"""What it owes and what it pays."""

import numpy as np

from churnrisk.facts.account import Account, many
from churnrisk.facts.fact import Fact, particular

LATE_DAYS = 10
"""Mean days after the due date that are told; a few days are the way of banks."""

LATER_DAYS = 7
"""Days later than by its own habit that are told."""

LESS, MORE = 0.9, 1.1
"""What it pays over what it paid: beyond these it is told."""

SMALL_INVOICE, LARGE_INVOICE = 0.6, 1.5
"""The last invoice over the usual one: beyond these it is told."""

NEAR_DAYS = 90
OLD_DAYS = 90
"""Days after which the last invoice says nothing of today: of a yearly payer it tells what was agreed a year ago."""


@particular(columns=("invoices.paid_on", "invoices.amount"))
def overdue_amount(invoices):
    """Sum of the unpaid invoices past their due date."""
    overdue = invoices.where((invoices["amount"] > 0) & np.isnat(invoices["paid_on"]) & (invoices.age("due_on") > 0))
    return overdue.sum(overdue["amount"])


@particular(columns=("invoices.failed_on",))
def days_since_failed_payment(invoices):
    """Days since a payment last failed."""
    failed = invoices.where(~np.isnat(invoices["failed_on"]))
    return failed.least(failed.age("failed_on"))


@particular()
def days_since_invoice(invoices):
    """Days since the last invoice."""
    return invoices.where(~(invoices["amount"] <= 0)).days_since()


def overdue(account: Account) -> str | None:
    """Invoices are past their due date."""
    count, days, amount = account["overdue_invoices"], account["oldest_overdue_invoice"], account["overdue_amount"]
    if not count or days is None:
        return None
    if count == 1:
        of = f" of {account.money(amount)}" if amount else ""
        return f"An invoice{of} has been overdue since {account.ago(days)} ({many(days, 'day')})."
    sum_of = f", {account.money(amount)} in all," if amount else ""
    return f"{count:.0f} invoices{sum_of} are overdue, the oldest since {account.ago(days)} ({many(days, 'day')})."


def failed(account: Account) -> str | None:
    """A payment failed lately."""
    count, days = account["failed_payments"], account["days_since_failed_payment"]
    if not count or days is None:
        return None
    if count == 1:
        return f"A payment failed on {account.ago(days)}."
    return f"{count:.0f} payments failed in the last 90 days, the latest on {account.ago(days)}."


def later(account: Account) -> str | None:
    """It pays later than it used to."""
    days = account["days_late_against_own_habit"]
    if days is None or days < LATER_DAYS:
        return None
    return f"Has paid {many(days, 'day')} later since {account.ago(90)} than in the year before."


def late(account: Account) -> str | None:
    """It pays late."""
    days = account["days_late"]
    if days is None or days < LATE_DAYS:
        return None
    return f"Pays late: on average {many(days, 'day')} after the due date since {account.ago(180)}."


def on_time(account: Account) -> str | None:
    """It pays by the due date."""
    days = account["days_late"]
    if days is None or days > 0 or account["overdue_invoices"]:
        return None
    early = f", on average {many(-days, 'day')} before the due date" if days <= -1 else ""
    return f"Has paid on time since {account.ago(180)}{early}."


def pays_less(account: Account) -> str | None:
    """It has cut what it pays."""
    return _pays(account, "down") if (account["mrr_against_half_year_ago"] or 1) <= LESS else None


def dearer(account: Account) -> str | None:
    """A seat costs more."""
    ratio = account["seat_price_against_year_ago"]
    if ratio is None or ratio < MORE:
        return None
    return f"A seat costs {ratio - 1:.0%} more than on {account.ago(365)}."


def discount_ends(account: Account) -> str | None:
    """A discount ends soon."""
    days = account["days_to_end_of_discount"]
    if days is None or days > NEAR_DAYS:
        return None
    return f"Its discount ends on {account.ahead(days)} ({account.in_days(days)})."


def small_invoice(account: Account) -> str | None:
    """It buys less at a time."""
    return _last_invoice(account, "less") if _invoice_ratio(account) <= SMALL_INVOICE else None


def large_invoice(account: Account) -> str | None:
    """It buys more at a time."""
    return _last_invoice(account, "more") if _invoice_ratio(account) >= LARGE_INVOICE else None


def pays_more(account: Account) -> str | None:
    """It has bought more."""
    return _pays(account, "up") if (account["mrr_against_half_year_ago"] or 1) >= MORE else None


def _pays(account: Account, way: str) -> str | None:
    now, ratio = account["mrr"], account["mrr_against_half_year_ago"]
    if not now or not ratio:
        return None
    return f"Pays {account.money(now)} a month, {way} from {account.money(now / ratio)} on {account.ago(180)}."


def _invoice_ratio(account: Account) -> float:
    last, mean = account["invoice_last"], account["invoice_mean"]
    return last / mean if last and mean else 1.0


def _last_invoice(account: Account, way: str) -> str | None:
    last, mean, days = account["invoice_last"], account["invoice_mean"], account["days_since_invoice"]
    if last is None or mean is None or days is None or days > OLD_DAYS:
        return None
    usual = account.money(mean)
    return f"Its last invoice, of {account.ago(days)}, was {account.money(last)}, {way} than its usual {usual}."


INVOICES = Fact(
    name="invoices",
    about="invoices",
    kind="money",
    reads=("overdue_invoices", "oldest_overdue_invoice", "failed_payments", "days_late", "days_late_against_own_habit"),
    particulars=(overdue_amount, days_since_failed_payment),
    raises=(overdue, failed, later, late),
    lowers=(on_time,),
)
PRICE = Fact(
    name="price",
    about="what it pays",
    kind="money",
    reads=(
        "mrr",
        "mrr_against_half_year_ago",
        "seat_price_against_year_ago",
        "days_to_end_of_discount",
        "invoice_last",
        "invoice_mean",
    ),
    particulars=(days_since_invoice,),
    raises=(pays_less, discount_ends, dearer, small_invoice),
    lowers=(pays_more, large_invoice),
)
