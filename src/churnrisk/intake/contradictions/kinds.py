"""The kinds of contradiction that are looked for."""

from dataclasses import dataclass

from churnrisk.contract import TABLES, Table


@dataclass(frozen=True)
class Kind:
    """A kind of contradiction in the rows of a table.

    `holds` is SQL over a row, over `standing` of its account and, for usage, over `terms` of its subscription (both in
    `churnrisk.intake.contradictions.find`). `shows` names the columns that show it, for the example.
    """

    table: str
    name: str
    what: str
    holds: str
    shows: tuple[str, ...]


def _before_sign_up(table: Table) -> Kind:
    what = f"{table.occurs} is before the account's created_on"
    holds = f"CAST({table.occurs} AS DATE) < signed_up_on"
    return Kind(table.name, "before sign-up", what, holds, (table.occurs, "signed_up_on"))


def _known_too_soon(table: str) -> Kind:
    day = TABLES[table].occurs
    holds = f"CAST(known_at AS DATE) < CAST({day} AS DATE)"
    return Kind(table, "known before it happened", f"known_at is before {day}", holds, (day, "known_at"))


_USAGE = [
    Kind(
        "usage",
        "before the first subscription",
        "day is before the account's first subscription started",
        "CAST(day AS DATE) < first_started_on",
        ("day", "first_started_on"),
    ),
    Kind(
        "usage",
        "after the last subscription",
        "day is not before the day by which all of the account's subscriptions had ended",
        "all_ended AND CAST(day AS DATE) >= last_ended_on",
        ("day", "last_ended_on"),
    ),
    Kind("usage", "without a subscription", "the account has none", "first_started_on IS NULL", ("day",)),
    Kind(
        "usage",
        "of an unknown subscription",
        "subscription_id is not in subscriptions",
        "subscription_id IS NOT NULL AND term IS NULL",
        ("subscription_id", "day"),
    ),
    Kind(
        "usage",
        "of another account's subscription",
        "subscription_id belongs to another account",
        "holder <> account_id",
        ("subscription_id", "day", "holder"),
    ),
    Kind(
        "usage",
        "before its own subscription",
        "day is before the subscription that it belongs to started",
        "CAST(day AS DATE) < term_started_on",
        ("subscription_id", "day", "term_started_on"),
    ),
    Kind(
        "usage",
        "after its own subscription",
        "day is not before the end of the subscription that it belongs to",
        "CAST(day AS DATE) >= term_ended_on",
        ("subscription_id", "day", "term_ended_on"),
    ),
]

_SUBSCRIPTIONS = [
    Kind(
        "subscriptions",
        "longer than its term",
        "ended_on is after planned_end_on",
        "ended_on > planned_end_on",
        ("planned_end_on", "ended_on"),
    ),
    Kind(
        "subscriptions",
        "renews, and its end is over",
        "auto_renew is yes, and by the last day of usage planned_end_on had passed without ended_on",
        "auto_renew = 1 AND ended_on IS NULL AND CAST(planned_end_on AS DATE) <= seen",
        ("planned_end_on", "auto_renew"),
    ),
    Kind("subscriptions", "trial with a price", "is_trial, and mrr is above 0", "is_trial AND mrr > 0", ("mrr",)),
]

_STATED = "CAST(stated_churned_on AS DATE)"
_ACCOUNTS = [
    Kind(
        "accounts",
        "said to have left, and runs",
        "stated_churned is yes, and a subscription runs on the last day of usage",
        "stated_churned = 'yes' AND one_runs",
        ("stated_churned",),
    ),
    Kind(
        "accounts",
        "said to stay, and has left",
        "stated_churned is no, and by the last day of usage all subscriptions have ended, not as planned",
        "stated_churned = 'no' AND all_ended AND last_cut_short",
        ("stated_churned", "last_ended_on"),
    ),
    Kind(
        "accounts",
        "said to have left, and not when",
        "stated_churned is yes, and stated_churned_on is empty, though others have it",
        "stated_churned = 'yes' AND stated_churned_on IS NULL"
        " AND EXISTS (FROM stated WHERE stated.stated_churned_on IS NOT NULL)",
        ("stated_churned",),
    ),
    Kind(
        "accounts",
        "left on a day on which nothing ended",
        "on stated_churned_on no subscription of the account ended",
        f"{_STATED} IS NOT NULL AND NOT EXISTS (FROM terms WHERE holder = account_id AND term_ended_on = {_STATED})",
        ("stated_churned_on", "last_ended_on"),
    ),
    Kind(
        "accounts",
        "left, and a subscription went on",
        "on stated_churned_on a subscription of the account that had started did not end",
        f"EXISTS (FROM terms WHERE holder = account_id AND term_started_on < {_STATED}"
        f" AND coalesce(term_ended_on > {_STATED}, true))",
        ("stated_churned_on", "last_ended_on"),
    ),
]

KINDS = (
    *_ACCOUNTS,
    *(_before_sign_up(table) for table in TABLES.values() if table.name != "accounts"),
    *_SUBSCRIPTIONS,
    *_USAGE,
    *(_known_too_soon(table) for table in ("usage", "tickets", "surveys")),
)
"""All kinds; those of one table in the order in which they are reported."""
