"""Who is listed, rightly and wrongly, by a column, as a small table with counts by hand."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.evaluation.fairness import COLUMNS, NOT_GIVEN, fairness

ROWS = pd.DataFrame(
    {
        "account_id": list("abcdef") * 2,
        "as_of": pd.to_datetime(["2025-01-06"] * 6 + ["2025-01-13"] * 6),
        "probability": [0.9, 0.8, 0.7, 0.3, 0.2, 0.1, 0.1, 0.2, 0.3, 0.7, 0.8, 0.9],
        "label": [1.0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1],
    }
)
GENDER = pd.Series(["f", "f", "m", "m", "m", None] * 2)


def test_counts_by_value():
    """Lists of two: a and b on the first date, f and e on the second."""
    table = fairness(ROWS, {"gender": GENDER}, length=2).set_index("value")
    assert (table["column"] == "gender").all()
    assert table[["rows", "churned", "listed"]].to_dict("index") == {
        "f": {"rows": 4, "churned": 1, "listed": 2},
        "m": {"rows": 6, "churned": 2, "listed": 1},
        NOT_GIVEN: {"rows": 2, "churned": 1, "listed": 1},
    }
    assert table["share_listed"].tolist() == pytest.approx([2 / 4, 1 / 6, 1 / 2])
    assert table["precision"].tolist() == pytest.approx([1 / 2, 0, 1])
    assert table["recall"].tolist() == pytest.approx([1, 0, 1])
    assert table["false_positive_rate"].tolist() == pytest.approx([1 / 3, 1 / 4, 0])


def test_where_there_is_nobody_to_count_there_is_no_share():
    table = fairness(ROWS[:6], {"gender": pd.Series(["f", "m", "m", "f", "m", "m"])}, length=1).set_index("value")
    assert np.isnan(table.loc["m", ["precision", "recall"]].astype(float)).all()
    assert table.loc["m", "false_positive_rate"] == 0


def test_several_columns_stand_one_below_the_other_and_none_is_an_empty_table():
    table = fairness(ROWS, {"gender": GENDER, "all": pd.Series(["x"] * 12)}, length=2)
    assert table["column"].tolist() == ["gender"] * 3 + ["all"]
    assert table["listed"].tolist()[-1] == 4
    assert list(fairness(ROWS, {}, length=2)) == COLUMNS
