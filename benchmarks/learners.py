"""Whether others rank better: learners of every kind on the same rows, beside the model and what is simple.

The companies are those of `benchmarks.quality`, or the ones that the command line names. Learners get the features and
labels that training may learn from, and score the snapshots of the test; BG/NBD and featuretools get the usage. Each
runs as its documentation begins, in a process of an environment of their own, with a limit of time where it would
search for hours.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.buyers import bought
from benchmarks.environments import CACHE, PEERS, ROOT, environment, version
from benchmarks.measured import measured
from benchmarks.metrics import average_precision
from benchmarks.quality import PARTS, bring_up_to_date, has_data
from churnrisk.model.examples import Examples, read_examples
from churnrisk.model.split import Split
from churnrisk.model.training import Origin, train
from churnrisk.params import load
from churnrisk.store.catalogue.train import SPLIT
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_table, write_table

RESULT = ROOT / "benchmarks" / "results" / "learners.json"
LEARNERS = {
    "lightgbm": "lightgbm",
    "xgboost": "xgboost-cpu",
    "catboost": "catboost",
    "flaml": "flaml",
    "bg_nbd": "lifetimes",
    "featuretools": "featuretools",
    "autogluon": "autogluon.tabular",
}
"""The learners of `benchmarks/peers/learn.py`, each with the package whose version is written down."""

MOST_SECONDS = 300
"""After which a learner is stopped, and its figures are null with the reason."""

MOST_LEARNED = 60_000
"""Rows that learners get, of accounts drawn by chance where there are more: CatBoost would else need an hour."""

RESAMPLES, SEED = 200, 7
OWN = "churnrisk"
REPEATS = ["repeats", "last_repeat", "age"]

Numbers = npt.NDArray[np.float64]


def main() -> None:
    """Measure every company, print one JSON object last and write it."""
    python = environment("learners", "learners.txt")
    result: dict[str, Any] = {"versions": {name: version(python, package) for name, package in LEARNERS.items()}}
    asked = sys.argv[1:] or [part.prefix for part in PARTS]
    for part in sorted((each for each in PARTS if each.prefix in asked), key=lambda each: asked.index(each.prefix)):
        workspace = Workspace(ROOT / part.folder)
        result[part.prefix] = _company(workspace, part.prefix, python) if has_data(workspace) else None
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def _company(workspace: Workspace, name: str, python: Path) -> dict[str, Any]:
    """Every system on one company, with its paired difference from the model."""
    bring_up_to_date(workspace)
    folder = CACHE / "learners-rows" / name
    backtest = read_table(workspace.reports / "backtest.parquet")
    learned = write_rows(workspace, backtest, folder)
    costs: dict[str, dict[str, Any]] = {OWN: _own_cost(workspace)}
    scores = {OWN: backtest["probability"].to_numpy(float)}
    scores |= {str(each): backtest[each].to_numpy(float) for each in backtest if str(each).startswith("baseline_")}
    for learner in LEARNERS:
        print(f"{name}: {learner}", file=sys.stderr)  # noqa: T201
        costs[learner] = _asked(python, learner, folder)
        if "error" not in costs[learner]:
            scores[learner] = read_table(folder / f"{learner}.parquet")["score"].to_numpy(float)
    figures = {each: compared(backtest, score, scores[OWN]) for each, score in scores.items()}
    systems = {each: figures.get(each, {}) | costs.get(each, {}) for each in [*scores, *costs]}
    return {"rows_to_learn_from": learned, "rows_of_the_test": len(backtest), "systems": systems}


def write_rows(workspace: Workspace, backtest: pd.DataFrame, folder: Path) -> int:
    """Write what the learners read, the test in the order of `backtest`; returns how many rows there are to learn from.

    Features are those of the model. Usage is cut to a row an account, day and event.
    """
    params, split = load(workspace.params), Split.of_record(SPLIT.read(workspace))
    examples = read_examples(workspace, params.churn.horizon_days)
    earlier = examples.known_by(split.cut, split.embargo_days)
    test = backtest[KEYS].merge(_with_labels(examples), how="left", on=KEYS, validate="one_to_one")
    days = bought(workspace)
    learned = _drawn(_with_labels(earlier))
    write_table(_with_repeats(learned, days), folder / "train.parquet")
    write_table(_with_repeats(test, days), folder / "test.parquet")
    usage = read_table(workspace.usage / "daily", columns=["account_id", "day", "event", "quantity"])
    write_table(usage.reset_index(drop=True), folder / "usage.parquet")
    (folder / "horizon_days.txt").write_text(str(params.churn.horizon_days), encoding="utf-8")
    return len(learned)


def _with_labels(examples: Examples) -> pd.DataFrame:
    return examples.features.assign(label=examples.label).reset_index(drop=True)


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    accounts = np.sort(rows["account_id"].unique().astype(object))
    many = int(len(accounts) * min(1.0, MOST_LEARNED / len(rows)))
    chosen = np.random.default_rng(SEED).choice(accounts, many, replace=False)
    return rows[rows["account_id"].isin(chosen)].reset_index(drop=True)


def _with_repeats(rows: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """The rows with what BG/NBD looks at, as it was before each date; NaN where an account was never active."""
    parts = []
    for as_of, keys in rows.groupby("as_of"):
        by = days[days["day"] < as_of].groupby("account_id")["day"]
        seen = by.agg(first="min", last="max", active="nunique").reindex(keys["account_id"]).set_index(keys.index)
        columns = (seen["active"] - 1, (seen["last"] - seen["first"]).dt.days, (as_of - seen["first"]).dt.days)
        parts.append(pd.DataFrame(dict(zip(REPEATS, columns, strict=True))))
    return rows.join(pd.concat(parts))


def _own_cost(workspace: Workspace) -> dict[str, float]:
    cost = measured(own_training, workspace.root)
    return {"seconds": round(cost.seconds, 1), "peak_gb": round(cost.peak_gb, 2)}


def own_training(root: Path) -> None:
    """All of a training: choosing, the judged model, and the final one on all that is known."""
    workspace = Workspace(root)
    params, split = load(workspace.params), Split.of_record(SPLIT.read(workspace))
    examples = read_examples(workspace, params.churn.horizon_days, params.churn.horizons)
    train(examples, split, params.train, examples.labels["as_of"].max().to_numpy().astype("M8[D]"), Origin("", ""))


def _asked(python: Path, learner: str, folder: Path) -> dict[str, Any]:
    """Time and memory of a learner; its error in place of them, where it fails or takes too long."""
    called = [str(python), str(PEERS / "learn.py"), learner, str(folder)]
    try:
        done = subprocess.run(called, check=False, capture_output=True, text=True, timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        return {"error": f"stopped after {MOST_SECONDS} seconds"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no word"])[-1][:300]}
    cost: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return cost


def compared(backtest: pd.DataFrame, score: Numbers, own: Numbers) -> dict[str, Any]:
    """AUC and average precision of a system, and how far its AUC is from the model's on the same rows.

    The interval, of 95 %, is over accounts drawn with replacement, the same for both.
    """
    asked = ~np.isnan(score)
    rows, score, own = backtest[asked], score[asked], own[asked]
    label = rows["label"].to_numpy(float)
    account = pd.factorize(rows["account_id"])[0]
    one, other = _Ranking.of(label, score), _Ranking.of(label, own)
    drawn = [one.auc(each) - other.auc(each) for each in _weights(account)]
    even = np.ones(len(label))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "rows": int(asked.sum()),
        "auc": round(one.auc(even), 4),
        "ap": round(average_precision(label, score), 4),
        "auc_less_ours": [round(float(each), 4) for each in (one.auc(even) - other.auc(even), low, high)],
    }


def _weights(account: npt.NDArray[np.intp]) -> Iterator[Numbers]:
    """How often each row counts where accounts are drawn with replacement."""
    rng, many = np.random.default_rng(SEED), int(account.max()) + 1
    for _ in range(RESAMPLES):
        yield np.bincount(rng.integers(0, many, many), minlength=many)[account].astype(float)


class _Ranking:
    """Rows in order of a score, sorted once, so that an AUC with any weights is a few sums.

    >>> ranking = _Ranking.of(np.array([1.0, 0, 1, 0]), np.array([3.0, 2, 2, 1]))
    >>> ranking.auc(np.ones(4)), ranking.auc(np.array([1.0, 1, 0, 1]))
    (0.875, 1.0)
    """

    def __init__(self, label: Numbers, order: npt.NDArray[np.intp], tie: npt.NDArray[np.intp]) -> None:
        self._label, self._order, self._tie = label, order, tie

    @classmethod
    def of(cls, label: Numbers, score: Numbers) -> "_Ranking":
        """Of scores, the lowest first; rows of one score tie."""
        order = np.argsort(score, kind="stable")
        tie = np.cumsum(np.append(0, np.diff(score[order]) > 0))
        return cls(label[order], order, tie)

    def auc(self, weight: Numbers) -> float:
        """Share of pairs of one that churned and one that stayed that are in order; a tie is half."""
        weight = weight[self._order]
        churned, stayed = (np.bincount(self._tie, weight * (self._label == kind)) for kind in (1, 0))
        below = np.cumsum(stayed) - stayed
        return float((churned * (below + stayed / 2)).sum() / (churned.sum() * stayed.sum()))


if __name__ == "__main__":
    main()
