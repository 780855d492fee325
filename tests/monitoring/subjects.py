"""Subjects of checks as small as they can be: all is calm, and a test changes one thing."""

import datetime as dt
from dataclasses import replace
from typing import Any

from churnrisk.model.bundle import Bundle
from churnrisk.model.rule import LastActivity
from churnrisk.monitoring.check import Subject
from churnrisk.monitoring.expected import ASSUMPTIONS
from churnrisk.store.catalogue.gate import GateReport, ReportedFinding
from churnrisk.store.catalogue.monitor import (
    Drift,
    Expected,
    FeedRate,
    GroupMoved,
    Moved,
    PastLists,
    ScoresMoved,
    ToldApart,
)

from ..model.company import bundle as any_bundle
from ..model.company import examples, fitted

AS_OF = dt.date(2025, 6, 2)


def moved(name: str = "tenure", **changes: Any) -> Moved:
    """A feature of much weight that stayed as it was."""
    calm = {
        "name": name,
        "weight": 0.1,
        "index": 0.02,
        "chance": 0.06,
        "usual": 0.1,
        "index_before": 0.01,
        "chance_before": 0.06,
        "missing": 0.1,
        "missing_training": 0.1,
        "missing_before": 0.1,
        "unseen": 0.0,
    }
    return Moved(**calm | changes)


def feed(**changes: Any) -> FeedRate:
    return FeedRate(**{"feed": "usage", "facts": 4000, "now": 10.0, "before": 10.0, "training": 10.0} | changes)


def group(**changes: Any) -> GroupMoved:
    calm = {"column": "region", "value": "EU", "accounts": 40, "before": 0.1, "now": 0.2, "points": 9.0, "errors": 8.0}
    return GroupMoved(**calm | changes)


def expected(**changes: Any) -> Expected:
    calm = {
        "listed": 20,
        "churns_on_list": 5.0,
        "precision": 0.25,
        "precision_low": 0.1,
        "precision_high": 0.4,
        "auc": 0.8,
        "auc_of_test": 0.8,
        "auc_of_test_low": 0.75,
        "assumptions": ASSUMPTIONS,
    }
    return Expected(**calm | changes)


def scores(**changes: Any) -> ScoresMoved:
    calm = {"accounts": 400, "mean": 0.1, "mean_before": 0.1, "mean_training": 0.1, "spread": moved("probability")}
    return ScoresMoved(**calm | changes)


def drift(**changes: Any) -> Drift:
    calm = {
        "as_of": AS_OF,
        "previous_as_of": AS_OF - dt.timedelta(days=7),
        "lineage": "m1",
        "feeds": [feed()],
        "features": [moved()],
        "scores": scores(),
        "told_apart": ToldApart(auc=0.55, by={"tenure": 0.6}),
        "groups": [],
        "expected": expected(),
    }
    return Drift(**calm | changes)


def past(**changes: Any) -> PastLists:
    calm = {
        "lineage": "m1",
        "lists": 4,
        "accounts": 300,
        "churned": 30,
        "listed": 80,
        "found": 24,
        "found_expected": 25.0,
        "found_by_lot": 8.0,
        "auc": 0.79,
        "auc_low": 0.72,
        "auc_high": 0.86,
        "ratio": 1.02,
        "ratio_low": 0.8,
        "ratio_high": 1.24,
        "warned": {"30": 0.6, "60": 0.5, "90": None},
    }
    return PastLists(**calm | changes)


def finding(severity: str) -> ReportedFinding:
    return ReportedFinding(
        feed="usage",
        check="stale",
        severity=severity,
        first_day=AS_OF,
        last_day=AS_OF,
        found=0.0,
        usual=1.0,
        evidence="usage: no rows since 28 May",
    )


def gate(*severities: str) -> GateReport:
    findings = [finding(each) for each in severities]
    return GateReport(as_of=AS_OF, held=False, override="we know" if "hold" in severities else None, findings=findings)


def learned(until: str) -> Bundle:
    """A bundle whose model knows what happened until a day."""
    made = any_bundle(fitted(LastActivity, examples(accounts=20, weeks=4)))
    return replace(made, model=replace(made.model, trained=replace(made.model.trained, known_until=until)))


BUNDLE = learned("2025-05-26")


def subject(**changes: Any) -> Subject:
    calm = {"drift": drift(), "gate": gate(), "past": past(), "bundle": BUNDLE, "refit_after_weeks": 26}
    return Subject(**calm | changes)
