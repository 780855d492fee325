"""How often the gate holds a list that is sound, and how many faults of which size it finds.

False alarms: every weekly list of the last year of three simulated companies, and every list of two school years of
OULAD (where its tables are there: CHURNRISK_DATA). Detection: faults of `benchmarks.faults` on four dates of the first
company, and accounts that are missing in the week of Christmas too, when all use less. A list counts as held when there
is any finding that holds.
"""

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.faults import DEAD_TABLES, USAGE_FAULTS, Fault, with_dead_table, with_usage_fault
from churnrisk import simulator
from churnrisk.clock import Day, day
from churnrisk.feeds.check import Inspected, check
from churnrisk.feeds.reading import read_feeds, read_seen
from churnrisk.intake.conform import conform
from churnrisk.params import load
from churnrisk.rollup.build import rollup
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "gate.json"
SEEDS = (7, 11, 23)
YEAR = np.arange(day("2025-01-06"), day("2025-12-30"), 7)
SCHOOL = np.arange(day("2013-10-03"), day("2015-05-29"), 14)
FAULTY = tuple(map(day, ("2025-02-17", "2025-05-05", "2025-08-11", "2025-12-01")))
AFTER_CHRISTMAS = day("2025-12-29")


def main() -> None:
    """Measure, print one JSON object and write it."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        home = Path(folder)
        names = {f"simulated, seed {seed}": seed for seed in SEEDS}
        companies = dict(zip(names, pool.map(simulated, [home] * len(SEEDS), SEEDS), strict=True))
        weekly = {name: (path, YEAR, 7) for name, path in companies.items()}
        data = Path(os.environ.get("CHURNRISK_DATA", ROOT.parent / "shared" / "data")) / "oulad"
        if data.is_dir():
            weekly["oulad"] = (oulad(home, data), SCHOOL, 14)
        clean = {name: list(pool.map(held, *zip(*_dates(*each), strict=True))) for name, each in weekly.items()}
        cases = list(_cases())
        company = companies["simulated, seed 7"]
        found = list(pool.map(struck, [company] * len(cases), cases, range(len(cases))))
    result = {"false_alarms": _false_alarms(clean, weekly), "detection": _detection(cases, found)}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def simulated(home: Path, seed: int) -> Path:
    """Tables and rollup of the default company with another seed."""
    params, here = load(ROOT / "params.yaml"), home / str(seed)
    settings = params.source.simulator
    assert settings is not None, "the repository's own params simulate a company"
    company = simulator.simulate(settings.accounts, day(settings.start), settings.weeks, seed)
    simulator.write(company, here / "source", here / "truth.parquet")
    return _taken_in(here, ROOT / "queries", here / "source")


def oulad(home: Path, data: Path) -> Path:
    """Tables and rollup of OULAD."""
    return _taken_in(home / "oulad", ROOT / "examples" / "oulad" / "queries", data)


def _taken_in(here: Path, queries: Path, source: Path) -> Path:
    pull(queries, source, Workspace(here))
    conform(Workspace(here), max_rejected_share=0.01)
    rollup(Workspace(here))
    shutil.rmtree(here / "data" / "raw")
    return here


def held(company: Path, as_of: Day, every_days: int) -> list[str]:
    """What holds the list of a date."""
    folders = company / "data" / "tables", company / "data" / "usage"
    feeds, seen = read_feeds(*folders), read_seen(*folders, as_of)
    findings = check(Inspected(feeds=feeds, seen=seen, as_of=as_of, due=as_of, every_days=every_days))
    return [f"{each.feed}: {each.check}" for each in findings if each.severity == "hold"]


Case = tuple[str, str, Day]


def _dates(company: Path, dates: Any, every_days: int) -> list[tuple[Path, Day, int]]:
    return [(company, each, every_days) for each in dates]


def _cases() -> Iterator[Case]:
    for kinds in (USAGE_FAULTS, DEAD_TABLES):
        for kind, sizes in kinds.items():
            yield from ((kind, size, as_of) for size in sizes for as_of in FAULTY)
    yield from (("accounts missing", size, AFTER_CHRISTMAS) for size in USAGE_FAULTS["accounts missing"])


def struck(company: Path, case: Case, seed: int) -> list[str]:
    """What holds the list of a date when its feeds have a fault."""
    kind, size, as_of = case
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        if kind in USAGE_FAULTS:
            fault: Fault = USAGE_FAULTS[kind][size]
            with_usage_fault(company, here, as_of, fault, seed)
        else:
            with_dead_table(company, here, as_of, *DEAD_TABLES[kind][size])
        return held(here, as_of, 7)


def _false_alarms(clean: dict[str, list[list[str]]], weekly: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "lists": len(lists),
            "held": sum(map(bool, lists)),
            "rate": round(sum(map(bool, lists)) / len(lists), 4),
            "why": {str(as_of): why for as_of, why in zip(weekly[name][1], lists, strict=True) if why},
        }
        for name, lists in clean.items()
    }


def _detection(cases: list[Case], found: list[list[str]]) -> dict[str, Any]:
    """By kind and size: the share of dates on which the fault was found, and by which checks."""
    table: dict[str, Any] = {}
    for (fault, size, as_of), why in zip(cases, found, strict=True):
        kind = f"{fault} at Christmas" if as_of == AFTER_CHRISTMAS else fault
        row = table.setdefault(kind, {}).setdefault(size, {"dates": 0, "found": 0, "by": Counter()})
        row["dates"], row["found"] = row["dates"] + 1, row["found"] + bool(why)
        row["by"].update(set(why))
    for sizes in table.values():
        for row in sizes.values():
            row["share"], row["by"] = round(row["found"] / row["dates"], 3), dict(row["by"].most_common())
    return table


if __name__ == "__main__":
    main()
