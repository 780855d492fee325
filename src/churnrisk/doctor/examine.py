"""All checks on a workspace, one after the other."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.doctor.cadence import Silence, cadence
from churnrisk.doctor.cut import Recipe, cut_off
from churnrisk.doctor.encoding import target_encoding
from churnrisk.doctor.finding import CHECKS, Finding
from churnrisk.doctor.order import finished_windows, folds_in_order, order_in_time, rows_in_order, whole_test
from churnrisk.doctor.outcomes import outcomes
from churnrisk.doctor.own_date import own_date
from churnrisk.doctor.reading import Evidence, read_evidence, to_cut
from churnrisk.doctor.univariate import Single, availability, too_good, univariate
from churnrisk.errors import ModelError, ParamsError, did_you_mean
from churnrisk.features.configured import features_of_company, read_company, settings_of
from churnrisk.model.split import before, choosing_folds, test_dates
from churnrisk.params import Churn, Params
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.blocks import KEYS
from churnrisk.store.workspace import Workspace, read_table

LEAST_DAYS = 28
"""Days before a date, at the least, over which activity is compared where leaving is inactivity."""

SAME_DATE = "accounts of the same date"
ALIKE = "accounts of the same date that were active on as many of the days before it"


@dataclass(frozen=True)
class Report:
    """What was found; `strongest` are the features that tell most by themselves, found or not, and `silences` the
    cadence of the product."""

    findings: list[Finding]
    strongest: list[Single]
    silences: list[Silence]
    trusted: list[Finding]

    @property
    def passed(self) -> list[str]:
        """Names of the checks that found nothing."""
        found = {each.check for each in self.findings}
        return [name for name in CHECKS if name not in found]


def examine(workspace: Workspace, params: Params, trusted: Collection[str] = ()) -> Report:
    """Every check on what the pipeline wrote in `workspace`, which is left as it is.

    What is found of features in `trusted` is told apart: somebody has looked, and they are honest. Raises ParamsError
    for a feature that there is not.
    """
    evidence, recipe = read_evidence(workspace), recipe_of(workspace, params)
    _require_features(trusted, [str(name) for name in evidence.features])
    active = active_days(evidence.features, workspace, params.churn)
    alone = univariate(evidence.features, _outcomes(evidence, params), active)
    found = [*cut_off(recipe, *to_cut(evidence)), *of_features(evidence, params, alone), *of_files(evidence, params)]
    return Report(
        findings=[each for each in found if each.feature not in trusted],
        strongest=sorted(alone, key=lambda each: -np.nan_to_num(each.value))[:5],
        silences=silences(workspace, params, evidence.seen_until),
        trusted=[each for each in found if each.feature in trusted],
    )


def recipe_of(workspace: Workspace, params: Params) -> Recipe:
    """How the pipeline makes the features of this workspace."""
    company = read_company(workspace, params)
    on, _ = features_of_company(company, params.features)
    usual = read_table(workspace.features / "usual.parquet")
    return Recipe(company, on, settings_of(params.features), usual)


def refuse(report: Report) -> None:
    """Raise ModelError where anything was found."""
    if report.findings:
        checks = list(dict.fromkeys(each.check for each in report.findings))
        raise ModelError(
            f"{len(report.findings)} finding{'s' if len(report.findings) > 1 else ''} by {', '.join(checks)}",
            where="doctor",
            fix="see them above, each with its own fix; don't trust the figures before",
        )


def _require_features(trusted: Collection[str], names: list[str]) -> None:
    for name in sorted(set(trusted) - set(names)):
        raise ParamsError(f"no feature is named {name!r}", where="--trust", fix=did_you_mean(name, names))


def of_features(evidence: Evidence, params: Params, alone: list[Single]) -> list[Finding]:
    """What the values of features give away; `alone` says what each tells by itself."""
    encoded = target_encoding(evidence.features, _outcomes(evidence, params))
    among = SAME_DATE if params.churn.inactive_days is None else ALIKE
    return [*too_good(alone, among), *availability(alone), *encoded]


def active_days(rows: pd.DataFrame, workspace: Workspace, churn: Churn) -> "pd.Series[int] | None":
    """Where leaving is inactivity: on how many of the last days each account of `rows` was active; else None.

    Whoever is active seldom is soon inactive for long, so that any measure of activity tells much, and honestly. A leak
    tells as much among accounts that were as active.
    """
    if churn.inactive_days is None:
        return None
    activity, days = read_activity(workspace.usage, churn.activity_events), max(churn.inactive_days, LEAST_DAYS)
    by_date = [
        activity.days_active(day(as_of), days).reindex(members["account_id"], fill_value=0).set_axis(members.index)
        for as_of, members in rows.groupby("as_of")
    ]
    return pd.concat(by_date).reindex(rows.index)


def of_files(evidence: Evidence, params: Params) -> list[Finding]:
    """What the files that belong together say of each other: labels, models, backtest and scores."""
    churn, first = params.churn, day(evidence.backtest["as_of"].min())
    main = evidence.labels[evidence.labels["horizon_days"] == churn.horizon_days]
    windows = {horizon: churn.window(horizon) for horizon in churn.horizons}
    judged, final = evidence.judged, evidence.final
    late = order_in_time(judged.trained, first, "its test", "models/backtest/model.json")
    return [
        *(late or rows_in_order(main[main["label"].notna()], first, judged.trained)),
        *order_in_time(final.trained, evidence.as_of, "its list", "models/final/model.json"),
        *_choosing(main, params, evidence.as_of),
        *finished_windows(evidence.labels, windows, evidence.seen_until),
        *whole_test(evidence.backtest, main),
        *own_date(evidence.backtest, evidence.test_features, judged, "reports/backtest.parquet"),
        *own_date(evidence.scores, evidence.list_features, final, "data/scores"),
    ]


def _outcomes(evidence: Evidence, params: Params) -> pd.DataFrame:
    return outcomes(evidence.features, evidence.labels, evidence.left_out, params.churn.horizon_days)


def _choosing(labels: pd.DataFrame, params: Params, as_of: Day) -> list[Finding]:
    """The folds that the code makes of these labels."""
    told = params.folds
    mature = labels[labels["label"].notna()].sort_values(KEYS, ignore_index=True)
    named = tuple(day(each) for each in told.test_as_of)
    test = test_dates(mature["as_of"].to_numpy("M8[D]"), named=named, weeks=told.test_weeks)
    certain = before(mature["matures_on"].to_numpy("M8[D]"), min(test.min(), as_of), told.embargo_days)
    rows = mature[certain].reset_index(drop=True)
    folds = choosing_folds(
        rows["as_of"].to_numpy("M8[D]"),
        rows["matures_on"].to_numpy("M8[D]"),
        rows["label"].to_numpy(float),
        rows["account_id"].to_numpy(object),
        folds=told.validation_folds,
        weeks=told.fold_weeks,
        seed=params.train.seed,
    )
    return folds_in_order(folds, rows)


def silences(workspace: Workspace, params: Params, seen_until: Day) -> list[Silence]:
    """The cadence of the product, by what is activity to it: every event, unless churn is inactivity and says more."""
    activity = read_activity(workspace.usage, params.churn.activity_events)
    return cadence(activity.before(seen_until), seen_until)
