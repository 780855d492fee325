"""Nothing that is known later changes anything before: the strongest proof that no feature looks ahead.

Every table gets rows that happen later, rows that happened before and are known later, and values (an end, a payment,
an answer) that become known later. Cohort, features and mature labels of earlier dates must not move by a bit.
"""

import numpy as np
import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.store.blocks import block_numbers, read_features
from churnrisk.store.workspace import Workspace

from .company import copied, load, run

CUT = pd.Timestamp("2025-01-06")
AFTER = ("rollup", "snapshot", "label", "featurize")


def features(workspace: Workspace) -> pd.DataFrame:
    return read_features(workspace).sort_values(["as_of", "account_id"], ignore_index=True)


def until(rows: pd.DataFrame, column: str = "as_of") -> pd.DataFrame:
    return rows[rows[column] <= CUT].reset_index(drop=True)


def labels(workspace: Workspace) -> pd.DataFrame:
    return until(pd.read_parquet(workspace.labels / "labels.parquet"), "matures_on")


def tables(workspace: Workspace) -> dict[str, list]:
    """The files of every table that the workspace has."""
    found = {name: sorted((workspace.tables / name).glob("*.parquet")) for name in ("usage",)}
    return found | {
        n: [workspace.tables / f"{n}.parquet"] for n in TABLES if (workspace.tables / f"{n}.parquet").exists()
    }


def known_later(name: str, rows: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Rows known from the cut on: half of them happened before it, half after."""
    table = TABLES[name]
    times = [column for column in table.columns if table.kind(column) == "time"]
    more = rows.sample(min(len(rows), 60), random_state=int(random.integers(1 << 30))).copy()
    if table.key:
        more[table.key[0]] = [f"later-{number}" for number in range(len(more))]
    ahead = np.arange(len(more)) % 2 == 0
    for column in times:
        more[column] = more[column].where(~ahead, more[column] + (CUT - more[table.occurs]) + pd.Timedelta(days=3))
    more["known_at"] = more["known_at"].clip(lower=CUT)
    if name == "usage":
        more["quantity"] *= 1000
    return pd.concat([rows, more], ignore_index=True)


def values_known_later(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """What is still empty gets a value known after the cut; what becomes known after it gets another one."""
    for column, by in TABLES[name].known_by().items():
        later = rows[by].isna() | (rows[by] >= CUT)
        when = rows[by].where(rows[by] >= CUT, rows["known_at"].clip(lower=CUT) + pd.Timedelta(days=2))
        rows[by] = rows[by].where(~later, when)
        if column != by:
            other = {"time": rows[by], "number": 1.0, "text": "later"}[TABLES[name].kind(column)]
            rows[column] = rows[column].where(~later, other)
    return rows


@pytest.fixture(scope="module")
def with_a_future(small, tmp_path_factory) -> Workspace:
    workspace = copied(small, tmp_path_factory.mktemp("future") / "workspace")
    random = np.random.default_rng(0)
    for name, files in tables(workspace).items():
        for file in files:
            rows = pd.read_parquet(file)
            changed = known_later(name, values_known_later(name, rows), random) if len(rows) else rows
            assert not changed.equals(rows)
            changed.to_parquet(file, index=False)
    run(workspace, *AFTER)
    return workspace


def test_the_future_is_there(small, with_a_future):
    late = features(small), features(with_a_future)
    assert not late[0][late[0]["as_of"] > CUT].equals(late[1][late[1]["as_of"] > CUT])


def test_the_cohort_before_it_is_the_same(small, with_a_future):
    for file in ("snapshots.parquet", "left_out.parquet"):
        was, now = (until(pd.read_parquet(each.snapshots / file)) for each in (small, with_a_future))
        now = now[~now["account_id"].str.startswith("later-")].reset_index(drop=True)
        pd.testing.assert_frame_equal(was, now, check_exact=True)


def test_features_before_it_are_the_same(small, with_a_future):
    was, now = until(features(small)), until(features(with_a_future))
    assert len(was) > 3000
    pd.testing.assert_frame_equal(was, now, check_exact=True)


def test_labels_that_were_mature_before_it_are_the_same(small, with_a_future):
    was, now = labels(small), labels(with_a_future)
    assert was["label"].notna().sum() > 1000
    pd.testing.assert_frame_equal(was, now, check_exact=True)


def test_values_depend_on_the_account_and_the_date_alone(small, tmp_path):
    """Not on the block, nor on the order of the rows."""
    workspace = copied(small, tmp_path / "workspace")
    for files in tables(workspace).values():
        for file in files:
            pd.read_parquet(file).sample(frac=1, random_state=1).to_parquet(file, index=False)
    settings = load(workspace)
    settings = settings.model_copy(update={"features": settings.features.model_copy(update={"block_accounts": 37})})
    run(workspace, "rollup", "snapshot")
    run(workspace, "featurize", settings=settings)
    assert len(block_numbers(workspace)) > 5
    pd.testing.assert_frame_equal(features(workspace), features(small), check_exact=True)
