"""What was known of them then? Never reads labels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from churnrisk.clock import day
from churnrisk.contract import ATTRIBUTE, TABLES
from churnrisk.features.catalogue import catalogue
from churnrisk.features.compute import compute_all
from churnrisk.features.registry import Feature
from churnrisk.history.past import Company, Step, pasts
from churnrisk.params import Features, Params
from churnrisk.workspace import Workspace, read_table, whole_folder, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")
    company = _company(workspace, params)
    on, off = _catalogue(company, params.features)
    accounts = np.sort(snapshots["account_id"].unique().astype(object))
    blocks = np.array_split(accounts, max(1, -(-len(accounts) // params.features.block_accounts)))
    with whole_folder(workspace.features) as folder:
        for number, block in enumerate(blocks):
            rows = snapshots[snapshots["account_id"].isin(block)]
            values = compute_all(on, pasts(company, rows), params.features.advanced_events)
            write_table(values, folder / f"block-{number:04d}.parquet")
        write_json({"features": [_described(each) for each in on], "off": off}, folder / "features.json")


def _company(workspace: Workspace, params: Params) -> Company:
    offered = [name for name in TABLES if name != "usage" and (workspace.tables / f"{name}.parquet").exists()]
    steps = {name: Step(each.event, each.times, each.target_days) for name, each in params.features.milestones.items()}
    return Company(
        usage=workspace.usage,
        tables={name: read_table(workspace.tables / f"{name}.parquet") for name in offered},
        grid=params.clock.grid,
        feed_starts=day(params.clock.usage_from),
        settle_days=params.clock.usage_settle_days,
        steps=steps,
        has_people=_has_rows(workspace.usage / "people"),
    )


def _catalogue(company: Company, configured: Features) -> tuple[list[Feature], dict[str, str]]:
    there = {"people": company.has_people, "milestones": bool(company.steps)}
    offered = {"usage", *company.tables, *(view for view, is_there in there.items() if is_there)}
    items = {
        "milestone": tuple(configured.milestones),
        "key_event": configured.key_events,
        "advanced_events": configured.advanced_events,
    }
    accounts = company.tables["accounts"]
    columns = [str(name) for name in accounts]
    known = [name for name in columns if name.startswith(ATTRIBUTE) or accounts[name].notna().any()]
    return catalogue(offered, {name: pd.api.types.is_numeric_dtype(accounts[name]) for name in known}, items)


def _described(each: Feature) -> dict[str, str]:
    return {name: str(getattr(each, name)) for name in ("name", "theme", "unit", "meaning", "missing", "reason")}


def _has_rows(folder: Path) -> bool:
    return any(pq.read_metadata(file).num_rows for file in folder.glob("*.parquet"))
