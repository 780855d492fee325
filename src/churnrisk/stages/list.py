"""Whom does each owner call this week? The list as a page, a spreadsheet, a CSV and a JSON file."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.contract import TABLES
from churnrisk.params import Params
from churnrisk.past.tables.entries import Known
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.standing import Standing
from churnrisk.past.usage.usage import Usage
from churnrisk.risk_list import Model, Week, compose, publish
from churnrisk.rollup.read import read_daily
from churnrisk.rollup.schema import DAILY
from churnrisk.stages.rows import list_date, require_open_gate
from churnrisk.store.workspace import Workspace, read_json, read_table

SPARKLINE_WEEKS = 26


def run(workspace: Workspace, params: Params) -> None:
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    here = workspace.scores(as_of)
    about, cohort = read_json(here / "about.json"), read_json(workspace.snapshots / "cohort.json")
    verdict = read_json(workspace.reports / "verdict.json")
    scores = read_table(here / "scores.parquet")
    accounts = _known(workspace, "accounts", as_of).frame()
    contracts = _contracts(workspace, as_of)
    week = Week(
        scores=scores,
        reasons=read_table(here / "reasons.parquet"),
        movement=read_table(here / "movement.parquet"),
        accounts=accounts,
        contracts=contracts,
        usage=_usage(workspace, params, as_of, accounts[accounts["account_id"].isin(scores["account_id"])]),
    )
    previous = about["previous_as_of"]
    publish(
        compose(
            week,
            as_of=as_of,
            window=params.churn.window(),
            rank_by=params.risk_list.rank_by,
            length=params.risk_list.length if verdict["usable"] else 0,
            currency=params.risk_list.currency,
            in_notice=_in_notice(workspace, as_of, accounts, contracts),
            left_out=cohort["left_out"],
            model=_model(workspace, about["lineage"]),
            notes=_notes(workspace, about["warnings"]),
            warnings=_warnings(workspace, verdict),
            previous_as_of=None if previous is None else day(previous),
        ),
        workspace.risk_lists,
    )


def _known(workspace: Workspace, name: str, as_of: Day) -> Known:
    return Ledger(read_table(workspace.tables / f"{name}.parquet"), TABLES[name]).before(as_of)


def _contracts(workspace: Workspace, as_of: Day) -> pd.DataFrame:
    """What each account has at the date: all revenue together, the main plan, the next renewal."""
    return Standing.of(_known(workspace, "subscriptions", as_of), as_of).contracts()


def _in_notice(workspace: Workspace, as_of: Day, accounts: pd.DataFrame, contracts: pd.DataFrame) -> pd.DataFrame:
    left_out = read_table(workspace.snapshots / "left_out.parquet", filters=[("as_of", "==", pd.Timestamp(as_of))])
    leaving = left_out.loc[left_out["rule"] == "in notice", ["account_id", "ended_on"]]
    rows = leaving.merge(accounts[["account_id", "name", "owner"]], how="left").merge(contracts, how="left")
    return rows.assign(arr=12 * rows["mrr"])[["account_id", "name", "owner", "arr", "ended_on"]]


def _usage(workspace: Workspace, params: Params, as_of: Day, accounts: pd.DataFrame) -> pd.DataFrame:
    """Weekly totals up to the date, the oldest first; NaN before an account signed up; what came late once it is known.

    `accounts` has `account_id` and `created_on`.
    """
    grid, settle_days = params.clock.grid, params.clock.usage_settle_days
    ids = np.sort(accounts["account_id"].to_numpy(object))
    daily = read_daily(workspace.usage / DAILY, ids, settle_days)
    usage = Usage.at(daily, as_of, accounts=len(ids), weeks=SPARKLINE_WEEKS, grid=grid, settle_days=settle_days)
    week = int(grid.week_of(as_of))
    shown = range(week - SPARKLINE_WEEKS, week)
    wide = pd.DataFrame(usage.by_week(SPARKLINE_WEEKS), index=pd.Index(ids, name="account_id"), columns=pd.Index(shown))
    created = grid.week_of(accounts.set_index("account_id")["created_on"].reindex(ids).to_numpy("M8[D]"))
    wide = wide.mask(np.array(shown)[None, :] < created[:, None])
    return wide.rename(columns=lambda each: f"week_{each}").reset_index()


def _model(workspace: Workspace, lineage: str) -> Model:
    figures, trained = (
        read_json(workspace.reports / "metrics.json"),
        read_json(workspace.models / "final" / "model.json"),
    )
    return Model(
        lineage,
        dt.date.fromisoformat(trained["trained"]["known_until"]),
        figures["model"]["auc"],
        figures["model"]["lift10"],
    )


def _warnings(workspace: Workspace, verdict: dict[str, Any]) -> list[str]:
    """What must be known before the list is used: feeds that should have held it, and that there is no signal."""
    gate = read_json(workspace.reports / "feeds.json")
    held = [each["evidence"] for each in gate["findings"] if each["severity"] == "hold"]
    despite = f"This list goes out although a feed is broken ({gate['override']}): {'; '.join(held)}."
    nobody = f"{verdict['words']} Nobody is put before another."
    return [despite] * bool(held) + [nobody] * (not verdict["usable"])


def _notes(workspace: Workspace, warnings: list[str]) -> list[str]:
    described = read_json(workspace.features / "features.json")
    by_reason: dict[str, list[str]] = {}
    for name, why in described["off"].items():
        by_reason.setdefault(why, []).append(name)
    return [
        *warnings,
        *described["unknown_events"],
        *(f"{len(names)} features are switched off ({why}): {', '.join(names)}" for why, names in by_reason.items()),
    ]
