"""What is read: mature snapshots of the main horizon, row by row the same as the features, and who is valuable."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.behaviours.reading import read_mature
from churnrisk.errors import ModelError, SourceError

from .company import features, labels, write


def test_mature_snapshots_with_their_values(tmp_path):
    values = features()
    rows = read_mature(write(tmp_path), 90)
    twin = values.merge(labels(values).query("horizon_days == 90").dropna(), on=["account_id", "as_of"])
    assert len(rows.index) == len(twin) == 16 * 90
    np.testing.assert_array_equal(rows.churned, twin["label"])
    for name in ("active_days", "plan"):
        pd.testing.assert_series_equal(rows.column(name).reset_index(drop=True), twin[name], check_names=False)
    assert rows.accounts == 90
    assert [str(each) for each in rows.span] == ["2025-01-06", "2025-04-21"]


def test_no_mature_label_is_an_error(tmp_path):
    workspace = write(tmp_path, known=labels(features()).assign(label=np.nan))
    with pytest.raises(ModelError, match="no label is mature yet"):
        read_mature(workspace, 90)


def test_a_stage_that_has_not_run_is_named(tmp_path):
    workspace = write(tmp_path)
    (workspace.labels / "labels.parquet").unlink()
    with pytest.raises(SourceError, match=r"labels.parquet is not there"):
        read_mature(workspace, 90)


# Ten accounts on one date; the top 20 % are two of ten, and those that pay what the second pays.
VALUABLE = {
    "two of ten": (range(10), 0.2, [8, 9]),
    "ties are in": ([5, 5, 5, 1, 1, 1, 1, 1, 1, 9], 0.2, [0, 1, 2, 9]),
    "unknown counts not": ([1, 2, 3, 4, 5, *[np.nan] * 5], 0.2, [4]),
    "one at least": (range(10), 0.01, [9]),
    "none known": ([np.nan] * 10, 0.2, None),
    "all pay the same": ([7] * 10, 0.2, None),
}


@pytest.mark.parametrize("case", VALUABLE)
def test_who_is_most_valuable(tmp_path, case):
    mrr, share, expected = VALUABLE[case]
    values = features().drop_duplicates("account_id").head(10).assign(mrr=np.array(list(mrr), "f4"))
    known = values[["account_id", "as_of"]].assign(horizon_days=90, label=0.0)
    result = read_mature(write(tmp_path, values, known), 90).valuable(share)
    assert (None if result is None else np.flatnonzero(result).tolist()) == expected


def test_value_is_compared_among_accounts_of_one_date(tmp_path):
    values = features().iloc[: 20 * 10].copy()
    later = values["as_of"] > values["as_of"].min()
    number = values["account_id"].str[1:].astype(float)
    values["mrr"] = np.where(later, 1000 + number, number).astype("f4")
    rows = read_mature(write(tmp_path, values), 90)
    result = rows.valuable(0.1)
    assert set(values["account_id"].iloc[rows.index[result]]) == {"a009"}
    assert result.sum() == 16
