"""What was known of each snapshot then? Never reads labels."""

from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from churnrisk.features.blocks import Plan, block_count, other_processes
from churnrisk.features.configured import read_company
from churnrisk.features.peers import beside, needed, usual
from churnrisk.features.registry import Feature
from churnrisk.params import Params
from churnrisk.past.past import Block
from churnrisk.rollup.events import events_by_key, events_of, unknown_events
from churnrisk.store.blocks import KEYS, block_file, block_files, peers_file, write_features
from churnrisk.store.workspace import Workspace, read_table, whole_folder, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    accounts = read_table(workspace.snapshots / "snapshots.parquet", ["account_id"])["account_id"].nunique()
    # No more processes than blocks: one that has nothing to do still takes a second to start.
    workers = min(params.features.workers, block_count(accounts, params.features.block_accounts))
    with whole_folder(workspace.features) as folder:
        with other_processes(partial(_write_share, workspace, params, folder), workers):
            plan = _read_plan(workspace, params)
            _write_blocks(plan, folder, slice(0, None, workers))
            unknown = unknown_events(events_by_key(params.features), events_of(workspace.usage))
            about = plan.described() | {"unknown_events": [str(each) for each in unknown]}
            write_json(about, folder / "features.json")
        _write_peers(plan.compared, folder)


def _read_plan(workspace: Workspace, params: Params) -> Plan:
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")
    return Plan.of(read_company(workspace, params), snapshots, params.features)


def _write_share(workspace: Workspace, params: Params, folder: Path, share: slice) -> None:
    _write_blocks(_read_plan(workspace, params), folder, share)


def _write_blocks(plan: Plan, folder: Path, share: slice) -> None:
    """Write what is known of each account of some blocks by itself."""
    for number in plan.blocks[share]:
        block = Block.read(plan.company, plan.snapshots_of(number))
        write_features(plan.features_of(block), block_file(folder, number))


def _write_peers(compared: list[Feature], folder: Path) -> None:
    """Write beside each block what is known only when all accounts of a date are there."""
    blocks = block_files(folder)
    columns = needed(compared, pq.read_schema(blocks[0]).names)
    table = usual(compared, pd.concat([read_table(block, columns) for block in blocks], ignore_index=True))
    write_table(table, folder / "usual.parquet")
    for block in blocks:
        rows = read_table(block, [*KEYS, *columns[1:]])
        write_features(rows[KEYS].join(beside(compared, rows, table)), peers_file(block))
