"""Snapshots with a mature label, and their features one column at a time, so that memory is bounded by a column."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.errors import ModelError
from churnrisk.store.blocks import read_features
from churnrisk.store.catalogue.featurize import FEATURES
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace

VALUE = "mrr"
"""The feature that says what an account is worth."""


@dataclass(frozen=True, kw_only=True)
class Mature:
    """The mature snapshots, all arrays (mature snapshots,) but `as_of`, which is that of every row of features.

    `index` is the row of each among all rows of features, `account` its account as 0, 1, 2 ... in order of id, and
    `churned` is 1 where the account churned in the label window and 0 where it stayed.
    """

    workspace: Workspace
    as_of: npt.NDArray[np.datetime64]
    index: npt.NDArray[np.int64]
    account: npt.NDArray[np.int64]
    churned: npt.NDArray[np.float64]

    @property
    def accounts(self) -> int:
        """How many different accounts they are of."""
        return int(self.account.max()) + 1

    @cached_property
    def span(self) -> tuple[Day, Day]:
        """The first and the last of their dates."""
        dates = self.as_of[self.index].astype("M8[D]")
        return dates.min(), dates.max()

    def column(self, name: str) -> "pd.Series[float]":
        """The values of one feature, (mature snapshots,)."""
        return read_features(self.workspace, [name])[name].take(self.index)

    def valuable(self, share: float) -> npt.NDArray[np.bool_] | None:
        """Which are of the most valuable accounts, (mature snapshots,): the top `share` by MRR of those watched on the
        same date.

        Accounts that pay exactly as much as the last of them are included. None where no MRR is known, or where all
        pay the same.
        """
        mrr = pd.to_numeric(read_features(self.workspace, [VALUE])[VALUE])
        by_date = mrr.groupby(self.as_of)
        top = by_date.rank(ascending=False, method="min") <= np.maximum(share * by_date.transform("count"), 1)
        rows, known = top.to_numpy()[self.index], mrr.notna().to_numpy()[self.index]
        return rows if rows.any() and not rows[known].all() else None


def read_mature(workspace: Workspace, horizon_days: int) -> Mature:
    """Every snapshot with a mature label of that horizon; raises ModelError where there is none."""
    labels = LABELS.read(workspace, filters=[("horizon_days", "==", horizon_days)])
    keys = read_features(workspace, KEYS)
    label = keys.merge(labels[[*KEYS, "label"]], how="left", on=KEYS, validate="one_to_one")["label"].to_numpy(float)
    index = np.flatnonzero(~np.isnan(label))
    if not len(index):
        raise ModelError(
            "no label is mature yet",
            where="data/labels",
            fix="wait until a label window of churn.horizon_days has closed, or bring more history",
        )
    _, account = np.unique(keys["account_id"].to_numpy(object)[index].astype(str), return_inverse=True)
    return Mature(
        workspace=workspace,
        as_of=keys["as_of"].to_numpy(),
        index=index,
        account=account.astype(np.int64),
        churned=label[index],
    )


def read_described(workspace: Workspace) -> list[dict[str, str]]:
    """Every feature that is switched on: its name, fact, unit, meaning and missing, from `features.json`."""
    features = [each.model_dump() for each in FEATURES.read(workspace).features]
    return features
