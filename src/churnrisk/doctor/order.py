"""Time in order: what a model learned from, what it is tested on, and which labels may stand at all."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, LabelWindow, day, of_column, to_column
from churnrisk.doctor.finding import Finding
from churnrisk.model.risk_model import Trained
from churnrisk.model.split import Fold, Split
from churnrisk.store.columns import KEYS

BY_DATE = "split by date, never at random (churnrisk.model.split)"


def split_in_order(split: Split, as_of: Day) -> list[Finding]:
    """A split that lets labels be learned from which were not mature when its test, or the list of `as_of`, began."""
    first, what = min((split.dates.min(), "its test"), (as_of, "the list"))
    if split.cut <= first:
        return []
    return [
        Finding(
            evidence=f"labels may be learned from up to {split.cut}, and {what} begins on {first}",
            where="models/split.json",
            fix="train again, with `dvc repro train`, and don't set the cut by hand",
        )
    ]


def order_in_time(trained: Trained, until: Day, why: str, where: str) -> list[Finding]:
    """A model that was trained on snapshots from a day on, or on labels that were mature only after it.

    `why` says what day that is.
    """
    late = []
    if day(trained.last_as_of) >= until:
        late.append(f"snapshots up to {trained.last_as_of}")
    if day(trained.known_until) > until:
        late.append(f"labels that were mature only on {trained.known_until}")
    if not late:
        return []
    return [
        Finding(
            evidence=f"the model learned from {' and '.join(late)}, later than {until}, {why}",
            where=where,
            fix="split by date, never at random: train on what was mature before the first date of the test"
            " (churnrisk.model.split)",
        )
    ]


def rows_in_order(trained: Trained, mature: int) -> list[Finding]:
    """A model that learned from more rows than were mature where its split is cut."""
    if trained.rows <= mature:
        return []
    return [
        Finding(
            evidence=f"the model learned from {trained.rows:,} rows, and only {mature:,} were mature before the test",
            where="models/backtest",
            fix=BY_DATE,
        )
    ]


def folds_in_order(folds: Sequence[Fold], earlier: pd.DataFrame, *, by_account: bool) -> list[Finding]:
    """Folds to choose settings on that learn from what was mature only after they begin; folds by account that share
    accounts.

    `earlier` has `account_id`, `as_of`, `matures_on`, row by row as the folds were made of.
    """
    as_of, matures_on = (of_column(earlier[name]) for name in ("as_of", "matures_on"))
    account = earlier["account_id"].to_numpy(object)
    if by_account:
        wrong = [np.isin(account[fold.train], account[fold.validation]).sum() for fold in folds]
    else:
        wrong = [(matures_on[fold.train] > as_of[fold.validation].min()).sum() for fold in folds]
    if not any(wrong):
        return []
    apart = "are of accounts that it is validated on" if by_account else "were not mature when it begins"
    return [
        Finding(
            evidence=f"settings are chosen on {len(wrong)} folds, and {max(wrong):,} rows that one of them learns from"
            f" {apart}",
            where="churnrisk.model.split",
            fix="split by date, never at random; settings chosen on shuffled folds are those that know most by heart",
        )
    ]


def finished_windows(labels: pd.DataFrame, windows: dict[int, LabelWindow], seen_until: Day) -> list[Finding]:
    """Labels of windows that are not over, or whose day of maturity is not the configured one.

    `labels` has `account_id`, `as_of`, `horizon_days`, `label`, `matures_on`; `seen_until` is the first day that the
    tables don't cover.
    """
    as_of = of_column(labels["as_of"])
    matures = np.full(len(labels), np.datetime64("NaT"), "M8[D]")
    for days, window in windows.items():
        here = labels["horizon_days"].to_numpy() == days
        matures[here] = window.matures(as_of[here])
    early = labels["label"].notna().to_numpy() & ~(matures <= seen_until)
    other = of_column(labels["matures_on"]) != matures
    return [*_unfinished(labels[early], seen_until), *_otherwise(labels[other])]


def _unfinished(rows: pd.DataFrame, seen_until: Day) -> list[Finding]:
    if rows.empty:
        return []
    return [
        Finding(
            evidence=f"{len(rows):,} labels stand ({int((rows['label'] == 0).sum()):,} of them 0) though their windows"
            f" are over and reported only after {seen_until}, from which on the tables say nothing; such as"
            f" {_example(rows)}",
            where="data/labels",
            fix="leave the label empty until the window has closed and the reporting lag has passed",
        )
    ]


def _otherwise(rows: pd.DataFrame) -> list[Finding]:
    if rows.empty:
        return []
    return [
        Finding(
            evidence=f"{len(rows):,} labels mature on another day than lead, horizon and reporting lag"
            f" give; such as {_example(rows)}",
            where="data/labels",
            fix="run `dvc repro label`, and don't set matures_on by hand",
        )
    ]


def whole_test(backtest: pd.DataFrame, labels: pd.DataFrame, dates: Days) -> list[Finding]:
    """Snapshots of the test's `dates` that stand in the backtest twice, not at all though mature, or with another
    label; and rows of the backtest that are no mature snapshot of the test.

    Both frames have `account_id`, `as_of`, `label`; `labels` are those of the main horizon.
    """
    mature = labels[labels["label"].notna() & labels["as_of"].isin(to_column(dates))]
    twice = backtest[backtest.duplicated(KEYS)]
    both = mature.merge(backtest.drop_duplicates(KEYS), how="outer", on=KEYS, suffixes=("_mature", ""), indicator=True)
    apart = {
        "twice": twice,
        "not at all, though they are mature": both[both["_merge"] == "left_only"],
        "though they have no label in the test": both[both["_merge"] == "right_only"],
        "with another label than their own": both[(both["_merge"] == "both") & (both["label"] != both["label_mature"])],
    }
    return [
        Finding(
            evidence=f"{len(rows):,} snapshots stand in the backtest {how}, such as {_example(rows)}",
            where="reports/backtest.parquet",
            fix="join on account and date, both, and leave no row out; run `dvc repro evaluate`",
        )
        for how, rows in apart.items()
        if len(rows)
    ]


def _example(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"account {first['account_id']} on {day(first['as_of'])}"
