"""What churn is: one class a meaning. Each says when accounts churned, by what was known at some date."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, LabelWindow
from churnrisk.params import Churn
from churnrisk.past.tables.ledger import Ledger, read_ledger
from churnrisk.past.tables.revenue import fell_on, unpriced
from churnrisk.past.tables.spells import current, spells
from churnrisk.past.usage.activity import Activity, read_activity, silent_on
from churnrisk.store.workspace import Workspace


class Meaning(Protocol):
    """A meaning of churn."""

    def churns(self, accounts: "pd.Series[str]", as_of: Day, window: LabelWindow) -> pd.DataFrame:
        """When the `accounts` churned, by what was known on the day on which the window matures.

        Returns one row an account, or none where nothing is known of it: `account_id`, `churned_on` (NaT: not before
        the window closes), `as_planned` (no label, because a fixed term ends as planned before the window does).
        """
        ...


@dataclass(frozen=True)
class Logo:
    """All subscriptions have ended, and not with a fixed term. A trial that ends unconverted has churned too."""

    subscriptions: Ledger

    def churns(self, accounts: "pd.Series[str]", as_of: Day, window: LabelWindow) -> pd.DataFrame:
        known = current(spells(self.subscriptions.before(window.matures(as_of))), as_of)
        completed = known["completed"]
        return pd.DataFrame(
            {
                "account_id": known["account_id"],
                "churned_on": known["ended_on"].where(~completed),
                "as_planned": completed & (known["ended_on"] < window.closes(as_of)),
            }
        )


@dataclass(frozen=True)
class Contraction:
    """MRR has fallen by `share` or more against what it was at `as_of`. Without a known price there is no label."""

    subscriptions: Ledger
    share: float

    def churns(self, accounts: "pd.Series[str]", as_of: Day, window: LabelWindow) -> pd.DataFrame:
        known, until = self.subscriptions.before(window.matures(as_of)), window.closes(as_of)
        cut, any_end = (fell_on(known, as_of, self.share, until, as_planned=each) for each in (False, True))
        # Where ends as planned would move the fall into another part of the window, they decide and not the account.
        planned = _part(cut, as_of, window) != _part(any_end, as_of, window)
        both = pd.DataFrame({"churned_on": cut, "as_planned": planned})
        both = both[~both.index.isin(unpriced(known, as_of, until))]
        return both.rename_axis("account_id").reset_index()


def _part(days: "pd.Series[pd.Timestamp]", as_of: Day, window: LabelWindow) -> npt.NDArray[np.int64]:
    """0 before the window opens, 1 from then on, 2 never."""
    return np.where(days.isna(), 2, days >= window.opens(as_of))


@dataclass(frozen=True)
class Inactivity:
    """So many `days` in a row without activity, counted from `as_of` at the earliest."""

    activity: Activity
    days: int

    def churns(self, accounts: "pd.Series[str]", as_of: Day, window: LabelWindow) -> pd.DataFrame:
        until, decided_on = window.closes(as_of), window.matures(as_of)
        churned = silent_on(self.activity, accounts, as_of, span=self.days, until=until, decided_on=decided_on)
        rows = churned.rename("churned_on").rename_axis("account_id").reset_index()
        return rows.assign(as_planned=False)


def read_meaning(workspace: Workspace, churn: Churn) -> Meaning:
    """What churn is to a company, by the section `churn` of its params, and the tables that tell who churned."""
    if churn.inactive_days is not None:
        return Inactivity(read_activity(workspace.usage, churn.activity_events), churn.inactive_days)
    subscriptions = read_ledger(workspace, "subscriptions")
    if churn.contraction_share is not None:
        return Contraction(subscriptions, churn.contraction_share)
    return Logo(subscriptions)
