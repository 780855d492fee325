"""Would past lists have been right? A model on dates that had no part in making it, beside rules and simple models."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from churnrisk.clock import Day
from churnrisk.evaluation.calibration import GROUPED_BY, calibration, calibration_by_age, stays_calibrated
from churnrisk.evaluation.capacity import at_capacity
from churnrisk.evaluation.curves import curves
from churnrisk.evaluation.fairness import fairness
from churnrisk.evaluation.groups import Groups
from churnrisk.evaluation.horizons import by_horizon
from churnrisk.evaluation.intervals import over_time
from churnrisk.evaluation.judge import SEED, judge, judge_slices
from churnrisk.evaluation.leading import Leading, leading
from churnrisk.evaluation.order import BASELINE
from churnrisk.evaluation.steadiness import Steadiness, steadiness
from churnrisk.evaluation.verdict import few_churned, verdict
from churnrisk.evaluation.warning import early_warning
from churnrisk.metrics.floor import kept_to_prepare
from churnrisk.metrics.reliability import left_by_band
from churnrisk.model.baselines import Repeats, gamma_poisson, last_login_rule, rfv_logistic, two_feature_logistic
from churnrisk.model.bundle import Figures
from churnrisk.model.examples import Examples
from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import Numbers
from churnrisk.model.offsets import applied, by_date
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split, churned_accounts, prove_gap
from churnrisk.params import Evaluate
from churnrisk.params.risk_list import RiskList
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.usage.activity import Activity
from churnrisk.store.catalogue.evaluate import Verdict
from churnrisk.store.columns import KEYS

_MRR = "mrr"
"""The feature that is money a month."""


@dataclass(frozen=True)
class Silence:
    """What churn is where it is inactivity: so many `days` in a row without `activity`."""

    activity: Activity
    days: int


CONTRIBUTION = "shap_"

MOST_EXPLAINED = 10_000
"""Snapshots of the test, spread evenly, over which contributions are averaged: they cost twenty times a prediction, and
the mean of so many is as sure as its three digits."""


@dataclass(frozen=True)
class Evaluation:
    """What a test says of a model.

    `backtest` has its predictions, `account_id`, `as_of`, `horizon_days`, `probability`, `probability_<days>d`,
    `label`, `offset` and `baseline_<name>`, a row a snapshot of the test. `tables` are for people, by the names of
    `churnrisk.store.catalogue.evaluate.REPORT`, and `curves` by those of `CURVE`. `stays_calibrated` says for how long
    the probabilities can be believed. `importance` is how far each feature moves the log-odds, up or down, on average,
    the largest first. `leading` says whether its reasons can be believed, and `steady` how much the group to
    call changes from date to date.
    """

    backtest: pd.DataFrame
    figures: Figures
    tables: dict[str, pd.DataFrame]
    curves: dict[str, pd.DataFrame]
    stays_calibrated: str
    verdict: Verdict
    importance: "pd.Series[float]"
    leading: Leading
    steady: Steadiness


def evaluate(
    examples: Examples,
    split: Split,
    judged: RiskModel,
    out_of_time: pd.DataFrame,
    *,
    silence: Silence | None,
    accounts: Ledger,
    dispositions: Ledger | None,
    stated: pd.DataFrame,
    facts: Mapping[str, str],
    settings: Evaluate,
    risk_list: RiskList,
) -> Evaluation:
    """Judge a model on the test of the split that it was trained by; `silence` is given where churn is inactivity.

    `out_of_time` are scores of earlier snapshots (`account_id`, `as_of`, `raw`), by which the levels of segments begin;
    `accounts` is their table, by columns of which the test is sliced too, `dispositions` are those that the source
    offers, `stated` has the reasons of ends and `facts` the fact of each feature (`churnrisk.evaluation.leading`), and
    `risk_list` are the settings of the list.
    Baselines learn from the same rows as the model. Raises ParamsError where a slice is not a feature of words, or a
    column of the fairness table neither that nor a column of words of `accounts`, and ModelError where what was learned
    from reaches into the test.
    """
    earlier, test = examples.known_by(split.cut, split.embargo_days), examples.on(split.dates)
    groups = Groups.of(test.features, accounts, settings, dispositions)
    prove_gap(earlier.labels, test.labels)
    baselines = _baselines(earlier, test, silence)
    backtest = predictions(test, judged, earlier.scored(out_of_time))
    baselines["list_before"] = _list_before(backtest)
    backtest = backtest.assign(**{f"{BASELINE}{name}": score for name, score in baselines.items()})
    figures = judge(backtest, baselines, settings.resamples)
    led = leading(
        judged,
        test.features,
        backtest.assign(churned_on=test.labels["churned_on"].to_numpy()),
        facts=facts,
        length=risk_list.length,
        stated=stated,
        meaning=settings.stated_reasons,
    )
    label, given = backtest["label"].to_numpy(float), backtest["probability"].to_numpy(float)
    steady = steadiness(
        backtest.assign(worth=_worth(test.features, given, risk_list)),
        call_from=risk_list.call_from,
        keep_from_share=risk_list.keep_from_share,
        length=risk_list.length - kept_to_prepare(risk_list.length, risk_list.prepare_share),
    )
    meant = left_by_band(label, given, backtest["account_id"].to_numpy(object))
    figures["model"] |= led.figures() | steady.figures() | meant
    tables = _tables(backtest, test, groups, split.cut, settings.resamples, risk_list.length)
    return Evaluation(
        backtest=backtest,
        figures=figures,
        tables=tables,
        curves=curves(label, given),
        stays_calibrated=stays_calibrated(tables["calibration_by_age"]),
        verdict=verdict(figures, few_churned(figures, churned_accounts(earlier.labels))),
        importance=importance(judged, test.features),
        leading=led,
        steady=steady,
    )


def _worth(features: pd.DataFrame, probability: Numbers, risk_list: RiskList) -> Numbers:
    """What the list ranks by: what is likely to be lost, where it asks for that and prices are known, otherwise the
    probability.
    """
    mrr = features[_MRR].fillna(0).to_numpy(float) if _MRR in features else np.zeros(len(features))
    return probability * mrr if risk_list.rank_by == "value_at_risk" and mrr.any() else probability


def _tables(
    backtest: pd.DataFrame, test: Examples, groups: Groups, cut: Day, resamples: int, length: int
) -> dict[str, pd.DataFrame]:
    """The tables for people, by name."""
    by = {name: groups.slices[name] for name in GROUPED_BY if name in groups.slices}
    return {
        "slices": judge_slices(backtest, groups.slices, resamples),
        "early_warning": early_warning(backtest.assign(churned_on=test.labels["churned_on"].to_numpy())),
        "capacity": at_capacity(backtest, length),
        "intervals": over_time(backtest, resamples, SEED),
        "calibration_by_group": calibration(backtest, by),
        "calibration_by_age": calibration_by_age(backtest, cut),
        "horizons": _horizons(backtest, test),
        "fairness": fairness(backtest, groups.fairness, length),
    }


def _horizons(backtest: pd.DataFrame, test: Examples) -> pd.DataFrame:
    further = {int(str(days)): test.ladder[days].to_numpy(float) for days in test.ladder}
    labels = further | {test.horizon_days: test.label}
    given = {days: f"probability_{days}d" for days in labels}
    probabilities = {days: backtest[name].to_numpy() for days, name in given.items() if name in backtest}
    return by_horizon(labels, probabilities, test.accounts)


def predictions(test: Examples, model: RiskModel, before: pd.DataFrame) -> pd.DataFrame:
    """The backtest: what a model says of snapshots whose label is known.

    Each date has the levels of segments (`offset`, in log-odds) that a weekly run would have had then: by the scores
    `before` the test, and by those of the test whose label was mature on that date.
    """
    plain = replace(model, offsets=None).log_odds(test.features)
    offset = np.zeros(len(plain))
    if model.offsets:
        scored = test.scored(test.labels[KEYS].assign(raw=plain))
        levels = by_date(pd.concat([before, scored]), scored["as_of"], model.offsets.penalty)
        offset = applied(levels, scored["as_of"], scored["segment"])
    return (
        test.labels[KEYS]
        .reset_index(drop=True)
        .assign(
            horizon_days=model.horizon_days,
            probability=probability(plain + offset),
            **model.ladder_of(plain + offset),
            label=test.label,
            offset=offset,
        )
    )


def importance(model: RiskModel, features: pd.DataFrame) -> "pd.Series[float]":
    """The mean size of each feature's contribution in log-odds, by name, the largest first.

    Rounded, because the last digits of contributions differ by processor.
    """
    some = features.iloc[np.unique(np.linspace(0, len(features) - 1, MOST_EXPLAINED).astype(int))]
    sizes = model.score(some).filter(like=CONTRIBUTION).abs().mean().round(4)
    sizes.index = pd.Index([name.removeprefix(CONTRIBUTION) for name in sizes.index], name="feature")
    return sizes.rename("mean_contribution").sort_index().sort_values(ascending=False, kind="stable")


def _baselines(earlier: Examples, test: Examples, silence: Silence | None) -> dict[str, Numbers]:
    scores = {
        "last_login_rule": last_login_rule(test.features),
        "two_feature_logistic": two_feature_logistic(earlier.features, earlier.label, test.features),
        "recency_frequency_volume": rfv_logistic(earlier.features, earlier.label, test.features),
    }
    if silence is not None:
        before, now = (Repeats.of(silence.activity, each.labels) for each in (earlier, test))
        scores["gamma_poisson"] = gamma_poisson(before, now, silence.days)
    return scores


def _list_before(backtest: pd.DataFrame) -> Numbers:
    """What the list of the date before said of each account; the mean of its own date where it was not on it.

    A ranking that the newest week doesn't improve would not need to be made every week.
    """
    before = backtest.groupby("account_id", sort=False)["probability"].shift()
    return before.fillna(backtest.groupby("as_of")["probability"].transform("mean")).to_numpy(float)
