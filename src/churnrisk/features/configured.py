"""What a workspace's tables and params make of the features: the company that they look at, and which are on."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from churnrisk.clock import day
from churnrisk.contract import ATTRIBUTE, TABLES
from churnrisk.features.catalogue import catalogue
from churnrisk.features.registry import Feature
from churnrisk.history.past import Company, Step
from churnrisk.params import Features, Params
from churnrisk.workspace import Workspace, read_table


def company_of(workspace: Workspace, params: Params) -> Company:
    """The company as all blocks of features share it."""
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


def features_of_company(company: Company, configured: Features) -> tuple[list[Feature], dict[str, str]]:
    """The features that its tables and configuration switch on, and those that are off with the reason."""
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


def _has_rows(folder: Path) -> bool:
    return any(pq.read_metadata(file).num_rows for file in folder.glob("*.parquet"))
