"""What is usual among peers: accounts of the same segment and age on the same date."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from churnrisk.features.registry import Feature

AGES = (7, 14, 21, 28, 35, 42, 49, 56, 84, 112, 140, 168, 196, 224, 252, 364, 546, 728, 1092)
"""Days at which one age ends and the next begins: finer where a week means much."""

FEWEST = 20
"""Accounts with a value that say what is usual. Of a smaller segment, all accounts of the age do."""

_NO_SEGMENT = ""
_PEERS = ["as_of", "age", "segment"]


def needed(features: Collection[Feature], there: Collection[str]) -> list[str]:
    """The columns `there` that tell what is usual for `features`, which compare with peers."""
    return [name for name in ("as_of", "tenure", "segment", *_bases(features)) if name in there]


def usual(features: Collection[Feature], rows: pd.DataFrame) -> pd.DataFrame:
    """What `features` compare with: by `as_of`, `age` and `segment` the mean of each base over the accounts at risk, or
    over those of all segments where fewer than `FEWEST` of its own, or no segment, are known; NaN where that is few.

    `rows` has the columns `needed` of every account at risk on its dates, in order of accounts within a date, so that
    sums don't depend on how they were parted.
    """
    bases = _bases(features)
    groups = _peers(rows).join(rows[bases].astype(float)).groupby(_PEERS)
    sums, counts = groups.sum(), groups.count()
    means = _mean(sums, counts)
    means.loc[means.index.get_level_values("segment") == _NO_SEGMENT] = np.nan
    of_age = [each.groupby(level=["as_of", "age"]).transform("sum") for each in (sums, counts)]
    return means.fillna(_mean(*of_age)).reset_index()


def beside(features: Collection[Feature], rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The columns of `features` for rows with the columns `needed`; `table` is what `usual` gave of all such rows."""
    peers = _peers(rows).merge(table, how="left", on=_PEERS)
    columns = {each.name: each.compute(*(of[each.base].to_numpy(float) for of in (rows, peers))) for each in features}
    return pd.DataFrame({name: np.asarray(each, np.float32) for name, each in columns.items()}, index=rows.index)


def _bases(features: Collection[Feature]) -> list[str]:
    return list(dict.fromkeys(each.base for each in features))


def _peers(rows: pd.DataFrame) -> pd.DataFrame:
    """What peers share."""
    age = np.searchsorted(AGES, rows["tenure"].to_numpy(), side="right")
    segment = rows["segment"].fillna(_NO_SEGMENT) if "segment" in rows else _NO_SEGMENT
    return pd.DataFrame({"as_of": rows["as_of"], "age": age, "segment": segment})


def _mean(sums: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    return (sums / counts).where(counts >= FEWEST)
