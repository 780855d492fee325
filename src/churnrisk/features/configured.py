"""What a workspace's tables and params make of the features: the company that they look at, and which are on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from churnrisk.clock import day
from churnrisk.contract import ATTRIBUTE, TABLES
from churnrisk.errors import ParamsError
from churnrisk.features.catalogue import catalogue
from churnrisk.features.registry import CONFIGURED, Feature
from churnrisk.params import Features, Params
from churnrisk.params.sections import Milestone
from churnrisk.past.past import Company
from churnrisk.store.workspace import Workspace, read_table


def company_of(workspace: Workspace, params: Params) -> Company:
    """The company as all blocks of features share it."""
    offered = [name for name in TABLES if name != "usage" and (workspace.tables / f"{name}.parquet").exists()]
    has_people = _has_rows(workspace.usage / "people")
    _require_people(params.features.milestones, has_people)
    return Company(
        usage=workspace.usage,
        tables={name: read_table(workspace.tables / f"{name}.parquet") for name in offered},
        grid=params.clock.grid,
        usage_from=day(params.clock.usage_from),
        settle_days=params.clock.usage_settle_days,
        milestones=params.features.milestones,
        has_people=has_people,
        released={event: day(since) for event, since in params.features.new_events.items()},
    )


def _require_people(milestones: Mapping[str, Milestone], has_people: bool) -> None:
    together = [name for name, each in milestones.items() if each.people > 1]
    if together and not has_people:
        raise ParamsError(
            f"the milestone {together[0]} asks for several people, and usage doesn't say who did it",
            where=f"params.yaml, features.milestones.{together[0]}.people",
            fix="give user_id in queries/usage.sql, or leave people out",
        )


def told(configured: Features) -> dict[str, Any]:
    """What the company says of its product, as features and families of them ask for it."""
    families = {"milestone": tuple(configured.milestones), "key_event": configured.key_events}
    return {name: getattr(configured, name) for name in CONFIGURED} | families


def features_of_company(company: Company, configured: Features) -> tuple[list[Feature], dict[str, str]]:
    """The features that its tables and configuration switch on, and those that are off with the reason."""
    there = {"people": company.has_people, "milestones": bool(company.milestones)}
    offered = {"usage", *company.tables, *(view for view, is_there in there.items() if is_there)}
    offered |= {f"{name}.{column}" for name, rows in company.tables.items() for column in _filled(rows)}
    accounts = company.tables["accounts"]
    known = [name for name in map(str, accounts) if name.startswith(ATTRIBUTE) or accounts[name].notna().any()]
    columns = {name: pd.api.types.is_numeric_dtype(accounts[name]) for name in known}
    return catalogue(offered, columns, told(configured))


def _filled(rows: pd.DataFrame) -> list[str]:
    return [str(name) for name in rows if rows[name].notna().any()]


def _has_rows(folder: Path) -> bool:
    return any(pq.read_metadata(file).num_rows for file in folder.glob("*.parquet"))
