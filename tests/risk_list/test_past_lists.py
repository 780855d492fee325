"""What became of a list that went out long ago, from the archive and the tables of today."""

import json
from pathlib import Path

import pandas as pd
import pytest

from churnrisk.clock import as_date, day
from churnrisk.feeds.list_date import list_date
from churnrisk.risk_list.past_lists import _Mature, _settled, read_past
from churnrisk.risk_list.structure import CameOf, Judged
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.kept_scores import Kept, keep
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

from .. import company


def said(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Verdicts: account, date of the list, verdict, when it was known."""
    return pd.DataFrame(rows, columns=["account_id", "as_of", "verdict", "known_at"])


SETTLED = {  # probability (the floor is 0.2), left (on 1 March)?, verdict, known on; disagreed and owner right
    "said safe, and it stayed": (0.6, 0, "safe", "2025-01-08", (1, 1)),
    "said safe, and it left": (0.6, 1, "safe", "2025-01-08", (1, 0)),
    "said at risk, and it left": (0.1, 1, "at risk", "2025-01-08", (1, 1)),
    "said lost, and it stayed": (0.1, 0, "lost", "2025-01-08", (1, 0)),
    "both say at risk": (0.6, 1, "at risk", "2025-01-08", None),
    "both say safe": (0.1, 0, "safe", "2025-01-08", None),
    "said when it was gone": (0.1, 1, "lost", "2025-03-01", None),
    "said no verdict": (0.1, 1, "", "2025-01-08", None),
}


@pytest.mark.parametrize(("probability", "churned", "verdict", "known_at", "expected"), SETTLED.values(), ids=SETTLED)
def test_who_was_right_where_owner_and_model_disagreed(probability, churned, verdict, known_at, expected):
    date = pd.Timestamp("2025-01-06")
    left = pd.Timestamp("2025-03-01") if churned else pd.NaT
    rows = pd.DataFrame({"account_id": ["a"], "probability": probability, "label": churned, "churned_on": left})
    came_of = CameOf(as_of=date.date(), listed=1, expected=1.0, churned=1, churned_in_all=1, missed=())
    mature = [_Mature(came_of, 0.2, rows), _Mature(came_of, None, rows)]  # the second went out before there were floors
    # An earlier verdict of the same list, which does not count, and one of another list.
    earlier = ("a", date, "safe" if verdict == "at risk" else "at risk", pd.Timestamp("2025-01-07"))
    other = ("a", pd.Timestamp("2024-12-30"), "safe", pd.Timestamp("2025-01-07"))
    given = said(other, *([earlier] if verdict else []), ("a", date, verdict, pd.Timestamp(known_at)))
    made = _settled(mature, given)
    assert (None if made is None else (made.accounts, made.owner_right)) == expected


def test_the_newest_mature_list_is_judged_and_missed_leavers_are_named(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "workspace")
    params, as_of = company.load(workspace), list_date(workspace)
    labels = LABELS.read(workspace)
    labels = labels[(labels["horizon_days"] == params.churn.horizon_days) & labels["label"].notna()]
    date = labels.groupby("as_of")["label"].sum().loc[lambda churned: churned >= 2].index.max()
    own = labels[labels["as_of"] == date]
    found, missed = own.loc[own["label"] == 1, "account_id"].iloc[:2]
    content = {
        "floor": 0.2,
        "horizon_days": params.churn.horizon_days,
        "rows": [{"account_id": found, "group": "to_call"}],
        "not_listed": [{"account_id": missed, "name": "Quiet", "owner": "Ana", "why_not": "low risk, 2%"}],
    }
    files = {"risk_list.json": json.dumps(content).encode()}
    newest = Kept.of(Published(workspace).latest()).read(workspace)
    row = newest.iloc[[0, 0]].assign(account_id=[found, missed], as_of=pd.Timestamp(date), probability=[0.6, 0.02])
    kept = keep(workspace, row.drop(columns="lineage"), day(date), "old")
    Published(workspace).add(files, as_of=as_date(day(date)), lineage="old", scores=kept.scores, latest=False)
    past = read_past(workspace, params, as_of, said())
    assert past.came_of
    assert (past.came_of.listed, past.came_of.churned, past.came_of.churned_in_all) == (1, 1, 2)
    assert past.came_of.expected == 0.6
    assert [(each.name, each.why_not, each.probability) for each in past.came_of.missed] == [
        ("Quiet", "low risk, 2%", 0.02)
    ]
    assert past.judged == (Judged(as_of=past.came_of.as_of, listed=1, expected=0.6, churned=1),)
    assert past.called == {found}
    assert past.settled is None
    assert past.scores[missed] == ((as_date(day(date)).isoformat(), 0.02),)
