"""The list of one date from its inputs: pure, so that any date, model and scores give a list in the same way."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from churnrisk import words
from churnrisk.clock import as_date
from churnrisk.risk_list.answers import disagreements
from churnrisk.risk_list.changes import changes
from churnrisk.risk_list.groups import NOT_LISTED, ranked_by
from churnrisk.risk_list.inputs import Feeds, Inputs
from churnrisk.risk_list.rows import NO_OWNER, date_or_none, filled, placed, rank
from churnrisk.risk_list.structure import InNotice, NotListed, OwnerTotal, RankBy, RiskList, Row
from churnrisk.risk_list.why import moved_together


def compose(inputs: Inputs) -> RiskList:
    """The list. Where the model's ranking is not usable, it has no rows and says so in a warning.

    Raises ModelError where a score is missing, out of range or given twice.
    """
    everybody = placed(inputs)
    floor = inputs.limits.floor(everybody)
    by = ranked_by(everybody, inputs.limits.rank_by)
    rows = rank(everybody, inputs) if inputs.model.usable else ()
    as_of, window, previous = inputs.as_of, inputs.window, inputs.previous_as_of
    return RiskList(
        as_of=as_date(as_of),
        lead_days=window.lead_days,
        horizon_days=window.horizon_days,
        leaves_from=as_date(window.opens(as_of)),
        leaves_to=as_date(window.closes(as_of)) - dt.timedelta(days=1),
        rank_by=by,
        currency=inputs.currency,
        accounts_watched=len(everybody),
        too_little_known=int((~everybody["is_known"] & everybody["group"].eq(NOT_LISTED)).sum()),
        floor=round(floor, 6),
        expected_churns=round(float(everybody["probability"].sum()), 2),
        revenue_at_risk=round(float(everybody["value_at_risk"].sum()), 2),
        revenue_at_risk_on_list=_at_risk(rows),
        previous_as_of=None if previous is None else as_date(previous),
        rows=rows,
        owners=_owners(everybody, rows),
        in_notice=_in_notice(inputs.in_notice),
        not_listed=_not_listed(everybody, inputs),
        disagreements=disagreements(everybody, inputs, floor) if inputs.model.usable else (),
        left_out=_commonest_first(inputs.left_out),
        held_back=_commonest_first(Counter(row.next_step.rule for row in rows if row.next_step and row.next_step.held)),
        closed=_closed(everybody, inputs, floor),
        model=inputs.model.shows,
        context=moved_together(inputs),
        **_freshness(inputs.feeds),
        changes=changes(everybody, rows, inputs),
        came_of=inputs.past.came_of,
        judged=inputs.past.judged,
        settled=inputs.past.settled,
        notes=(*moved_together(inputs), *_notes(everybody, inputs, by), *inputs.notes),
        warnings=_warnings(inputs),
    )


def _closed(everybody: pd.DataFrame, inputs: Inputs, floor: float) -> int:
    """Accounts that were called before and whose risk has gone, not those for whom a full list has no place."""
    called, off = everybody["account_id"].isin(inputs.past.called), everybody["group"].eq(NOT_LISTED)
    return int((called & off & (everybody["probability"] < inputs.limits.keep_from_share * floor)).sum())


def _at_risk(rows: Iterable[Row]) -> float:
    return round(sum(row.value_at_risk or 0.0 for row in rows), 2)


def _owners(everybody: pd.DataFrame, rows: tuple[Row, ...]) -> tuple[OwnerTotal, ...]:
    """Totals by owner, the one with most revenue at risk on the list first."""
    totals = [
        OwnerTotal(
            owner=str(owner),
            owner_email=_only(own["owner_email"]),
            accounts_watched=len(own),
            accounts_on_list=sum(row.owner == owner for row in rows),
            revenue_at_risk=round(float(own["value_at_risk"].sum()), 2),
            revenue_at_risk_on_list=_at_risk(row for row in rows if row.owner == owner),
        )
        for owner, own in everybody.groupby("owner")
    ]
    return tuple(
        sorted(totals, key=lambda total: (-total.revenue_at_risk_on_list, -total.accounts_on_list, total.owner))
    )


def _only(texts: "pd.Series[str]") -> str:
    """The text that all those agree on which are not empty."""
    said = {each for each in texts if each}
    return said.pop() if len(said) == 1 else ""


def _in_notice(rows: pd.DataFrame) -> tuple[InNotice, ...]:
    """The next to leave first."""
    rows = rows.assign(name=filled(rows["name"], rows["account_id"]), owner=filled(rows["owner"], NO_OWNER))
    rows = rows.sort_values(["ended_on", "arr", "account_id"], ascending=[True, False, True])
    return tuple(
        InNotice(
            account_id=each["account_id"],
            name=each["name"],
            owner=each["owner"],
            arr=None if pd.isna(each["arr"]) else round(float(each["arr"]), 2),
            ended_on=date_or_none(each["ended_on"]),
        )
        for each in rows.to_dict("records")
    )


def _not_listed(everybody: pd.DataFrame, inputs: Inputs) -> tuple[NotListed, ...]:
    """All that are known and not on the list: first those that are watched, the highest risk first, then by name."""
    others = everybody[everybody["group"] == NOT_LISTED] if inputs.model.usable else everybody
    unusable = "" if inputs.model.usable else "nobody is put before another"
    scored = [
        NotListed(
            account_id=each["account_id"],
            name=each["name"],
            owner=each["owner"],
            why_not=unusable or each["why_not"],
            probability=round(each["probability"], 6),
        )
        for each in others.sort_values(["probability", "account_id"], ascending=[False, True]).to_dict("records")
    ]
    return (*scored, *_not_watched(inputs.not_watched))


def _not_watched(rows: pd.DataFrame) -> Iterable[NotListed]:
    rows = rows.assign(name=filled(rows["name"], rows["account_id"]), owner=filled(rows["owner"], NO_OWNER))
    for each in rows.sort_values(["name", "account_id"]).to_dict("records"):
        ended = date_or_none(each["ended_on"])
        until = f", last day {words.date(ended - dt.timedelta(days=1))}" if ended else ""
        yield NotListed(
            account_id=each["account_id"],
            name=each["name"],
            owner=each["owner"],
            why_not=f"{each['rule']}{until}",
            probability=None,
        )


def _freshness(feeds: Feeds | None) -> dict[str, Any]:
    if feeds is None:
        return {}
    return {
        "data_through": as_date(feeds.through),
        "next_as_of": as_date(feeds.next_as_of),
        "feed_dates": feeds.dates,
        "feeds_behind": feeds.behind,
    }


def _commonest_first(by_rule: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    counts = [(rule, int(count)) for rule, count in by_rule.items()]
    return tuple(sorted(counts, key=lambda each: (-each[1], each[0])))


def _notes(everybody: pd.DataFrame, inputs: Inputs, by: RankBy) -> list[str]:
    """Notes that prevent misreading."""
    unpriced = int(everybody["arr"].isna().sum())
    notes = []
    if inputs.limits.rank_by != by:
        notes.append("No account has a recurring revenue, so the list is ranked by probability.")
    elif unpriced:
        last = "; they come last" if by == "value_at_risk" else ""
        notes.append(f"Watched accounts without a known revenue: {unpriced}{last}.")
    if not inputs.movement["probability_before"].notna().any():
        notes.append("No account was watched on an earlier date, so there is no change to show yet.")
    return notes


def _warnings(inputs: Inputs) -> tuple[str, ...]:
    if inputs.model.usable:
        return (*inputs.warnings, *filter(None, [inputs.model.caution]))
    return (*inputs.warnings, f"{inputs.model.verdict} Nobody is put before another.")
