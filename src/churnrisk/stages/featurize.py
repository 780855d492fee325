"""What was known of them then? Never reads labels."""

import numpy as np

from churnrisk.features.compute import compute_all
from churnrisk.features.configured import company_of, features_of_company
from churnrisk.features.registry import Feature
from churnrisk.history.past import pasts
from churnrisk.params import Params
from churnrisk.workspace import Workspace, read_table, whole_folder, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")
    company = company_of(workspace, params)
    on, off = features_of_company(company, params.features)
    accounts = np.sort(snapshots["account_id"].unique().astype(object))
    blocks = np.array_split(accounts, max(1, -(-len(accounts) // params.features.block_accounts)))
    with whole_folder(workspace.features) as folder:
        for number, block in enumerate(blocks):
            rows = snapshots[snapshots["account_id"].isin(block)]
            values = compute_all(on, pasts(company, rows), params.features.advanced_events)
            write_table(values, folder / f"block-{number:04d}.parquet")
        write_json({"features": [_described(each) for each in on], "off": off}, folder / "features.json")


def _described(each: Feature) -> dict[str, str]:
    return {name: str(getattr(each, name)) for name in ("name", "theme", "unit", "meaning", "missing", "reason")}
