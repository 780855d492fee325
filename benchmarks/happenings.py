"""What happens to companies, each as a small pure change of a simulated company's tables."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from churnrisk.simulator import SimulatedCompany

Tables = dict[str, pd.DataFrame]

DATED = {
    "usage": "day",
    "invoices": "issued_on",
    "tickets": "opened_at",
    "surveys": "sent_on",
    "touchpoints": "happened_at",
}
"""The column of each table that says when a row happened."""

SEASONAL, NEW_SEGMENT = "education", "public sector"
OLD_EVENT, NEW_EVENT = "dashboard_viewed", "insights_viewed"
LATE_DAYS, OUTAGE_DAYS, REDESIGN_DAYS, NEW_SEGMENT_DAYS = 45, 3, 7, 130
PRICE_RISE, PRICE_RISE_ON = 1.25, pd.Timestamp("2025-06-01")


def on_tables(change: Callable[[Tables], Tables]) -> Callable[[SimulatedCompany], SimulatedCompany]:
    """A change of tables as one of a company; its truth stays what the simulator gave."""
    return lambda made: replace(made, tables=made.tables | change(made.tables))


def outage(tables: Tables) -> Tables:
    """The export of usage broke: its last three days have no rows."""
    return {"usage": tables["usage"][tables["usage"]["day"] < _end(tables) - pd.Timedelta(days=OUTAGE_DAYS)]}


def redesign(tables: Tables) -> Tables:
    """The product was redesigned a week ago, and an event goes on under another name."""
    usage = tables["usage"]
    renamed = (usage["day"] >= _end(tables) - pd.Timedelta(days=REDESIGN_DAYS)) & (usage["event"] == OLD_EVENT)
    return {"usage": usage.assign(event=usage["event"].mask(renamed, NEW_EVENT))}


def late_labels(tables: Tables) -> Tables:
    """Every churn is entered 45 days after it happened, so that those of the last weeks are not in the tables yet."""
    sold = tables["subscriptions"]
    churned = _last_paid(sold) & sold["ended_on"].notna()
    known = (sold["ended_on"] + pd.Timedelta(days=LATE_DAYS)).where(churned, sold["end_known_at"])
    unknown = churned & (known >= _end(tables))
    columns = {"end_known_at": known.mask(unknown), "ended_on": sold["ended_on"].mask(unknown)}
    return {"subscriptions": sold.assign(**columns, end_reason=sold["end_reason"].mask(unknown))}


def new_segment(tables: Tables) -> Tables:
    """Whoever signed up within 130 days is of a segment that was never sold to before; no label of theirs is mature."""
    accounts = tables["accounts"]
    young = accounts["created_on"] >= _end(tables) - pd.Timedelta(days=NEW_SEGMENT_DAYS)
    return {"accounts": accounts.assign(segment=accounts["segment"].mask(young, NEW_SEGMENT))}


def seasonal_business(tables: Tables) -> Tables:
    """Schools are closed in July and August: nine tenths of their usage is missing then, every year."""
    accounts, usage = tables["accounts"], tables["usage"]
    schools = set(accounts.loc[accounts["industry"] == SEASONAL, "account_id"])
    closed = usage["account_id"].isin(schools) & usage["day"].dt.month.isin([7, 8])
    return {"usage": usage[~closed | (np.random.default_rng(5).random(len(usage)) < 0.1)]}


def acausal_churn(tables: Tables) -> Tables:
    """Of those that the simulator keeps, some go bankrupt on a day that has nothing to do with anything; nobody else
    leaves.
    """
    stays = _staying(tables)
    kept = {name: rows[rows["account_id"].isin(stays)] for name, rows in tables.items()}
    rng = np.random.default_rng(5)
    began = kept["accounts"].set_index("account_id")["created_on"].clip(lower=kept["usage"]["day"].min())
    # Exponential, so that neither age nor date says anything.
    ends = began + pd.to_timedelta(rng.exponential(900.0, len(began)).round(), unit="D")
    return kept | without_after(kept, ends[ends < _end(tables)])


def champion_leaves(tables: Tables) -> Tables:
    """In a third of the accounts that stay, the user with most usage leaves; of these accounts two thirds churn 45 to
    100 days later.
    """
    rng, left_on = np.random.default_rng(5), champions_left(tables)
    usage = tables["usage"].reset_index(drop=True)
    gone = usage["user_id"].isin(_champions(tables)) & (usage["day"] >= usage["account_id"].map(left_on))
    ends = left_on + pd.to_timedelta(rng.integers(45, 100, len(left_on)), unit="D")
    ends = ends[(rng.random(len(ends)) < 2 / 3) & (ends < _end(tables))]
    return without_after(tables | {"usage": usage[~gone]}, ends)


def champions_left(tables: Tables) -> "pd.Series[pd.Timestamp]":
    """When the champion left, by account, for those whose did."""
    rng, stays = np.random.default_rng(7), sorted(_staying(tables))
    chosen = np.array(stays, object)[rng.random(len(stays)) < 1 / 3]
    first = tables["usage"]["day"].min() + pd.Timedelta(days=120)
    span = (_end(tables) - first).days
    days = first + pd.to_timedelta(rng.integers(0, span, len(chosen)), unit="D")
    return pd.Series(days, index=pd.Index(chosen, name="account_id"))


def price_rise(tables: Tables) -> Tables:
    """Every price rises by a quarter on one day, and a tenth of those that would have stayed leave 45 to 120 days
    later.
    """
    sold = tables["subscriptions"]
    running = (sold["started_on"] < PRICE_RISE_ON) & ~(sold["ended_on"] <= PRICE_RISE_ON) & (sold["mrr"] > 0)
    dearer = sold[running].assign(
        subscription_id=sold["subscription_id"] + "P", started_on=PRICE_RISE_ON, mrr=(sold["mrr"] * PRICE_RISE).round(2)
    )
    over = {"ended_on": PRICE_RISE_ON, "end_known_at": PRICE_RISE_ON, "end_reason": None, "planned_end_on": pd.NaT}
    ended = sold.assign(**{name: sold[name].mask(running, value) for name, value in over.items()})
    dearer["known_at"] = PRICE_RISE_ON
    changed = tables | {"subscriptions": pd.concat([ended, dearer], ignore_index=True)}
    return without_after(changed, price_leavers(tables))


def price_leavers(tables: Tables) -> "pd.Series[pd.Timestamp]":
    """Who leaves because of the price, and when."""
    rng, stays = np.random.default_rng(5), sorted(_staying(tables))
    ids = np.array(stays, object)[rng.random(len(stays)) < 0.1]
    days = PRICE_RISE_ON + pd.to_timedelta(rng.integers(45, 120, len(ids)), unit="D")
    return pd.Series(days, index=pd.Index(ids, name="account_id"))


def without_after(tables: Tables, ends: "pd.Series[pd.Timestamp]") -> Tables:
    """Accounts leave on the days of `ends`, known on the day: no fact of theirs is later, and no subscription runs."""

    def late(rows: pd.DataFrame, column: str) -> "pd.Series[bool]":
        return rows[column] >= rows["account_id"].map(ends)

    cut = {name: tables[name][~late(tables[name], column)] for name, column in DATED.items()}
    sold = tables["subscriptions"]
    sold = sold[~late(sold, "started_on")]
    end = sold["account_id"].map(ends)
    runs = end.notna() & ~(sold["ended_on"] <= end)
    over = {"ended_on": end, "end_known_at": end}
    return cut | {"subscriptions": sold.assign(**{name: sold[name].mask(runs, day) for name, day in over.items()})}


def _champions(tables: Tables) -> set[str]:
    """The user of each account with most rows of usage."""
    counts = tables["usage"].groupby(["account_id", "user_id"], sort=True).size()
    return {user for _, user in counts.groupby(level=0).idxmax()}


def _staying(tables: Tables) -> set[str]:
    """Accounts that pay when the tables end."""
    sold = tables["subscriptions"]
    return set(sold.loc[sold["ended_on"].isna() & ~sold["is_trial"], "account_id"])


def _last_paid(sold: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a row is the last paid subscription of its account."""
    paid = sold[~sold["is_trial"]].sort_values("started_on", kind="stable")
    return pd.Series(sold.index.isin(paid.groupby("account_id").tail(1).index), index=sold.index)


def _end(tables: Tables) -> pd.Timestamp:
    """The first day of which the tables know nothing."""
    return pd.Timestamp(tables["usage"]["day"].max()).normalize() + pd.Timedelta(days=1)
