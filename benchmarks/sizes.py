"""How good each system is at companies of different sizes, where they cross, and how far from the truth.

Companies of every size are simulated, and each system learns from one as a training would. All are judged on the same
other company of 3,000 accounts, which none has seen: its own test would hold ten churned accounts where a company is
small, and say little. The simulator knows the true probabilities of that company, so the distance to the best possible
ranking and to true probabilities is exact.

`--large` adds companies of 10,000 accounts.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.companies import ROOT, company, examples_of
from benchmarks.metrics import auc, calibration_error_by
from churnrisk.model.examples import Examples
from churnrisk.model.split import Split, make_split
from churnrisk.model.systems import BOOSTERS, BOTH, LOGISTIC, RULE, System
from churnrisk.model.training import Origin, Training, Uncalibrated, train
from churnrisk.params import Params

RESULT = ROOT / "benchmarks" / "results" / "sizes.json"

DRAWS = {100: (11, 23, 31, 43), 300: (11, 23, 31), 1000: (11, 23), 3000: (11,)}
"""Seeds by size: small companies differ most from each other, and cost least."""

LARGE = {10_000: (11,)}

JUDGED_ON = (3000, 7)
"""Accounts and seed of the company that all are judged on; no other has this seed."""

SYSTEMS = (BOOSTERS, LOGISTIC, BOTH, RULE)
ORIGIN = Origin("", "")


@dataclass(frozen=True)
class Later:
    """The test of the company that all are judged on, with the true probabilities of its rows, by horizon."""

    examples: Examples
    truth: pd.DataFrame


def main() -> None:
    """Measure, print one JSON object and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="companies of 10,000 accounts too")
    draws = DRAWS | (LARGE if parser.parse_args().large else {})
    jobs = [(size, seed) for size, seeds in draws.items() for seed in seeds]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        later = judged_on(Path(folder) / "judged_on")
        rows = list(_told(pool.map(partial(measured, Path(folder), later), jobs[::-1]), len(jobs)))
    result = _summary(pd.DataFrame(rows), later)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def judged_on(here: Path) -> Later:
    """The company that no system has learned from."""
    params, truth = company(here, *JUDGED_ON)
    examples, split = _split(here, params)
    test = examples.on(split.dates)
    keys = ["account_id", "as_of"]
    found = test.labels[keys].merge(truth, how="left", on=keys, validate="one_to_one")
    # Whoever has given notice has no truth any more, and the tables may not know of it yet (as in benchmarks.quality).
    has_truth = found["churn_probability"].notna().to_numpy()
    assert has_truth.mean() > 0.999, f"{(~has_truth).sum()} rows have no true probability"
    return Later(test.rows(has_truth), found[has_truth])


def measured(home: Path, later: Later, job: tuple[int, int]) -> dict[str, Any]:
    """Every system on one company, and the model that a training makes of it."""
    size, seed = job
    here = home / f"{size}-{seed}"
    params, _ = company(here, size, seed)
    examples, split = _split(here, params)
    training = train(examples, split, params.train, split.cut, ORIGIN)
    earlier = examples.known_by(split.cut, split.embargo_days)
    churned = len(np.unique(earlier.accounts[earlier.label == 1]))
    ranked = {
        name: auc(later.examples.label, _scores(name, earlier, training, params, later)) for name in _systems(training)
    }
    return {
        "size": size,
        "seed": seed,
        "churned": churned,
        "picked": training.system.name,
        **{f"auc of {name}": value for name, value in ranked.items()},
        **_truthful(training, later),
    }


def _split(here: Path, params: Params) -> tuple[Examples, Split]:
    examples, as_of = examples_of(here, params)
    return examples, make_split(examples.labels, as_of, params.folds, params.train.seed)


def _systems(training: Training) -> tuple[str, ...]:
    """All of them; without any booster, where nothing could be chosen, the others."""
    return SYSTEMS if training.choice.chosen else (LOGISTIC, RULE)


def _scores(name: str, earlier: Examples, training: Training, params: Params, later: Later) -> Any:
    system = System(name, (), training.system.raw, few_churned=False)
    plain = Uncalibrated(system.fit(earlier, training.choice, params.train), earlier)
    return plain.out_of_time(later.examples).raw


def _truthful(training: Training, later: Later) -> dict[str, float]:
    """The judged model by horizon: its AUC beside the best possible, and its probabilities beside the true ones.

    `distance` is the mean distance of probability and truth; `bias` is how much higher it is on average; `uncalibrated`
    is the distance of the means in ten groups of equal size by probability, which averages the noise of single rows.
    """
    scores = training.judged.score(later.examples.features)
    found: dict[str, float] = {}
    for days, label in _labels(later.examples).items():
        mature = ~np.isnan(label)
        own, true = (
            rows[mature].to_numpy(float)
            for rows in (scores[f"probability_{days}d"], later.truth[f"churn_probability_{days}d"])
        )
        groups = pd.qcut(pd.Series(own).rank(method="first"), 10, labels=False)
        found |= {
            f"auc {days}d": auc(label[mature], own),
            f"best auc {days}d": auc(label[mature], true),
            f"distance {days}d": float(np.abs(own - true).mean()),
            f"bias {days}d": float((own - true).mean()),
            f"uncalibrated {days}d": calibration_error_by(true, own, groups),
        }
    return found


def _labels(examples: Examples) -> dict[int, Any]:
    further = {int(str(days)): examples.ladder[days].to_numpy(float) for days in examples.ladder}
    return dict(sorted({examples.horizon_days: examples.label, **further}.items()))


def _told(rows: Iterator[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """Each row as it comes, with a word of progress on stderr."""
    for number, row in enumerate(rows, start=1):
        print(f"{number} of {count}: {row['size']} accounts, seed {row['seed']}", file=sys.stderr)  # noqa: T201
        yield row


def _summary(rows: pd.DataFrame, later: Later) -> dict[str, Any]:
    """Means by size, what was picked in each draw, the size at which boosters pass the logistic, and every draw."""
    means = rows.drop(columns=["seed", "picked"]).groupby("size").mean().round(4)
    picked = rows.groupby("size")["picked"].agg(lambda names: names.value_counts().to_dict())
    boosters, logistic = means[f"auc of {BOOSTERS}"], means[f"auc of {LOGISTIC}"]
    ahead = means.index[boosters > logistic]
    return {
        "judged_on": {"rows": len(later.examples.label), "churned": int(later.examples.label.sum())},
        "best_auc": means["best auc 90d"].iloc[0],
        "boosters_pass_the_logistic_at": int(ahead.min()) if len(ahead) else None,
        "sizes": {
            int(size): {"draws": int((rows["size"] == size).sum()), "picked": picked[size], **means.loc[size].to_dict()}
            for size in means.index
        },
        "draws": rows.round(4).replace({np.nan: None}).to_dict("records"),
    }


if __name__ == "__main__":
    main()
