"""What is usual among peers: accounts of the same segment and age on the same date."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.features.registry import Feature

AGES = (7, 14, 21, 28, 35, 42, 49, 56, 84, 112, 140, 168, 196, 224, 252, 364, 546, 728, 1092)
"""Days at which one age ends and the next begins: finer where a week means much."""

FEWEST = 20
"""Accounts with a value that say what is usual. Of a smaller segment, all accounts of the age do."""

_WHOLE, _OWN = ["as_of", "age"], ["as_of", "age", "segment"]


def needed(features: Collection[Feature], there: Collection[str]) -> list[str]:
    """The columns `there` that tell what is usual for `features`, which compare with peers."""
    return [name for name in ("as_of", "tenure", "segment", *_bases(features)) if name in there]


def usual(features: Collection[Feature], rows: pd.DataFrame) -> pd.DataFrame:
    """What `features` compare with: the mean of each base over the accounts at risk, by `as_of`, `age` and `segment`;
    and by `as_of` and `age`, in rows without a segment. What is known of fewer than `FEWEST` accounts is NaN.

    `rows` has the columns `needed` of every account at risk on its dates, in order of accounts within a date, so that
    sums don't depend on how they were parted.
    """
    keyed = rows.assign(age=_age(rows))
    levels = [_WHOLE, _OWN] if "segment" in rows else [_WHOLE]
    table = pd.concat([_means(keyed, by, _bases(features)) for by in levels], ignore_index=True)
    return table.reindex(columns=[*_OWN, *_bases(features)])


def beside(features: Collection[Feature], rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The columns of `features` for rows with the columns `needed`; `table` is what `usual` gave."""
    keys = pd.DataFrame({"as_of": rows["as_of"], "age": _age(rows), "segment": rows.get("segment")})
    bases = _bases(features)
    whole = _looked_up(keys, table[table["segment"].isna()], _WHOLE, bases)
    own = _looked_up(keys, table[table["segment"].notna()], _OWN, bases)
    peers = own.combine_first(whole)
    columns = {each.name: each.compute(*(of[each.base].to_numpy(float) for of in (rows, peers))) for each in features}
    return pd.DataFrame({name: np.asarray(each, np.float32) for name, each in columns.items()}, index=rows.index)


def _bases(features: Collection[Feature]) -> list[str]:
    return list(dict.fromkeys(each.base for each in features))


def _age(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    return np.searchsorted(AGES, rows["tenure"].to_numpy(), side="right")


def _means(rows: pd.DataFrame, by: list[str], bases: Sequence[str]) -> pd.DataFrame:
    groups = rows.astype(dict.fromkeys(bases, float)).groupby(by, sort=True)[list(bases)]
    return groups.mean().where(groups.count() >= FEWEST).reset_index()


def _looked_up(keys: pd.DataFrame, table: pd.DataFrame, on: list[str], bases: list[str]) -> pd.DataFrame:
    return keys[on].merge(table[[*on, *bases]], how="left", on=on)[bases]
