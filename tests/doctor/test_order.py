"""Time in order, as small tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import LabelWindow, day
from churnrisk.doctor.order import (
    finished_windows,
    folds_in_order,
    order_in_time,
    rows_in_order,
    split_in_order,
    whole_test,
)
from churnrisk.model.risk_model import Trained
from churnrisk.model.split import Fold, Split

TRAINED = Trained(rows=10, churned=2, first_as_of="2024-01-01", last_as_of="2024-06-03", known_until="2024-09-01")


@pytest.mark.parametrize(
    ("last_as_of", "known_until", "found"),
    [
        ("2024-06-03", "2024-08-31", ""),
        ("2024-06-03", "2024-09-02", ""),
        ("2024-06-03", "2024-09-03", "labels that were mature only on 2024-09-03"),
        ("2024-09-02", "2024-09-02", "snapshots up to 2024-09-02"),
    ],
)
def test_a_model_and_the_first_day_of_its_test(last_as_of, known_until, found):
    trained = replace(TRAINED, last_as_of=last_as_of, known_until=known_until)
    findings = order_in_time(trained, day("2024-09-02"), "the date of its list", "model.json")
    assert [found in each.evidence for each in findings] == ([True] if found else [])


@pytest.mark.parametrize(("rows", "found"), [(2, 0), (3, 1)])
def test_no_more_rows_than_were_mature(rows, found):
    assert len(rows_in_order(replace(TRAINED, rows=rows), mature=2)) == found


@pytest.mark.parametrize(
    ("cut", "as_of", "found"),
    [
        ("2024-09-02", "2024-12-30", ""),
        ("2024-08-05", "2024-08-05", ""),
        ("2024-09-03", "2024-12-30", "its test begins on 2024-09-02"),
        ("2024-09-02", "2024-08-05", "the list begins on 2024-08-05"),
    ],
)
def test_a_split_that_is_cut_before_its_test_and_the_list(cut, as_of, found):
    split = Split(
        test_as_of=(day("2024-09-02"), day("2024-09-09")),
        cut=day(cut),
        embargo_days=0,
        validation=(),
        by_account="history is short",
        seed=7,
    )
    assert [each.evidence.endswith(found) for each in split_in_order(split, day(as_of))] == ([True] if found else [])


def fold(train, validation):
    return Fold(np.isin(np.arange(4), train), np.isin(np.arange(4), validation))


@pytest.mark.parametrize(
    ("train", "validation", "by_account", "found"),
    [
        ([0, 1], [2, 3], False, 0),
        ([0, 2], [1, 3], False, 1),
        ([2, 3], [0, 1], False, 1),
        ([0, 2], [1, 3], True, 0),
        ([0, 1], [2, 3], True, 1),
    ],
)
def test_folds_to_choose_on(train, validation, by_account, found):
    """Accounts a and b at two dates; the label of the first is mature on the second."""
    dates = pd.to_datetime(["2024-01-01", "2024-01-01", "2024-03-04", "2024-03-04"])
    mature = pd.DataFrame({"account_id": list("abab"), "as_of": dates, "matures_on": dates + pd.Timedelta(days=63)})
    assert len(folds_in_order([fold(train, validation)], mature, by_account=by_account)) == found


WINDOWS = {30: LabelWindow(7, 30, 3)}


@pytest.mark.parametrize(
    ("as_of", "label", "matures_on", "found"),
    [
        ("2024-01-01", 0.0, "2024-02-10", []),
        ("2024-01-01", np.nan, "2024-02-10", []),
        ("2024-01-02", np.nan, "2024-02-11", []),
        ("2024-01-02", 0.0, "2024-02-11", ["over and reported only after 2024-02-10"]),
        ("2024-01-02", 1.0, "2024-02-11", ["over and reported only after 2024-02-10"]),
        ("2024-01-01", 0.0, "2024-02-09", ["on another day"]),
        ("2024-01-02", 0.0, "2024-02-09", ["over and reported only after 2024-02-10", "on another day"]),
    ],
)
def test_labels_of_windows_that_are_over(as_of, label, matures_on, found):
    row = {"account_id": "a", "as_of": as_of, "horizon_days": 30, "label": label, "matures_on": matures_on}
    labels = pd.DataFrame([row]).astype({"as_of": "M8[us]", "matures_on": "M8[us]"})
    findings = finished_windows(labels, WINDOWS, day("2024-02-10"))
    assert all(words in each.evidence for words, each in zip(found, findings, strict=True))


A, B, C = (("a", "2024-01-01", 0.0), ("b", "2024-01-01", 1.0), ("c", "2024-01-08", 0.0))


@pytest.mark.parametrize(
    ("backtest", "found"),
    [
        ([A, B], ""),
        ([A, B, B], "twice, such as account b on 2024-01-01"),
        ([A, B, C], "though they have no label in the test, such as account c on 2024-01-08"),
        ([A], "not at all, though they are mature, such as account b"),
        ([A, B, ("d", "2024-01-01", 0.0)], "though they have no label in the test, such as account d"),
        ([A, ("b", "2024-01-01", 0.0)], "with another label than their own, such as account b"),
    ],
)
def test_every_mature_snapshot_of_the_test(backtest, found):
    def table(rows):
        return pd.DataFrame(rows, columns=["account_id", "as_of", "label"]).astype({"as_of": "M8[us]"})

    labels = table([A, B, C, ("d", "2024-01-01", np.nan)])
    findings = whole_test(table(backtest), labels, np.array(["2024-01-01"], "M8[D]"))
    assert [found in each.evidence for each in findings] == ([True] if found else [])
