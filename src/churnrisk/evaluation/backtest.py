"""Would past lists have been right? A model on dates that had no part in making it, beside rules and simple models."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from churnrisk.evaluation.curves import curves
from churnrisk.evaluation.judge import judge, judge_slices
from churnrisk.evaluation.slices import require_words
from churnrisk.evaluation.verdict import few_churned, verdict
from churnrisk.evaluation.warning import early_warning
from churnrisk.model.baselines import Repeats, gamma_poisson, last_login_rule, rfv_logistic, two_feature_logistic
from churnrisk.model.bundle import Figures
from churnrisk.model.examples import Examples
from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import Numbers
from churnrisk.model.offsets import applied, by_date
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split, churned_accounts, prove_gap
from churnrisk.past.usage.activity import Activity
from churnrisk.store.catalogue.evaluate import Verdict
from churnrisk.store.columns import KEYS


@dataclass(frozen=True)
class Silence:
    """What churn is where it is inactivity: so many `days` in a row without `activity`."""

    activity: Activity
    days: int


@dataclass(frozen=True)
class Evaluation:
    """What a test says of a model.

    `backtest` has its predictions, `account_id`, `as_of`, `horizon_days`, `probability`, `label`, `offset` and
    `baseline_<name>`, a row a snapshot of the test; `slices`, `curves` and `early_warning` are tables for people.
    """

    backtest: pd.DataFrame
    figures: Figures
    slices: pd.DataFrame
    curves: dict[str, pd.DataFrame]
    early_warning: pd.DataFrame
    verdict: Verdict


def evaluate(
    examples: Examples,
    split: Split,
    judged: RiskModel,
    out_of_time: pd.DataFrame,
    *,
    silence: Silence | None,
    slices: Collection[str],
    resamples: int,
) -> Evaluation:
    """Judge a model on the test of the split that it was trained by; `silence` is given where churn is inactivity.

    `out_of_time` are scores of earlier snapshots (`account_id`, `as_of`, `raw`), by which the levels of segments begin.
    Baselines learn from the same rows as the model. Raises ParamsError where a slice is not a feature of words, and
    ModelError where what was learned from reaches into the test.
    """
    earlier, test = examples.known_by(split.cut, split.embargo_days), examples.on(split.dates)
    prove_gap(earlier.labels, test.labels)
    baselines = _baselines(earlier, test, silence)
    backtest = predictions(test, judged, earlier.scored(out_of_time))
    baselines["list_before"] = _list_before(backtest)
    backtest = backtest.assign(**{f"baseline_{name}": score for name, score in baselines.items()})
    figures = judge(backtest, baselines, resamples)
    label, probability = (backtest[name].to_numpy() for name in ("label", "probability"))
    return Evaluation(
        backtest=backtest,
        figures=figures,
        slices=judge_slices(backtest, _slices(test.features, slices)),
        curves=curves(label, probability),
        early_warning=early_warning(backtest.assign(churned_on=test.labels["churned_on"].to_numpy())),
        verdict=verdict(figures, few_churned(figures, churned_accounts(earlier.labels))),
    )


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
            horizon_days=model.horizon_days, probability=probability(plain + offset), label=test.label, offset=offset
        )
    )


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


def _slices(features: pd.DataFrame, names: Collection[str]) -> dict[str, "pd.Series[str]"]:
    words = [str(name) for name in features if pd.api.types.is_string_dtype(features[name]) and name != "account_id"]
    require_words(names, words)
    return {name: features[name].reset_index(drop=True) for name in names}
