"""What was known of each snapshot then? Never reads labels."""

from functools import partial

import pandas as pd

from churnrisk.features.blocks import Plan, block_count, other_processes
from churnrisk.features.configured import read_company
from churnrisk.features.peers import beside, needed, usual
from churnrisk.features.registry import Feature
from churnrisk.params import Params
from churnrisk.past.past import Block
from churnrisk.rollup.events import events_by_key, events_of, unknown_events
from churnrisk.store.blocks import block_columns, block_numbers, write_features
from churnrisk.store.catalogue.featurize import BLOCK, FEATURES, PEERS, USUAL
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.columns import KEYS
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    accounts = SNAPSHOTS.read(workspace, ["account_id"])["account_id"].nunique()
    # No more processes than blocks: one that has nothing to do still takes a second to start.
    workers = min(params.features.workers, block_count(accounts, params.features.block_accounts))
    with rewriting(workspace, BLOCK, PEERS, USUAL, FEATURES) as draft:
        with other_processes(partial(_write_share, draft, params), workers):
            plan = _read_plan(draft, params)
            _write_blocks(plan, draft, slice(0, None, workers))
            unknown = unknown_events(events_by_key(params.features), events_of(draft.usage))
            FEATURES.write(plan.report(map(str, unknown)), draft)
        _write_peers(plan.compared, draft)


def _read_plan(workspace: Workspace, params: Params) -> Plan:
    return Plan.of(read_company(workspace, params), SNAPSHOTS.read(workspace), params)


def _write_share(workspace: Workspace, params: Params, share: slice) -> None:
    _write_blocks(_read_plan(workspace, params), workspace, share)


def _write_blocks(plan: Plan, workspace: Workspace, share: slice) -> None:
    """Write the features of some blocks that each account has by itself."""
    for number in plan.blocks[share]:
        block = Block.read(plan.company, plan.snapshots_of(number))
        write_features(plan.features_of(block), BLOCK, workspace, number)


def _write_peers(compared: list[Feature], workspace: Workspace) -> None:
    """Write beside each block the comparisons with peers, which need all accounts of a date."""
    numbers, columns = block_numbers(workspace), needed(compared, block_columns(workspace))
    parts = [BLOCK.read(workspace, columns, number=number) for number in numbers]
    table = usual(compared, pd.concat(parts, ignore_index=True))
    USUAL.write(table, workspace)
    for number in numbers:
        rows = BLOCK.read(workspace, [*KEYS, *columns[1:]], number=number)
        write_features(rows[KEYS].join(beside(compared, rows, table)), PEERS, workspace, number)
