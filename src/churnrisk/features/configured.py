"""What a workspace's tables and params make of the features: the company that they look at, and which are on."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from churnrisk.clock import day, of_column
from churnrisk.contract import ATTRIBUTE
from churnrisk.errors import ParamsError
from churnrisk.features.attributes import unusable
from churnrisk.features.catalogue import catalogue
from churnrisk.features.left_out import without
from churnrisk.features.profile import is_profile
from churnrisk.features.registry import CONFIGURED, Feature
from churnrisk.feeds.known import recorded_from
from churnrisk.feeds.reading import read_feeds
from churnrisk.params import Params
from churnrisk.params.sections import Milestone
from churnrisk.past.company import Company
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.catalogue.rollup import USERS
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.workspace import Workspace


def read_company(workspace: Workspace, params: Params) -> Company:
    """The company as all blocks of features share it: its tables are read, its usage is left to each block.

    Raises ParamsError where a milestone asks for several users and usage doesn't say who did it.
    """
    offered = [name for name, file in TABLE.items() if file.at(workspace).exists()]
    has_users = any(pq.read_metadata(month).num_rows for month in USERS.all_at(workspace))
    _require_users(params.features.milestones, has_users)
    dates = np.unique(of_column(SNAPSHOTS.read(workspace, ["as_of"])["as_of"]))
    return Company(
        usage=workspace.usage,
        tables={name: TABLE[name].read(workspace) for name in offered},
        grid=params.clock.grid,
        usage_from=day(params.clock.usage_from),
        settle_days=params.clock.usage_settle_days,
        milestones=params.features.milestones,
        has_users=has_users,
        activity_events=params.churn.activity_events,
        released={event: day(since) for event, since in params.features.new_events.items()},
        recorded_from=recorded_from(read_feeds(workspace.tables, workspace.usage), dates, day(params.clock.usage_from)),
    )


def _require_users(milestones: Mapping[str, Milestone], has_users: bool) -> None:
    several = [name for name, each in milestones.items() if each.users > 1]
    if several and not has_users:
        raise ParamsError(
            f"the milestone {several[0]} asks for several users, and usage doesn't say who did it",
            where=f"params.yaml, features.milestones.{several[0]}.users",
            fix="give user_id in queries/usage.sql, or leave `users` out",
        )


def settings_of(params: Params) -> dict[str, Any]:
    """What the company says of its product, by the names under which features and families of them ask for it."""
    features = params.features
    families = {"milestone": tuple(features.milestones), "key_event": features.key_events}
    product = {name: getattr(features, name) for name in CONFIGURED if name in type(features).model_fields}
    return product | {"horizon_days": params.churn.horizon_days} | families


def features_of_company(
    company: Company, params: Params, own: Collection[Feature] = ()
) -> tuple[list[Feature], dict[str, str]]:
    """The features that its tables and settings switch on, and those that are off with the reason.

    `own` are those of the workspace itself.

    Raises ParamsError where `features.leave_out` names a feature that there is not, or that must stay.
    """
    offered = offered_by(company)
    accounts = company.tables["accounts"]
    # A company's own attributes are features even while they are empty, so that the columns don't change from week to
    # week; columns of the contract that nobody fills would only be noise.
    known = [name for name in map(str, accounts) if name.startswith(ATTRIBUTE) or accounts[name].notna().any()]
    useless = unusable(accounts, [name for name in known if is_profile(name)])
    columns = {name: pd.api.types.is_numeric_dtype(accounts[name]) for name in known if name not in useless}
    on, off = catalogue(offered, columns, settings_of(params), own)
    return without(on, useless | off, params.features.leave_out)


def offered_by(company: Company) -> set[str]:
    """The views that there are, and those columns of tables that have values, such as `tickets.severity`."""
    there = {"users": company.has_users, "milestones": bool(company.milestones)}
    offered = {"usage", "rhythm", *company.tables, *(view for view, is_there in there.items() if is_there)}
    return offered | {f"{name}.{column}" for name, rows in company.tables.items() for column in _filled(rows)}


def _filled(rows: pd.DataFrame) -> list[str]:
    return [str(name) for name in rows if rows[name].notna().any()]
