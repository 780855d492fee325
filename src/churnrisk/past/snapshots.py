"""Which accounts are looked at, and at which dates."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Days, of_column
from churnrisk.past.arrays import Array, Mask, Numbers, read_only


@dataclass(frozen=True, kw_only=True)
class SnapshotKeys:
    """The `n` snapshots that a block is asked for, in order of `as_of`, then of account.

    `accounts`, (accounts,), are the ids of the block's accounts, in order. All others are (n,): `account_index` is the
    position of a snapshot's account among these, `started_on` is when the spell began that it is in.
    """

    accounts: npt.NDArray[np.object_]
    account_index: npt.NDArray[np.int64]
    as_of: Days
    started_on: Days

    @classmethod
    def of(cls, snapshots: pd.DataFrame) -> "SnapshotKeys":
        """The snapshots of a table with `account_id`, `as_of` and `spell_started_on`, in any order."""
        rows = snapshots.sort_values(["as_of", "account_id"])
        accounts = account_ids(rows)
        return cls(
            accounts=accounts,
            account_index=pd.Index(accounts).get_indexer(pd.Index(rows["account_id"])),
            as_of=read_only(of_column(rows["as_of"])),
            started_on=read_only(of_column(rows["spell_started_on"])),
        )


def account_ids(snapshots: pd.DataFrame) -> npt.NDArray[np.object_]:
    """The ids of all accounts of a table of snapshots, in order."""
    return np.sort(snapshots["account_id"].unique().astype(object))


@dataclass(frozen=True, kw_only=True)
class Snapshots:
    """Where `n` snapshots lie in the arrays of usage; all are (n,).

    `account_index` is the column of the account, `week` the week that begins at `as_of`, which sees the weeks before
    it. `start_week` is the week in which the spell began; it is below 0 before the record. `predates_usage` marks
    accounts whose spell began before usage was recorded, and `recorded_week` is the week in which the record begins, as
    far as the date knew.
    """

    account_index: npt.NDArray[np.int64]
    week: npt.NDArray[np.int64]
    predates_usage: Mask
    start_week: npt.NDArray[np.int64]
    recorded_week: npt.NDArray[np.int64]

    @cached_property
    def begins(self) -> range:
        """All weeks from the first that begins at an `as_of` to the last."""
        return range(int(self.week.min()), int(self.week.max()) + 1)

    def some(self, members: slice) -> "Snapshots":
        """Those at some positions."""
        return Snapshots(**{each.name: getattr(self, each.name)[members] for each in fields(self)})


class OfSnapshots:
    """A view of snapshots. What several features ask for is computed once."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._computed: dict[Hashable, Array] = {}

    def _once(self, asked: Hashable, compute: Callable[[], Array]) -> Array:
        """What `compute` gives, (..., n); the next time it is asked for by this name, the same."""
        if asked not in self._computed:
            self._computed[asked] = read_only(compute())
        return self._computed[asked]

    def _if_known(self, values: Numbers, reach: int) -> Numbers:
        """NaN for accounts that were there before usage was recorded, where `reach` weeks go back to before that."""
        recorded = self._snapshots.week - self._snapshots.recorded_week
        return np.where(self._snapshots.predates_usage & (reach > recorded), np.nan, values)
