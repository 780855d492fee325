"""The study as a whole: against a naive twin, on the small company, and for any order of rows."""

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.behaviours.apart import Apart
from churnrisk.behaviours.rates import rate
from churnrisk.behaviours.study import MOST_IN_SUMMARY, PER_FACT, study, summary
from churnrisk.errors import ParamsError

from ..company import load
from .company import features, labels, write


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    workspace = write(tmp_path_factory.mktemp("behaviours") / "workspace")
    return study(workspace, load(workspace))


@pytest.fixture(scope="module")
def twin():
    """The same rows as one frame."""
    values = features()
    values["valuable"] = values.groupby("as_of")["mrr"].rank(ascending=False, method="min") <= 0.2 * 81
    return values.merge(labels(values).query("horizon_days == 90").dropna(), on=["account_id", "as_of"])


def test_rates_are_those_of_a_naive_twin(made, twin):
    (plan,) = [view for view in made.features if view.name == "plan"]
    for bar in plan.bars:
        for result, rows in ((bar.all, twin), (bar.valuable, twin[twin["valuable"]])):
            here = rows[rows["plan"] == bar.group.label]
            assert (result.snapshots, result.accounts) == (len(here), here["account_id"].nunique())
            assert result.rate == pytest.approx(here["label"].mean())
    assert made.about.valuable.snapshots == twin["valuable"].sum()
    assert made.about.all.rate == pytest.approx(twin["label"].mean())


def test_what_is_typical_is_of_the_valuable_alone(made, twin):
    (mrr,) = [view for view in made.features if view.name == "mrr"]
    for typical, label in ((mrr.loyal, 0), (mrr.leavers, 1)):
        middle = twin.loc[twin["valuable"] & (twin["label"] == label), "mrr"].quantile(0.5, interpolation="lower")
        assert typical == f"${middle:,.0f}"
        assert middle > twin["mrr"].quantile(0.6)


def test_groups_part_the_snapshots_and_rates_lie_in_their_intervals(made):
    for view in made.features:
        for whole, rates in (
            (made.about.all, [bar.all for bar in view.bars]),
            (made.about.valuable, [bar.valuable for bar in view.bars]),
        ):
            assert sum(each.snapshots for each in rates) == whole.snapshots
            known = [each for each in rates if each.rate is not None]
            assert sum(each.rate * each.snapshots for each in known) == pytest.approx(whole.rate * whole.snapshots)
            assert all(each.low <= each.rate <= each.high for each in known)


def test_the_feature_that_separates_leads_and_noise_is_not_reported(made):
    assert made.summary == ("active_days",)
    (view,) = made.summarised
    assert view.extreme(most=True)[0].highest <= 7
    assert view.main_apart.low > 0.1
    assert view.loyal != view.leavers


def test_the_order_of_rows_is_of_no_matter(made, tmp_path):
    shuffled = features().sample(frac=1, random_state=3)
    workspace = write(tmp_path, shuffled, labels(features()))
    assert study(workspace, load(workspace)) == made


def test_what_no_label_is_known_of_changes_no_rate(made, tmp_path):
    values = features()
    late = values["as_of"] > values["as_of"].max() - pd.Timedelta(days=22)
    workspace = write(tmp_path, values.assign(active_days=values["active_days"].mask(late, 999)), labels(values))
    assert study(workspace, load(workspace)).features == made.features


@pytest.mark.parametrize("change", [{"mrr": np.nan}, {"mrr": 50.0}, None])
def test_without_a_value_to_go_by_all_accounts_are_reported(tmp_path, change):
    values = features().drop(columns="mrr") if change is None else features().assign(**change)
    workspace = write(tmp_path, values, labels(features()))
    result = study(workspace, load(workspace))
    assert result.about.valuable is None
    assert all(bar.valuable is None for view in result.features for bar in view.bars)
    assert result.summary[0] == "active_days"


def test_features_by_name(made, tmp_path):
    workspace = write(tmp_path)
    result = study(workspace, load(workspace), ["plan"])
    assert [view.name for view in result.features] == ["plan"]
    assert result.features[0] in made.features
    assert result.about == made.about
    with pytest.raises(ParamsError, match=r"no feature is named 'plam'.*did you mean 'plan'") as error:
        study(workspace, load(workspace), ["plam"])
    assert error.value.exit_code == 2


def test_the_share_of_valuable_accounts_is_a_choice(made, tmp_path):
    workspace = write(tmp_path)
    half = study(workspace, load(workspace), ["plan"], valuable=0.5)
    assert half.about.valuable.accounts > made.about.valuable.accounts


def test_a_summary_has_few_of_a_fact_the_surest_first(made):
    view = made.summarised[0]
    one = rate(np.ones(9), np.zeros(9))
    apart = Apart(safest=one, riskiest=one, difference=0.5, low=0.0, high=0.9, p_value=1.0)
    views = [
        replace(view, name=f"f{n:02d}", fact=f"t{n % 8}", valuable_apart=replace(apart, low=n / 100 - 0.02))
        for n in range(40)
    ]
    names = summary(views)
    assert names == tuple(f"f{n:02d}" for n in range(39, 39 - MOST_IN_SUMMARY, -1))
    assert summary(views[:3]) == ()
    assert summary([replace(each, adjusted_p=0.051) for each in views]) == ()
    same = [replace(each, fact="t") for each in views]
    assert summary(same) == ("f39", "f38")[:PER_FACT]


def test_it_is_json_without_nan(made):
    text = json.dumps(asdict(made), allow_nan=False)
    assert json.loads(text)["about"]["all"]["accounts"] == 90


def test_every_feature_of_the_small_company(small):
    result = study(small, load(small))
    assert len(result.features) == result.about.of > 50
    assert result.cohorts.by_start
    assert result.cohorts.by_source
    assert all(math.isfinite(view.apart.difference) for view in result.features)
