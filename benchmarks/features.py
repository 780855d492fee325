"""What features cost: beside one bare GROUP BY of the same usage, and beside what others compute them with.

Measured in one run on the same rows: the GROUP BY, the rollup, and the features of every snapshot of the weekly grid,
each in a process of its own, in turns, and the median taken; then featuretools, tsfresh and plain pandas on some
snapshots.
"""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.environments import PEERS, environment, version
from benchmarks.large import ACCOUNTS, CACHE, ROOT, SEED, WEEKS, large_company
from benchmarks.measured import Cost, measured, typical
from churnrisk.params import load
from churnrisk.stages import featurize, rollup, snapshot
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json, read_table, write_table

RESULT = ROOT / "benchmarks" / "results" / "features.json"
ROUNDS = 3
SUBSET_ACCOUNTS, SUBSET_DATES = 400, ("2024-09-02", "2025-01-06", "2025-05-05", "2025-09-01")

_GROUP_BY = """
    CREATE TABLE daily AS
    SELECT account_id, day, event, sum(quantity) AS quantity, count(*) AS rows FROM read_parquet($files) GROUP BY ALL
"""


def main() -> None:
    """Measure, print one JSON object and write it."""
    workspace = large_company()
    costs = _costs(workspace)
    result = _facts(workspace) | {name: _rounded(asdict(cost)) for name, cost in costs.items()}
    result |= _ratios(costs)
    ours = (costs["rollup"].seconds + costs["features"].seconds) / result["snapshots"]
    peers = _peers(_subset(workspace))
    result |= {"ms_per_snapshot": round(1000 * ours, 4), "peers": peers}
    for name, peer in peers.items():
        result[f"speedup_over_{name}"] = round(peer["ms_per_snapshot"] / (1000 * ours), 1)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def _costs(workspace: Workspace) -> dict[str, Cost]:
    """What each part costs; in turns, so that a busy machine is busy for all of them."""
    cores = os.cpu_count() or 1
    costs: dict[str, list[Cost]] = {}
    calls: dict[str, tuple[Callable[..., None], Any]] = {
        "group_by": (group_by, cores),
        "group_by_one_thread": (group_by, 1),
        "rollup": (stage, "rollup"),
        "snapshot": (stage, "snapshot"),
        "features": (stage, "featurize"),
    }
    for _ in range(ROUNDS):
        for name, (call, argument) in calls.items():
            costs.setdefault(name, []).append(measured(call, workspace.root, argument))
    return {name: typical(each) for name, each in costs.items()}


def group_by(root: Path, threads: int) -> None:
    """One bare GROUP BY of all usage, into a table in memory."""
    files = [str(file) for file in sorted((Workspace(root).tables / "usage").glob("*.parquet"))]
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.execute(_GROUP_BY, {"files": files})


def stage(root: Path, name: str) -> None:
    """A stage of the pipeline, as it is."""
    workspace = Workspace(root)
    {"rollup": rollup, "snapshot": snapshot, "featurize": featurize}[name].run(workspace, load(workspace.params))


def _facts(workspace: Workspace) -> dict[str, Any]:
    """How much there is of everything."""
    usage = sorted((workspace.tables / "usage").glob("*.parquet"))
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")
    return {
        "usage_rows": sum(pq.read_metadata(file).num_rows for file in usage),
        "accounts": ACCOUNTS,
        "weeks": WEEKS,
        "snapshots": len(snapshots),
        "dates": snapshots["as_of"].nunique(),
        "feature_columns": len(read_json(workspace.features / "features.json")["features"]),
        "block_accounts": load(workspace.params).features.block_accounts,
        "threads": os.cpu_count(),
        "rounds": ROUNDS,
    }


def _ratios(costs: dict[str, Cost]) -> dict[str, float]:
    both = costs["rollup"].seconds + costs["features"].seconds
    cpu = costs["rollup"].cpu_seconds + costs["features"].cpu_seconds
    return {
        "ratio_to_group_by": round(both / costs["group_by"].seconds, 2),
        "ratio_to_group_by_one_thread": round(both / costs["group_by_one_thread"].seconds, 2),
        "cpu_ratio_to_group_by": round(cpu / costs["group_by_one_thread"].cpu_seconds, 2),
        "rollup_to_group_by": round(costs["rollup"].seconds / costs["group_by"].seconds, 2),
        "features_over_rollup": round(costs["features"].seconds / costs["rollup"].seconds, 2),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}


def _subset(workspace: Workspace) -> Path:
    """A folder with the usage and the snapshots of some accounts, as the peers read them."""
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")[["account_id", "as_of"]]
    cutoffs = snapshots[snapshots["as_of"].isin(pd.to_datetime(list(SUBSET_DATES)))]
    often = cutoffs["account_id"].value_counts()
    there = np.sort(often.index[often == len(SUBSET_DATES)].astype(object))
    chosen = np.random.default_rng(SEED).choice(there, SUBSET_ACCOUNTS, replace=False)
    usage = read_table(workspace.tables / "usage", filters=[("account_id", "in", list(chosen))])
    folder = CACHE / "subset"
    write_table(cutoffs[cutoffs["account_id"].isin(chosen)].reset_index(drop=True), folder / "cutoffs.parquet")
    columns = ["account_id", "user_id", "day", "event", "quantity", "known_at"]
    write_table(usage[columns].reset_index(drop=True), folder / "usage.parquet")
    return folder


def _peers(subset: Path) -> dict[str, dict[str, Any]]:
    """The same snapshots by others, each in a process of their own environment."""
    python = environment("peers", "requirements.txt")
    costs: dict[str, dict[str, Any]] = {}
    for name in ("featuretools", "tsfresh", "pandas"):
        called = [str(python), str(PEERS / f"by_{name}.py"), str(subset)]
        output = subprocess.run(called, check=True, stdout=subprocess.PIPE, text=True).stdout
        cost = json.loads(output.splitlines()[-1])
        cost["ms_per_snapshot"] = round(1000 * cost["seconds"] / cost["snapshots"], 3)
        costs[name] = cost | {"seconds": round(cost["seconds"], 2), "version": version(python, name)}
    return costs


if __name__ == "__main__":
    main()
