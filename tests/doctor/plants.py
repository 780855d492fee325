"""Leaks that a careless colleague might add, where a colleague would add them: a column, a feature, a split, a join."""

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.features import commercial
from churnrisk.features.registry import feature
from churnrisk.feeds.list_date import list_date
from churnrisk.model.boosted import Boosted
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import Examples, read_examples, read_features_on
from churnrisk.model.menu import MENU
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Fold, Split
from churnrisk.model.training import Origin
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json, write_json

from ..company import load
from ..model.company import uncalibrated


def change(workspace: Workspace, name: str, how: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Give a table another content."""
    file = workspace.root / name
    how(pd.read_parquet(file)).to_parquet(file, index=False)


def fewer_dates(workspace: Workspace) -> None:
    """Keep every fourth date up to the last, which saves time."""
    file = "data/snapshots/snapshots.parquet"
    change(workspace, file, lambda rows: rows[rows["as_of"].isin(np.unique(rows["as_of"])[::-4])])


def churned(workspace: Workspace) -> set[str]:
    """Accounts that have churned, as the company knows by now."""
    out = pd.read_parquet(workspace.snapshots / "left_out.parquet")
    return set(out.loc[out["rule"].isin(["churned", "in notice"]), "account_id"])


# Columns of a user's own tables.


def columns_without_a_past(workspace: Workspace) -> None:
    """Columns of accounts as a CRM has them today, and a survey that is filled in by the manager after the exit."""
    lost = churned(workspace)
    labels = pd.read_parquet(workspace.labels / "labels.parquet").query("horizon_days == 30").dropna(subset="label")
    labels = labels.merge(pd.read_parquet(workspace.snapshots / "snapshots.parquet"), on=["account_id", "as_of"])
    accounts = pd.read_parquet(workspace.tables / "accounts.parquet").set_index("account_id")
    rate = labels["label"].groupby(accounts["industry"].reindex(labels["account_id"]).to_numpy()).mean()

    def overwritten(rows: pd.DataFrame) -> pd.DataFrame:
        has_churned = rows["account_id"].isin(lost)
        noise = np.random.default_rng(0).random(len(rows))
        return rows.assign(
            attribute_status=pd.array(np.where(has_churned & (noise < 0.97), "cancelled", "active"), dtype="str"),
            attribute_health=np.where(has_churned, 30.0, 70.0) + 20 * noise,
            attribute_exit_reason=pd.array(np.where(has_churned & (noise < 0.6), "price", None), dtype="str"),
            attribute_industry_rate=rate.reindex(rows["industry"]).to_numpy(),
        )

    def score_that_knows(rows: pd.DataFrame) -> pd.DataFrame:
        has_churned = rows["account_id"].isin(lost)
        return rows.assign(score=rows["score"].where(rows["score"].isna(), np.where(has_churned, 1.0, 9.0)))

    change(workspace, "data/tables/accounts.parquet", overwritten)
    change(workspace, "data/tables/surveys.parquet", score_that_knows)


# Features that help themselves.


def features_of_a_colleague(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Features in a theme that read what lies beside the views, or the columns that say when something came to be
    known; files are named as from the workspace."""
    monkeypatch.chdir(workspace.root)
    labels = pd.read_parquet(workspace.labels / "labels.parquet").query("horizon_days == 30")
    label = labels.set_index(["account_id", "as_of"])["label"]

    def logins(accounts, milestones, window):
        asked = pd.DataFrame({"account_id": accounts["account_id"], "as_of": milestones.as_of.astype("M8[us]")})
        asked["account_id"] = asked["account_id"].astype("str")
        rows = duckdb.sql(f"""
            WITH daily AS (SELECT *, max(day) OVER (PARTITION BY account_id) AS last FROM 'data/usage/daily/*.parquet')
            SELECT account_id, as_of, sum(quantity) AS total FROM daily JOIN asked USING (account_id)
            WHERE event = 'login' AND {window} GROUP BY ALL
        """).df()
        return asked.merge(rows, how="left")["total"].fillna(0).to_numpy(float)

    @feature(unit="count", missing="none", fact="use")
    def usage_around_the_date(accounts, milestones):
        """Logins from a week before to a week after."""
        return logins(accounts, milestones, "abs(date_diff('day', day, as_of)) <= 7")

    @feature(unit="count", missing="none", fact="use")
    def usage_before_last_event(accounts, milestones):
        """Logins in the four weeks up to the account's own last event."""
        return logins(accounts, milestones, "day > last - INTERVAL 28 DAYS")

    @feature(unit="score", missing="none", fact="use")
    def old_score(accounts, milestones):
        """A score that was fitted to these very labels."""
        keys = pd.MultiIndex.from_arrays([accounts["account_id"], milestones.as_of.astype("M8[us]")])
        known = label.reindex(keys).to_numpy()
        return np.where(np.isnan(known), np.nan, 0.7 * known + 0.5 * np.random.default_rng(1).random(len(known)))

    @feature(unit="weeks", missing="none", fact="use")
    def weekly_export(milestones):
        """Number of the weekly export that the row came with, and noise."""
        week = milestones.as_of.astype("M8[W]").astype(float)
        return week + np.random.default_rng(2).normal(0, 1, len(week))

    for each in (usage_around_the_date, usage_before_last_event, old_score, weekly_export):
        # A theme has the features that are written in it, not those that it imports.
        each.compute.__module__ = commercial.__name__
        monkeypatch.setattr(commercial, each.name, each, raising=False)


# Splits and joins.


def shuffled_test(workspace: Workspace) -> None:
    """The backtest of a random fifth of all rows, by a model of the others."""
    examples = read_examples(workspace, load(workspace).churn.horizon_days)
    test = np.random.default_rng(0).random(len(examples.labels)) < 0.2
    learned, later = (_some(examples, rows) for rows in (~test, test))
    plain = uncalibrated(Boosted, learned, {**MENU["15 leaves"], "trees": 20, "seed": 7})
    model = plain.calibrated(plain.out_of_time(later), Origin("", ""))
    model.save(workspace.models / "backtest")
    backtest = later.labels[["account_id", "as_of", "label"]]
    backtest = backtest.assign(
        horizon_days=model.horizon_days, probability=model.probabilities(later.features), offset=0.0
    )
    backtest.to_parquet(workspace.reports / "backtest.parquet", index=False)


def _some(examples: Examples, rows: np.ndarray) -> Examples:
    return Examples(
        features=examples.features[rows],
        labels=examples.labels[rows],
        ladder=examples.ladder[rows],
        horizon_days=examples.horizon_days,
    )


def shuffled_folds(split: Split, earlier: pd.DataFrame) -> list[Fold]:
    """Folds to choose settings on, as scikit-learn makes them by default."""
    validation = np.random.default_rng(split.seed).integers(0, 2, len(earlier))
    return [Fold(validation != each, validation == each) for each in range(2)]


def cut_after_the_test_begins(workspace: Workspace) -> None:
    """A split that lets labels be learned from until the test ends."""
    file = workspace.models / "split.json"
    record = read_json(file)
    write_json(record | {"cut": record["test_as_of"][-1]}, file)


def a_date_of_the_test_left_out(workspace: Workspace) -> None:
    """A backtest without the last date of the test, on which the model may have done badly."""
    change(workspace, "reports/backtest.parquet", lambda test: test[test["as_of"] < test["as_of"].max()])


def trained_on_it_all(workspace: Workspace) -> None:
    """A test in later time, and a model that has seen it: refitted on everything before it was judged."""
    RiskModel.load(workspace.models / "final").save(workspace.models / "backtest")


def joined_by_nearest_date(workspace: Workspace) -> None:
    """Predictions of the backtest joined to its rows by `merge_asof`, and scores made of the week before."""
    judged = RiskModel.load(workspace.models / "backtest")
    final = Bundle.load(workspace.models / "bundle").model
    last = list_date(workspace)

    def nearest(test: pd.DataFrame) -> pd.DataFrame:
        weekly = pd.concat([read_features_on(workspace, day(each)) for each in test["as_of"].unique()[1::2]])
        made = weekly[["account_id", "as_of"]].assign(probability=judged.probabilities(weekly)).sort_values("as_of")
        kept = test.drop(columns="probability").sort_values("as_of", kind="stable")
        return pd.merge_asof(kept, made, on="as_of", by="account_id", direction="nearest").dropna()

    def of_the_week_before(scores: pd.DataFrame) -> pd.DataFrame:
        before = read_features_on(workspace, last - np.timedelta64(7, "D"))
        earlier = pd.Series(final.probabilities(before), index=before["account_id"]).reindex(scores["account_id"])
        return scores.assign(probability=earlier.fillna(0.05).to_numpy())

    change(workspace, "reports/backtest.parquet", nearest)
    change(workspace, f"data/scores/as_of={last}/scores.parquet", of_the_week_before)


def unfinished_windows_are_0(workspace: Workspace) -> None:
    """Labels with `fillna(0)`."""
    change(workspace, "data/labels/labels.parquet", lambda labels: labels.assign(label=labels["label"].fillna(0.0)))


def joined_on_account_alone(workspace: Workspace) -> None:
    """A backtest in which some accounts stand twice on a date, and others with a label of another date."""

    def careless(test: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([test.assign(label=test.groupby("account_id")["label"].transform("max")), test.head(3)])

    change(workspace, "reports/backtest.parquet", careless)
