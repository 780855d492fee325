"""The snapshots whose outcome is known, and their features one column at a time: memory is bounded by a column."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.errors import ModelError
from churnrisk.store.blocks import KEYS, read_features
from churnrisk.store.workspace import Workspace, read_json, read_table

VALUE = "mrr"
"""The feature that says what an account is worth."""


@dataclass(frozen=True)
class Mature:
    """The mature snapshots: `place` is where each stands among the rows of features, `account` its
    account as 0, 1, 2 ... in order of name, `left` 1 where it left in the label window and 0 where it stayed.
    """

    workspace: Workspace
    as_of: npt.NDArray[np.datetime64]
    place: npt.NDArray[np.int64]
    account: npt.NDArray[np.int64]
    left: npt.NDArray[np.float64]

    @property
    def accounts(self) -> int:
        """How many accounts there are among them."""
        return int(self.account.max()) + 1

    @cached_property
    def span(self) -> tuple[Day, Day]:
        """The first and the last of their dates."""
        dates = self.as_of[self.place].astype("M8[D]")
        return dates.min(), dates.max()

    def column(self, name: str) -> "pd.Series[float]":
        """The values of one feature, (mature snapshots,)."""
        return read_features(self.workspace, [name])[name].take(self.place)

    def valuable(self, share: float) -> npt.NDArray[np.bool_] | None:
        """Which are of the most valuable accounts: the top `share` by MRR among those watched at that date.

        Accounts that pay the same at the border are all in. None where no MRR is known, or where all pay the same.
        """
        mrr = pd.to_numeric(read_features(self.workspace, [VALUE])[VALUE])
        by_date = mrr.groupby(self.as_of)
        top = by_date.rank(ascending=False, method="min") <= np.maximum(share * by_date.transform("count"), 1)
        rows, known = top.to_numpy()[self.place], mrr.notna().to_numpy()[self.place]
        return rows if rows.any() and not rows[known].all() else None


def read_mature(workspace: Workspace, horizon_days: int) -> Mature:
    """Every snapshot with a label at that horizon; raises ModelError where there is none."""
    labels = read_table(workspace.labels / "labels.parquet", filters=[("horizon_days", "==", horizon_days)])
    keys = read_features(workspace, KEYS)
    label = keys.merge(labels[[*KEYS, "label"]], how="left", on=KEYS, validate="one_to_one")["label"].to_numpy(float)
    place = np.flatnonzero(~np.isnan(label))
    if not len(place):
        raise ModelError(
            "no label is mature yet",
            where="data/labels",
            fix="wait until a label window of churn.horizon_days has closed, or bring more history",
        )
    _, account = np.unique(keys["account_id"].to_numpy(object)[place].astype(str), return_inverse=True)
    return Mature(workspace, keys["as_of"].to_numpy(), place, account.astype(np.int64), label[place])


def described(workspace: Workspace) -> list[dict[str, str]]:
    """Every feature that is on: name, theme, unit, meaning, missing and reason."""
    features: list[dict[str, str]] = read_json(workspace.features / "features.json")["features"]
    return features
