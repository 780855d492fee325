"""Where `features.plan_order` and the plans of subscriptions differ: such a plan has no rank."""

from collections.abc import Mapping, Sequence

import pandas as pd

from churnrisk.errors import ParamsError, did_you_mean

_WHERE = "params.yaml, features.plan_order"


def unknown_plans(tables: Mapping[str, pd.DataFrame], plan_order: Sequence[str]) -> list[str]:
    """A sentence for each plan of `plan_order` that no subscription has, and one for the plans that it does not name.

    They are said and not refused, because a new plan may have no subscription yet, and an old one no place in the
    order. Trials, pauses and what never was an account's main subscription, such as an add-on, need no rank. Nothing
    is said where no order is given, or no subscription has a plan.

    >>> sold = pd.DataFrame({"account_id": list("abc"), "plan": ["Pro", "Team", "Legacy"], "mrr": [90.0, 50.0, 20.0]})
    >>> print(*unknown_plans({"subscriptions": sold}, ["Team", "pro"]), sep="\\n")
    params.yaml, features.plan_order: no subscription has the plan 'pro'. Allowed: Legacy, Pro, Team. \
Fix: did you mean 'Pro'?.
    params.yaml, features.plan_order: it does not name plans of accounts, which so have no rank: Legacy (1 account), \
Pro (1 account).
    """
    subscriptions = tables.get("subscriptions", pd.DataFrame())
    if not plan_order or "plan" not in subscriptions or not subscriptions["plan"].notna().any():
        return []
    plans = sorted(map(str, subscriptions["plan"].dropna().unique()))
    not_sold = [
        ParamsError(
            f"no subscription has the plan '{plan}'",
            where=_WHERE,
            allowed=", ".join(plans),
            fix=did_you_mean(plan, plans) or "name a plan of the subscriptions",
        )
        for plan in plan_order
        if plan not in plans
    ]
    without = _main(subscriptions)[lambda rows: ~rows["plan"].isin(plan_order)].groupby("plan")["account_id"].nunique()
    named = ", ".join(f"{plan} ({many:,} account{'s' * (many > 1)})" for plan, many in without.items())
    rankless = [f"{_WHERE}: it does not name plans of accounts, which so have no rank: {named}."] if named else []
    return [*map(str, not_sold), *rankless]


def _main(subscriptions: pd.DataFrame) -> pd.DataFrame:
    """The subscription that pays most of each account, of all times and of those that run, as a table of both.

    The exact main one of every date would need every date; a plan that is neither for anybody is an add-on.
    """
    paid = subscriptions
    for flag in ("is_trial", "is_paused"):
        paid = paid[~paid[flag].fillna(False).astype(bool)] if flag in paid else paid
    running = paid[paid["ended_on"].isna()] if "ended_on" in paid else paid.iloc[:0]
    most = [
        rows.sort_values("mrr", kind="stable").drop_duplicates("account_id", keep="last") for rows in (paid, running)
    ]
    return pd.concat(most)
