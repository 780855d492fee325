"""What became of a list that went out long ago, from the archive and the tables of today."""

import json
from pathlib import Path

import pandas as pd

from churnrisk.clock import as_date, day
from churnrisk.feeds.list_date import list_date
from churnrisk.risk_list.past_lists import read_past
from churnrisk.risk_list.structure import Judged
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.kept_scores import Kept, keep
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

from .. import company


def test_the_newest_mature_list_is_judged_and_missed_leavers_are_named(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "workspace")
    params, as_of = company.load(workspace), list_date(workspace)
    labels = LABELS.read(workspace)
    labels = labels[(labels["horizon_days"] == params.churn.horizon_days) & labels["label"].notna()]
    date = labels.groupby("as_of")["label"].sum().loc[lambda churned: churned >= 2].index.max()
    own = labels[labels["as_of"] == date]
    found, missed = own.loc[own["label"] == 1, "account_id"].iloc[:2]
    content = {
        "horizon_days": params.churn.horizon_days,
        "rows": [{"account_id": found, "group": "to_call"}],
        "not_listed": [{"account_id": missed, "name": "Quiet", "owner": "Ana", "why_not": "low risk, 2%"}],
    }
    files = {"risk_list.json": json.dumps(content).encode()}
    newest = Kept.of(Published(workspace).latest()).read(workspace)
    row = newest.iloc[[0, 0]].assign(account_id=[found, missed], as_of=pd.Timestamp(date), probability=[0.6, 0.02])
    kept = keep(workspace, row.drop(columns="lineage"), day(date), "old")
    Published(workspace).add(files, as_of=as_date(day(date)), lineage="old", scores=kept.scores, latest=False)
    past = read_past(workspace, params, as_of)
    assert past.came_of
    assert (past.came_of.listed, past.came_of.churned, past.came_of.churned_in_all) == (1, 1, 2)
    assert past.came_of.expected == 0.6
    assert [(each.name, each.why_not, each.probability) for each in past.came_of.missed] == [
        ("Quiet", "low risk, 2%", 0.02)
    ]
    assert past.judged == (Judged(as_of=past.came_of.as_of, listed=1, expected=0.6, churned=1),)
    assert past.called == {found}
    assert past.scores[missed] == ((as_date(day(date)).isoformat(), 0.02),)
