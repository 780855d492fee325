"""Whether a ranking is of any use, in words."""

import pytest

from churnrisk.evaluation.verdict import few_churned, verdict

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


RULE = {"auc": 0.66, "auc_ahead": 0.02, "auc_ahead_low": 0.01, "auc_ahead_high": 0.03}


@pytest.mark.parametrize(
    ("rivals", "ahead", "begins", "says"),
    [
        (
            {"last_login_rule": RULE},
            True,
            "Better than chance: on",
            "It is ahead of the rule of the last activity, the best",
        ),
        (
            {"last_login_rule": RULE | {"auc_ahead_low": -0.01}},
            False,
            "Better than chance, and not ahead of a simple rule: on",
            "It is not shown to be ahead of the rule of the last activity",
        ),
        (
            {"last_login_rule": RULE | {"auc_ahead": -0.02, "auc_ahead_low": -0.03, "auc_ahead_high": -0.01}},
            False,
            "Better than chance, and not ahead of a simple rule: on",
            "It is behind the rule of the last activity, the best of the simple systems: its AUC differs by -0.020"
            " (-0.030 to -0.010).",
        ),
        # The best of them counts, and the model's own list of the week before is none of them.
        (
            {
                "last_login_rule": RULE,
                "gamma_poisson": RULE | {"auc": 0.7, "auc_ahead_low": -0.01},
                "list_before": RULE | {"auc": 0.8, "auc_ahead_low": -0.01},
            },
            False,
            "Better than chance, and",
            "ahead of the Gamma-Poisson model, the best",
        ),
    ],
)
def test_a_model_is_compared_with_the_best_simple_system(rivals, ahead, begins, says):
    found = verdict({"test": TEST, "model": {"auc": 0.68, "auc_low": 0.61, "auc_high": 0.75}, **rivals})
    assert found.ahead == ahead
    assert found.words.startswith(begins)
    assert says in found.words


def test_an_interval_from_a_handful_of_churned_accounts_is_none():
    few = {"test": TEST | {"accounts_churned": 4}, "model": {"auc": 0.9, "auc_low": 0.8, "auc_high": 0.95}}
    assert not verdict(few).usable
    assert verdict(few).words.startswith("Too few churned to tell")


@pytest.mark.parametrize(
    ("churned", "begins"),
    [(1, "The model has seen only 1 account churn"), (99, "The model has seen only 99 accounts churn"), (100, "")],
)
def test_a_reader_is_told_where_the_model_saw_few_churn(churned, begins):
    figures = {"test": TEST, "model": {"auc": 0.68, "auc_low": 0.55, "auc_high": 0.81}}
    caution = few_churned(figures, churned)
    assert caution.startswith(begins)
    assert bool(caution) == bool(begins) == ("0.55 to 0.81" in caution)
    assert verdict(figures, caution).caution == caution
    assert verdict(figures, caution).usable
