"""Time in order: what a model learned from, what it is tested on, and which labels may stand at all."""

import numpy as np
import pandas as pd

from churnrisk.clock import Day, LabelWindow, day
from churnrisk.doctor.finding import Finding
from churnrisk.model.bundle import Trained
from churnrisk.model.split import Folds
from churnrisk.store.blocks import KEYS


def order_in_time(trained: Trained, first: Day, what: str, where: str) -> list[Finding]:
    """A model that was trained on snapshots, or on labels, later than the `first` day of `what` it is used for."""
    late = []
    if day(trained.last_as_of) >= first:
        late.append(f"snapshots up to {trained.last_as_of}")
    if day(trained.known_until) > first:
        late.append(f"labels that were certain only on {trained.known_until}")
    if not late:
        return []
    return [
        Finding(
            "order_in_time",
            f"the model learned from {' and '.join(late)}, and {what} begins on {first}",
            where,
            "split by date, never at random: train on what was certain before the first date of the test"
            " (churnrisk.model.split)",
        )
    ]


def rows_in_order(mature: pd.DataFrame, first: Day, trained: Trained) -> list[Finding]:
    """A model that learned from more rows than were certain by the `first` day of its test.

    `mature` has `matures_on` of every mature snapshot.
    """
    certain = int((mature["matures_on"] <= pd.Timestamp(first)).sum())
    if trained.rows <= certain:
        return []
    return [
        Finding(
            "order_in_time",
            f"the model learned from {trained.rows:,} rows, and only {certain:,} were certain before the test",
            "models/backtest/model.json",
            "split by date, never at random (churnrisk.model.split)",
        )
    ]


def folds_in_order(folds: Folds, mature: pd.DataFrame) -> list[Finding]:
    """Folds to choose settings on, as the code makes them now, that learn from what was certain only after they begin;
    folds by account that share accounts.

    `mature` has `account_id`, `as_of`, `matures_on`, row by row as the folds were made of.
    """
    as_of, certain = (mature[name].to_numpy("M8[D]") for name in ("as_of", "matures_on"))
    account = mature["account_id"].to_numpy(object)
    late = [np.isin(account[f.train], account[f.validation]).sum() for f in folds.folds] if folds.by_account else []
    late = late or [(certain[f.train] > as_of[f.validation].min()).sum() for f in folds.folds]
    if not any(late):
        return []
    apart = "are of accounts that it is validated on" if folds.by_account else "were not certain when it begins"
    return [
        Finding(
            "order_in_time",
            f"settings are chosen on {len(late)} folds, and {max(late):,} rows that one of them learns from {apart}",
            "churnrisk.model.split",
            "split by date, never at random; settings chosen on shuffled folds are those that know most by heart",
        )
    ]


def finished_windows(labels: pd.DataFrame, windows: dict[int, LabelWindow], seen_until: Day) -> list[Finding]:
    """Labels of windows that are not over, or whose day of certainty is not as configured.

    `labels` has `account_id`, `as_of`, `horizon_days`, `label`, `matures_on`; `seen_until` is the first day that the
    tables don't cover.
    """
    as_of = labels["as_of"].to_numpy("M8[D]")
    matures = np.full(len(labels), np.datetime64("NaT"), "M8[D]")
    for days, window in windows.items():
        here = labels["horizon_days"].to_numpy() == days
        matures[here] = window.matures(as_of[here])
    early = labels["label"].notna().to_numpy() & ~(matures <= seen_until)
    other = labels["matures_on"].to_numpy("M8[D]") != matures
    return [*_unfinished(labels[early], seen_until), *_otherwise(labels[other])]


def _unfinished(rows: pd.DataFrame, seen_until: Day) -> list[Finding]:
    if rows.empty:
        return []
    return [
        Finding(
            "finished_windows",
            f"{len(rows):,} labels stand ({int((rows['label'] == 0).sum()):,} of them 0) though their windows are over"
            f" and reported only after {seen_until}, from which on the tables say nothing; such as {_example(rows)}",
            "data/labels",
            "leave the label empty until the window has closed and the reporting lag has passed",
        )
    ]


def _otherwise(rows: pd.DataFrame) -> list[Finding]:
    if rows.empty:
        return []
    return [
        Finding(
            "finished_windows",
            f"{len(rows):,} labels say that they are certain on another day than lead, horizon and reporting lag give;"
            f" such as {_example(rows)}",
            "data/labels",
            "run `dvc repro label`, and don't set matures_on by hand",
        )
    ]


def whole_test(backtest: pd.DataFrame, labels: pd.DataFrame) -> list[Finding]:
    """Snapshots that stand in the backtest twice, not at all though mature, or with another label.

    Both have `account_id`, `as_of`, `label`; `labels` those of the main horizon.
    """
    mature = labels[labels["label"].notna() & labels["as_of"].isin(backtest["as_of"])]
    twice = backtest[backtest.duplicated(KEYS)]
    both = mature.merge(backtest.drop_duplicates(KEYS), how="outer", on=KEYS, suffixes=("_mature", ""), indicator=True)
    apart = {
        "twice": twice,
        "not at all, though they are mature": both[both["_merge"] == "left_only"],
        "though they have no label": both[both["_merge"] == "right_only"],
        "with another label than their own": both[(both["_merge"] == "both") & (both["label"] != both["label_mature"])],
    }
    return [
        Finding(
            "whole_test",
            f"{len(rows):,} snapshots stand in the backtest {how}, such as {_example(rows)}",
            "reports/backtest.parquet",
            "join on account and date, both, and leave no row out; run `dvc repro evaluate`",
        )
        for how, rows in apart.items()
        if len(rows)
    ]


def _example(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"account {first['account_id']} on {day(first['as_of'])}"
