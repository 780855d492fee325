"""Simulated companies of any size in temporary folders, taken as far as features and labels, without DVC or MLflow."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from churnrisk import simulator
from churnrisk.clock import Day, day
from churnrisk.feeds.list_date import list_date
from churnrisk.intake.conform import conform
from churnrisk.model.examples import Examples, read_examples
from churnrisk.params import Params, load
from churnrisk.rollup.build import rollup
from churnrisk.simulator import SimulatedCompany
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace

ROOT = Path(__file__).parents[1]

Changes = Mapping[str, Mapping[str, Any]]
"""Params that differ from the repository's own, section by section."""


def company(
    here: Path,
    accounts: int,
    seed: int,
    *,
    change: Callable[[SimulatedCompany], SimulatedCompany] = lambda made: made,
    changes: Changes | None = None,
) -> tuple[Params, pd.DataFrame]:
    """A company of the repository's own settings but for its size, seed and `changes`, with features and labels `here`.

    `change` is done to its tables before they are read. Returns its params, and the truth of every horizon.
    """
    params = _params(here, accounts, seed, changes or {})
    settings = params.source.simulator
    assert settings is not None, "the repository's own params simulate a company"
    start, horizons = day(settings.start), params.churn.horizons
    made = change(simulator.simulate(settings.accounts, start, settings.weeks, settings.seed, horizons))
    simulator.write(made, here / "source", here / "truth.parquet")
    take_in(here, params)
    return params, made.truth


def take_in(here: Path, params: Params) -> None:
    """From the files of the source to features and labels."""
    pull(ROOT / "queries", here / "source", Workspace(here))
    conform(Workspace(here), max_rejected_share=params.intake.max_rejected_share)
    rollup(Workspace(here))
    for stage in ("snapshot", "label", "featurize"):
        import_module(f"churnrisk.stages.{stage}").run(Workspace(here), params)


def examples_of(here: Path, params: Params) -> tuple[Examples, Day]:
    """The mature snapshots of a company, and the date of its list."""
    examples = read_examples(Workspace(here), params.churn.horizon_days, params.churn.horizons)
    return examples, list_date(Workspace(here))


def _params(here: Path, accounts: int, seed: int, changes: Changes) -> Params:
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    content["source"]["simulator"] |= {"accounts": accounts, "seed": seed}
    # Two companies are made at a time already.
    content["features"]["workers"] = content["train"]["threads"] = 1
    for section, values in changes.items():
        content[section] |= values
    here.mkdir(parents=True)
    (here / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return load(here / "params.yaml")
