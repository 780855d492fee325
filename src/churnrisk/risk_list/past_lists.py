"""Lists as they went out before: whom they had, and what became of them, from the archive and the tables of today."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from churnrisk.clock import Day, as_date, day
from churnrisk.labels.hindsight import Hindsight
from churnrisk.params import Params
from churnrisk.risk_list.groups import TO_CALL
from churnrisk.risk_list.inputs import PastLists
from churnrisk.risk_list.outputs.files import RECORD
from churnrisk.risk_list.structure import CameOf, Judged, Missed, Settled
from churnrisk.store.catalogue.list import Publication
from churnrisk.store.kept_scores import Kept
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

PAST_SCORES = 12
"""Dates of which a row tells its past scores: a quarter of weekly lists."""

MOST_JUDGED = 13
"""Lists whose windows are over that are judged, the newest: a quarter, in which a lasting fault shows."""


def read_past(workspace: Workspace, params: Params, as_of: Day, dispositions: pd.DataFrame) -> PastLists:
    """What the archive and the `dispositions` knew before `as_of`; raises SourceError where a list is damaged."""
    made = list_before(workspace, as_of)
    rows = [] if made is None else read_list(workspace, made)["rows"]
    came_of = _came_of(workspace, params, as_of)
    return PastLists(
        listed=None if made is None else frozenset(str(row["account_id"]) for row in rows),
        # Lists that went out before there were groups have none.
        called=frozenset(str(row["account_id"]) for row in rows if row.get("group") == TO_CALL),
        scores=_scores(workspace, as_of),
        came_of=came_of[-1].came_of if came_of else None,
        judged=tuple(_figures(each.came_of) for each in came_of),
        settled=_settled(came_of, dispositions),
    )


def list_before(workspace: Workspace, as_of: Day) -> Publication | None:
    """The list of the newest date before `as_of` as it went out last; None where there is none."""
    before = [each for date, each in Published(workspace).shown().items() if date < as_date(as_of)]
    return before[-1] if before else None


def read_list(workspace: Workspace, made: Publication) -> dict[str, Any]:
    """What `risk_list.json` of a list said as it went out; raises SourceError where it is damaged."""
    content: dict[str, Any] = json.loads(Published(workspace).files(made)[RECORD])
    return content


def _scores(workspace: Workspace, as_of: Day) -> dict[str, tuple[tuple[str, float], ...]]:
    """What lists said of each account as they went out, on the last dates before one."""
    shown = [each for date, each in Published(workspace).shown().items() if date < as_date(as_of)][-PAST_SCORES:]
    kept = [(each.as_of, Kept.of(each).read(workspace, ["account_id", "probability"])) for each in shown]
    parts = [rows.assign(date=date.isoformat()) for date, rows in kept if rows is not None]
    if not parts:
        return {}
    own = pd.concat(parts, ignore_index=True).groupby("account_id", sort=False)
    return {str(account): tuple(zip(rows["date"], rows["probability"].round(4), strict=True)) for account, rows in own}


@dataclass(frozen=True)
class _Mature:
    """A list whose window is over: what came of it, the `floor` of its risk (None: lists had none then), and a row an
    account that was scored: `account_id`, `probability`, `label`, `churned_on`.
    """

    came_of: CameOf
    floor: float | None
    rows: pd.DataFrame


def _settled(mature: list[_Mature], dispositions: pd.DataFrame) -> Settled | None:
    """How the disagreements on these lists ended. The last verdict on each account and list counts, as long as it was
    given before the account left, and an account counts once a list.
    """
    given = dispositions[dispositions["verdict"] != ""].drop_duplicates(["account_id", "as_of"], keep="last")
    parts = [_disagreed(each, given) for each in mature if each.floor is not None]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return None if rows.empty else Settled(accounts=len(rows), owner_right=int(rows["owner_right"].sum()))


def _disagreed(made: _Mature, given: pd.DataFrame) -> pd.DataFrame:
    """The accounts of a list of which the owner said otherwise than the model, and whether the owner was right."""
    own = given[given["as_of"] == pd.Timestamp(made.came_of.as_of)]
    rows = made.rows.merge(own[["account_id", "verdict", "known_at"]], on="account_id")
    # Who is known to be gone is not foreseen.
    rows = rows[rows["churned_on"].isna() | (rows["known_at"] < rows["churned_on"])]
    says_stays, likely = rows["verdict"] == "safe", rows["probability"] >= made.floor
    rows = rows.assign(owner_right=says_stays == (rows["label"] == 0))
    return rows[likely == says_stays]


def _came_of(workspace: Workspace, params: Params, as_of: Day) -> list[_Mature]:
    """What became of the newest lists whose windows were over before `as_of`, the oldest of them first."""
    hindsight = Hindsight.on(workspace, params.churn, as_of)
    shown = Published(workspace).shown().items()
    mature = [made for date, made in shown if hindsight.is_mature(day(date))][-MOST_JUDGED:]
    return [came for made in mature if (came := _judged(hindsight, made))]


def _figures(came: CameOf) -> Judged:
    return Judged(**{each.name: getattr(came, each.name) for each in dataclasses.fields(Judged)})


def _judged(hindsight: Hindsight, made: Publication) -> _Mature | None:
    date, content = day(made.as_of), read_list(hindsight.workspace, made)
    scores = Kept.of(made).read(hindsight.workspace, ["account_id", "probability"])
    if scores is None:
        return None
    rows = hindsight.of(scores, date, int(content["horizon_days"]))
    rows["listed"] = rows["account_id"].isin([row["account_id"] for row in content["rows"]])
    own = rows[rows["listed"]]
    came_of = CameOf(
        as_of=made.as_of,
        listed=len(own),
        expected=round(float(own["probability"].sum()), 1),
        churned=int(own["label"].sum()),
        churned_in_all=int(rows["label"].sum()),
        missed=_missed(rows, {str(each["account_id"]): each for each in content.get("not_listed", [])}),
    )
    return _Mature(came_of, content.get("floor"), rows)


def _missed(rows: pd.DataFrame, known: dict[str, dict[str, Any]]) -> tuple[Missed, ...]:
    """Who left without being listed, the first to leave first, and what the list knew of them."""
    left = rows[(rows["label"] == 1) & ~rows["listed"]].sort_values(["churned_on", "account_id"])
    return tuple(
        Missed(
            account_id=str(each["account_id"]),
            name=str(known.get(each["account_id"], {}).get("name", each["account_id"])),
            owner=str(known.get(each["account_id"], {}).get("owner", "")),
            churned_on=as_date(day(each["churned_on"])),
            why_not=str(known.get(each["account_id"], {}).get("why_not", "")),
            probability=round(float(each["probability"]), 4),
        )
        for each in left.to_dict("records")
    )
