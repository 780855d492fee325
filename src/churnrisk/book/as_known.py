"""What a month's figures were when it ended, what they are now, and what became known in between."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.book.calendar import Calendar, Period
from churnrisk.book.customers import Customers
from churnrisk.book.inputs import Inputs
from churnrisk.book.totals import Totals, add_up
from churnrisk.clock import Day
from churnrisk.past.arrays import Mask
from churnrisk.past.tables.through_time import Whole
from churnrisk.rules import Rule, Rules, first_that_holds

MOST_MONTHS = 6
"""Half a year: what is entered later than that is the exception, and would be a table of its own."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Accounts whose month looks different now: what of them became known since it ended, a yes or no each."""

    account: Mask
    corrected: Mask
    entered: Mask
    ended: Mask


CAUSES: Rules[Heard, Mask] = Rules(
    [
        Rule("account", "the account itself was entered, or found to be internal or not, later", lambda h: h.account),
        Rule("corrected", "a subscription that was known was corrected later", lambda h: h.corrected),
        Rule("entered", "a subscription was entered later", lambda h: h.entered),
        Rule("ended", "the end of a subscription was heard of later", lambda h: h.ended),
    ]
)
"""Why a month's figures change, in order: the first that holds is the one that is counted."""

OTHERWISE = "a purchase or a return was entered later"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What became known: of how many accounts, and what that did to the MRR at both ends of the month."""

    words: str
    accounts: int
    opening_mrr: int
    closing_mrr: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """A month as it was known on `known_first`, the day after it, and as it is known now, of the whole company."""

    period: Period
    known_first: Day
    then: Totals
    now: Totals
    causes: tuple[Cause, ...]


def changes(inputs: Inputs, calendar: Calendar, now: Totals) -> list[Change]:
    """Of the last months, the newest first; `now` are the totals of the calendar's months as they are known now.

    Only accounts of which something became known since can differ, so only they are counted again.
    """
    months = [each for each in calendar.periods() if each.kind == "month"]
    recent = list(enumerate(months))[-MOST_MONTHS:][::-1]
    if not recent:
        return []
    touched = inputs.only(inputs.heard_of(calendar.boundaries[recent[-1][1].stop]))
    return [_change(touched, calendar, month, now.rows([at]).whole_company()) for at, month in recent]


def _change(touched: Inputs, calendar: Calendar, month: Period, now: Totals) -> Change:
    dates = calendar.boundaries[[month.start, month.stop]]
    known_first = calendar.boundaries[month.stop]
    before, after = (_company(touched, dates, as_of) for as_of in (known_first, touched.as_of))
    own = Period("month", month.name, 0, 1)
    then = now.exchanged(add_up(after, [own]).whole_company(), add_up(before, [own]).whole_company())
    return Change(
        period=month,
        known_first=known_first,
        then=then,
        now=now,
        causes=tuple(_causes(touched, before, after, known_first)),
    )


def _company(touched: Inputs, dates: npt.NDArray[np.datetime64], as_of: Day) -> Customers:
    return touched.customers(touched.who(as_of).assign(part=""), dates, as_of)


def _causes(touched: Inputs, before: Customers, after: Customers, known_first: Day) -> list[Cause]:
    ids = pd.Index(np.union1d(before.account_id, after.account_id))
    (there_then, value_then), (there_now, value_now) = (_aligned(each, ids) for each in (before, after))
    differs = np.flatnonzero(((there_then != there_now) | (value_then != value_now)).any(axis=0))
    if not len(differs):
        return []
    heard = _heard(touched, ids[differs], before, after, known_first)
    names = first_that_holds(CAUSES, heard, "")
    gained = (value_now - value_then)[:, differs]
    return [
        Cause(
            words=CAUSES.words.get(name, OTHERWISE),
            accounts=int((names == name).sum()),
            opening_mrr=int(gained[0, names == name].sum()),
            closing_mrr=int(gained[1, names == name].sum()),
        )
        for name in dict.fromkeys([*CAUSES.words, ""])
        if (names == name).any()
    ]


def _aligned(customers: Customers, ids: pd.Index) -> tuple[Mask, Whole]:
    """Who is there and what they pay at both ends, of these accounts: (2, accounts)."""
    at = ids.get_indexer(pd.Index(customers.account_id))
    there, value = np.zeros((2, len(ids)), bool), np.zeros((2, len(ids)), np.int64)
    there[:, at], value[:, at] = customers.there, customers.value
    return there, value


def _heard(touched: Inputs, ids: pd.Index, before: Customers, after: Customers, known_first: Day) -> Heard:
    counted = [ids.isin(each.account_id) for each in (before, after)]
    sold = touched.require("subscriptions", touched.as_of)
    was = touched.require("subscriptions", known_first)
    rows = pd.DataFrame({name: sold[name] for name in ("subscription_id", "account_id", "known_at", "end_known_at")})
    late = rows[rows["known_at"] >= known_first]
    is_correction = late["subscription_id"].isin(was["subscription_id"])
    ended = rows[rows["end_known_at"] >= known_first]
    return Heard(
        account=counted[0] != counted[1],
        corrected=ids.isin(late.loc[is_correction, "account_id"]),
        entered=ids.isin(late.loc[~is_correction, "account_id"]),
        ended=ids.isin(ended["account_id"]),
    )
