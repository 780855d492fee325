"""Tables that end at a date: what stands in them, and that features made of them are compared bit for bit."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.contract import TABLES
from churnrisk.doctor.case import recipe_of
from churnrisk.doctor.cut import cut_off, cut_table, cut_usage
from churnrisk.doctor.reading import read_evidence, to_cut
from churnrisk.features import commercial
from churnrisk.features.registry import feature

from ..company import load
from ..tables import rows

CUT = day("2025-03-10")

ROWS = [
    ("tickets", "opened_at", "2025-03-09T23:00", ""),
    ("tickets", "opened_at", "2025-03-10", None),
    ("tickets", "opened_at known_at", "2025-03-01 2025-03-10", None),
    ("tickets", "opened_at closed_at satisfaction", "2025-03-01 2025-03-10 5", "closed_at satisfaction"),
    ("tickets", "opened_at closed_at satisfaction", "2025-03-01 2025-03-09 5", ""),
    ("subscriptions", "started_on ended_on end_known_at", "2025-01-01 2025-04-01 2025-03-12", "ended_on end_known_at"),
    ("subscriptions", "started_on ended_on end_known_at", "2025-01-01 2025-04-01 2025-03-09", ""),
    (
        "subscriptions",
        "started_on ended_on end_reason",
        "2025-01-01 2025-03-10 price",
        "ended_on end_reason end_known_at",
    ),
    ("subscriptions", "started_on planned_end_on", "2025-01-01 2025-04-01", ""),
    ("touchpoints", "happened_at known_at", "2025-03-20 2025-03-01", ""),
]
"""A row, and which of its values are emptied; None: the row isn't there."""


@pytest.mark.parametrize(("name", "columns", "values", "emptied"), ROWS)
def test_what_was_known_before_a_date(name, columns, values, emptied):
    given = rows(name, f"account_id {columns}\na {values}")
    known = cut_table(given, TABLES[name], CUT)
    assert known.dtypes.equals(given.dtypes)
    assert len(known) == (emptied is not None)
    if emptied is not None:
        missing = {column for column in given if given[column].notna().all() and known[column].isna().all()}
        assert missing == set(emptied.split())


@pytest.mark.parametrize(
    ("at", "known_on", "settle_days", "is_there"),
    [
        ("2025-03-09", "2025-03-09", 0, True),
        ("2025-03-10", "2025-03-10", 0, False),
        ("2025-03-01", "2025-03-10", 0, False),
        ("2025-03-07", "2025-03-07", 2, True),
        ("2025-03-08", "2025-03-08", 2, False),
    ],
)
def test_usage_that_was_known_and_settled(at, known_on, settle_days, is_there):
    usage = pd.DataFrame({"day": [pd.Timestamp(at)], "known_on": [pd.Timestamp(known_on)]})
    assert len(cut_usage(usage, settle_days, CUT)) == is_there


@pytest.fixture(scope="module")
def to_make(small):
    snapshots, written = to_cut(read_evidence(small))
    middle = snapshots["as_of"] == np.unique(snapshots["as_of"])[3]
    return snapshots[middle], written


def test_the_last_bit_counts(small, to_make):
    """A value that does not come out of the whole tables either is not a leak, and is reported apart."""
    snapshots, written = to_make
    (first,) = np.flatnonzero(written["as_of"] == snapshots["as_of"].iloc[0])[:1]
    usage = written["usage_last_month"].to_numpy().copy()
    usage[first] = np.nextafter(usage[first], np.float32(np.inf))
    (finding,) = cut_off(recipe_of(small, load(small)), snapshots, written.assign(usage_last_month=usage))
    assert "1 features don't come out again as they were written" in finding.evidence
    assert finding.feature == ""


def test_a_feature_that_was_not_written(small, to_make):
    snapshots, written = to_make
    (finding,) = cut_off(recipe_of(small, load(small)), snapshots, written.drop(columns="tenure"))
    assert "such as tenure" in finding.evidence


def test_a_feature_that_reads_a_file_without_a_date(small, to_make, monkeypatch):
    @feature(unit="yes/no", missing="none", fact="use")
    def label_itself(accounts):
        """The label."""
        return pd.read_parquet("data/labels/labels.parquet")["label"].to_numpy()[: len(accounts["name"])]

    label_itself.compute.__module__ = commercial.__name__
    monkeypatch.setattr(commercial, "label_itself", label_itself, raising=False)
    (finding,) = cut_off(recipe_of(small, load(small)), *to_make)
    assert finding.evidence.endswith("one reads data/labels/labels.parquet")


def test_nothing_of_the_workspace_is_changed(small, to_make):
    def state():
        return {file: file.stat().st_mtime_ns for file in small.root.rglob("*") if file.is_file()}

    before = state()
    cut_off(recipe_of(small, load(small)), *to_make)
    assert state() == before
