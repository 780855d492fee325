"""Whether a ranking is of any use, in words."""

import pytest

from churnrisk.evaluation.verdict import verdict

TEST = {"rows": 1200, "accounts": 300, "accounts_churned": 60}


@pytest.mark.parametrize(
    ("low", "auc", "high", "usable", "says"),
    [
        (0.44, 0.52, 0.60, False, "No usable signal: on 1,200 snapshots of 300 accounts"),
        (0.50, 0.57, 0.64, False, "AUC of 0.57 (0.50 to 0.64), and 0.5 is chance"),
        (0.30, 0.38, 0.45, False, "No usable signal"),
        (0.61, 0.68, 0.75, True, "Better than chance"),
    ],
)
def test_only_an_interval_above_chance_is_a_signal(low, auc, high, usable, says):
    found = verdict({"test": TEST, "model": {"auc": auc, "auc_low": low, "auc_high": high}})
    assert found.usable == usable
    assert says in found.words


def test_an_interval_from_a_handful_of_churned_accounts_is_none():
    few = {"test": TEST | {"accounts_churned": 4}, "model": {"auc": 0.9, "auc_low": 0.8, "auc_high": 0.95}}
    assert not verdict(few).usable
    assert verdict(few).words.startswith("Too few churned to tell")
