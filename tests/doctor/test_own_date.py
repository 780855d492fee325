"""Predictions and scores against what the model gives for the features of their own date."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.doctor.own_date import own_date
from churnrisk.model.examples import read_features_on
from churnrisk.model.risk_model import RiskModel


@pytest.fixture(scope="module")
def model(small) -> RiskModel:
    return RiskModel.load(small.models / "backtest")


@pytest.fixture(scope="module")
def features(small) -> pd.DataFrame:
    return pd.concat([read_features_on(small, day(each)) for each in ("2025-02-10", "2025-02-17")], ignore_index=True)


@pytest.fixture
def predicted(model, features) -> pd.DataFrame:
    return features[["account_id", "as_of"]].assign(probability=model.probabilities(features))


def test_predictions_of_their_own_date(model, features, predicted):
    assert own_date(predicted.sample(frac=1, random_state=0), features, model, "here") == []


def test_the_date_that_a_prediction_belongs_to_is_named(model, features, predicted):
    first = predicted["as_of"] == predicted["as_of"].min()
    later = predicted[~first].set_index("account_id")["probability"].reindex(predicted["account_id"]).to_numpy()
    predicted["probability"] = np.where(first & ~np.isnan(later), later, predicted["probability"])
    (finding,) = own_date(predicted, features, model, "here")
    assert finding.where == "here"
    assert "on 2025-02-10 has" in finding.evidence
    assert finding.evidence.endswith("those of 2025-02-17 give it")


@pytest.mark.parametrize("value", [0.5, np.nan])
def test_one_row_is_enough(model, features, predicted, value):
    predicted.loc[7, "probability"] = value
    (finding,) = own_date(predicted, features, model, "here")
    assert finding.evidence.startswith(f"1 of {len(predicted):,} probabilities are not those of their own date")


def test_a_row_without_features(model, features, predicted):
    (finding,) = own_date(predicted, features[features.index != 7], model, "here")
    assert "its features give nan" in finding.evidence


def test_features_of_another_model(model, features, predicted):
    (finding,) = own_date(predicted, features.assign(one_more=1.0), model, "here")
    assert "unknown: one_more" in finding.evidence
