"""From rules to few alerts, and to advice."""

import pytest

from churnrisk.monitoring.check import Answer, Check
from churnrisk.monitoring.report import report
from churnrisk.rules import Rule

from .subjects import drift, gate, group, learned, moved, past, scores, subject

JUMPED = {"index_before": 0.6, "chance_before": 0.1}
BROKEN_WEEK = drift(
    features=[moved(weight=0.4, missing=0.6, **JUMPED)],
    scores=scores(mean=0.3, spread=moved("probability", **JUMPED)),
    groups=[group()],
)
"""A feed that broke, as it shows in features, scores and groups."""


def alerts(**changes):
    return [(each.check, each.state, each.explains) for each in report(subject(**changes), []).alerts]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        (
            {"drift": BROKEN_WEEK, "gate": gate("hold")},
            [("broken feed", "alarm", ["values missing", "features jumped", "group moved", "scores jumped"])],
        ),
        (
            {"drift": BROKEN_WEEK},
            [("values missing", "alarm", ["features jumped", "scores jumped"]), ("group moved", "watch", [])],
        ),
        # What it explains may be graver than the cause.
        (
            {"drift": drift(features=[moved(missing=0.6)], scores=scores(spread=moved("probability", **JUMPED)))},
            [("values missing", "alarm", ["scores jumped"])],
        ),
        # The gravest comes first, and not the first of the rules.
        (
            {"drift": drift(groups=[group()]), "bundle": learned("2024-11-04")},
            [("model age", "alarm", []), ("group moved", "watch", [])],
        ),
        (
            {"past": past(auc=0.5, auc_low=0.4, auc_high=0.6, ratio=2.0, ratio_low=1.5, ratio_high=2.5, found=7)},
            [("no better than lot", "alarm", ["ranking fell", "calibration off", "found too few"])],
        ),
    ],
)
def test_one_fault_is_one_alert(changes, expected):
    if changes.get("past"):
        changes = {"past": changes["past"].model_copy(update={"found_expected": 60.0, "lists": 1})}
    assert alerts(**changes) == expected


def test_what_explains_is_followed_to_its_own_cause():
    def holds(name: str, *explained_by: str) -> Check:
        rule = Rule(name, name, lambda subject: Answer("watch", name))
        return Check(rule=rule, about="feeds", next_step="look", explained_by=explained_by)

    checks = [holds("feed"), holds("feature", "feed"), holds("score", "feature")]
    found = report(subject(), [], checks).alerts
    assert [(each.check, each.explains) for each in found] == [("feed", ["feature", "score"])]


def test_the_state_is_the_worst_of_all_rules():
    assert report(subject(), []).state == "fine"
    assert report(subject(gate=gate("note")), []).state == "watch"
    assert report(subject(gate=gate("hold")), []).state == "alarm"


def test_every_rule_is_in_the_report_with_its_words():
    made = report(subject(past=None), [])
    assert all(each.words and each.evidence for each in made.checks)
    assert {each.name for each in made.checks if each.state == "nothing to look at"} == {
        "no better than lot",
        "ranking fell",
        "calibration off",
        "found too few",
    }


BAD = past(ratio=1.6, ratio_low=1.3, ratio_high=2.0)


@pytest.mark.parametrize(
    ("changes", "advised", "because", "words"),
    [
        ({}, False, [], "No rule asks to train again."),
        ({"bundle": learned("2024-12-30")}, False, [], "to be watched: model age"),
        ({"bundle": learned("2024-11-04")}, True, ["model age"], "Train again, with `dvc repro`: the model knows"),
        ({"past": BAD}, True, ["calibration off"], "1.60 times as frequent"),
        # A model must not learn a fault.
        ({"past": BAD, "gate": gate("hold")}, False, ["calibration off"], "Mend the feed first"),
        ({"drift": drift(groups=[group()])}, False, [], "No rule asks to train again."),
    ],
)
def test_advice_on_training_again(changes, advised, because, words):
    made = report(subject(**changes), []).refit
    assert (made.advised, made.because) == (advised, because)
    assert words in made.words
