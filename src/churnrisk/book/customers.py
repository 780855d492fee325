"""Who was a customer on the first day of every month, and what they paid: what all figures of the book rest on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, to_column
from churnrisk.past.arrays import Array, Mask
from churnrisk.past.tables.columns import Columns, LazyColumns
from churnrisk.past.tables.spells import is_running
from churnrisk.past.tables.through_time import (
    Stretches,
    Whole,
    active_stretches,
    customer_stretches,
    mrr_over_time,
    over_time,
    positions,
    whole,
)

NO_SEGMENT, OTHER_SEGMENTS = "no segment", "other segments"

MOST_SEGMENTS = 20
"""Segments with figures of their own; a company that has more has a list of labels and no segments."""


@dataclass(frozen=True, kw_only=True)
class Exits:
    """Ends of stretches that count apart, in order of `stop`; all (exits,).

    `stop` is the first date on which the account is gone, `until` the first date by which it has come back (the number
    of dates: never): between the two, this end is why it is gone.
    """

    account: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    until: npt.NDArray[np.int64]

    def explain(self, start: int, stop: int, accounts: int) -> Mask:
        """Which accounts are gone on the date `stop` through such an end since the date `start`: (accounts,)."""
        first, last = np.searchsorted(self.stop, [start, stop], side="right")
        own = slice(int(first), int(last))
        out = np.zeros(accounts, bool)
        out[self.account[own][self.until[own] > stop]] = True
        return out


@dataclass(frozen=True, kw_only=True)
class Customers:
    """Accounts that are not internal, in order of `part` and then of id, on `dates`, in order.

    `part`, (accounts,), is the position of the account's segment among `parts`. `there`, (dates, accounts), says who is
    a customer on each date, and `value` what they pay in whole ten-thousandths, 0 for who is none. `first`,
    (accounts,), is the first date on which an account may have been a customer (the number of dates: later).
    `joined_on` is the day on which it became one, `joined_value` what it paid that day. `completed` are ends as
    planned, `failed` those after a payment that failed; None where nothing is known of payments.
    """

    account_id: Array
    part: npt.NDArray[np.int64]
    parts: tuple[str, ...]
    dates: Days
    there: Mask
    value: Whole
    first: npt.NDArray[np.int64]
    joined_on: npt.NDArray[np.datetime64]
    joined_value: Whole
    completed: Exits
    failed: Exits | None
    unpriced: int

    @property
    def accounts(self) -> int:
        return len(self.account_id)


def members(accounts: Columns) -> pd.DataFrame:
    """The accounts that count, `account_id` and `part`, in order of both.

    The part is the segment; who has none is in a part of its own, and so are all segments beyond the largest ones.
    """
    rows = pd.DataFrame({"account_id": accounts["account_id"], "part": accounts["segment"]})
    rows = rows[~np.asarray(accounts["is_internal"], bool)]
    rows["part"] = named(rows["part"], NO_SEGMENT)
    sizes = rows["part"].value_counts().reset_index().sort_values(["count", "part"], ascending=[False, True])
    if len(sizes) > MOST_SEGMENTS:
        rows.loc[~rows["part"].isin(sizes["part"][: MOST_SEGMENTS - 1]), "part"] = OTHER_SEGMENTS
    return rows.sort_values(["part", "account_id"], ignore_index=True)


def named(texts: "pd.Series[str]", otherwise: str) -> "pd.Series[str]":
    """Texts with blank and missing ones replaced.

    >>> named(pd.Series(["SMB", " ", None]), "none").tolist()
    ['SMB', 'none', 'none']
    """
    texts = texts.astype("str").str.strip()
    return texts.where(texts.notna() & texts.ne(""), otherwise)


def contracted(
    who: pd.DataFrame,
    sold: LazyColumns,
    rows: pd.DataFrame,
    invoices: Columns | None,
    *,
    dates: Days,
    as_of: Day,
    trials: bool,
) -> Customers:
    """Customers by contract, from tables as they were known at `as_of`.

    `who` is that of `members`, `sold` are the subscriptions, in which a pause that goes on has no end, and `rows` their
    spells.
    """
    index = pd.Index(who["account_id"])
    stays = customer_stretches(rows, index, trials=trials)
    value = mrr_over_time(sold, index, dates)
    no_price = np.isnan(sold["mrr"]) & is_running(sold, to_column(as_of))
    made = _customers(who, stays, value, dates, failed=_failed(stays, invoices, index))
    account = positions(sold["account_id"], index)
    made_there = made.there[-1] if len(dates) else np.zeros(len(index), bool)
    unpriced = np.unique(account[no_price & (account >= 0)])
    return _replaced(made, joined_value=_at_first(sold, account, made), unpriced=int(made_there[unpriced].sum()))


def purchasing(
    who: pd.DataFrame, activity: pd.DataFrame, invoices: Columns | None, *, dates: Days, span: int
) -> Customers:
    """Customers without contracts: who was active in the `span` days before a date; their value is what they bought in
    them, less what they sent back, and never below 0.
    """
    index = pd.Index(who["account_id"])
    stays = active_stretches(activity, index, span)
    if invoices is None:
        value = np.zeros((len(dates), len(index)), np.int64)
        return _customers(who, stays, value, dates, failed=None)
    account = positions(invoices["account_id"], index)
    ours = np.flatnonzero(account >= 0)
    when, amount = np.asarray(invoices["issued_on"])[ours], whole(invoices["amount"])[ours]
    until = when + np.timedelta64(span, "D")
    value = over_time(account[ours], when, until, amount, dates=dates, accounts=len(index))
    made = _customers(who, stays, np.maximum(value, 0, out=value), dates, failed=None)
    own = account[ours]
    of_first = when < made.joined_on[own] + np.timedelta64(span, "D")
    first_value = np.zeros(len(index), np.int64)
    np.add.at(first_value, own[of_first], amount[of_first])
    return _replaced(made, joined_value=np.maximum(first_value, 0), unpriced=0)


def _replaced(made: Customers, *, joined_value: Whole, unpriced: int) -> Customers:
    return Customers(**{**vars(made), "joined_value": joined_value, "unpriced": unpriced})


def _customers(who: pd.DataFrame, stays: Stretches, value: Whole, dates: Days, *, failed: Mask | None) -> Customers:
    part, parts = pd.factorize(who["part"])
    there = stays.at(dates, len(who))
    value *= there
    joined_on = np.full(len(who), np.datetime64("2262-01-01"), "M8[us]")
    np.minimum.at(joined_on, stays.account, stays.from_on)
    return Customers(
        account_id=who["account_id"].to_numpy(),
        part=part,
        parts=tuple(map(str, parts)),
        dates=dates,
        there=there,
        value=value,
        first=np.searchsorted(to_column(dates), joined_on, side="right"),
        joined_on=joined_on,
        joined_value=np.zeros(len(who), np.int64),
        completed=_exits(stays, stays.completed, dates),
        failed=None if failed is None else _exits(stays, failed, dates),
        unpriced=0,
    )


def _exits(stays: Stretches, which: Mask, dates: Days) -> Exits:
    """The ends of some stretches, and when each account came back. Rows are in order of account and start."""
    columns = to_column(dates)
    begins, stop = (np.searchsorted(columns, each, side="right") for each in (stays.from_on, stays.ended_on))
    follows = np.append(stays.account[1:] == stays.account[:-1], False)[: len(begins)]
    until = np.where(follows, np.append(begins[1:], 0)[: len(begins)], len(dates))
    rows = np.flatnonzero(which & (stop < len(dates)))
    rows = rows[np.argsort(stop[rows], kind="stable")]
    return Exits(account=stays.account[rows], stop=stop[rows], until=until[rows])


_FAILED_DAYS = np.timedelta64(90, "D")
"""A payment that failed longer before the end than a quarter, which is a billing period, is of an earlier invoice."""


def _failed(stays: Stretches, invoices: Columns | None, accounts: pd.Index) -> Mask | None:
    """Which stretches ended after an invoice whose payment failed and was never made good: (stretches,).

    None where no payment is known to have failed, as then nobody records it.
    """
    if invoices is None:
        return None
    open_ones = np.flatnonzero(~np.isnat(invoices["failed_on"]) & np.isnat(invoices["paid_on"]))
    if not np.any(~np.isnat(invoices["failed_on"])):
        return None
    account = positions(invoices["account_id"][open_ones], accounts)
    failed = pd.DataFrame({"account": account, "on": np.asarray(invoices["failed_on"])[open_ones]})
    failed = failed[failed["account"] >= 0].sort_values("on")
    ends = pd.DataFrame({"account": stays.account, "on": stays.ended_on, "row": np.arange(len(stays.account))})
    last = pd.merge_asof(
        ends.sort_values("on", kind="stable"), failed.assign(failed_on=failed["on"]), on="on", by="account"
    )
    near = (last["on"] - last["failed_on"] <= _FAILED_DAYS).to_numpy(bool)
    out = np.zeros(len(ends), bool)
    out[last["row"].to_numpy()[near]] = True
    return out


def _at_first(sold: Columns, account: npt.NDArray[np.int64], made: Customers) -> Whole:
    """What each account paid on the day on which it became a customer: (accounts,)."""
    ours = np.flatnonzero(account >= 0)
    eve = made.joined_on[account[ours]] + np.timedelta64(1, "D")
    rows = LazyColumns.of(sold).take(ours)
    runs = is_running(rows, eve)
    out = np.zeros(made.accounts, np.int64)
    np.add.at(out, account[ours][runs], whole(rows["mrr"])[runs])
    return out
