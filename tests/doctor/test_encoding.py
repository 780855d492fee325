"""Churn rates that were handed in as features."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.doctor.encoding import target_encoding

ACCOUNTS, DATES = 300, 6
RANDOM = np.random.default_rng(2)
ACCOUNT = np.repeat(np.arange(ACCOUNTS), 1 + np.arange(ACCOUNTS) // 7 % DATES)
GROUP = ACCOUNT % 5
LEFT = (RANDOM.random(len(ACCOUNT)) < 0.02 + 0.03 * GROUP).astype(float)
OUTCOMES = pd.DataFrame({"in window": LEFT, "ever": np.isin(ACCOUNT, ACCOUNT[LEFT == 1]).astype(float)})
BY_ROW = pd.Series(LEFT).groupby(GROUP).transform("mean").to_numpy()
BY_ACCOUNT = OUTCOMES["ever"].groupby([GROUP, ACCOUNT]).first().groupby(level=0).mean().to_numpy()[GROUP]
BY_ITSELF = pd.Series(LEFT).groupby(ACCOUNT).transform("mean").to_numpy()

VALUES = {
    "share of the group's rows": (BY_ROW, True),
    "share of the group's accounts": (BY_ACCOUNT, True),
    "in the file's own precision": (BY_ROW.astype(np.float32), True),
    "some of them not known": (np.where(GROUP == 0, np.nan, BY_ROW), True),
    "rates of the year before, much alike": (BY_ROW * 0.8 + 0.01, False),
    "the group's number": (GROUP / 5, False),
    "yes and no": ((GROUP > 2).astype(float), False),
    "each account's own share": (BY_ITSELF, True),
    "one value": (np.full(len(ACCOUNT), LEFT.mean()), False),
    "a share of its own": (RANDOM.random(len(ACCOUNT)), False),
    "words": (pd.array(GROUP.astype(str), dtype="str"), False),
}


@pytest.mark.parametrize("name", VALUES)
def test_one_feature(name):
    values, is_found = VALUES[name]
    rows = pd.DataFrame({"account_id": ACCOUNT.astype(str), "as_of": pd.Timestamp("2025-01-06"), "feature": values})
    assert [each.feature for each in target_encoding(rows, OUTCOMES)] == (["feature"] if is_found else [])
