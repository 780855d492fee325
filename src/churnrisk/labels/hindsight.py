"""What became of the accounts of past dates, by the tables of today: labels for the archive, which no stage labels."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from churnrisk.clock import Day
from churnrisk.feeds.list_date import covered_until
from churnrisk.labels.label import label
from churnrisk.labels.meanings import Meaning, read_meaning
from churnrisk.params import Churn
from churnrisk.store.workspace import Workspace


@dataclass(frozen=True)
class Hindsight:
    """What was known before the day `until`, the first that the required feeds do not cover at the latest."""

    workspace: Workspace
    churn: Churn
    until: Day

    @classmethod
    def on(cls, workspace: Workspace, churn: Churn, as_of: Day) -> "Hindsight":
        """What was known before `as_of`, the date of the present list or an earlier one."""
        return cls(workspace, churn, min(covered_until(workspace), as_of))

    def is_mature(self, date: Day) -> bool:
        """Is it known by now what became of the accounts of a date, within the horizon of today's params?"""
        return bool(self.churn.window().matures(date) <= self.until)

    def of(self, scores: pd.DataFrame, date: Day, horizon_days: int) -> pd.DataFrame:
        """The rows of scores (`account_id`) of one date with what became of their accounts: `label`, `churned_on` and
        `matures_on`, as `labels.label.label` gives them; those without a label are left out.

        By the horizon of their list and not of today's params, which may have another.
        """
        window = self.churn.window(horizon_days)
        happened = label(scores[["account_id"]], date, window, self._meaning, self.until)
        rows = scores.reset_index(drop=True)
        return rows.assign(**{name: happened[name] for name in ("label", "churned_on", "matures_on")}).dropna(
            subset=["label"]
        )

    @cached_property
    def _meaning(self) -> Meaning:
        return read_meaning(self.workspace, self.churn)
