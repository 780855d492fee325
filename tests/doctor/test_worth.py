"""What a configuration is worth, on labels that follow from one event."""

import pandas as pd
import pytest

from churnrisk.doctor.worth import NONE, NOW, Worth, worth
from churnrisk.params import Features
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.catalogue.rollup import DAILY
from churnrisk.store.workspace import Workspace

from .. import company

EVENT = "export_run"
"""An event of the simulated product that its params don't name."""


@pytest.fixture(scope="module")
def told(small, tmp_path_factory) -> Workspace:
    """The small company, where those churn who have not used an event in the four weeks before the date."""
    workspace = company.copied(small, tmp_path_factory.mktemp("told") / "copy")
    daily = pd.concat([DAILY.read_at(path) for path in DAILY.all_at(workspace)])
    used = daily.loc[daily["event"] == EVENT, ["account_id", "day"]].astype({"account_id": "str"}).drop_duplicates()
    labels = LABELS.read(workspace)
    pairs = labels[["account_id", "as_of"]].drop_duplicates().merge(used)
    lately = pairs[(pairs["day"] < pairs["as_of"]) & (pairs["day"] >= pairs["as_of"] - pd.Timedelta(days=28))]
    keys = pd.MultiIndex.from_frame(lately[["account_id", "as_of"]])
    silent = ~pd.MultiIndex.from_frame(labels[["account_id", "as_of"]]).isin(keys)
    LABELS.write(labels.assign(label=pd.Series(silent.astype(float)).where(labels["label"].notna())), workspace)
    return workspace


def figures(workspace: Workspace, proposed: dict) -> Worth:
    params = company.load(workspace)
    plain = params.model_copy(update={"features": Features()})
    measured = worth(workspace, plain, proposed)
    assert isinstance(measured, Worth)
    return measured


def test_a_configuration_that_names_the_event_is_surely_better_than_none(told):
    measured = figures(told, {"key_events": [EVENT]})
    _, ahead, low, _ = measured.others[NONE]
    assert ahead > low > 0
    assert f"with {NONE}: these are better" in measured.words()[1]


def test_a_configuration_of_nothing_is_worth_nothing(told):
    measured = figures(told, {"cadence_days": 7})
    assert {name: figures[1:] for name, figures in measured.others.items()} == dict.fromkeys(
        (NONE, NOW), (0.0, 0.0, 0.0)
    )
    assert "these are not surely better (+0.000, +0.000 to +0.000)" in measured.words()[1]


def test_few_churns_are_not_measured(small, tmp_path):
    workspace = company.copied(small, tmp_path / "copy")
    labels = LABELS.read(workspace)
    LABELS.write(labels.assign(label=0.0), workspace)
    assert worth(workspace, company.load(workspace), {}) == "not measured: fewer than 25 accounts churned, or stayed"
