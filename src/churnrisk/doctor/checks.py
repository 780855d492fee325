"""Every check: its name, what holds when it finds nothing, and the test that it makes of a case."""

from churnrisk.doctor.calendar import calendar
from churnrisk.doctor.case import Case
from churnrisk.doctor.cut import cut_off
from churnrisk.doctor.encoding import target_encoding
from churnrisk.doctor.finding import Finding
from churnrisk.doctor.order import (
    finished_windows,
    folds_in_order,
    order_in_time,
    rows_in_order,
    split_in_order,
    whole_test,
)
from churnrisk.doctor.own_date import own_date
from churnrisk.doctor.reading import to_cut
from churnrisk.doctor.univariate import availability, too_good
from churnrisk.rules import Rule, Rules


def _too_good(case: Case) -> list[Finding]:
    return too_good(case.alone, case.among)


def _order_in_time(case: Case) -> list[Finding]:
    evidence, split = case.evidence, case.evidence.split
    mature = case.main_labels[case.main_labels["label"].notna()].reset_index(drop=True)
    earlier = mature[split.earlier(mature)].reset_index(drop=True)
    judged, final = evidence.judged.trained, evidence.bundle.model.trained
    late = order_in_time(judged, split.cut, "where its split is cut", "models/backtest")
    return [
        *split_in_order(split, evidence.as_of),
        # A model that learned from later labels learned from more rows too; once is enough.
        *(late or rows_in_order(judged, len(earlier))),
        *order_in_time(final, evidence.as_of, "the date of its list", "models/bundle"),
        *folds_in_order(split.folds(earlier), earlier, by_account=bool(split.by_account)),
    ]


def _finished_windows(case: Case) -> list[Finding]:
    churn = case.params.churn
    windows = {horizon: churn.window(horizon) for horizon in churn.horizons}
    return finished_windows(case.evidence.labels, windows, case.evidence.seen_until)


def _own_date(case: Case) -> list[Finding]:
    evidence = case.evidence
    findings = own_date(evidence.backtest, evidence.test_features, evidence.judged, "reports/backtest.parquet")
    if evidence.scores is None:
        return findings
    return [*findings, *own_date(evidence.scores, evidence.list_features, evidence.bundle.model, "data/scores")]


def _not_behind(case: Case) -> list[Finding]:
    verdict = case.evidence.bundle.verdict
    if not verdict.behind:
        return []
    fix = "leave out features that lead it astray (features.leave_out), give a longer history, or use the simple system"
    return [Finding(evidence=verdict.words.rstrip("."), where="models/bundle", fix=fix)]


CHECKS: Rules[Case, list[Finding]] = Rules(
    [
        Rule(
            name="cut_off",
            words="features come out bit for bit the same from tables that end at the date",
            test=lambda case: cut_off(case.recipe, *to_cut(case.evidence)),
        ),
        Rule(name="too_good", words="no feature alone ranks those who churn nearly perfectly", test=_too_good),
        Rule(
            name="availability",
            words="whether a value is there doesn't tell who churns",
            test=lambda case: availability(case.alone),
        ),
        Rule(
            name="target_encoding",
            words="no feature is the churn rate of the group that shares its value",
            test=lambda case: target_encoding(case.evidence.features, case.outcomes),
        ),
        Rule(name="calendar", words="no feature tells the date that it is of", test=lambda case: calendar(case.dated)),
        Rule(
            name="order_in_time",
            words="every label that a model learned from was mature before its test, or its list, began",
            test=_order_in_time,
        ),
        Rule(
            name="finished_windows",
            words="labels stand only where their window is over and reported",
            test=_finished_windows,
        ),
        Rule(
            name="whole_test",
            words="every mature snapshot of the test stands in the backtest once, with its own label",
            test=lambda case: whole_test(case.evidence.backtest, case.main_labels, case.evidence.split.dates),
        ),
        Rule(name="not_behind", words="no simple system is shown to rank better than the model", test=_not_behind),
        Rule(
            name="own_date", words="predictions and scores are those of the features of their own date", test=_own_date
        ),
    ]
)
"""In the order in which they are asked; `words` say what holds when a check finds nothing."""


def not_asked(case: Case) -> dict[str, str]:
    """Checks that could not be asked in full, by name, and why not."""
    evidence = case.evidence
    if not evidence.no_scores:
        return {}
    return {"own_date": f"only predictions of the backtest could be checked; {evidence.no_scores}"}
