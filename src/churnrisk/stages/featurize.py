"""What was known of them then? Never reads labels."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from churnrisk.features.compute import compute_all
from churnrisk.features.configured import company_of, features_of_company, told
from churnrisk.features.peers import beside, usual
from churnrisk.features.registry import Feature
from churnrisk.history.events import events_by_key, events_of, unknown_events
from churnrisk.history.past import pasts
from churnrisk.params import Params
from churnrisk.workspace import Workspace, read_table, whole_folder, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    on, off = features_of_company(company_of(workspace, params), params.features)
    compared = [each for each in on if each.base]
    accounts = read_table(workspace.snapshots / "snapshots.parquet", ["account_id"])["account_id"].nunique()
    blocks = max(1, -(-accounts // params.features.block_accounts))
    with whole_folder(workspace.features) as folder:
        files = [folder / f"block-{number:04d}.parquet" for number in range(blocks)]
        with _workers(min(blocks, params.features.workers)) as pool:
            list(pool.map(partial(_own, workspace, params, blocks), range(blocks), files))
        table = usual(files, dict.fromkeys(each.base for each in compared))
        write_table(table, folder / "usual.parquet")
        with ThreadPoolExecutor(params.features.workers) as pool:
            list(pool.map(partial(_compare, compared, table), files))
        unknown = [str(each) for each in unknown_events(events_by_key(params.features), events_of(workspace.usage))]
        about = {"features": [_described(each) for each in on], "off": off, "unknown_events": unknown}
        write_json(about, folder / "features.json")


@contextmanager
def _workers(many: int) -> Iterator[Executor]:
    """Processes, as features hold the interpreter; one alone needs no other than this."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(many, mp_context=spawn) if many > 1 else ThreadPoolExecutor(1) as pool:
        yield pool


def _own(workspace: Workspace, params: Params, blocks: int, number: int, file: Path) -> None:
    """Write what can be told of each account of a block by itself."""
    snapshots, company = read_table(workspace.snapshots / "snapshots.parquet"), company_of(workspace, params)
    on, _ = features_of_company(company, params.features)
    accounts = np.array_split(np.sort(snapshots["account_id"].unique().astype(object)), blocks)[number]
    rows = snapshots[snapshots["account_id"].isin(accounts)]
    _write(compute_all([each for each in on if not each.base], pasts(company, rows), told(params.features)), file)


def _compare(features: list[Feature], table: pd.DataFrame, file: Path) -> None:
    """Add what can be told only when all accounts of a date are there: how each stands beside its peers."""
    rows = read_table(file)
    _write(rows.join(beside(features, rows, table)), file)


def _write(rows: pd.DataFrame, file: Path) -> None:
    # Looking for repeats among numbers takes half the time of writing, and finds few.
    write_table(rows, file, use_dictionary=list(rows.select_dtypes("str")))


def _described(each: Feature) -> dict[str, str]:
    return {name: str(getattr(each, name)) for name in ("name", "theme", "unit", "meaning", "missing", "reason")}
