"""What was known of each snapshot then? Never reads labels."""

from functools import partial

from churnrisk.evaluation.slices import require_groups
from churnrisk.features.blocks import Plan, block_count, other_processes
from churnrisk.features.configured import read_company
from churnrisk.features.own import own_features
from churnrisk.features.peers import write_peers
from churnrisk.features.plans import unknown_plans
from churnrisk.params import Params
from churnrisk.rollup.events import events_by_key, events_of, unknown_events
from churnrisk.store.blocks import write_features
from churnrisk.store.catalogue.featurize import BLOCK, FEATURES, PEERS, USUAL
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    accounts = SNAPSHOTS.read(workspace, ["account_id"])["account_id"].nunique()
    # No more processes than blocks: one that has nothing to do still takes a second to start.
    workers = min(params.features.workers, block_count(accounts, params.features.block_accounts))
    with rewriting(workspace, BLOCK, PEERS, USUAL, FEATURES) as draft:
        with other_processes(partial(_write_share, draft, params), workers):
            plan = _read_plan(draft, params)
            # Before the work, because the slices are those of features that are about to be computed.
            require_groups(params.evaluate, plan.of_words, plan.account_words)
            _write_blocks(plan, draft, slice(0, None, workers))
            unknown = unknown_events(events_by_key(params.features), events_of(draft.usage))
            FEATURES.write(
                plan.report(map(str, unknown), unknown_plans(plan.company.tables, params.features.plan_order)), draft
            )
        write_peers(plan.compared, draft)


def _read_plan(workspace: Workspace, params: Params) -> Plan:
    own = own_features(workspace.root)
    return Plan.of(read_company(workspace, params), SNAPSHOTS.read(workspace), params, own)


def _write_share(workspace: Workspace, params: Params, share: slice) -> None:
    _write_blocks(_read_plan(workspace, params), workspace, share)


def _write_blocks(plan: Plan, workspace: Workspace, share: slice) -> None:
    """Write the features of some blocks that each account has by itself."""
    for number in plan.blocks[share]:
        write_features(plan.features_of(plan.read(number)), BLOCK, workspace, number)
