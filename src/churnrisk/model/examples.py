"""Mature snapshots with their features and labels, as training and evaluation need them, and the door to read them."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, day, days, of_column, to_column
from churnrisk.errors import ModelError
from churnrisk.model.matrix import Numbers, require_finite
from churnrisk.model.offsets import SEGMENT
from churnrisk.model.split import Mask, before
from churnrisk.store import blocks
from churnrisk.store.catalogue.label import LABELS, SHORT_LABELS
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace


@dataclass(frozen=True)
class Examples:
    """Mature snapshots: features and labels (`account_id`, `as_of`, `label`,
    `churned_on`, `matures_on`), row by row the same.

    `ladder` has the labels of further horizons (NaN: not mature), a column each, named by its days.
    """

    features: pd.DataFrame
    labels: pd.DataFrame
    ladder: pd.DataFrame
    horizon_days: int

    def known_by(self, first: Day, embargo_days: int = 0) -> "Examples":
        """Those whose label was mature by a day; labels of the ladder that were not yet mature then are NaN."""
        matures = of_column(self.labels["matures_on"])
        keep = before(matures, first, embargo_days)
        further = {days: before(np.asarray(matures + self._further(days)), first, embargo_days) for days in self.ladder}
        ladder = self.ladder.where(pd.DataFrame(further, index=self.ladder.index))
        return replace(self, ladder=ladder).rows(keep)

    def on(self, dates: Days) -> "Examples":
        """Those of some dates."""
        return self.rows(self.labels["as_of"].isin(to_column(dates)).to_numpy())

    def rows(self, keep: Mask | npt.NDArray[np.int64]) -> "Examples":
        """Some of the rows, by a mask or by their positions."""
        return replace(
            self, features=self.features.iloc[keep], labels=self.labels.iloc[keep], ladder=self.ladder.iloc[keep]
        )

    def scored(self, scores: pd.DataFrame) -> pd.DataFrame:
        """Scores (`account_id`, `as_of`, `raw`) of some of these snapshots, with `matures_on`, `label`, and `segment`
        where there is such a feature, as levels of segments are fitted to.
        """
        with_segment = self.features[[*KEYS, *([SEGMENT] if SEGMENT in self.features else [])]]
        return scores.merge(self.labels, on=KEYS, validate="one_to_one").merge(with_segment, on=KEYS)

    def _further(self, horizon_days: Any) -> np.timedelta64:
        """How much later than the main label a label of the ladder is mature."""
        return days(int(horizon_days) - self.horizon_days)

    @property
    def label(self) -> Numbers:
        """1 where the account churned in its label window, else 0."""
        return self.labels["label"].to_numpy(float)

    @property
    def accounts(self) -> npt.NDArray[Any]:
        """The account of each row."""
        return self.labels["account_id"].to_numpy(object)


def require_sound(examples: Examples) -> None:
    """Raise ModelError where no model can be learned from the examples, whatever the split: a snapshot that is there
    twice, a label other than 0 and 1, one account alone, or a feature without end.
    """
    labels = examples.labels
    twice, odd = labels.duplicated(KEYS).to_numpy(), ~np.isin(examples.label, (0, 1))
    if twice.any():
        first = labels[twice].iloc[0]
        raise ModelError(
            f"the snapshot of {first['account_id']} on {day(first['as_of'])} is there more than once",
            where="labels",
            allowed="one row an account and date",
            fix="make them again, with `dvc repro label featurize`",
        )
    if odd.any():
        raise ModelError(f"a label is {examples.label[odd][0]}", where="labels", allowed="0 or 1", fix="label again")
    if len(labels) and len(np.unique(examples.accounts.astype(str))) == 1:
        raise ModelError(
            f"all {len(labels)} snapshots are of one account, {labels['account_id'].iloc[0]}",
            where="labels",
            allowed="two accounts or more, because a model compares accounts",
            fix="give the tables of all accounts, or check that account_id is filled",
        )
    require_finite(examples.features)


def require_both(label: Numbers, where: str = "labels") -> None:
    """Raise ModelError unless some accounts churned and some stayed."""
    if len(np.unique(label)) < 2:
        there = (
            "no snapshot"
            if not len(label)
            else f"only {'churn' if label.all() else 'staying'} in {len(label)} snapshots"
        )
        raise ModelError(
            f"there is {there}",
            where=where,
            allowed="some accounts that churned and some that stayed",
            fix="give a longer history, or check that subscriptions.ended_on is filled",
        )


def read_examples(workspace: Workspace, horizon_days: int, horizons: Collection[int] = ()) -> Examples:
    """Every mature snapshot, in order of date and account; the ladder has those of `horizons` that are not the main
    one.

    The order matters: LightGBM draws its samples of rows by position, so another order would be another model.
    """
    labels = LABELS.read(workspace, filters=[("horizon_days", "==", horizon_days)])
    made = _examples(workspace, labels.dropna(subset=["label"]), horizon_days)
    ladder = _ladder(workspace, made.labels[KEYS], [each for each in horizons if each != horizon_days])
    return replace(made, ladder=ladder)


def read_short_examples(workspace: Workspace) -> Examples:
    """Every snapshot whose label of half the main horizon is mature, in the same order; without a ladder."""
    labels = read_short_labels(workspace)
    return _examples(workspace, labels, int(labels["horizon_days"].iloc[0]))


def read_short_labels(workspace: Workspace) -> pd.DataFrame:
    """The mature labels of half the main horizon."""
    return SHORT_LABELS.read(workspace).dropna(subset=["label"])


def _examples(workspace: Workspace, labels: pd.DataFrame, horizon_days: int) -> Examples:
    labels = labels[[*KEYS, "label", "churned_on", "matures_on"]]
    features = blocks.read_features(workspace)
    rows = features.merge(labels, on=KEYS).sort_values(["as_of", "account_id"], ignore_index=True)
    return Examples(
        features=rows[list(features)],
        labels=rows[list(labels)],
        ladder=pd.DataFrame(index=rows.index),
        horizon_days=horizon_days,
    )


def _ladder(workspace: Workspace, keys: pd.DataFrame, horizons: list[int]) -> pd.DataFrame:
    """Labels of further horizons for the same snapshots: a column a horizon, NaN where it is not mature."""
    if not horizons:
        return pd.DataFrame(index=keys.index)
    rows = LABELS.read(workspace, filters=[("horizon_days", "in", horizons)])
    wide = rows.pivot(index=KEYS, columns="horizon_days", values="label").reindex(columns=horizons)
    return keys.merge(wide.reset_index(), how="left", on=KEYS)[horizons].set_index(keys.index)


def read_features_on(workspace: Workspace, as_of: Day) -> pd.DataFrame:
    """Features of one date, in order of account."""
    rows = blocks.read_features(workspace, filters=[("as_of", "==", pd.Timestamp(as_of))])
    return rows.sort_values("account_id", ignore_index=True)


def data_hash(workspace: Workspace) -> str:
    """One hash of all features and labels."""
    digest = hashlib.sha256()
    for file in [*blocks.all_files(workspace), LABELS.at(workspace), SHORT_LABELS.at(workspace)]:
        digest.update(file.read_bytes())
    return digest.hexdigest()
