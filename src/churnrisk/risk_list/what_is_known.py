"""What is known of an account beside the reasons: short lines for the row that opens, and flags to filter by."""

from collections.abc import Callable

from churnrisk.facts.account import Account, many
from churnrisk.facts.use import never_used, silent

SILENT, UNPAID, UNTALKED = "silent", "unpaid", "untalked"
LAST_TALK = "Last talk"
UNTALKED_DAYS = 60
"""Days without a talk after which somebody is out of touch: the shipped plays ask for a review then."""


def lines(account: Account) -> tuple[tuple[str, str], ...]:
    """What it is about and what is known of that, for everything of which anything is known.

    >>> from churnrisk.clock import Day
    >>> here = {"days_since_active": 11.0, "active_days_last_month": 4.0, "active_people": 6.0, "seats": 47.0}
    >>> lines(Account(as_of=Day("2025-12-29"), values=here))
    (('Last used', '18 Dec, 11 days ago; 4 of the last 28 days'), ('People', '6 active of 47 seats'))
    """
    said = ((about, line(account)) for about, line in _LINES)
    return tuple((about, words) for about, words in said if words)


def flags(account: Account) -> tuple[str, ...]:
    """What a reader may filter or count by: `silent`, nobody has used it for long; `unpaid`, an invoice is overdue;
    `untalked`, contacts are on record, and no talk for `UNTALKED_DAYS`.

    >>> from churnrisk.clock import Day
    >>> flags(Account(as_of=Day("2025-12-29"), values={"days_since_active": 80.0, "overdue_invoices": 1.0}))
    ('silent', 'unpaid')
    >>> talks = ({"days_since_contact": 2.0}, {"days_since_conversation": 60.0}, {"days_since_conversation": 59.0}, {})
    >>> [flags(Account(as_of=Day("2025-12-29"), values={"days_since_active": 1.0, **each})) for each in talks]
    [('untalked',), ('untalked',), (), ()]
    """
    is_silent = bool(silent(account) or never_used(account))
    found = ((SILENT, is_silent), (UNPAID, account["overdue_invoices"]), (UNTALKED, _is_untalked(account)))
    return tuple(name for name, is_so in found if is_so)


def _is_untalked(account: Account) -> bool:
    days = account["days_since_conversation"]
    return account["days_since_contact"] is not None if days is None else days >= UNTALKED_DAYS


def _use(account: Account) -> str:
    days, active = account["days_since_active"], account["active_days_last_month"]
    if days is None:
        return ""
    often = "" if active is None else f"; {active:.0f} of the last 28 days"
    return f"{account.ago(days)}, {account.in_days(-days)}{often}"


def _people(account: Account) -> str:
    active, seats, before = account["active_people"], account["seats"], account["people_before"]
    if active is None:
        return ""
    of = "" if not seats else f" of {many(seats, 'seat')}"
    return f"{active:.0f} active{of}{'' if before is None else f'; {before:.0f} in the 8 weeks before'}"


def _talk(account: Account) -> str:
    days, contacts = account["days_since_conversation"], account["days_since_contact"]
    if days is None:
        return "none on record" if contacts is not None else ""
    return f"{account.ago(days)}, {account.in_days(-days)}"


def _unanswered(account: Account) -> str:
    count, days = account["contacts_unanswered"], account["days_since_contact"]
    if not count or days is None:
        return ""
    return f"{many(count, 'contact')} without an answer, the last on {account.ago(days)}"


def _survey(account: Account) -> str:
    score, days, since = account["survey_score"], account["days_since_survey_answer"], account["surveys_unanswered"]
    if score is None or days is None:
        return ""
    return f"{score:.0f} of 10 on {account.ago(days)}{f'; {since:.0f} later ones not answered' if since else ''}"


def _support(account: Account) -> str:
    count, days, complaints = (
        account[name] for name in ("open_tickets", "oldest_open_ticket", "complaints_last_half_year")
    )
    if count is None:
        return ""
    opened = f"{many(count, 'case')} open" if count else "nothing open"
    since = f", the oldest since {account.ago(days)}" if count and days is not None else ""
    complained = f"; {many(complaints, 'complaint')} in half a year" if complaints else ""
    return f"{opened}{since}{complained}"


def _invoices(account: Account) -> str:
    count, days, amount = (account[name] for name in ("overdue_invoices", "oldest_overdue_invoice", "overdue_amount"))
    if count is None:
        return ""
    if not count:
        return "none overdue"
    of, since = f", {account.money(amount)}" if amount else "", "" if days is None else f", oldest {many(days, 'day')}"
    return f"{count:.0f} overdue{of}{since}"


_LINES: tuple[tuple[str, Callable[[Account], str]], ...] = (
    ("Last used", _use),
    ("People", _people),
    (LAST_TALK, _talk),
    ("Since then", _unanswered),
    ("Survey", _survey),
    ("Support", _support),
    ("Invoices", _invoices),
)
"""In the order in which somebody who is about to call wants to know it."""
