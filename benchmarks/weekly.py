"""What a weekly run costs when the company has four times the history.

One simulated company, whose files lie by month: once with the last year of its life, once with all four, on record from
their first day on. Accounts and subscriptions are the same in both, and so are the week that is new and the champion,
which has learned from the year. Both are brought up to the week before, and then the new week is run from copies of
that, in turns, each in a process of its own.
"""

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow.parquet as pq
import yaml
from rich.console import Console

from benchmarks.companies import ROOT
from benchmarks.measured import Cost, measured, typical
from churnrisk import simulator
from churnrisk.clock import Day, day, days
from churnrisk.contract import TABLES
from churnrisk.params import Params, load
from churnrisk.simulator import SimulatedCompany
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_table
from churnrisk.weekly.promote import promote
from churnrisk.weekly.run import Asked, weekly

RESULT = ROOT / "benchmarks" / "results" / "weekly.json"
ACCOUNTS, START, WEEKS, SEED = 3000, "2022-01-03", 208, 7
YEAR, TIMES, ROUNDS = 52, 4, 3
BEGINS = {"year": day(START) + days(7 * (WEEKS - YEAR)), "four_years": day(START)}
LEARNED_BY = ("pull", "conform", "rollup", "snapshot", "label", "featurize", "train", "evaluate")
"""The stages that lead to a challenger; `evaluate` registers it."""


def main() -> None:
    """Measure, print one JSON object and write it."""
    with TemporaryDirectory() as folder:
        result = measure(Path(folder), ACCOUNTS)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def measure(here: Path, accounts: int, rounds: int = ROUNDS) -> dict[str, object]:
    """The costs of the new week with either history, and how they compare."""
    ready = {name: here / name for name in BEGINS}
    _prepare(here, accounts)
    costs: dict[str, list[Cost]] = {name: [] for name in ready}
    steps: dict[str, list[dict[str, float]]] = {name: [] for name in ready}
    for _ in range(rounds):
        for name, workspace in ready.items():
            copy = shutil.copytree(workspace, here / "run", symlinks=True)
            costs[name].append(measured(run_week, copy))
            steps[name].append(_seconds(copy))
            shutil.rmtree(copy)
    cost = {name: typical(each) for name, each in costs.items()}
    growth = {name: value / asdict(cost["year"])[name] for name, value in asdict(cost["four_years"]).items()}
    return {
        "accounts": accounts,
        "rows_of_usage": {name: _rows(ready[name]) for name in ready},
        **{name: _rounded(asdict(each)) for name, each in cost.items()},
        "steps": {name: _rounded(_medians(each)) for name, each in steps.items()},
        "growth": _rounded(growth),
        # The seconds on the clock of a busy machine are those of its other work too, and are given above.
        "growth_with_4x_history": round(max(growth["cpu_seconds"], growth["peak_gb"]), 3),
    }


def run_week(folder: Path) -> None:
    """What is measured: `churnrisk weekly`."""
    weekly(Workspace(folder), load(folder / "params.yaml"), Asked(), Console(file=io.StringIO()))


def _prepare(here: Path, accounts: int) -> None:
    """Two workspaces with a champion and the list of the week before, whose sources have the new week."""
    before, after = (simulator.simulate(accounts, day(START), weeks, SEED) for weeks in (WEEKS - 1, WEEKS))
    workspace = _make(here / "year", before)
    for stage in LEARNED_BY:
        import_module(f"churnrisk.stages.{stage}").run(workspace, _params(workspace))
    promote(workspace, _params(workspace), force="a benchmark")
    shutil.copytree(here / "year", here / "four_years", symlinks=True)
    for name, begin in BEGINS.items():
        folder = here / name / "source"
        _record_from(begin, here / name)
        _write(before, folder, begin)
        run_week(here / name)
        _write(after, folder, begin)


def _record_from(begin: Day, here: Path) -> None:
    """Let usage be on record from a day on: a company of four years looks at all four."""
    file = here / "params.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["clock"]["usage_from"] = str(begin)
    file.write_text(yaml.safe_dump(content), encoding="utf-8")


def _make(here: Path, company: SimulatedCompany) -> Workspace:
    """A workspace that reads files by month; its training is a short one, because only what comes after is measured."""
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    content["source"] = {"kind": "files", "folder": "source"}
    content["clock"] |= {"first_as_of": str(BEGINS["year"] + days(91)), "usage_from": str(BEGINS["year"])}
    content["churn"] |= {"lead_days": 7, "horizon_days": 30, "ladder_days": [30]}
    content["folds"] |= {"test_weeks": 6, "fold_weeks": 6}
    content["train"] |= {"boosters": 1, "max_trees": 60, "learning_rate": 0.1}
    content["evaluate"] |= {"resamples": 10}
    # One process, whose memory is all there is.
    content["features"]["workers"] = 1
    shutil.copytree(ROOT / "queries", here / "queries")
    (here / "features").mkdir()
    for query in (here / "queries").glob("*.sql"):
        text = query.read_text(encoding="utf-8").replace("usage.parquet", "usage/*.parquet")
        query.write_text(text, encoding="utf-8")
    (here / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    _write(company, here / "source", BEGINS["year"])
    return Workspace(here)


def _params(workspace: Workspace) -> Params:
    return load(workspace.params)


def _write(company: SimulatedCompany, folder: Path, begin: object) -> None:
    """The company's files, with what happened from `begin` on, and all accounts and subscriptions."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, rows in company.tables.items():
        if name == "usage":
            for month, part in _since(rows, name, begin).groupby(rows["day"].dt.strftime("%Y-%m")):
                write_table(part, folder / name / f"{month}.parquet")
        elif name == "subscriptions":
            folder.mkdir(parents=True, exist_ok=True)
            rows.to_csv(folder / "subscriptions.csv", index=False)
        else:
            write_table(rows if name == "accounts" else _since(rows, name, begin), folder / f"{name}.parquet")


def _since(rows: pd.DataFrame, name: str, begin: object) -> pd.DataFrame:
    return rows[rows[TABLES[name].occurs] >= begin]


def _rows(folder: Path) -> int:
    return sum(pq.read_metadata(file).num_rows for file in (folder / "source" / "usage").glob("*.parquet"))


def _seconds(folder: Path) -> dict[str, float]:
    """The seconds of each step of the last run."""
    return {line["step"]: line["seconds"] for line in _lines(folder)}


def _lines(folder: Path) -> Iterator[dict[str, float]]:
    text = (folder / "data" / "weekly" / "log.jsonl").read_text(encoding="utf-8")
    yield from map(json.loads, text.splitlines())


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {step: median(run[step] for run in runs) for step in runs[0]}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}


if __name__ == "__main__":
    main()
