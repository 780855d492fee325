"""What do the contributions of the default model cost, beside `shap.TreeExplainer` and LightGBM's own `pred_contrib`?

The model is the one that training makes for a simulated company; its rows are drawn again with noise until there are
as many as wanted. All figures are of one run, in turns, because a busy machine slows all of them.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shap

from benchmarks.companies import company, examples_of
from churnrisk.model.boosted import Boosted
from churnrisk.model.joined import fit_joined
from churnrisk.model.matrix import Matrix, matrix
from churnrisk.model.split import make_split
from churnrisk.model.training import choose

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "explain.json"
ACCOUNTS, SEED = 1500, 7
ROWS = {100: 3, 1_000: 3, 20_000: 1, 100_000: 1}
"""How many rows, and how often they are timed: the median of three where a second more or less would count."""


def main() -> None:
    """Measure, print and write."""
    with TemporaryDirectory() as folder:
        scorer, x = fitted(Path(folder) / "company")
    cases = {rows: timed(scorer, resampled(x, scorer, rows), times) for rows, times in ROWS.items()}
    largest, small = cases[max(ROWS)], cases[1_000]
    result = {
        "speedup_over_shap": round(largest["shap"] / largest["own"], 2),
        "speedup_over_pred_contrib": round(largest["pred_contrib"] / largest["own"], 2),
        "speedup_at_1000_rows": round(min(small["shap"], small["pred_contrib"]) / small["own"], 2),
        "max_abs_difference": max(each["max_abs_difference"] for each in cases.values()),
        "trees": scorer.booster.num_trees(),
        "features": len(scorer.columns),
        "seconds": {
            str(rows): {name: round(value, 3) for name, value in each.items() if "_difference" not in name}
            for rows, each in cases.items()
        },
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def fitted(here: Path) -> tuple[Boosted, Matrix]:
    """The boosters that training chooses and joins for a simulated company, and the rows of that company."""
    params, _ = company(here, ACCOUNTS, SEED)
    examples, as_of = examples_of(here, params)
    split = make_split(examples.labels, as_of, params.folds, params.train.seed)
    earlier = examples.known_by(split.cut, split.embargo_days)
    choice, _ = choose(earlier, split.folds(earlier.labels), params.train)
    scorer = fit_joined(earlier, choice, params.train)
    # As a bundle gives it back.
    scorer = Boosted.loads(scorer.dumps(), scorer.columns)
    return scorer, matrix(examples.features, scorer.columns)


def resampled(x: Matrix, scorer: Boosted, rows: int) -> Matrix:
    """Rows drawn again, their numbers moved by some per cent so that no two are alike; words and gaps stay."""
    draw = np.random.default_rng(SEED)
    drawn = x[draw.integers(0, len(x), rows)]
    numbers = [index for index, column in enumerate(scorer.columns) if column.categories is None]
    drawn[:, numbers] *= draw.normal(1, 0.05, (rows, len(numbers))).astype(np.float32)
    return drawn


def timed(scorer: Boosted, x: Matrix, times: int) -> dict[str, float]:
    """Seconds of each way, and by how much ours differs from LightGBM's."""
    kept: dict[str, Any] = {}
    ways: dict[str, Callable[[], Any]] = {
        # Loaded anew, so that what is prepared once for a model is counted too.
        "own": lambda: Boosted.loads(scorer.dumps(), scorer.columns).contributions(x),
        "pred_contrib": lambda: scorer.booster.predict(x, pred_contrib=True),
        "shap": lambda: shap.TreeExplainer(scorer.booster).shap_values(x),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(times):
        for name, way in ways.items():
            begun = time.perf_counter()
            kept[name] = way()
            seconds[name].append(time.perf_counter() - begun)
    values, base = kept["own"]
    theirs = np.asarray(kept["pred_contrib"])
    difference = max(np.abs(values - theirs[:, :-1]).max(), np.abs(base - theirs[:, -1]).max())
    return {name: median(each) for name, each in seconds.items()} | {"max_abs_difference": float(difference)}


if __name__ == "__main__":
    main()
