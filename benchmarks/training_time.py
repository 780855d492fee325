"""What does a training cost beyond the fits that it contains? Measured in CPU time on a small simulated company."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import lightgbm as lgb
import yaml

from churnrisk.feeds.list_date import list_date
from churnrisk.model.examples import read_examples
from churnrisk.model.split import make_split
from churnrisk.model.training import Origin, train
from churnrisk.params import load
from churnrisk.store.workspace import Workspace

ROOT = Path(__file__).parents[1]
COMPANY = {"accounts": 1000, "start": "2024-01-01", "weeks": 90, "seed": 7}
_STAGES = ("pull", "conform", "rollup", "snapshot", "label", "featurize", "gate")


@dataclass
class Stopwatch:
    """CPU seconds that were spent."""

    seconds: float = 0.0


def train_times_bare_fits(company: dict[str, Any] = COMPANY) -> float:
    """CPU time of a whole training over that of LightGBM's own calls within it, on one thread.

    In CPU time, because a busy machine would stretch both, and not by the same.
    """
    with TemporaryDirectory() as folder:
        workspace = _made(Workspace(Path(folder)), company)
        params = load(workspace.params)
        examples = read_examples(workspace, params.churn.horizon_days, params.churn.horizons)
        as_of = list_date(workspace)
        split = make_split(examples.labels, as_of, params.folds, params.train.seed)
        with _fits() as fits:
            begun = time.process_time()
            train(examples, split, params.train, as_of, Origin("", ""))
            return (time.process_time() - begun) / fits.seconds


def _made(workspace: Workspace, company: dict[str, Any]) -> Workspace:
    """The company with its features and labels."""
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    content["source"]["simulator"] = company
    content["train"] |= {"threads": 1}
    workspace.params.write_text(yaml.safe_dump(content), encoding="utf-8")
    copytree(ROOT / "queries", workspace.queries)
    for stage in _STAGES:
        import_module(f"churnrisk.stages.{stage}").run(workspace, load(workspace.params))
    return workspace


@contextmanager
def _fits() -> Iterator[Stopwatch]:
    """The time that LightGBM itself takes meanwhile, to grow trees and to judge them on later rows."""
    watch = Stopwatch()
    bare = {name: getattr(lgb.Booster, name) for name in ("update", "eval_valid")}

    def timed(own: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            begun = time.process_time()
            result = own(*given, **named)
            watch.seconds += time.process_time() - begun
            return result

        return call

    for name, own in bare.items():
        setattr(lgb.Booster, name, timed(own))
    try:
        yield watch
    finally:
        for name, own in bare.items():
            setattr(lgb.Booster, name, own)
