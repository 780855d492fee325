"""What is usual among peers: accounts of the same segment and age on the same date."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from churnrisk.features.registry import Feature
from churnrisk.store.blocks import block_columns, block_numbers, write_features
from churnrisk.store.catalogue.featurize import BLOCK, PEERS, USUAL
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace

AGES = (7, 14, 21, 28, 35, 42, 49, 56, 84, 112, 140, 168, 196, 224, 252, 364, 546, 728, 1092)
"""Days at which one age ends and the next begins.

Accounts change most in their first weeks, so ages are weeks there, then months of four weeks to the ninth, and half
years and years after that. With wider ones at the start, an account of three weeks would be compared with one of eight;
with narrower ones at the end, few ages would have `FEWEST` accounts. An age begins on the day that is listed."""

FEWEST = 20
"""Accounts with a value that are needed to say what is usual; in a smaller segment all accounts of the age say it.

The mean of twenty has a standard error of a fifth to a quarter of the spread between accounts: small beside the
differences that matter."""

_NO_SEGMENT = ""
_PEERS = ["as_of", "age", "segment"]


def needed(features: Collection[Feature], there: Collection[str]) -> list[str]:
    """Those of the columns `there` from which `usual` is computed for `features`, which compare with peers."""
    return [name for name in ("as_of", "tenure", "segment", *_bases(features)) if name in there]


def usual(features: Collection[Feature], rows: pd.DataFrame) -> pd.DataFrame:
    """What is usual: by `as_of`, `age` and `segment`, the mean over accounts at risk of each base of `features`.

    Where fewer than `FEWEST` accounts of the segment have a value, or the segment is not known, it is the mean over all
    segments; NaN where these have too few as well.

    `rows` has the columns `needed` of every account at risk on its dates, in order of account within a date: sums of
    floats depend on the order, and this one does not depend on the blocks.
    """
    bases = _bases(features)
    groups = _peers(rows).join(rows[bases].astype(float)).groupby(_PEERS)
    sums, counts = groups.sum(), groups.count()
    means = _mean(sums, counts)
    means.loc[means.index.get_level_values("segment") == _NO_SEGMENT] = np.nan
    of_age = [each.groupby(level=["as_of", "age"]).transform("sum") for each in (sums, counts)]
    return means.fillna(_mean(*of_age)).reset_index()


def beside(features: Collection[Feature], rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The columns of `features`, float32, for rows with the columns `needed`; `table` is what `usual` gave for all."""
    peers = _peers(rows).merge(table, how="left", on=_PEERS)
    columns = {each.name: each.compute(*(of[each.base].to_numpy(float) for of in (rows, peers))) for each in features}
    return pd.DataFrame({name: np.asarray(each, np.float32) for name, each in columns.items()}, index=rows.index)


def write_peers(compared: Collection[Feature], workspace: Workspace) -> None:
    """Write beside each block of features the comparisons with peers, which need all accounts of a date."""
    numbers, columns = block_numbers(workspace), needed(compared, block_columns(workspace))
    parts = [BLOCK.read(workspace, columns, number=number) for number in numbers]
    table = usual(compared, pd.concat(parts, ignore_index=True))
    USUAL.write(table, workspace)
    for number in numbers:
        rows = BLOCK.read(workspace, [*KEYS, *columns[1:]], number=number)
        write_features(rows[KEYS].join(beside(compared, rows, table)), PEERS, workspace, number)


def _bases(features: Collection[Feature]) -> list[str]:
    return list(dict.fromkeys(each.base for each in features))


def _peers(rows: pd.DataFrame) -> pd.DataFrame:
    """What peers have in common: date, age and segment of each row."""
    age = np.searchsorted(AGES, rows["tenure"].to_numpy(), side="right")
    segment = rows["segment"].fillna(_NO_SEGMENT) if "segment" in rows else _NO_SEGMENT
    return pd.DataFrame({"as_of": rows["as_of"], "age": age, "segment": segment})


def _mean(sums: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    return (sums / counts).where(counts >= FEWEST)
