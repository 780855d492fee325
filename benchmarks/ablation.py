"""What each theme of features is worth: the model without it, and the model on it alone.

On the simulated company, and on the examples whose features and labels lie in their workspaces (`make repro`,
`make example NAME=...`): the settings that the workspace's own training chose, fitted to everything that was mature
before the test, some seeds averaged, judged on the test. Differences are paired by blocks of test dates, or by account
where there are too few dates.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from scipy import stats
from sklearn.metrics import average_precision_score, roc_auc_score

from churnrisk.model.boosted import Boosted
from churnrisk.model.examples import read_examples
from churnrisk.model.matrix import columns_of, matrix
from churnrisk.model.split import Split
from churnrisk.params import load
from churnrisk.store.catalogue.train import CHOICE, SPLIT
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "ablation.json"
FIGURE = ROOT / "docs" / "ablation.svg"
WORKSPACES = {
    "simulated company": ROOT,
    "OULAD": ROOT / "examples" / "oulad",
    "Online Retail": ROOT / "examples" / "online-retail",
}
SEEDS = (7, 11, 13, 17, 19, 23)
FEWER_SEEDS = {"OULAD": 2}
"""Where a fit takes a minute."""
BLOCKS, FEWEST_BLOCKS, RESAMPLES = 8, 4, 400
PEERS = "peer comparisons"

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """The rows of one workspace, those to learn from and those of the test, and how to fit."""

    features: pd.DataFrame
    labels: pd.DataFrame
    train: npt.NDArray[np.bool_]
    test: npt.NDArray[np.bool_]
    settings: dict[str, Any]
    trees: int
    themes: dict[str, str]
    seeds: tuple[int, ...]

    def scores(self, names: list[str]) -> Numbers:
        """Log-odds of the test by a model on some features."""
        rows = self.features[[*KEYS, *names]]
        columns, label = columns_of(rows[self.train]), self.labels["label"].to_numpy(float)
        x, settings = matrix(rows, columns), {**self.settings, "trees": self.trees}
        fitted = (
            Boosted.fit(x[self.train], label[self.train], columns, {**settings, "seed": seed}) for seed in self.seeds
        )
        return np.mean([scorer.log_odds(x[self.test]) for scorer in fitted], axis=0)

    def subsets(self) -> Iterator[tuple[str, str, list[str]]]:
        """What to leave out, or to keep: theme, how, names of features."""
        everything = list(self.themes)
        yield "everything", "all", everything
        groups = {
            theme: [n for n in everything if self.themes[n] == theme] for theme in dict.fromkeys(self.themes.values())
        }
        groups[PEERS] = [name for name in everything if name.endswith("_against_peers")]
        for theme, members in groups.items():
            if members:
                yield theme, "without", [name for name in everything if name not in members]
                yield theme, "alone", members


def task(name: str) -> Task:
    """What a workspace learned from and was tested on."""
    workspace = Workspace(WORKSPACES[name])
    params = load(workspace.params)
    # One kind of booster stands for all: differences of themes are asked for, and not the last thousandth.
    usual = max(CHOICE.read(workspace).boosters, key=lambda each: each.boosters)
    examples = read_examples(workspace, params.churn.horizon_days)
    split = Split.of_record(SPLIT.read(workspace))
    described = read_json(workspace.features / "features.json")["features"]
    themes = {each["name"]: each["theme"] for each in described}
    return Task(
        features=examples.features,
        labels=examples.labels,
        train=split.earlier(examples.labels),
        test=np.isin(examples.labels["as_of"].to_numpy("M8[D]"), split.dates),
        settings=usual.settings,
        trees=usual.trees,
        themes=themes,
        seeds=SEEDS[: FEWER_SEEDS.get(name)],
    )


def measured(name: str) -> dict[str, Any]:
    """Every theme left out and kept alone, beside everything."""
    given = task(name)
    subsets = list(given.subsets())
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        scores = dict(zip([each[:2] for each in subsets], pool.map(given.scores, [s[2] for s in subsets]), strict=True))
    test = given.labels[given.test]
    label, whole = test["label"].to_numpy(float), scores["everything", "all"]
    rows = [
        {"theme": theme, "how": how, "features": len(names)} | _difference(test, whole, scores[theme, how])
        for theme, how, names in subsets
        if how != "all"
    ]
    figures = {metric: round(float(of(label, whole)), 4) for metric, of in _METRICS.items()}
    return {
        "rows": len(test),
        "seeds": len(given.seeds),
        "paired_by": _pairing(test),
        "everything": figures,
        "themes": rows,
    }


_METRICS = {"auc": roc_auc_score, "ap": average_precision_score}


def _difference(test: pd.DataFrame, whole: Numbers, part: Numbers) -> dict[str, Any]:
    """How much less (below 0) the part gives than the whole, with its 95 % interval."""
    label = test["label"].to_numpy(float)
    found: dict[str, Any] = {}
    for name, of in _METRICS.items():
        draws = [of(label[at], part[at]) - of(label[at], whole[at]) for at in _parts(test)]
        middle = of(label, part) - of(label, whole)
        if _pairing(test) == "account":
            low, high = np.quantile(draws, [0.025, 0.975])
        else:
            half = stats.t.ppf(0.975, len(draws) - 1) * np.std(draws, ddof=1) / np.sqrt(len(draws))
            low, high = np.mean(draws) - half, np.mean(draws) + half
        found |= {
            name: round(float(middle), 4),
            f"{name}_low": round(float(low), 4),
            f"{name}_high": round(float(high), 4),
        }
    return found


def _pairing(test: pd.DataFrame) -> str:
    return "account" if test["as_of"].nunique() < FEWEST_BLOCKS else "blocks of dates"


def _parts(test: pd.DataFrame) -> list[npt.NDArray[np.int64]]:
    """Rows of each block of test dates; or of each resample of accounts."""
    if _pairing(test) == "blocks of dates":
        dates = np.array_split(np.sort(test["as_of"].unique()), min(BLOCKS, test["as_of"].nunique()))
        return [np.flatnonzero(test["as_of"].isin(each)) for each in dates]
    random = np.random.default_rng(SEEDS[0])
    rows_of_account = list(test.reset_index().groupby("account_id").indices.values())
    draws = (random.integers(0, len(rows_of_account), len(rows_of_account)) for _ in range(RESAMPLES))
    return [np.concatenate([rows_of_account[each] for each in draw]) for draw in draws]


def draw(results: dict[str, Any], metric: str = "auc") -> Figure:
    """One panel a data set: what is lost without each theme."""
    mpl.rcParams["svg.hashsalt"] = "ablation"
    figure = Figure(figsize=(4 * len(results), 4.2), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, len(results)))
    for axis, (name, result) in zip(axes, results.items(), strict=True):
        rows = [each for each in result["themes"] if each["how"] == "without"][::-1]
        for height, each in enumerate(rows):
            low, high = each[f"{metric}_low"], each[f"{metric}_high"]
            matters = high < 0 or low > 0
            axis.plot([low, high], [height, height], color="#1f4e79" if matters else "#9aa5b1", linewidth=2)
            axis.plot(each[metric], height, "o", color="#1f4e79" if matters else "#9aa5b1")
        axis.axvline(0, color="#444", linewidth=0.8)
        axis.set_yticks(range(len(rows)), [each["theme"] for each in rows])
        axis.set_title(f"{name}: AUC {result['everything'][metric]:.3f}", fontsize=10)
        axis.set_xlabel("change of AUC without the theme")
        axis.locator_params(axis="x", nbins=4)
    return figure


def main() -> None:
    """Measure, print one JSON object, write it and its figure."""
    results = {
        name: measured(name) for name, folder in WORKSPACES.items() if (folder / "models" / "choice.json").exists()
    }
    RESULT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    draw(results).savefig(FIGURE, metadata={"Date": None})
    print(json.dumps(results))  # noqa: T201


if __name__ == "__main__":
    main()
