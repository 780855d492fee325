import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from churnrisk.simulator import SimulatedCompany, simulate
from churnrisk.simulator.population import sign_ups
from churnrisk.simulator.spells import first_spells
from churnrisk.simulator.timeline import Timeline
from churnrisk.simulator.truth import truth_table

from .conftest import START, churns_of, lives_of, outcomes

DAYS = np.timedelta64(1, "D")


def test_churn_can_be_foreseen_but_not_all_of_it(company: SimulatedCompany) -> None:
    rows = outcomes(company)
    second_year = rows[rows["as_of"] >= "2025-01-01"]
    assert 0.05 < second_year["churned"].mean() < 0.09
    assert 0.80 < roc_auc_score(second_year["churned"], second_year["churn_probability"]) < 0.90


def test_probabilities_are_hit_as_often_as_predicted(company: SimulatedCompany) -> None:
    rows = outcomes(company)
    groups = rows.groupby(pd.cut(rows["churn_probability"], [0, 0.02, 0.1, 0.3, 1]), observed=True)
    predicted, happened = groups["churn_probability"].mean(), groups["churned"].mean()
    assert ((predicted - happened).abs() < 0.25 * predicted + 0.005).all()


@pytest.mark.parametrize(("term", "notice_days", "begins"), [(1, 31, -60), (3, 31, -140), (12, 60, -236)])
def test_probability_is_that_of_many_copies_of_one_account(term: int, notice_days: int, begins: int) -> None:
    time, copies, week = Timeline(START, weeks=20, before=40), 5000, 4
    rng = np.random.default_rng(term)
    one = first_spells(sign_ups(1, time, rng), time, rng).assign(
        opens=begins, trial_ends=begins, begins=begins, term=term, notice_days=notice_days, stalled=True, frailty=2.0
    )
    spells = pd.concat([one] * copies, ignore_index=True).assign(account=range(copies))
    lives, exits = lives_of(spells, time, rng)
    fate, truth = lives.fate, truth_table(lives, exits)
    now = truth[truth["as_of"] == pd.Timestamp(START) + pd.Timedelta(weeks=week)]
    account = now["account_id"].str[1:].astype(int).to_numpy() - 1
    churned = (fate.ends[account] >= 7 * week + 14) & (fate.ends[account] < 7 * week + 104)
    result = pd.DataFrame({"predicted": now["churn_probability"].to_numpy(), "churned": churned})
    # the annual contract renews on the last days of the window
    by_state = result.groupby(fate.state[account, time.column(week)])
    predicted, happened = by_state["predicted"].mean(), by_state["churned"].mean()
    assert (by_state["predicted"].nunique() == 1).all()
    assert predicted.is_monotonic_increasing
    assert ((predicted - happened).abs() < 4 * np.sqrt(predicted * (1 - predicted) / by_state.size())).all()


def test_only_paying_accounts_that_gave_no_notice_have_a_row(company: SimulatedCompany) -> None:
    paid = company.tables["subscriptions"].query("not is_trial")
    rows = company.truth.merge(paid, on="account_id")
    running = (rows["started_on"] <= rows["as_of"]) & ~(rows["ended_on"] <= rows["as_of"])
    known = rows["end_known_at"].fillna(rows["ended_on"]) < rows["as_of"]
    stays = rows[running & ~known][["account_id", "as_of"]].drop_duplicates()
    assert len(stays) == len(company.truth)
    assert not company.truth.duplicated(["account_id", "as_of"]).any()


def test_every_account_that_pays_throughout_a_quarter_has_a_row_each_week_of_it(company: SimulatedCompany) -> None:
    paid = company.tables["subscriptions"].query("not is_trial and started_on < '2025-10-01' and ended_on.isna()")
    weeks = company.truth.query("as_of >= '2025-10-01'").groupby("account_id").size()
    assert set(weeks.reindex(paid["account_id"].unique())) == {12}


def test_rows_are_weekly_from_the_start_and_probabilities_are_probabilities(company: SimulatedCompany) -> None:
    since = (company.truth["as_of"] - pd.Timestamp(START)) / DAYS
    assert (since % 7 == 0).all()
    assert since.min() == 0
    assert since.max() == 7 * 103
    assert company.truth[["hazard", "churn_probability"]].stack().between(0, 1).all()


def test_most_churn_of_a_window_is_not_yet_in_notice_when_it_must_be_foreseen(company: SimulatedCompany) -> None:
    churns = churns_of(company)
    pairs = churns.merge(pd.DataFrame({"as_of": sorted(company.truth["as_of"].unique())}), how="cross")
    gap = (pairs["ended_on"] - pairs["as_of"]).dt.days
    window = pairs[(gap >= 14) & (gap < 104)]
    assert window.merge(company.truth, on=["account_id", "as_of"]).shape[0] > 0.75 * len(window)


def test_a_longer_horizon_has_the_greater_probability_and_ninety_days_are_the_main_one() -> None:
    truth = simulate(60, START, weeks=60, seed=3, horizons=(30, 60, 90, 120)).truth
    by_horizon = [f"churn_probability_{days}d" for days in (30, 60, 90, 120)]
    assert list(truth)[-4:] == by_horizon
    assert (truth[by_horizon].diff(axis=1).iloc[:, 1:] >= 0).all().all()
    assert truth["churn_probability_90d"].equals(truth["churn_probability"])


@pytest.mark.parametrize("days", [30, 120])
def test_probabilities_of_other_horizons_are_hit_as_often_as_predicted(days: int) -> None:
    rows = simulate(3000, START, weeks=60, seed=3, horizons=(days,))
    ends = churns_of(rows)
    truth = rows.truth[rows.truth["as_of"] < "2024-09-01"]
    pairs = truth.merge(ends, on="account_id", how="left")
    gap = (pairs["ended_on"] - pairs["as_of"]).dt.days
    happened = pairs.assign(hit=gap.between(14, 13 + days)).groupby(["account_id", "as_of"])["hit"].any().mean()
    # Of the 30 days' few hundred churns, chance alone moves the rate by about 6 %.
    assert truth[f"churn_probability_{days}d"].mean() == pytest.approx(happened, rel=0.15)
