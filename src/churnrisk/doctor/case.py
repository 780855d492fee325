"""What the checks are asked about, gathered once: what the pipeline wrote, and how it was configured to write it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from churnrisk.clock import day, of_column
from churnrisk.doctor.calendar import Dated, dated
from churnrisk.doctor.cut import Recipe
from churnrisk.doctor.outcomes import outcomes
from churnrisk.doctor.reading import Evidence, read_evidence
from churnrisk.doctor.univariate import Single, univariate
from churnrisk.features.configured import features_of_company, read_company, settings_of
from churnrisk.features.own import own_features
from churnrisk.params import Churn, Params
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.catalogue.featurize import USUAL
from churnrisk.store.workspace import Workspace

LEAST_DAYS = 28
"""Days before a date, at the least, over which activity is compared where churn is inactivity. In fewer than four weeks
most accounts of a product that is used weekly would be active on the same number of days."""

SAME_DATE = "accounts of the same date"
ALIKE = "accounts of the same date that were active on as many of the days before it"


@dataclass(frozen=True)
class Case:
    """Evidence, the recipe of its features, and the params; `active` is on how many of the last days each account was
    active, where churn is inactivity, else None.
    """

    evidence: Evidence
    recipe: Recipe
    params: Params
    active: "pd.Series[int] | None"

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Who churns, row by row the same as the features."""
        evidence = self.evidence
        return outcomes(evidence.features, evidence.labels, evidence.left_out, self.params.churn.horizon_days)

    @property
    def among(self) -> str:
        """Which accounts a feature is compared among, in words."""
        return SAME_DATE if self.active is None else ALIKE

    @cached_property
    def alone(self) -> list[Single]:
        """What each feature tells by itself."""
        return univariate(self.evidence.features, self.outcomes, self.active)

    @cached_property
    def dated(self) -> list[Dated]:
        """What each feature tells of the date, among the dates that were learned from before the test."""
        mature = self.main_labels[self.main_labels["label"].notna()]
        earlier = mature[self.evidence.split.earlier(mature)]
        return dated(self.evidence.features, np.unique(of_column(earlier["as_of"])))

    @cached_property
    def main_labels(self) -> pd.DataFrame:
        """Labels of the main horizon, in the order in which training has them: by date, then account."""
        labels = self.evidence.labels
        main = labels[labels["horizon_days"] == self.params.churn.horizon_days]
        return main.sort_values(["as_of", "account_id"], ignore_index=True)


def read_case(workspace: Workspace, params: Params) -> Case:
    """Everything that the checks look at; raises SourceError or ModelError, with the fix, where a stage has not run."""
    evidence = read_evidence(workspace)
    active = active_days(evidence.features, workspace, params.churn)
    return Case(evidence=evidence, recipe=recipe_of(workspace, params), params=params, active=active)


def recipe_of(workspace: Workspace, params: Params) -> Recipe:
    """How the pipeline makes the features of this workspace."""
    company = read_company(workspace, params)
    on, _ = features_of_company(company, params, own_features(workspace.root))
    usual = USUAL.read(workspace)
    return Recipe(company=company, features=on, configured=settings_of(params), usual=usual)


def active_days(rows: pd.DataFrame, workspace: Workspace, churn: Churn) -> "pd.Series[int] | None":
    """Where churn is inactivity: on how many of the last days each account of `rows` was active; else None.

    An account that is seldom active is soon inactive for long, so any measure of activity tells much, and honestly. A
    leak tells as much among accounts that were equally active.
    """
    if churn.inactive_days is None:
        return None
    activity, days = read_activity(workspace.usage, churn.activity_events), max(churn.inactive_days, LEAST_DAYS)
    by_date = [
        activity.days_active(day(as_of), days).reindex(members["account_id"], fill_value=0).set_axis(members.index)
        for as_of, members in rows.groupby("as_of")
    ]
    return pd.concat(by_date).reindex(rows.index)
