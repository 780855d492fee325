"""What is usual among peers: accounts of the same segment and age on the same date."""

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from churnrisk.features.registry import Feature

AGES = (7, 14, 21, 28, 35, 42, 49, 56, 84, 112, 140, 168, 196, 224, 252, 364, 546, 728, 1092)
"""Days at which one age ends and the next begins: finer where a week means much."""

FEWEST = 20
"""Accounts with a value that say what is usual. Of a smaller segment, all accounts of the age do."""

_MEANS = """
    SELECT as_of, len(list_filter($ages, lambda edge: tenure >= edge)) AS age, {segment} AS segment, {means}
    FROM read_parquet($blocks) GROUP BY ALL ORDER BY ALL
"""


def usual(blocks: Sequence[Path], bases: Collection[str]) -> pd.DataFrame:
    """The mean of each of `bases` over the accounts at risk, by `as_of`, `age` and `segment`; and by `as_of` and `age`,
    in rows without a segment. What is known of fewer than `FEWEST` accounts is NaN.

    `blocks` are files of features with every account at risk on their dates. Rows are added up in order of accounts, so
    that how they are parted doesn't matter.
    """
    means = ", ".join(f'CASE WHEN count("{each}") >= {FEWEST} THEN avg("{each}") END AS "{each}"' for each in bases)
    values = {"ages": list(AGES), "blocks": [str(each) for each in blocks]}
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        names = connection.execute("DESCRIBE FROM read_parquet($blocks)", {"blocks": values["blocks"]}).df()
        levels = ["NULL::VARCHAR", *(["segment"] if "segment" in set(names["column_name"]) else [])]
        found = [connection.execute(_MEANS.format(segment=s, means=means), values).df() for s in levels]
    whole, *parts = found
    return pd.concat([whole, *(part[part["segment"].notna()] for part in parts)], ignore_index=True)


def beside(features: Collection[Feature], rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The columns of `features`, which compare with peers, for a table of the others; `table` is what `usual` gave."""
    age = np.searchsorted(AGES, rows["tenure"].to_numpy(), side="right")
    keys = pd.DataFrame({"as_of": rows["as_of"], "age": age, "segment": rows.get("segment")})
    bases = list(dict.fromkeys(each.base for each in features))
    whole = _looked_up(keys, table[table["segment"].isna()], ["as_of", "age"], bases)
    own = _looked_up(keys, table[table["segment"].notna()], ["as_of", "age", "segment"], bases)
    peers = own.combine_first(whole)
    return pd.DataFrame(
        {
            each.name: np.asarray(
                each.compute(rows[each.base].to_numpy(float), peers[each.base].to_numpy(float)), np.float32
            )
            for each in features
        },
        index=rows.index,
    )


def _looked_up(keys: pd.DataFrame, table: pd.DataFrame, on: list[str], bases: list[str]) -> pd.DataFrame:
    return keys[on].merge(table[[*on, *bases]], how="left", on=on)[bases]
