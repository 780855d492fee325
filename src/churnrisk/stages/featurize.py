"""What was known of them then? Never reads labels."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from churnrisk.blocks import KEYS, block_file, block_files, peers_file, write_features
from churnrisk.errors import ParamsError
from churnrisk.features.compute import compute_all
from churnrisk.features.configured import company_of, features_of_company, told
from churnrisk.features.peers import beside, needed, usual
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
        _in_shares(partial(_own, workspace, params, blocks, folder), blocks, params.features.workers)
        _compare(compared, folder)
        unknown = [str(each) for each in unknown_events(events_by_key(params.features), events_of(workspace.usage))]
        about = {"features": [_described(each) for each in on], "off": off, "unknown_events": unknown}
        write_json(about, folder / "features.json")


def _in_shares(work: Callable[[range], None], blocks: int, workers: int) -> None:
    """Let each worker do its share: this process the first, others the rest. Threads would wait for each other."""
    first, *others = [range(start, blocks, workers) for start in range(min(workers, blocks))]
    with ProcessPoolExecutor(max(len(others), 1), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work, share) for share in others]
        work(first)
        try:
            for each in running:
                each.result()
        except BrokenProcessPool as error:
            raise ParamsError(
                f"one of {workers} workers was ended from outside, as happens where memory is short",
                where="params.yaml, features.workers",
                mend="lower it, or features.block_accounts",
            ) from error


def _own(workspace: Workspace, params: Params, blocks: int, folder: Path, share: range) -> None:
    """Write what can be told of each account of some blocks by itself."""
    company, snapshots = company_of(workspace, params), read_table(workspace.snapshots / "snapshots.parquet")
    on, _ = features_of_company(company, params.features)
    account, accounts = pd.factorize(snapshots["account_id"], sort=True)
    block = account * blocks // len(accounts)
    for number in share:
        past = pasts(company, snapshots[block == number])
        rows = compute_all([each for each in on if not each.base], past, told(params.features))
        write_features(rows, block_file(folder, number))


def _compare(features: list[Feature], folder: Path) -> None:
    """Write beside each block what can be told only when all accounts of a date are there."""
    blocks = block_files(folder)
    columns = needed(features, pq.read_schema(blocks[0]).names)
    table = usual(features, pd.concat([read_table(block, columns) for block in blocks], ignore_index=True))
    write_table(table, folder / "usual.parquet")
    for block in blocks:
        rows = read_table(block, [*KEYS, *columns[1:]])
        write_features(rows[KEYS].join(beside(features, rows, table)), peers_file(block))


def _described(each: Feature) -> dict[str, str]:
    return {name: str(getattr(each, name)) for name in ("name", "theme", "unit", "meaning", "missing", "reason")}
