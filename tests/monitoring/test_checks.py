"""Every rule of the monitor: a planted hit, a near miss, and what it says where it had nothing to look at."""

import pytest

from churnrisk.monitoring.checks import CHECKS
from churnrisk.store.catalogue.monitor import ToldApart

from .subjects import drift, expected, feed, gate, group, learned, moved, past, scores, subject

BY_NAME = {each.name: each for each in CHECKS}
FAR = {"index": 0.6, "chance": 0.1, "usual": 0.2}
FAR_BEFORE = {"index_before": 0.6, "chance_before": 0.1}
NO_DATE_BEFORE = {"previous_as_of": None}


def features(*rows, **changes):
    return {"drift": drift(features=list(rows), **changes)}


HITS = [
    ("broken feed", {"gate": gate("hold", "note")}, "alarm", "usage: no rows since 28 May, and 1 more"),
    ("broken feed", {"gate": gate("note")}, "watch", "usage: no rows"),
    ("feed volume", {"drift": drift(feeds=[feed(now=4.9, facts=1960)])}, "watch", "usage has 4.90 facts"),
    ("feed volume", {"drift": drift(feeds=[feed(now=20.1, facts=8040)])}, "watch", "usage has 20.10 facts"),
    ("feed volume", {"drift": drift(feeds=[feed(training=30.0)])}, "watch", "had 30.00 when the model learned"),
    ("feed volume", {"drift": drift(feeds=[feed(now=0.0, facts=0)])}, "watch", "usage has 0.00 facts"),
    ("values missing", features(moved(missing=0.21)), "watch", "tenure (missing 21%, was 10%)"),
    ("values missing", features(moved(missing=0.21, weight=0.3)), "alarm", "carries 30% of the scores"),
    ("unseen words", features(moved("plan", unseen=0.01)), "watch", "plan (of 1% of the accounts)"),
    ("features jumped", features(moved(**FAR_BEFORE)), "watch", "tenure (index 0.60) moved since the last date"),
    ("features jumped", features(moved(weight=0.2, **FAR_BEFORE)), "alarm", "carries 20% of the scores"),
    ("told apart", {"drift": drift(told_apart=ToldApart(auc=0.85, by={"mrr": 0.9}))}, "watch", "by mrr (0.90 alone)"),
    ("features moved", features(moved(**FAR)), "watch", "tenure (index 0.60) moved since training"),
    ("features moved", features(moved(weight=0.2, **FAR)), "alarm", "carries 20% of the scores"),
    ("group moved", {"drift": drift(groups=[group()])}, "watch", "region EU: the mean risk of 40 accounts"),
    ("scores jumped", {"drift": drift(scores=scores(mean=0.2, spread=moved(**FAR_BEFORE)))}, "alarm", "is 20.0%"),
    ("scores moved", {"drift": drift(scores=scores(mean=0.2, spread=moved(**FAR)))}, "alarm", "was 10.0% when"),
    ("no better than lot", {"past": past(found=8)}, "alarm", "8 of 80 places on 4 lists"),
    ("ranking fell", {"past": past(auc=0.6, auc_low=0.5, auc_high=0.74)}, "alarm", "0.60 (0.50 to 0.74)"),
    ("ranking fell", {"past": past(auc=0.7, auc_low=0.6, auc_high=0.78)}, "watch", "at least 0.75"),
    ("calibration off", {"past": past(ratio=1.6, ratio_low=1.26, ratio_high=2.0)}, "alarm", "1.60 times as frequent"),
    ("calibration off", {"past": past(ratio=1.2, ratio_low=1.01, ratio_high=1.4)}, "watch", "1.01 to 1.40"),
    ("calibration off", {"past": past(ratio=0.5, ratio_low=0.4, ratio_high=0.79)}, "alarm", "0.50 times as frequent"),
    ("calibration off", {"past": past(ratio=0.9, ratio_low=0.81, ratio_high=0.99)}, "watch", "0.81 to 0.99"),
    ("found too few", {"past": past(found_expected=60.0, lists=1, found=24)}, "watch", "it would be 60"),
    ("expected ranking", {"drift": drift(expected=expected(auc=0.74))}, "watch", "the AUC to expect is 0.74"),
    ("model age", {"bundle": learned("2024-12-02")}, "alarm", "26 weeks before the list"),
    ("model age", {"bundle": learned("2024-12-30")}, "watch", "22 weeks before the list"),
]

NEAR_MISSES = [
    ("broken feed", {}),
    ("feed volume", {"drift": drift(feeds=[feed(now=5.1, facts=2040, training=None)])}),
    ("feed volume", {"drift": drift(feeds=[feed(now=19.9, facts=7960)])}),
    ("values missing", features(moved(missing=0.19))),
    ("values missing", features(moved(missing=0.5, weight=0.001))),
    ("values missing", features(moved(missing=0.5, missing_training=0.45))),
    ("values missing", features(moved(missing=0.5, missing_before=0.45))),
    ("unseen words", features(moved(unseen=0.009))),
    ("features jumped", features(moved(index_before=0.24, chance_before=0.1))),
    ("features jumped", features(moved(index_before=0.6, chance_before=0.61))),
    ("features jumped", features(moved(weight=0.01, **FAR_BEFORE))),
    ("features jumped", features(moved(index_before=None, chance_before=None))),  # the first week
    ("told apart", {"drift": drift(told_apart=ToldApart(auc=0.84, by={"mrr": 0.7}))}),
    ("features moved", features(moved(index=0.24, chance=0.1, usual=0.0))),
    ("features moved", features(moved(index=0.6, chance=0.61, usual=0.0))),
    ("features moved", features(moved(index=0.6, chance=0.1, usual=0.56))),
    ("features moved", features(moved(weight=0.01, **FAR))),
    ("group moved", {}),
    ("scores jumped", {"drift": drift(scores=scores(mean=0.2, spread=moved(index_before=0.2)))}),
    ("scores moved", {"drift": drift(scores=scores(mean=0.2, spread=moved(index=0.2)))}),
    ("no better than lot", {"past": past(found=9)}),
    ("ranking fell", {"past": past(auc=0.76, auc_low=0.6, auc_high=0.9)}),
    ("calibration off", {"past": past(ratio=1.4, ratio_low=0.99, ratio_high=2.0)}),
    ("calibration off", {"past": past(ratio=0.7, ratio_low=0.4, ratio_high=1.01)}),
    ("found too few", {"past": past(found_expected=50.0, lists=4, found=24)}),
    ("expected ranking", {"drift": drift(expected=expected(auc=0.75))}),
    ("model age", {"bundle": learned("2025-01-20")}),
]

NOTHING = [
    ("feed volume", {"drift": drift(feeds=[feed(facts=49)])}),
    ("feed volume", {"drift": drift(feeds=[])}),
    ("values missing", features()),
    ("unseen words", features(moved(unseen=None))),
    ("features jumped", {"drift": drift(**NO_DATE_BEFORE)}),
    ("told apart", {"drift": drift(told_apart=None)}),
    ("features moved", features()),
    ("group moved", {"drift": drift(**NO_DATE_BEFORE)}),
    ("scores jumped", {"drift": drift(scores=scores(mean_before=None))}),
    ("scores moved", {"drift": drift(scores=scores(mean_training=None, spread=None))}),
    ("no better than lot", {"past": None}),
    ("no better than lot", {"past": past(churned=4)}),
    ("no better than lot", {"past": past(listed=0, found=0, found_by_lot=0.0)}),
    ("ranking fell", {"past": None}),
    ("ranking fell", {"past": past(auc=None, auc_low=None, auc_high=None)}),
    ("calibration off", {"past": None}),
    ("calibration off", {"past": past(ratio=None, ratio_low=None, ratio_high=None)}),
    ("found too few", {"past": None}),
    ("found too few", {"past": past(found_expected=4.0)}),
    ("expected ranking", {"drift": drift(expected=expected(auc=None))}),
]
ALWAYS_LOOK = {"broken feed", "model age"}


@pytest.mark.parametrize(("name", "changes", "state", "evidence"), HITS)
def test_a_planted_hit_is_found_and_says_with_which_numbers(name, changes, state, evidence):
    answer = BY_NAME[name].rule(subject(**changes))
    assert answer.state == state
    assert evidence in answer.evidence


@pytest.mark.parametrize(("name", "changes"), NEAR_MISSES)
def test_a_near_miss_is_fine(name, changes):
    assert BY_NAME[name].rule(subject(**changes)).state == "fine"


@pytest.mark.parametrize(("name", "changes"), NOTHING)
def test_a_rule_with_nothing_to_look_at_says_so(name, changes):
    answer = BY_NAME[name].rule(subject(**changes))
    assert answer.state == "nothing to look at"
    assert answer.evidence


def test_every_rule_has_its_hit_its_near_miss_and_its_nothing():
    assert {name for name, *_ in HITS} == {name for name, *_ in NEAR_MISSES} == set(BY_NAME)
    assert {name for name, *_ in NOTHING} == set(BY_NAME) - ALWAYS_LOOK


def test_every_rule_says_what_to_do_and_is_explained_by_rules_before_it():
    assert len(BY_NAME) == len(CHECKS)
    for number, check in enumerate(CHECKS):
        assert check.next_step
        assert set(check.explained_by) <= {each.name for each in CHECKS[:number]}
