"""The one door of the list: reads what the stages before wrote for one date, and gives typed inputs."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from churnrisk.clock import Day, as_date, day, of_column, to_column
from churnrisk.dispositions import known_dispositions
from churnrisk.explain.known import facts_of
from churnrisk.explain.movement import NEW_LEVELS, NEW_MODEL, by_new_model
from churnrisk.feeds.list_date import covered_until
from churnrisk.intake.sentences import sentences
from churnrisk.metrics.reliability import BANDS, band_name
from churnrisk.model.bundle import Bundle
from churnrisk.params import Clock, Params
from churnrisk.past.tables.entries import Known
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.past.tables.standing import Standing
from churnrisk.past.usage.usage import Usage
from churnrisk.past.usage.weeks import Axis
from churnrisk.plays.reading import read_plays
from churnrisk.risk_list.groups import Limits
from churnrisk.risk_list.inputs import Feeds, Inputs, ModelFacts, Scored
from churnrisk.risk_list.past_lists import read_past
from churnrisk.risk_list.structure import Meant, Model
from churnrisk.rollup.read import read_daily
from churnrisk.rollup.schema import DAILY
from churnrisk.store.catalogue.conform import INTAKE, TABLE
from churnrisk.store.catalogue.featurize import FEATURES, FeaturesReport
from churnrisk.store.catalogue.gate import GATE, GateReport
from churnrisk.store.catalogue.score import KNOWN, MOVEMENT, REASONS, SCORES, SCORES_REPORT
from churnrisk.store.catalogue.snapshot import COHORT_COUNTS, LEFT_OUT
from churnrisk.store.kept_scores import Kept
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

SPARKLINE_WEEKS = 26
"""Half a year: a quarter's season shows as such, and a week is still wide enough to be seen in the small line."""


def gather(workspace: Workspace, params: Params, as_of: Day, *, scored: Scored, model: ModelFacts) -> Inputs:
    """The inputs of the list of one date, from scores and a model wherever they come from.

    Raises SourceError where a stage before has not run.
    """
    accounts = _known(workspace, "accounts", as_of).frame()
    watched = accounts[accounts["account_id"].isin(scored.scores["account_id"])]
    bought, facts = contracts(workspace, as_of), facts_of(workspace)
    if params.churn.kind != "logo":
        # Usage can cease, and seats be given back, while a contract still runs.
        bought["can_leave_on"] = pd.NaT
    return Inputs(
        as_of=as_of,
        window=params.churn.window(),
        limits=Limits.of(params),
        currency=params.risk_list.currency,
        scores=scored.scores,
        reasons=scored.reasons,
        movement=scored.movement,
        known=scored.known,
        facts=facts,
        plays=read_plays(workspace.root, facts),
        holds=params.plays,
        previous_as_of=scored.previous_as_of,
        accounts=accounts,
        contracts=bought,
        usage=weekly_usage(workspace, params.clock, as_of, watched),
        in_notice=_in_notice(workspace, as_of, accounts, bought),
        left_out=COHORT_COUNTS.read(workspace).left_out,
        not_watched=_not_watched(workspace, as_of, accounts),
        went=_went(workspace, as_of, scored.previous_as_of, accounts),
        feeds=_feeds(workspace, params.clock, as_of),
        model=model,
        notes=(*scored.warnings, *sentences(INTAKE.read(workspace)), *_feature_notes(FEATURES.read(workspace))),
        warnings=_gate_warnings(GATE.read(workspace)),
    )


def with_past_lists(workspace: Workspace, params: Params, inputs: Inputs) -> Inputs:
    """The same with what the archive knew before the date: whether another model made the list before, whom it had,
    what came of older ones, and what was done since.

    Apart from `gather`, because what DVC owns must not depend on the archive.
    """
    dispositions = known_dispositions(workspace, inputs.as_of)
    return replace(
        inputs,
        by_model=_by_model(workspace, inputs),
        past=read_past(workspace, params, inputs.as_of, dispositions),
        dispositions=dispositions,
    )


def _by_model(workspace: Workspace, inputs: Inputs) -> dict[str, dict[str, float]]:
    """Points by which another model, or other levels, moved accounts since the list of the date before went out; none
    where it was by the same model with the same levels, or nothing is left of it.
    """
    if inputs.previous_as_of is None:
        return {}
    made = Published(workspace).shown().get(as_date(inputs.previous_as_of))
    rows = None if made is None else Kept.of(made).read(workspace)
    if made is None or rows is None:
        return {}
    is_same = made.lineage == inputs.model.shows.lineage
    if is_same and not ("level" in rows and rows["level"].any()):
        return {}
    published = dict(zip(rows["account_id"].astype(str), rows["probability"], strict=True))
    points = by_new_model(inputs.movement, published)
    if is_same:
        return {account: {NEW_LEVELS: each} for account, each in points.items() if each}
    return {account: {NEW_MODEL: each} for account, each in points.items()}


def read_scored(workspace: Workspace, as_of: Day) -> Scored:
    """What the stage `score` wrote for a date."""
    report = SCORES_REPORT.read(workspace, as_of=as_of)
    previous = report.previous_as_of
    return Scored(
        scores=SCORES.read(workspace, as_of=as_of),
        reasons=REASONS.read(workspace, as_of=as_of),
        movement=MOVEMENT.read(workspace, as_of=as_of),
        known=KNOWN.read(workspace, as_of=as_of),
        lineage=report.lineage,
        digest=report.digest,
        previous_as_of=None if previous is None else day(previous),
        warnings=tuple(report.warnings),
    )


def model_facts(bundle: Bundle) -> ModelFacts:
    """What the list says of the model that made its scores, and the verdict on that model."""
    figures = bundle.figures["model"]
    shows = Model(
        lineage=bundle.model.lineage,
        trained_through=dt.date.fromisoformat(bundle.model.trained.known_until),
        auc=figures["auc"],
        lift=figures["lift10"],
        left_above=figures.get("left_above_floor"),
        left_below=figures.get("left_below_floor"),
        meant=tuple(
            Meant(low=low / 100, high=high / 100, left=figures[name])
            for low, high in BANDS
            if (name := band_name(low, high)) in figures
        ),
    )
    says = bundle.verdict
    return ModelFacts(shows=shows, usable=says.usable, verdict=says.words, caution=says.caution)


def contracts(workspace: Workspace, as_of: Day) -> pd.DataFrame:
    """What each account has at the date: `mrr` of all its contracts, its main `plan`, the next renewal `renews_on`
    and the first date `can_leave_on` on which it can leave."""
    return Standing.of(_known(workspace, "subscriptions", as_of), as_of).contracts()


def weekly_usage(workspace: Workspace, clock: Clock, as_of: Day, accounts: pd.DataFrame) -> pd.DataFrame:
    """Usage a week up to the date, as it was known then: `account_id` and a column a week, the oldest first.

    `accounts` has `account_id` and `created_on`; weeks before an account signed up are NaN.
    """
    grid, settle_days = clock.grid, clock.usage_settle_days
    ids = np.sort(accounts["account_id"].to_numpy(object))
    axis = Axis.before(as_of, SPARKLINE_WEEKS, grid=grid, settle_days=settle_days)
    daily = read_daily(workspace.usage / DAILY, ids, settle_days, since=axis.starts_on(0))
    usage = Usage.at_end_of(axis, daily, accounts=len(ids))
    week = int(grid.week_of(as_of))
    shown = range(week - SPARKLINE_WEEKS, week)
    wide = pd.DataFrame(usage.by_week(SPARKLINE_WEEKS), index=pd.Index(ids, name="account_id"), columns=pd.Index(shown))
    created = grid.week_of(of_column(accounts.set_index("account_id")["created_on"].reindex(ids)))
    wide = wide.mask(np.array(shown)[None, :] < created[:, None])
    return wide.rename(columns=lambda each: f"week_{each}").reset_index()


def _known(workspace: Workspace, name: str, as_of: Day) -> Known:
    return read_ledger(workspace, name).before(as_of)


def _in_notice(workspace: Workspace, as_of: Day, accounts: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    rows = _not_watched(workspace, as_of, accounts)
    rows = rows[rows["rule"] == "in notice"].merge(bought, how="left")
    return rows.assign(arr=12 * rows["mrr"])[["account_id", "name", "owner", "arr", "ended_on"]]


def _not_watched(workspace: Workspace, as_of: Day, accounts: pd.DataFrame) -> pd.DataFrame:
    left_out = LEFT_OUT.read(workspace, filters=[("as_of", "==", pd.Timestamp(as_of))])
    about = accounts[["account_id", "name", "owner"]]
    return left_out[["account_id", "rule", "ended_on"]].merge(about, how="left", on="account_id")


_NEWS = {"in notice": "gave_notice", "churned": "left"}
"""Rules of the cohort by which an account is news when they hold for the first time."""


def _went(workspace: Workspace, as_of: Day, previous: Day | None, accounts: pd.DataFrame) -> pd.DataFrame | None:
    """Who gave notice or left since the date before: `account_id`, `kind`, `name`, `owner`."""
    if previous is None:
        return None
    now, before = (_not_watched(workspace, date, accounts) for date in (as_of, previous))
    now = now[now["rule"].isin(list(_NEWS))]
    known = before[["account_id", "rule"]].assign(is_old=True)
    news = now.merge(known, how="left", on=["account_id", "rule"])
    news = news[news["is_old"].isna()]
    return news.assign(kind=news["rule"].map(_NEWS))[["account_id", "kind", "name", "owner"]]


def _feeds(workspace: Workspace, clock: Clock, as_of: Day) -> Feeds:
    behind = tuple(each.evidence for each in GATE.read(workspace).findings)
    through = min(covered_until(workspace) - 1, as_of - 1)
    read = [name for name, each in INTAKE.read(workspace).tables.items() if each.kept]
    dates = tuple((name, as_date(through) if name == "usage" else _newest(workspace, name, as_of)) for name in read)
    return Feeds(through=through, next_as_of=as_of + clock.grid.step, dates=dates, behind=behind)


def _newest(workspace: Workspace, name: str, as_of: Day) -> dt.date | None:
    """The newest day on which something of a table became known before a date, so that a list that is made up for
    later says the same; None where nothing did.
    """
    known_at = TABLE[name].read(workspace, ["known_at"])["known_at"]  # one column: tables may be long
    before = known_at[known_at < to_column(as_of)]
    return None if before.empty else as_date(day(before.max()))


def _gate_warnings(gate: GateReport) -> tuple[str, ...]:
    """A warning where the list goes out although a feed is broken."""
    evidence = [each.evidence for each in gate.findings if each.severity == "hold"]
    if not evidence:
        return ()
    return (f"This list goes out although a feed is broken ({gate.override}): {'; '.join(evidence)}.",)


def _feature_notes(report: FeaturesReport) -> list[str]:
    """Notes on events and plans that the settings name and the tables lack, and on features that are switched off."""
    by_reason: dict[str, list[str]] = {}
    for name, why in report.off.items():
        by_reason.setdefault(why, []).append(name)
    off = [f"{len(names)} features are switched off ({why}): {', '.join(names)}" for why, names in by_reason.items()]
    return [*report.unknown_events, *report.unknown_plans, *off]
