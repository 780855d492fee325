"""All that is said of one account on one date; the console and the picture are made from this alone."""

import datetime as dt
from dataclasses import dataclass

from churnrisk.clock import Day
from churnrisk.risk_list import Row


@dataclass(frozen=True)
class Weight:
    """A feature's contribution to the log-odds, with the account's value in words and the fact that it belongs to."""

    feature: str
    fact: str
    value: str
    log_odds: float


@dataclass(frozen=True)
class Past:
    """The risk on one date: as a list `published` it, by the model `lineage`, and as the `present` model sees it.

    None: no list of that date went out with the account, or it was not watched then.
    """

    as_of: Day
    published: float | None
    lineage: str
    present: float | None


@dataclass(frozen=True)
class Contact:
    """A contact between our people and the account; `answered` is None where that is not recorded."""

    on: Day
    kind: str
    answered: bool | None


@dataclass(frozen=True, kw_only=True)
class CloseUp:
    """One account at `as_of`.

    `row` is what a list says of it; None where it was not scored, and then `left_out` says by which rule, in words.
    `place` is its place by probability among the `watched` accounts of that date, 1 the highest. `base` are the
    log-odds before the `weights`, the heaviest first. `usage` is the weekly total, the oldest first, None before the
    account began. `lower` says what would lower the risk, as an association; empty where it was not scored.
    """

    account_id: str
    name: str
    as_of: Day
    currency: str
    window: tuple[dt.date, dt.date]
    lineage: str
    row: Row | None
    left_out: str
    place: int
    watched: int
    base: float
    weights: tuple[Weight, ...]
    history: tuple[Past, ...]
    usage: tuple[float | None, ...]
    usage_from: Day
    contacts: tuple[Contact, ...]
    lower: str
