"""Why an account is not in the cohort: every rule with its test and its words."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, LabelWindow, day, days
from churnrisk.past.arrays import Mask
from churnrisk.past.tables.columns import LazyColumns
from churnrisk.past.tables.revenue import fell_on, unpriced
from churnrisk.past.tables.spells import NEVER, current, resumed, spells
from churnrisk.past.tables.standing import Standing
from churnrisk.past.usage.activity import Activity
from churnrisk.rules import Rule, Rules

AT_RISK = "at risk"
"""The `rule` of an account for which none holds: it is in the cohort."""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Whom to watch. All but the first two are for businesses where churn isn't the end of all subscriptions.

    `contraction_share` is the fall of MRR that counts as churn. By `activity`, accounts active on fewer than
    `min_active_days` are left out, and so are accounts that have been inactive for `inactive_days` already.
    """

    min_age_days: int
    trials: bool
    contraction_share: float | None = None
    activity: Activity | None = None
    min_active_days: int = 0
    inactive_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """All accounts that are known at `as_of`, in order, with what the rules ask of them.

    `accounts` has one row each: `account_id`, `is_internal`, and of the spell, where there is one, `started_on`,
    `ended_on`, `planned`, `completed` and `paid_from` (see `past.tables.spells`). `sold` are the subscriptions as they
    were known at `as_of`, in which a pause that goes on has no end. All that is computed is (accounts,).
    """

    accounts: pd.DataFrame
    sold: LazyColumns
    as_of: Day
    window: LabelWindow
    watch: Watch

    @classmethod
    def of(cls, known: LazyColumns, sold: LazyColumns, as_of: Day, window: LabelWindow, watch: Watch) -> "Candidates":
        """From the accounts and the subscriptions that were known at `as_of`."""
        sold = resumed(sold, as_of)
        rows = pd.DataFrame({"account_id": known["account_id"], "is_internal": known["is_internal"].astype(bool)})
        rows = rows.sort_values("account_id").merge(current(spells(sold), as_of), how="left")
        return cls(accounts=rows, sold=sold, as_of=as_of, window=window, watch=watch)

    @property
    def has_begun(self) -> Mask:
        return self.accounts["started_on"].notna().to_numpy()

    @property
    def ended_on(self) -> npt.NDArray[np.datetime64]:
        """NEVER while no end is known, NaT before the first spell."""
        return self.accounts["ended_on"].to_numpy()

    @property
    def has_ended(self) -> Mask:
        return np.asarray(self.has_begun & (self.ended_on < self.as_of))

    @property
    def is_unpaid(self) -> Mask:
        """A trial that was not converted by then, or nothing at all."""
        return ~(self.accounts["paid_from"] < self.as_of).to_numpy()

    @property
    def is_fixed_term(self) -> Mask:
        """The end is that of a fixed term, as planned."""
        return self.accounts["completed"].eq(True).to_numpy()

    @property
    def is_paused(self) -> Mask:
        return self.accounts["account_id"].isin(self._standing.paused()).to_numpy()

    @property
    def is_young(self) -> Mask:
        youngest = self.as_of - days(self.watch.min_age_days)
        return np.asarray(self.has_begun & (self.accounts["started_on"] > youngest).to_numpy())

    @property
    def gave_notice(self) -> Mask:
        """An end other than as planned is known."""
        unplanned = ~self.accounts["planned"].eq(True).to_numpy()
        return np.asarray(self.has_begun & unplanned & (self.ended_on < NEVER))

    @property
    def mrr_will_fall(self) -> Mask:
        """It is known that MRR will fall by as much as counts as churn; nobody's, where churn is something else."""
        if self.watch.contraction_share is None:
            return self._nobody
        falls = fell_on(self.sold, self.as_of, self.watch.contraction_share, day(NEVER), as_planned=False)
        # Where a price is not known, neither is a fall.
        unknown = self.accounts["account_id"].isin(unpriced(self.sold, self.as_of, day(NEVER)))
        return np.asarray(self._by_account(falls).notna().to_numpy() & ~unknown.to_numpy())

    @property
    def mrr_falls_as_planned(self) -> Mask:
        """A fixed term ends before the label window does, and with it as much MRR as counts as churn."""
        if self.watch.contraction_share is None:
            return self._nobody
        closes = self.window.closes(self.as_of)
        falls = fell_on(self.sold, self.as_of, self.watch.contraction_share, closes, as_planned=True)
        return self._by_account(falls).notna().to_numpy()

    @property
    def has_no_price(self) -> Mask:
        if self.watch.contraction_share is None:
            return self._nobody
        return ~self._by_account(self._standing.mrr()).gt(0).to_numpy()

    @property
    def is_inactive(self) -> Mask:
        if self.watch.activity is None or self.watch.inactive_days is None:
            return self._nobody
        recent = self._activity["last_on"] >= self.as_of - days(self.watch.inactive_days)
        return ~recent.to_numpy()

    @property
    def is_seldom_active(self) -> Mask:
        if self.watch.activity is None:
            return self._nobody
        return (self._activity["active_days"].fillna(0) < self.watch.min_active_days).to_numpy()

    @property
    def _nobody(self) -> Mask:
        return np.zeros(len(self.accounts), bool)

    @cached_property
    def _standing(self) -> Standing:
        return Standing.of(self.sold, self.as_of)

    @cached_property
    def _activity(self) -> pd.DataFrame:
        assert self.watch.activity is not None
        return self.accounts[["account_id"]].merge(self.watch.activity.summary(self.as_of), how="left")

    def _by_account(self, values: "pd.Series") -> "pd.Series":
        return values.reindex(self.accounts["account_id"])


RULES: Rules[Candidates, Mask] = Rules(
    [
        Rule("internal", "a test account or one of our own", lambda each: each.accounts["is_internal"].to_numpy()),
        Rule("not started", "no subscription has started", lambda each: ~each.has_begun),
        Rule(
            "in trial", "a trial that was not converted by then", lambda each: each.is_unpaid & (not each.watch.trials)
        ),
        Rule("completed", "a fixed term has ended as planned", lambda each: each.has_ended & each.is_fixed_term),
        Rule("churned", "all subscriptions have ended", lambda each: each.has_ended),
        Rule("in notice", "it is known already that it churns", lambda each: each.gave_notice | each.mrr_will_fall),
        Rule("paused", "nothing is used until the pause is over", lambda each: each.is_paused),
        Rule(
            "ends as planned",
            "a fixed term ends before the label window does",
            lambda each: (
                (each.is_fixed_term & (each.ended_on < each.window.closes(each.as_of))) | each.mrr_falls_as_planned
            ),
        ),
        Rule("too young", "the account has just begun", lambda each: each.is_young),
        Rule("no price", "no MRR that could fall", lambda each: each.has_no_price),
        Rule("inactive already", "no activity for as long as counts as churn", lambda each: each.is_inactive),
        Rule("too little activity", "active on too few days so far", lambda each: each.is_seldom_active),
    ]
)
"""Why an account is not in the cohort, in order: the first rule that holds is the one that is counted.

The plainest come first: an account that has ended is not counted as young, and one that gave notice is shown as such
even while it is paused, because its manager has to know.
"""
