"""Past lists against what happened, from the archive."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.errors import SourceError
from churnrisk.evaluation.verdict import FEWEST_CHURNED
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_features_on
from churnrisk.monitoring.past import listed, of_model, past_lists, past_rows
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.catalogue.list import DISPOSITIONS
from churnrisk.store.catalogue.score import ARCHIVED_SCORES
from churnrisk.store.kept_scores import all_kept, keep
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

from ..company import copied, load

AS_OF = day("2025-05-05")
PAST = [day("2025-02-17"), day("2025-02-24"), day("2025-03-17"), day("2025-03-24")]
"""The label window of the first three is over by then and reported, that of the last one is so a day too late."""


def archive(workspace: Workspace, dates: list) -> str:
    """Archive the scores of some dates, as a scheduled run would have; returns the lineage."""
    bundle = Bundle.load(workspace.models / "bundle")
    for date in dates:
        model, features = bundle.model, read_features_on(workspace, date)
        keep(workspace, model.score(features).assign(**model.levels(features)), date, model.lineage)
    return bundle.model.lineage


@pytest.fixture(scope="module")
def company(small, tmp_path_factory) -> Workspace:
    workspace = copied(small, tmp_path_factory.mktemp("past") / "company")
    archive(workspace, PAST)
    return workspace


@pytest.fixture(scope="module")
def rows(company) -> pd.DataFrame:
    return past_rows(company, load(company), AS_OF)


def test_labels_are_those_of_the_stage_label(company, rows):
    labels = LABELS.read(company, filters=[("horizon_days", "==", 30)]).dropna(subset=["label"])
    both = rows.merge(labels, on=["account_id", "as_of"], suffixes=("", "_of_stage"))
    assert len(both) == len(rows) == labels["as_of"].isin(pd.to_datetime([str(each) for each in PAST[:3]])).sum()
    np.testing.assert_array_equal(both["label"], both["label_of_stage"])
    pd.testing.assert_series_equal(both["churned_on"], both["churned_on_of_stage"], check_names=False)


def test_only_lists_count_whose_labels_are_mature(rows):
    assert [each.as_of for each in past_lists(rows)] == [each.item() for each in PAST[:3]]


def test_a_date_looks_at_nothing_that_the_tables_learned_after_it(company):
    """A week that is made up for sees the lists that were mature then, though the tables have gone on."""
    before = past_rows(company, load(company), day("2025-04-07"))
    assert [each.as_of for each in past_lists(before)] == [PAST[0].item()]


def test_figures_of_a_list_are_those_of_its_rows(rows):
    for made in past_lists(rows):
        own = rows[rows["as_of"] == pd.Timestamp(made.as_of)]
        on_it = own[own["listed"]]
        assert (made.accounts, made.listed) == (len(own), len(on_it))
        assert (made.churned, made.found) == (own["label"].sum(), on_it["label"].sum())
        assert made.found_expected == pytest.approx(on_it["probability"].sum(), abs=0.01)
        assert made.found_by_lot == pytest.approx(len(on_it) * own["label"].mean(), abs=0.01)
        assert made.arr_lost == pytest.approx((own["arr"] * own["label"]).sum(), abs=0.01)


def test_without_a_mature_list_there_is_nothing(small):
    rows = past_rows(small, load(small), AS_OF)
    assert past_lists(rows) == []
    assert of_model(rows, "whatever") is None


def test_only_the_newest_lists_are_judged(company, monkeypatch):
    monkeypatch.setattr("churnrisk.monitoring.past.MOST_DATES", 2)
    newest = past_rows(company, load(company), AS_OF)
    assert [each.as_of for each in past_lists(newest)] == [each.item() for each in PAST[1:3]]


def test_a_list_is_judged_by_its_own_horizon_and_not_by_that_of_today(company, rows):
    settings = load(company)
    shorter = settings.churn.model_copy(update={"horizon_days": 20})
    found = past_rows(company, settings.model_copy(update={"churn": shorter}), AS_OF)
    pd.testing.assert_frame_equal(found, rows)


def judged(accounts: int, churned: int) -> pd.DataFrame:
    """One list of accounts of which the first few churned."""
    label = (np.arange(accounts) < churned).astype(float)
    as_of = pd.Timestamp("2025-02-17")
    return pd.DataFrame({"account_id": [f"a{each:02d}" for each in range(accounts)], "label": label}).assign(
        as_of=as_of,
        lineage="m1",
        probability=np.linspace(0.9, 0.1, accounts),
        listed=True,
        reached=False,
        churned_on=as_of + pd.Timedelta(days=35),
    )


@pytest.mark.parametrize(
    ("accounts", "churned", "has_ratio", "has_auc"),
    [
        (30, FEWEST_CHURNED - 1, False, False),
        (30, FEWEST_CHURNED, True, True),
        (FEWEST_CHURNED, FEWEST_CHURNED, True, False),  # nobody stayed, so there is no order to judge
    ],
)
def test_figures_that_need_more_churn_or_somebody_who_stayed_are_left_out(accounts, churned, has_ratio, has_auc):
    made = of_model(judged(accounts, churned), "m1")
    assert (made.ratio is not None, made.auc is not None) == (has_ratio, has_auc)
    assert made.found == churned


def test_lists_of_another_model_are_no_evidence_on_this_one(rows):
    assert of_model(rows, "another") is None
    assert of_model(rows, rows["lineage"].iloc[0]).lists == 3


def test_the_list_is_that_which_went_out(company, tmp_path):
    """Not the one that today's params would make."""
    workspace = copied(company, tmp_path / "company")
    account = past_rows(workspace, load(workspace), AS_OF)["account_id"].iloc[0]
    content = json.dumps({"rows": [{"account_id": account}]}).encode()
    first = all_kept(workspace)[0]
    parts = {"as_of": dt.date(2025, 2, 17), "lineage": first.lineage, "scores": first.scores}
    made = Published(workspace).add({"risk_list.json": content}, **parts, latest=True)
    rows = past_rows(workspace, load(workspace), AS_OF)
    first = rows[rows["as_of"] == pd.Timestamp("2025-02-17")]
    assert first.loc[first["listed"], "account_id"].tolist() == [account]
    (Published(workspace).folder(made) / "risk_list.json").write_bytes(b"{}")
    with pytest.raises(SourceError, match="the list of 2025-02-17 is not as it went out"):
        past_rows(workspace, load(workspace), AS_OF)


def test_a_corrected_list_is_judged_by_its_own_scores_and_the_wrong_ones_are_not_counted(company, tmp_path):
    workspace = copied(company, tmp_path / "company")
    before, first = past_rows(workspace, load(workspace), AS_OF), all_kept(workspace)[0]
    right = keep(workspace, first.read(workspace).assign(probability=0.25), first.as_of, first.lineage)
    parts = {"as_of": dt.date(2025, 2, 17), "lineage": right.lineage, "scores": right.scores}
    Published(workspace).add({"risk_list.json": b'{"rows": []}'}, **parts, latest=True)
    rows = past_rows(workspace, load(workspace), AS_OF)
    assert len(rows) == len(before)
    assert set(rows.loc[rows["as_of"] == pd.Timestamp("2025-02-17"), "probability"]) == {0.25}
    # That list was empty, as one is whose ranking is no better than chance.
    judged = past_lists(rows)[0]
    assert (judged.listed, judged.found, judged.precision, judged.days_ahead) == (0, 0, None, None)
    assert judged.churn_rate > 0


def test_an_archived_file_that_was_damaged_is_one_clear_error(company, tmp_path):
    workspace = copied(company, tmp_path / "company")
    path: Path = ARCHIVED_SCORES.all_at(workspace)[0]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"scores=\w+\.parquet can't be read"):
        past_rows(workspace, load(workspace), AS_OF)


@pytest.mark.parametrize(("rank_by", "expected"), [("value_at_risk", ["a", "b"]), ("probability", ["c", "a"])])
def test_the_list_is_ranked_as_the_list_is(small, rank_by, expected):
    settings = load(small)
    own = settings.risk_list.model_copy(update={"length": 2, "rank_by": rank_by, "call_from": 0.3})
    settings = settings.model_copy(update={"risk_list": own})
    rows = pd.DataFrame(
        {"account_id": list("abcd"), "probability": [0.5, 0.4, 0.9, 0.1], "arr": [100.0, 100.0, np.nan, 100.0]}
    )
    assert sorted(rows.loc[listed(rows, settings), "account_id"]) == sorted(expected)


def answered(workspace: Workspace, rows: pd.DataFrame, outcome: str, known_at: dt.date) -> None:
    """Put answers for these rows into the archive, as if they had come by the inbox."""
    given = pd.DataFrame(
        {name: pd.Series([None] * len(rows), dtype="str") for name in ("play", "who", "reason", "verdict")}
    )
    given = given.assign(account_id=rows["account_id"].tolist(), as_of=rows["as_of"].tolist(), outcome=outcome)
    given = given.assign(snooze_until=pd.NaT, known_at=pd.Timestamp(known_at), came_from="a test")
    DISPOSITIONS.write(given, workspace, number=len(DISPOSITIONS.all_at(workspace)) + 1)


def test_what_was_acted_on_stands_beside_what_was_not(company, rows, tmp_path):
    workspace = copied(company, tmp_path / "company")
    on_it = rows[rows["listed"]]
    answered(workspace, on_it.iloc[:5], "talked", dt.date(2025, 3, 3))
    answered(workspace, on_it.iloc[5:8], "no_answer", dt.date(2025, 3, 3))
    answered(workspace, on_it.iloc[8:9], "done", dt.date(2025, 5, 5))  # not known before the date
    made = of_model(past_rows(workspace, load(workspace), AS_OF), rows["lineage"].iloc[0]).acted
    assert (made.reached.places, made.others.places) == (5, len(on_it) - 5)
    assert (made.reached.churned, made.others.churned) == (on_it["label"].iloc[:5].sum(), on_it["label"].iloc[5:].sum())
    assert made.reached.expected == pytest.approx(on_it["probability"].iloc[:5].sum(), abs=0.01)


def test_where_nobody_answered_nothing_is_said_of_acting(rows):
    assert of_model(rows, rows["lineage"].iloc[0]).acted is None
