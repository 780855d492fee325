"""Lists as long as a team can work through, as small tables: scores, labels, and who is found."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.evaluation.capacity import SHARES, TIES, at_capacity

DATES = pd.to_datetime(["2025-01-06"] * 4 + ["2025-01-13"] * 2)


def backtest(probability, label, **baselines) -> pd.DataFrame:
    """Four accounts on a date and two on the next."""
    scores = {f"baseline_{name}": score for name, score in baselines.items()}
    return pd.DataFrame({"as_of": DATES, "probability": probability, "label": np.array(label, float), **scores})


def figures(rows: pd.DataFrame, system="model", name="2 accounts") -> pd.DataFrame:
    table = at_capacity(rows, length=2)
    return table[(table["system"] == system) & (table["list"] == name)].set_index("ties")


@pytest.mark.parametrize(
    ("probability", "label", "found"),
    [
        # No ties: one of two on the first date, and both places of the second date, where one churned.
        ([0.9, 0.8, 0.3, 0.1, 0.6, 0.5], [1, 0, 1, 0, 0, 1], (2, 2, 2)),
        # The second place of the first date is between two, one of whom churned.
        ([0.9, 0.5, 0.5, 0.1, 0.6, 0.5], [1, 1, 0, 0, 0, 0], (1, 1.5, 2)),
        # All alike: two of four places, of whom two churned.
        ([0.5, 0.5, 0.5, 0.5, 0.6, 0.5], [1, 1, 0, 0, 0, 0], (0, 1, 2)),
        # All alike, and three of four churned: the worst order still finds one.
        ([0.5, 0.5, 0.5, 0.5, 0.6, 0.5], [1, 1, 1, 0, 0, 0], (1, 1.5, 2)),
        # Ties that lie above the border, or below it, leave nothing open.
        ([0.9, 0.9, 0.1, 0.1, 0.6, 0.5], [1, 0, 1, 0, 0, 0], (1, 1, 1)),
    ],
)
def test_ties_at_the_border_are_counted_in_every_order(probability, label, found):
    table = figures(backtest(probability, label))
    assert tuple(table.loc[list(TIES), "found"]) == found
    assert (table["listed"] == 4).all()
    assert (table["churned"] == sum(label)).all()


def test_the_shares_are_those_of_the_counts():
    row = figures(backtest([0.9, 0.8, 0.3, 0.1, 0.6, 0.5], [1, 0, 1, 0, 0, 1])).loc["random"]
    assert row["precision"] == pytest.approx(2 / 4)
    assert row["recall"] == pytest.approx(2 / 3)
    # By lot, two of four places find half of two churns, and two of two the third.
    assert row["lift"] == pytest.approx(2 / (2 * 2 / 4 + 2 * 1 / 2))


def test_every_system_has_every_list():
    rows = backtest([0.9, 0.8, 0.3, 0.1, 0.6, 0.5], [1, 0, 1, 0, 0, 1], rule=[1.0, 2, 9, 8, 1, 2])
    table = at_capacity(rows, length=2)
    assert len(table) == 2 * (1 + len(SHARES)) * len(TIES)
    # The rule lists the third and fourth of the first date, where the model lists the first and second.
    assert figures(rows, "rule").loc["random", "found"] == 2
    # A share of a few accounts is one account a date.
    assert (figures(rows, "rule", "5% of accounts")["listed"] == 2).all()
    assert figures(rows, "rule", "5% of accounts").loc["random", "found"] == 2


def test_where_nobody_churned_there_is_nothing_to_find():
    row = figures(backtest([0.9, 0.8, 0.3, 0.1, 0.6, 0.5], [0] * 6)).loc["random"]
    assert (row["found"], row["precision"]) == (0, 0)
    assert np.isnan(row["recall"])
    assert np.isnan(row["lift"])


def test_a_list_is_never_longer_than_its_date():
    """Three places on the first date, and two on the second, which has no more accounts."""
    table = at_capacity(backtest([0.9, 0.8, 0.3, 0.1, 0.6, 0.5], [1, 0, 1, 0, 0, 1]), length=3)
    assert (table.loc[table["list"] == "3 accounts", ["listed", "found"]] == [5, 3]).all().all()
