"""The contract tables. A workspace's queries rename, cast and convert onto them once; nothing after that knows a
source's names.
"""

import pandera.pandas as pa

from churnrisk.contract.table import Table, answer, flag, in_order, number, rule, text, time

_ACCOUNT = "the account it belongs to"
_KNOWN = "when the row became known"

_MOST_MONEY = 1e12
"""More than any company is paid: a larger number is a mistake of a unit, or of the export."""


OUTCOMES = ("talked", "no_answer", "snoozed", "done", "not_needed")
"""What can become of a next step. Few, because each is a button or a word in a cell: talked to them, tried without
answer, put off, done without talking, not worth doing."""
REACHED = ("talked", "done")
"""Outcomes by which something was done for the account; to try without an answer, or to put it off, is not that."""

VERDICTS = ("safe", "at risk", "lost")


def _schema(columns: dict[str, pa.Column], *rules: pa.Check) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, checks=list(rules), strict=False)


_ALL = [
    Table(
        "accounts",
        "one row an account",
        ("account_id",),
        "created_on",
        required=True,
        attributes=True,
        schema=_schema(
            {
                "account_id": text("the account's own key", required=True),
                "created_on": time("when it signed up", required=True),
                "name": text("what people call it"),
                "owner": text("the customer-success manager who looks after it"),
                "owner_email": text("the owner's e-mail address, for files that a CRM takes in"),
                "crm_id": text("its key in the CRM; empty: that is `account_id`"),
                "segment": text("the group of accounts that it is compared with"),
                "industry": text("its industry"),
                "region": text("where it is"),
                "acquisition": text("how it was won: channel or campaign"),
                "is_internal": flag("a test account or one of our own", default=False),
                "stated_churned": text(
                    "whether it has churned, as the source states it when it is read: compared with the subscriptions,"
                    " and used for nothing else",
                    one_of=("yes", "no"),
                    at_reading=True,
                ),
                "stated_churned_on": time(
                    "the day on which it churned last, as the source states it: compared with the subscriptions, and"
                    " used for nothing else",
                    at_reading=True,
                ),
                "known_at": time(_KNOWN),
            }
        ),
    ),
    Table(
        "subscriptions",
        "one row a subscription; a change of plan, price or seats ends one and starts another",
        ("subscription_id",),
        "started_on",
        required=True,
        schema=_schema(
            {
                "subscription_id": text("the subscription's own key", required=True),
                "account_id": text(_ACCOUNT, required=True),
                "started_on": time("its first day", required=True),
                "ended_on": time("the first day without it; empty: it runs", known_by="end_known_at"),
                "planned_end_on": time(
                    "the day on which a fixed term ends as planned, known from the start; empty: no fixed term"
                ),
                "plan": text("its plan"),
                "seats": number("seats bought; empty: not known, or without a limit", "seats", most=1e9, emptied=True),
                "mrr": number(
                    "what recurs each month; empty: not known. A row below 0 is a discount, and is taken off the"
                    " subscription of its account with the same days",
                    "money",
                    most=_MOST_MONEY,
                ),
                "term_months": number("length of the term after which it renews; empty: none", "months", most=1200),
                "notice_days": number(
                    "days before a renewal by which notice has to be given; empty: none",
                    "days",
                    most=3650,
                    emptied=True,
                ),
                "discount_ends_on": time("the first day without the discount that is in its price; empty: none"),
                "auto_renew": answer("does it renew by itself? Then it goes on after `planned_end_on`"),
                "is_trial": flag("a trial, not yet paying", default=False),
                "is_paused": flag(
                    "a pause between two subscriptions, with the MRR that it keeps: nothing is used, nothing ends",
                    default=False,
                ),
                "end_reason": text("the stated reason for the end", known_by="end_known_at"),
                "end_known_at": time(
                    "when the end became known, such as the day notice was given", filled_by="ended_on"
                ),
                "known_at": time(_KNOWN),
            },
            in_order("started_on", "ended_on"),
            in_order("started_on", "planned_end_on"),
        ),
    ),
    Table(
        "usage",
        "any number of rows an account, user, day and event; they add up",
        (),
        "day",
        required=True,
        schema=_schema(
            {
                "account_id": text(_ACCOUNT, required=True),
                "user_id": text("who did it; empty: nobody knows"),
                "day": time("the day of it", required=True),
                "event": text("what was done", required=True),
                "quantity": number("how much or how often, never money", "count", default=1.0, empty=0.0),
                "subscription_id": text("the subscription that it belongs to; empty: not known"),
                "known_at": time(_KNOWN),
            }
        ),
    ),
    Table(
        "invoices",
        "one row an invoice, or a purchase paid at once, whose three days are the same",
        ("invoice_id",),
        "issued_on",
        schema=_schema(
            {
                "invoice_id": text("the invoice's own key", required=True),
                "account_id": text(_ACCOUNT, required=True),
                "issued_on": time("when it was sent", required=True),
                "due_on": time("when it should be paid", required=True),
                "paid_on": time("when it was paid; empty: it is open", known_by="paid_on"),
                "failed_on": time("when a payment of it failed last; empty: none did", known_by="failed_on"),
                "amount": number("its total; a credit note is below 0", "money", least=-_MOST_MONEY, most=_MOST_MONEY),
                "known_at": time(_KNOWN),
            },
            in_order("issued_on", "due_on"),
            in_order("issued_on", "paid_on"),
        ),
    ),
    Table(
        "tickets",
        "one row a support case",
        ("ticket_id",),
        "opened_at",
        schema=_schema(
            {
                "ticket_id": text("the case's own key", required=True),
                "account_id": text(_ACCOUNT, required=True),
                "opened_at": time("when it was opened", required=True),
                "closed_at": time("when it was closed; empty: it is open", known_by="closed_at"),
                "answered_at": time("when it was first answered; empty: not yet", known_by="answered_at"),
                "promised_hours": number(
                    "hours within which a first answer was promised; empty: none", "hours", emptied=True
                ),
                "reopened_at": time(
                    "when it was reopened last, since it was closed: open again; empty: never", known_by="reopened_at"
                ),
                "severity": number("1 is the most urgent, 4 the least", "score", least=1, most=4, emptied=True),
                "kind": text("what it is about; a complaint is `complaint`", words=("complaint",)),
                "satisfaction": number(
                    "the answer after it was closed, 1 to 5",
                    "score",
                    least=1,
                    most=5,
                    known_by="closed_at",
                    emptied=True,
                ),
                "known_at": time(_KNOWN),
            },
            in_order("opened_at", "closed_at"),
            in_order("opened_at", "answered_at"),
        ),
    ),
    Table(
        "surveys",
        "one row a survey sent to an account",
        ("survey_id",),
        "sent_on",
        schema=_schema(
            {
                "survey_id": text("the survey's own key", required=True),
                "account_id": text(_ACCOUNT, required=True),
                "sent_on": time("when it was sent", required=True),
                "answered_on": time("when it was answered; empty: not yet", known_by="answered_on"),
                "score": number(
                    "how likely to recommend us, 0 to 10", "score", most=10, known_by="answered_on", emptied=True
                ),
                "known_at": time(_KNOWN),
            },
            in_order("sent_on", "answered_on"),
        ),
    ),
    Table(
        "touchpoints",
        "one row a contact between our people and an account",
        ("touchpoint_id",),
        "happened_at",
        schema=_schema(
            {
                "touchpoint_id": text("the contact's own key", required=True),
                "account_id": text(_ACCOUNT, required=True),
                "happened_at": time("when it happened", required=True),
                "kind": text("email, call, meeting or qbr", one_of=("email", "call", "meeting", "qbr")),
                "answered": answer("did they answer or take part?", default=True),
                "known_at": time(_KNOWN),
            }
        ),
    ),
    Table(
        "goals",
        "one row a thing that an account set out to reach or owes",
        ("goal_id",),
        "set_on",
        schema=_schema(
            {
                "goal_id": text("the goal's own key", required=True),
                "account_id": text(_ACCOUNT, required=True),
                "set_on": time("when it was agreed", required=True),
                "kind": text("what sort of goal"),
                "due_on": time("when it should be reached"),
                "reached_on": time("when it was reached; empty: not yet", known_by="reached_on"),
                "result": number("how well, 0 to 1", "share", most=1, known_by="result_known_at", emptied=True),
                "result_known_at": time("when the result became known", filled_by="reached_on"),
                "weight": number("how much it counts beside the account's other goals", "share", emptied=True),
                "known_at": time(_KNOWN),
            },
            in_order("set_on", "reached_on"),
        ),
    ),
    Table(
        "dispositions",
        "one row a thing that was done about an account on a list, or what its owner says of it",
        # With `known_at` of its own, a row of the same key is a correction, such as a later snooze.
        ("account_id", "as_of", "play", "outcome", "who"),
        "as_of",
        ours=True,
        schema=_schema(
            {
                "account_id": text(_ACCOUNT, required=True),
                "as_of": time("the date of the list that it answers", required=True),
                "play": text("the next step that was taken; empty: not said"),
                "outcome": text("what became of it; empty: nothing was done yet", one_of=OUTCOMES),
                "who": text("who did it"),
                "reason": text("why, or a note; empty: none"),
                "snooze_until": time("the day until which the account is left alone; empty: it is not"),
                "verdict": text("how its owner sees it; empty: not said", one_of=VERDICTS),
                "known_at": time(_KNOWN),
            },
            in_order("as_of", "snooze_until"),
            rule(
                "snooze_until is missing, which snoozed needs",
                lambda rows: rows["outcome"].ne("snoozed").fillna(True) | rows["snooze_until"].notna(),
            ),
        ),
    ),
]

TABLES = {table.name: table for table in _ALL}
"""Every contract table by name, required ones first."""
