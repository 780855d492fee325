"""Features in blocks: what was written comes back, whatever part of it is asked for."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from churnrisk.errors import SourceError
from churnrisk.store.blocks import all_files, read_features, write_features
from churnrisk.store.catalogue.featurize import BLOCK, PEERS
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace

DATES = pd.to_datetime(["2025-03-03", "2025-03-10"]).astype("M8[us]")


def block(*accounts: str) -> pd.DataFrame:
    rows = pd.MultiIndex.from_product([DATES, accounts], names=KEYS[::-1]).to_frame(index=False)[KEYS]
    usage = np.arange(len(rows), dtype=np.float32)
    usage[0] = np.nan
    plan = pd.array([None, *["pro"] * (len(rows) - 1)], dtype="str")
    return rows.astype({"account_id": "str"}).assign(usage=usage, plan=plan, usage_against_peers=usage / 2)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    for number, rows in enumerate([block("a", "b"), block("c")]):
        write_features(rows.drop(columns="usage_against_peers"), BLOCK, Workspace(tmp_path), number)
        write_features(rows[[*KEYS, "usage_against_peers"]], PEERS, Workspace(tmp_path), number)
    return Workspace(tmp_path)


WHOLE = pd.concat([block("a", "b"), block("c")], ignore_index=True)


@pytest.mark.parametrize(
    "columns", [None, KEYS, ["plan"], ["usage_against_peers", "account_id"], ["usage_against_peers"]]
)
def test_what_was_written_comes_back(workspace, columns):
    expected = WHOLE if columns is None else WHOLE[columns]
    pd.testing.assert_frame_equal(read_features(workspace, columns), expected)


@pytest.mark.parametrize(
    ("which", "holds"),
    [
        (("as_of", "==", DATES[1]), WHOLE["as_of"] == DATES[1]),
        (("account_id", "in", ["b", "c"]), WHOLE["account_id"] != "a"),
        (("account_id", "in", ["nobody"]), WHOLE["account_id"] == "nobody"),
    ],
)
def test_some_rows_are_the_same_rows_in_both_files(workspace, which, holds):
    found = read_features(workspace, filters=[which])
    pd.testing.assert_frame_equal(found, WHOLE[holds].reset_index(drop=True))


def test_missing_words_are_nothing_and_missing_numbers_are_nan(workspace):
    found = pq.read_table(all_files(workspace)[0])
    assert {name: found[name].null_count for name in ("plan", "usage")} == {"plan": 1, "usage": 0}


@pytest.mark.parametrize("lost", ["block-0000.parquet", "peers-0001.parquet"])
def test_features_that_are_not_there_are_named(workspace, lost):
    (workspace.features / lost).unlink()
    with pytest.raises(SourceError, match=f"{lost} is not there.* Fix: run the stages before"):
        read_features(workspace)


@pytest.mark.parametrize("damaged", ["block-0000.parquet", "peers-0000.parquet"])
def test_features_that_are_damaged_are_named(workspace, damaged):
    (workspace.features / damaged).write_bytes(b"PAR1")
    with pytest.raises(SourceError, match=rf"{damaged} can't be read"):
        read_features(workspace)
