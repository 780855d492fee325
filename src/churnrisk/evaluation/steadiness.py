"""How steady those to call are from date to date, what that costs, and what became of the group."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.metrics.floor import above, floor_of, worth_a_place
from churnrisk.metrics.metric import Numbers
from churnrisk.past.arrays import Mask

WEEKS = 4
"""Whoever goes off and is back within a month was on somebody's desk for nothing in between."""


@dataclass(frozen=True, kw_only=True)
class Steadiness:
    """Those to call on the dates of a test, where whoever was called has it easier to stay, and where nobody has.

    They are those above the floor with most to lose, as many as a list has room for. `flicker` is the share of accounts
    that went off and were back within `WEEKS` weeks, of the accounts that were ever called; `lift` is the churn rate of
    those called over that of all, and None where nobody was. `_of_one` are of one threshold for all: there `flicker` is
    of those that it calls, and `lift` of as many as with two, so that the lifts can be compared.
    `left_above` and `left_below` are the churn rates of all accounts above and below the floor.
    """

    flicker: float | None
    flicker_of_one: float | None
    lift: float | None
    lift_of_one: float | None
    left_above: float | None
    left_below: float | None

    def figures(self) -> dict[str, float]:
        """Those that are known, by name, for `dvc metrics`."""
        given = {
            "flicker": self.flicker,
            "flicker_of_one_threshold": self.flicker_of_one,
            "lift_to_call": self.lift,
            "lift_to_call_of_one_threshold": self.lift_of_one,
            "left_above_floor": self.left_above,
            "left_below_floor": self.left_below,
        }
        return {name: round(value, 6) for name, value in given.items() if value is not None}


def steadiness(backtest: pd.DataFrame, *, call_from: float, keep_from_share: float, length: int) -> Steadiness:
    """The steadiness of a backtest (`account_id`, `as_of`, `probability`, `label` and `worth`, which the list ranks by)
    by the settings of the list.

    >>> dates = pd.to_datetime(["2025-01-06", "2025-01-13"])
    >>> rows = pd.DataFrame({"account_id": [*"aabb"], "as_of": [*dates, *dates], "label": [1.0, 1, 0, 0]})
    >>> rows["probability"] = rows["worth"] = [0.4, 0.3, 0.1, 0.1]
    >>> made = steadiness(rows, call_from=0.35, keep_from_share=0.75, length=9)
    >>> made.flicker, made.lift, made.left_above, made.left_below
    (0.0, 2.0, 1.0, 0.0)
    """
    dates = sorted(backtest["as_of"].unique())
    rows = [np.flatnonzero((backtest["as_of"] == date).to_numpy()) for date in dates]
    account = backtest["account_id"].to_numpy(object)
    risk, label, worth = (backtest[name].to_numpy(float) for name in ("probability", "label", "worth"))
    high, two, one, as_many = (np.zeros(len(backtest), bool) for _ in range(4))
    called: frozenset[str] = frozenset()
    for own in rows:
        floor, was = floor_of(risk[own], call_from), np.isin(account[own], list(called))
        high[own] = above(risk[own], floor, was, keep_from_share)
        two[_first(own[high[own]], worth_a_place(worth[own], was, keep_from_share)[high[own]], length)] = True
        called = frozenset(account[own][two[own]])
        reach = own[risk[own] >= floor]
        one[_first(reach, worth[reach], length)] = True
        # As long as the other, so that neither wins by naming more.
        likely = own[np.argsort(-risk[own], kind="stable")][: int(high[own].sum())]
        as_many[_first(likely, worth[likely], int(two[own].sum()))] = True
    return Steadiness(
        flicker=_flicker(account, rows, two),
        flicker_of_one=_flicker(account, rows, one),
        lift=_lift(label, rows, two),
        lift_of_one=_lift(label, rows, as_many),
        left_above=float(label[high].mean()) if high.any() else None,
        left_below=float(label[~high].mean()) if not high.all() else None,
    )


def _first(own: "npt.NDArray[np.intp]", worth: Numbers, room: int) -> "npt.NDArray[np.intp]":
    """Those rows of `own` that are worth most, as many as there is room for."""
    return own[np.argsort(-worth, kind="stable")[:room]]


def _flicker(account: "npt.NDArray[np.object_]", rows: list["npt.NDArray[np.intp]"], called: Mask) -> float | None:
    """Of the accounts that were ever called, the share that were in, out and in again within `WEEKS` weekly dates."""
    on = [frozenset(account[own][called[own]]) for own in rows]
    watched = [frozenset(account[own]) for own in rows]
    ever = frozenset().union(*on)
    back = {
        each
        for at in range(1, len(on))
        for each in (on[at - 1] - on[at]) & watched[at]
        if any(each in later for later in on[at + 1 : at + WEEKS])
    }
    return len(back) / len(ever) if ever else None


def _lift(label: Numbers, rows: list["npt.NDArray[np.intp]"], called: Mask) -> float | None:
    """How many times as many of those called churned as of as many accounts drawn by lot on the same dates."""
    by_lot = sum(float(called[own].sum()) * float(label[own].mean()) for own in rows)
    return float(label[called].sum()) / by_lot if by_lot else None
