"""Each guard rail: what it holds, and a near miss that it lets pass."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.model.bundle import Bundle
from churnrisk.model.risk_model import SCORERS
from churnrisk.registry.champion import Evidence
from churnrisk.weekly.contest import CAPACITY, FIGURES, Compared, compare, paired_rows
from churnrisk.weekly.rails import RULES, Contender, Contest, held_by

from ..model.company import bundle, examples, fitted

BUNDLE = bundle(fitted(SCORERS["logistic"], examples(accounts=30, weeks=10)))
DATES = pd.date_range("2025-01-06", periods=12, freq="7D")
NAMES = [f"f{number:02d}" for number in range(20)]


def backtest(noise: float, seed: int = 1, accounts: int = 60) -> pd.DataFrame:
    """Predictions whose log-odds are those of the truth, with so much noise."""
    known, own = np.random.default_rng(0), np.random.default_rng(seed)
    truth = np.tile(known.normal(-1.5, 1.5, accounts), len(DATES))
    label = (known.random(len(truth)) < 1 / (1 + np.exp(-truth))).astype(float)
    log_odds = truth + noise * own.normal(size=len(truth))
    rows = pd.MultiIndex.from_product([DATES, [f"a{n:03d}" for n in range(accounts)]], names=["as_of", "account_id"])
    return rows.to_frame(index=False).assign(horizon_days=30, probability=1 / (1 + np.exp(-log_odds)), label=label)


def calibration(low: float, high: float) -> pd.DataFrame:
    rate = {"mean_probability": 0.1, "churn_rate": 0.1 * (low + high) / 2}
    return pd.DataFrame([{"slice": "segment", "value": "small", **rate, "ratio_low": low, "ratio_high": high}])


def contender(
    made: Bundle = BUNDLE, rows: pd.DataFrame | None = None, off=(0.9, 1.1), strongest=0, shown=20
) -> Contender:
    importance = pd.DataFrame({"feature": NAMES[strongest:], "mean_contribution": np.arange(len(NAMES), strongest, -1)})
    evidence = Evidence(backtest(0) if rows is None else rows, calibration(*off), importance.head(shown))
    return Contender(made, evidence)


def changed(**parts: object) -> Bundle:
    return replace(BUNDLE, model=replace(BUNDLE.model, **parts))


def learned(rows: float = 1, churned: float = 1) -> Bundle:
    now = BUNDLE.model.trained
    return changed(trained=replace(now, rows=round(now.rows * rows), churned=round(now.churned * rows * churned)))


def judged(**parts: object) -> Bundle:
    return replace(BUNDLE, verdict=BUNDLE.verdict.model_copy(update={"behind": False, **parts}))


def alike(share: float) -> pd.DataFrame:
    rows = backtest(0)
    return rows.assign(probability=rows["probability"].where(np.arange(len(rows)) >= share * len(rows), 0.1))


def contest(new: Contender, old: Contender | None = None) -> Contest:
    old = old or contender(judged())
    return Contest(new, old, compare(paired_rows(old.evidence.backtest, new.evidence.backtest), length=10))


GOOD = judged()
FIRST = backtest(0)["probability"].iloc[0]


def learned_so(**changes: float) -> Contender:
    return contender(replace(learned(**changes), verdict=GOOD.verdict))


HELD = {
    # the rule, and of several cases which -> what it holds, and what it lets pass
    "population changed: more rows": (learned_so(rows=2.1), learned_so(rows=1.9)),
    "population changed: fewer rows": (learned_so(rows=0.45), learned_so(rows=0.55)),
    "population changed: more churn": (learned_so(churned=2.1), learned_so(churned=1.9)),
    "population changed: less churn": (learned_so(churned=0.45), learned_so(churned=0.55)),
    "degenerate scores": (contender(GOOD, alike(0.6)), None),
    "degenerate scores: one is missing": (contender(GOOD, backtest(0).replace({"probability": {FIRST: np.nan}})), None),
    "behind a baseline": (contender(judged(behind=True)), contender(judged(ahead=False))),
    "calibration by slice: more": (contender(GOOD, off=(1.6, 2.0)), contender(GOOD, off=(1.4, 2.0))),
    "calibration by slice: less": (contender(GOOD, off=(0.4, 0.6)), contender(GOOD, off=(0.4, 0.7))),
    "reasons unstable": (contender(GOOD, strongest=8), contender(GOOD, strongest=7)),
    # A rule of one column can give no more reasons than that.
    "reasons unstable: one feature": (contender(GOOD, strongest=19), contender(GOOD, shown=1)),
    "not comparable": (
        contender(GOOD, backtest(0).query("as_of < '2025-02-20'")),
        contender(GOOD, backtest(0).query("as_of < '2025-03-01'")),
    ),
    "not comparable: one is missing": (contender(GOOD, backtest(0).replace({"probability": {FIRST: np.nan}})), None),
    "not comparable: nobody churned": (
        contender(GOOD, backtest(0).query("label == 0")),
        contender(GOOD, backtest(0).query("label == 0 or account_id < 'a020'")),
    ),
    "worse than the champion": (contender(GOOD, backtest(2.0)), contender(GOOD, backtest(0.05))),
}


@pytest.mark.parametrize("rule", HELD)
def test_a_rule_holds_its_case_and_lets_a_near_miss_pass(rule):
    hit, miss = HELD[rule]
    held, rule = held_by(contest(hit)), rule.partition(":")[0]
    assert rule in held
    assert held[rule].startswith(f"{RULES.words[rule]} (")
    if miss is not None:
        assert held_by(contest(miss)) == {}


def test_other_features_hold():
    everything = examples(accounts=30, weeks=10)
    fewer = bundle(fitted(SCORERS["boosted"], replace(everything, features=everything.features.drop(columns="plan"))))
    new, old = (Contest(contender(one), contender(other)) for one, other in ((BUNDLE, fewer), (fewer, BUNDLE)))
    assert re.search(r"\(\d+ more, such as", held_by(new)["feature set changed"])
    assert re.search(r"\(\d+ fewer, such as", held_by(old)["feature set changed"])


def test_the_first_champion_needs_the_guard_rails_alone():
    assert held_by(Contest(contender(GOOD))) == {}
    assert set(held_by(Contest(contender(judged(usable=False))))) == {"behind a baseline"}


def test_both_are_compared_on_the_same_rows_and_corrected_outcomes_are_left_out():
    new, old = backtest(0), backtest(1.0).query("as_of >= '2025-01-20'").copy()
    old.loc[old.index[:5], "label"] = 1 - old.loc[old.index[:5], "label"]
    rows = paired_rows(old, new)
    assert len(rows) == len(old) - 5
    assert rows["as_of"].min() == pd.Timestamp("2025-01-20")
    found = {each.name: each for each in compare(rows, length=10)}
    assert list(found) == [*FIGURES, CAPACITY]
    assert not any(each.is_worse for each in found.values())
    assert found["log_loss"].high < 0 < found["auc"].low


@pytest.mark.parametrize(
    ("low", "high", "lower_is_better", "is_worse"),
    [
        (0.1, 0.2, True, True),
        (-0.1, 0.2, True, False),
        (-0.2, -0.1, True, False),
        (0.1, 0.2, False, False),
        (-0.2, 0.1, False, False),
        (-0.2, -0.1, False, True),
    ],
)
def test_a_figure_is_worse_where_the_whole_interval_lies_on_that_side_of_0(low, high, lower_is_better, is_worse):
    assert Compared("any", 0.5, 0.5, low, high, lower_is_better).is_worse == is_worse


def test_prices_play_no_part():
    """So a company without any is compared like every other: by the churns that stand on the list."""
    new, old = backtest(0), backtest(0.5)
    priced = paired_rows(old.assign(arr=np.arange(len(old))), new.assign(arr=np.nan))
    assert compare(priced, length=10) == compare(paired_rows(old, new), length=10)


def test_a_system_against_itself_differs_by_nothing():
    rows = paired_rows(backtest(0.5), backtest(0.5))
    assert all(each.low == each.high == 0 and not each.is_worse for each in compare(rows, length=10))
