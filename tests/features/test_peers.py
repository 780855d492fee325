"""What is usual among peers, from features as they are written by block."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.features.engagement import usage_last_month
from churnrisk.features.lifecycle import tenure
from churnrisk.features.peers import AGES, FEWEST, beside, needed, usual
from churnrisk.features.registry import against_peers
from churnrisk.past.arrays import ratio


@against_peers(tenure, unit="days")
def tenure_against_peers(own, usual):
    """Days since the start, less the mean of its peers."""
    return own - usual


@against_peers(usage_last_month, unit="ratio")
def usage_last_month_against_peers(own, usual):
    """Usage of the last 4 weeks over the mean of its peers."""
    return ratio(own, usual)


def company(n: int = 200, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "account_id": [f"a{number:04d}" for number in range(n)],
            "segment": pd.array(rng.choice(["smb", "large"], n, p=[0.9, 0.1]), dtype="str"),
            "tenure": rng.choice([30.0, 400.0], n).astype(np.float32),
            "usage_last_month": np.where(rng.random(n) < 0.1, np.nan, rng.gamma(1, 50, n)).astype(np.float32),
        }
    )
    dates = pd.to_datetime(["2025-03-03", "2025-03-10"]).astype("M8[us]")
    return pd.concat([rows.assign(as_of=each) for each in dates], ignore_index=True)


def naive(rows: pd.DataFrame, row: pd.Series) -> float:
    """The same, one account at a time."""
    age = np.searchsorted(AGES, rows["tenure"], side="right") == np.searchsorted(AGES, row["tenure"], side="right")
    like = rows[(rows["as_of"] == row["as_of"]) & age]
    own = like[like["segment"] == row["segment"]]["usage_last_month"].dropna()
    values = own if len(own) >= FEWEST else like["usage_last_month"].dropna()
    return row["usage_last_month"] / values.mean() if len(values) >= FEWEST else np.nan


def test_each_account_stands_beside_those_of_its_segment_age_and_date():
    rows = company()
    table = usual([usage_last_month_against_peers], rows)
    found = beside([usage_last_month_against_peers], rows, table)["usage_last_month_against_peers"]
    np.testing.assert_allclose(found, [naive(rows, row) for _, row in rows.iterrows()], rtol=1e-5)


@pytest.mark.parametrize("accounts", [FEWEST - 1, FEWEST])
def test_too_few_accounts_say_nothing(accounts):
    rows = company(accounts).assign(tenure=np.float32(30), segment=None)
    table = usual([tenure_against_peers], rows)
    assert beside([tenure_against_peers], rows, table)["tenure_against_peers"].notna().all() == (accounts == FEWEST)


def test_a_company_without_segments_has_one():
    rows = company().drop(columns="segment")
    found = beside([tenure_against_peers], rows, usual([tenure_against_peers], rows))
    assert (found["tenure_against_peers"] == 0).all()


def test_an_account_whose_segment_is_not_known_stands_beside_all():
    rows = company()
    rows.loc[0, "segment"] = None
    table = usual([tenure_against_peers], rows)
    assert beside([tenure_against_peers], rows.iloc[:1], table)["tenure_against_peers"].notna().all()


def test_a_company_that_compares_nothing_has_nothing_usual():
    assert usual([], company()[needed([], company())]).columns.tolist() == ["as_of", "age", "segment"]
