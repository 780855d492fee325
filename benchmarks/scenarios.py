"""What happens to a company, what the system should do then, and what it does.

Each scenario is a change of a simulated company's tables (`benchmarks.happenings`) and a measurement. `holds` says
whether it did what it should, by a limit that stands beside the measurement.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import happenings
from benchmarks.companies import ROOT, Changes, company, examples_of
from benchmarks.gate import held
from churnrisk import simulator
from churnrisk.clock import day
from churnrisk.evaluation.backtest import Evaluation, evaluate
from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import facts_of
from churnrisk.model.examples import read_features_on
from churnrisk.model.matrix import surprises
from churnrisk.model.split import make_split
from churnrisk.model.training import Origin, Training, train
from churnrisk.params import Evaluate, Params
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.simulator import SimulatedCompany
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.catalogue.featurize import FEATURES
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.workspace import Workspace

RESULT = ROOT / "benchmarks" / "results" / "scenarios.json"
ACCOUNTS, SEED = 600, 7

QUICK: dict[str, dict[str, Any]] = {"train": {"boosters": 2, "max_trees": 100, "learning_rate": 0.1}}
"""Of every scenario: it is about what the system does, not about the last hundredth of AUC."""

Outcome = dict[str, Any]


@dataclass(frozen=True)
class Happened:
    """A company to which something happened, taken as far as features and labels."""

    here: Path
    params: Params

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.here)

    @cached_property
    def trained(self) -> tuple[Training, Evaluation]:
        """A training on it, and how that did on its test."""
        examples, as_of = examples_of(self.here, self.params)
        split = make_split(examples.labels, as_of, self.params.folds, self.params.train.seed)
        training = train(examples, split, self.params.train, as_of, Origin("", ""))
        judged = evaluate(
            examples,
            split,
            training.judged,
            training.out_of_time,
            silence=None,
            accounts=read_ledger(Workspace(self.here), "accounts"),
            dispositions=None,
            settings=Evaluate(slices=("segment",), resamples=100),
            stated=TABLE["subscriptions"].read(Workspace(self.here), ["account_id", "ended_on", "end_reason"]),
            facts=facts_of(FEATURES.read(Workspace(self.here))),
            risk_list=self.params.risk_list,
        )
        return training, judged

    @cached_property
    def before(self) -> SimulatedCompany:
        """The company to which nothing happened."""
        settings = self.params.source.simulator
        assert settings is not None
        return simulator.simulate(settings.accounts, day(settings.start), settings.weeks, settings.seed)

    def labels(self) -> pd.DataFrame:
        """Labels of the main horizon, mature or not."""
        rows = LABELS.read(self.workspace)
        return rows[rows["horizon_days"] == self.params.churn.horizon_days]


@dataclass(frozen=True)
class Scenario:
    """What happens (the docstring of `change`), what `should` follow, and a measurement that says whether it `holds`.

    `changes` are of params.
    """

    change: Callable[[happenings.Tables], happenings.Tables]
    should: str
    measure: Callable[[Happened], Outcome]
    changes: Changes = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.change.__name__.replace("_", " ")

    def run(self, home: Path) -> Outcome:
        """What happened, and what the system did."""
        here = home / self.change.__name__
        changes = {**QUICK, **self.changes}
        params, _ = company(here, ACCOUNTS, SEED, change=happenings.on_tables(self.change), changes=changes)
        happens = " ".join((self.change.__doc__ or "").split())
        return {"happens": happens, "should": self.should, **self.measure(Happened(here, params))}


def gate_holds(happened: Happened) -> Outcome:
    """The checks that hold the list of the first day that the tables do not cover any more."""
    made = happened.before.tables["usage"]["day"].max()
    why = held(happened.here, day(pd.Timestamp(made).normalize() + pd.Timedelta(days=1)), 7)
    return {"held_by": why, "holds": bool(why)}


def late_churn_is_immature(happened: Happened) -> Outcome:
    """Labels of 0 of accounts that had churned in their window: none is allowed."""
    labels = happened.labels()
    real = _real_ends(happened.before.tables)
    window = happened.params.churn.window()
    as_of, ended = labels["as_of"].to_numpy("M8[D]"), labels["account_id"].map(real).to_numpy("M8[D]")
    churned = (ended >= window.opens(as_of)) & (ended < window.closes(as_of))
    wrong = churned & (labels["label"] == 0).to_numpy()
    return {
        "labels_mature": int(labels["label"].notna().sum()),
        "labels_immature": int(labels["label"].isna().sum()),
        "churned_and_labelled_0": int(wrong.sum()),
        "holds": not wrong.any() and bool(labels["label"].isna().any()),
    }


def unseen_segment_is_named(happened: Happened) -> Outcome:
    """Warnings of the list, and whether the segment has a level or was learned from."""
    training, _ = happened.trained
    features = read_features_on(happened.workspace, list_date(happened.workspace))
    warnings = [each for each in surprises(features, training.final.columns) if happenings.NEW_SEGMENT in each]
    level = training.final.offsets.added.get(happenings.NEW_SEGMENT) if training.final.offsets else None
    listed = int((features["segment"] == happenings.NEW_SEGMENT).sum())
    return {
        "accounts_of_it": listed,
        "warnings": warnings,
        "level": level,
        "segments_have_levels": training.final.offsets is not None,
        "holds": listed > 0 and len(warnings) == 1 and level is None,
    }


def nothing_is_found(happened: Happened) -> Outcome:
    """The verdict: it must not say that the ranking is of use."""
    _, judged = happened.trained
    model = judged.figures["model"]
    figures = {name: model[name] for name in ("auc", "auc_low", "auc_high")}
    return {**figures, "verdict": judged.verdict.words, "holds": not judged.verdict.usable}


def schools_are_not_all_listed(happened: Happened) -> Outcome:
    """Share of seasonal accounts in the top tenth of the August lists, beside their share of those that churned then.

    It holds where they are listed at most half as often again as they churn or are there, whichever is more.
    """
    _, judged = happened.trained
    rows = judged.backtest[judged.backtest["as_of"].dt.month == 8]
    accounts = happened.before.tables["accounts"].set_index("account_id")
    school = rows["account_id"].map(accounts["industry"]) == happenings.SEASONAL
    top = rows.groupby("as_of")["probability"].rank(ascending=False, pct=True) <= 0.1
    shares = {
        "of_accounts": float(school.mean()),
        "of_the_top_tenth": float(school[top].mean()),
        "of_churned": float(school[rows["label"] == 1].mean()),
    }
    allowed = 1.5 * max(shares["of_accounts"], shares["of_churned"])
    return {**shares, "auc": judged.figures["model"]["auc"], "holds": shares["of_the_top_tenth"] <= allowed}


def accounts_without_champion_stand_higher(happened: Happened) -> Outcome:
    """Mean probability of accounts whose champion left within the last four to eight weeks, beside that of others.

    It holds where it is at least half as high again.
    """
    _, judged = happened.trained
    rows = judged.backtest
    since = (rows["as_of"] - rows["account_id"].map(happenings.champions_left(happened.before.tables))).dt.days
    lately = since.between(28, 56)
    mean, rate = (rows.groupby(lately)[name].mean() for name in ("probability", "label"))
    return {
        "snapshots": int(lately.sum()),
        "mean_probability": float(mean[True]),
        "churn_rate": float(rate[True]),
        "mean_probability_of_others": float(mean[False]),
        "churn_rate_of_others": float(rate[False]),
        "auc": judged.figures["model"]["auc"],
        "holds": bool(mean[True] >= 1.5 * mean[False]),
    }


def dearer_is_not_churn(happened: Happened) -> Outcome:
    """Accounts that went on at the new price and are said to have left on its day: none is allowed. How far off
    probabilities are is told.
    """
    _, judged = happened.trained
    labels = happened.labels()
    ends = _real_ends(happened.before.tables)
    really = ends.index[ends == happenings.PRICE_RISE_ON]
    on_that_day = (labels["label"] == 1) & (labels["churned_on"] == happenings.PRICE_RISE_ON)
    wrong = on_that_day & ~labels["account_id"].isin(really)
    model = judged.figures["model"]
    return {
        "stayed_and_labelled_1": int(wrong.sum()),
        "mean_probability": model["mean_probability"],
        "churn_rate": model["churn_rate"],
        "auc": model["auc"],
        "holds": not wrong.any(),
    }


def _real_ends(tables: happenings.Tables) -> "pd.Series[pd.Timestamp]":
    """When the last paid subscription of each account that churned ended."""
    sold = tables["subscriptions"]
    paid = sold[~sold["is_trial"]].sort_values("started_on", kind="stable")
    last: pd.Series[pd.Timestamp] = paid.groupby("account_id").tail(1).set_index("account_id")["ended_on"].dropna()
    return last


SCENARIOS = (
    Scenario(happenings.outage, "the gate holds the list", gate_holds),
    Scenario(happenings.redesign, "the gate holds the list", gate_holds),
    Scenario(
        happenings.late_labels,
        "with `churn.reporting_lag_days: 45` the last labels are immature, and none is a wrong 0",
        late_churn_is_immature,
        {"churn": {"reporting_lag_days": happenings.LATE_DAYS}},
    ),
    Scenario(
        happenings.new_segment, "the segment has no level, and the list names it in a warning", unseen_segment_is_named
    ),
    Scenario(happenings.acausal_churn, "the verdict does not call the ranking of use", nothing_is_found),
    Scenario(
        happenings.seasonal_business,
        "schools, once seen closed, do not fill the August lists",
        schools_are_not_all_listed,
    ),
    Scenario(
        happenings.champion_leaves,
        "accounts whose champion has just left stand higher",
        accounts_without_champion_stand_higher,
    ),
    Scenario(happenings.price_rise, "a dearer subscription is not churn", dearer_is_not_churn),
)
"""Each is a line of its own here, with its change in `benchmarks.happenings` and its measurement above."""


def main() -> None:
    """Run every scenario, print one JSON object last and write it."""
    result: dict[str, Mapping[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for scenario, outcome in zip(
            SCENARIOS, pool.map(partial(_run, Path(folder)), range(len(SCENARIOS))), strict=True
        ):
            print(f"{scenario.name}: {'holds' if outcome['holds'] else 'FAILS'}", file=sys.stderr)  # noqa: T201
            result[scenario.name] = {name: _rounded(value) for name, value in outcome.items()}
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def _run(home: Path, number: int) -> Outcome:
    return SCENARIOS[number].run(home)


def _rounded(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else round(float(value), 4)
    return value


if __name__ == "__main__":
    main()
