"""How many sentences of a list are faultless, by what a CSM would find wrong with them.

Three companies are simulated and taken all the way to a list: two where customers leave at the end of a contract, and
one where churn is inactivity. Every sentence that says why is looked at by the checks of `benchmarks.sentence_faults`.
"""

import json
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.companies import ROOT, Changes, company
from benchmarks.sentence_faults import faults_of, told_of
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json

RESULT = ROOT / "benchmarks" / "results" / "sentences.json"
ACCOUNTS, LENGTH, EXAMPLES = 500, 200, 5
STAGES = ("train", "evaluate", "gate", "score", "list")
QUICK: dict[str, dict[str, Any]] = {
    "train": {"boosters": 2, "max_trees": 100, "learning_rate": 0.1},
    "risk_list": {"length": LENGTH},
}


@dataclass(frozen=True)
class Kind:
    """A company: the seed of its simulation, and the params in which it differs."""

    seed: int
    changes: Changes = field(default_factory=dict)


COMPANIES = {
    "contracts, seed 7": Kind(7),
    "contracts, seed 11": Kind(11),
    "inactivity, seed 23": Kind(
        23,
        {
            "churn": {
                "kind": "inactivity",
                "inactive_days": 28,
                "lead_days": 0,
                "horizon_days": 28,
                "ladder_days": [28, 56],
            },
            "cohort": {"min_active_days": 2, "lapsed": True},
        },
    ),
}


def main() -> None:
    """Measure, print one JSON object and write it."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        homes = [Path(folder) / str(each.seed) for each in COMPANIES.values()]
        lists = dict(zip(COMPANIES, pool.map(listed, homes, COMPANIES.values()), strict=True))
    result = measured(lists)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def listed(here: Path, kind: Kind) -> dict[str, Any]:
    """The published list of a company."""
    changes = {name: {**QUICK.get(name, {}), **kind.changes.get(name, {})} for name in {*QUICK, *kind.changes}}
    params, _ = company(here, ACCOUNTS, kind.seed, changes=changes)
    for stage in STAGES:
        import_module(f"churnrisk.stages.{stage}").run(Workspace(here), params)
    made: dict[str, Any] = read_json(Workspace(here).risk_lists / "latest" / "risk_list.json")
    return made


def measured(lists: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The share of faultless sentences over all lists, and what is wrong with the others, by list."""
    found = {name: [(told, faults_of(told)) for told in told_of(made)] for name, made in lists.items()}
    everything = [faults for each in found.values() for _, faults in each]
    return {
        "faultless_share": _share(everything),
        "sentences": len(everything),
        "rows_without_a_sentence": sum(not row["reasons"] for made in lists.values() for row in made["rows"]),
        "companies": {
            name: {
                "faultless_share": _share([faults for _, faults in each]),
                "sentences": len(each),
                "faults": dict(Counter(fault for _, faults in each for fault in faults).most_common()),
                "examples": [f"{faults[0]}: {told.sentence}" for told, faults in each if faults][:EXAMPLES],
            }
            for name, each in found.items()
        },
    }


def _share(faults: list[list[str]]) -> float | None:
    return round(sum(not each for each in faults) / len(faults), 4) if faults else None


if __name__ == "__main__":
    main()
