"""What the card shows of the tables that the evaluation writes."""

import re
from itertools import pairwise

import pandas as pd
import pytest

from churnrisk.evaluation.card import FORMATS
from churnrisk.store.catalogue.evaluate import REPORT

from ..company import copied, load, run


@pytest.fixture(scope="module")
def fair(small, tmp_path_factory):
    """The small company, which looks at fairness by a feature and by a column that is none."""
    workspace = copied(small, tmp_path_factory.mktemp("fair") / "workspace")
    params = load(workspace)
    evaluate = params.evaluate.model_copy(update={"fairness": ("region", "owner")})
    run(workspace, "evaluate", settings=params.model_copy(update={"evaluate": evaluate}))
    return workspace


def card(workspace) -> str:
    return (workspace.reports / "model_card.md").read_text()


def test_every_table_is_a_file_and_its_figures_are_on_the_card(fair):
    tables = {name: pd.read_csv(fair.reports / f"{name}.csv", keep_default_na=False) for name in REPORT}
    text = card(fair)
    for horizon in tables["horizons"].itertuples():
        assert f"| {horizon.horizon_days} | {horizon.rows:,} | {horizon.churned:,} | {float(horizon.auc):.3f} |" in text
    assert tables["horizons"]["horizon_days"].tolist() == [30, 60]
    listed = tables["capacity"].query("system == 'model' and ties == 'random'")
    assert listed["list"].tolist() == ["20 accounts", "5% of accounts", "10% of accounts", "20% of accounts"]
    assert all(f"| {name} | model |" in text for name in listed["list"])
    assert set(tables["calibration_by_group"]["slice"]) == {"all", "segment", "lifecycle_stage", "month"}
    assert {"segment", "lifecycle_stage", "plan", "region", "tenure", "owner"} <= set(tables["slices"]["slice"])
    assert "from its last label" in text


def test_fairness_is_by_the_columns_that_are_named_and_else_the_card_says_that_nobody_looked(fair, small):
    table = pd.read_csv(fair.reports / "fairness.csv")
    backtest = pd.read_parquet(fair.reports / "backtest.parquet")
    assert set(table["column"]) == {"region", "owner"}
    totals = table.groupby("column")[["rows", "churned", "listed"]].sum()
    assert (totals["rows"] == len(backtest)).all()
    assert (totals["listed"] == 20 * backtest["as_of"].nunique()).all()
    assert "| region | Europe |" in card(fair)
    assert pd.read_csv(small.reports / "fairness.csv").empty
    assert "Not looked at: `evaluate.fairness` names no column." in card(small)


def test_a_test_of_few_dates_says_that_it_has_no_intervals_over_time(small):
    """The small company has a test of six dates."""
    assert pd.read_csv(small.reports / "intervals.csv").empty
    assert "The test has too few dates for intervals over time." in card(small)


def test_no_table_of_the_card_has_a_hole_in_it(fair):
    lines = card(fair).splitlines()
    for above, line in pairwise(lines):
        if above.startswith("|") and line.startswith("|"):
            assert above.count("|") == line.count("|"), line
    assert not re.search(r"\bnan\b", card(fair))


def test_a_figure_that_could_not_be_told_is_left_empty():
    assert [FORMATS["three"](value) for value in (0.12345, float("nan"), None)] == ["0.123", "", ""]
