"""The pictures of a model show what it says of the accounts that they are given."""

import numpy as np
import pytest

from churnrisk.evaluation.swarm import MOST_ROWS, swarm_pictures
from churnrisk.model.boosted import Boosted
from churnrisk.model.logistic import Logistic
from churnrisk.model.mixture import Mixture
from churnrisk.model.rule import LastActivity

from ..model.company import examples, fitted

LEARNED = examples(accounts=60, weeks=20)
NEWEST = LEARNED.features[LEARNED.features["as_of"] == LEARNED.features["as_of"].max()].reset_index(drop=True)


@pytest.mark.parametrize("kind", [Boosted, Logistic, Mixture, LastActivity])
def test_every_kind_of_model_is_drawn_with_its_own_contributions(kind):
    model = fitted(kind, LEARNED)
    drawn = swarm_pictures(model, NEWEST)["dependence"].axes
    scores = model.score(NEWEST)
    for axes in (each for each in drawn if each.lines):
        (line,) = axes.lines
        name = axes.get_xlabel()
        known = NEWEST[name].notna().to_numpy()
        np.testing.assert_allclose(line.get_xdata(), NEWEST.loc[known, name].to_numpy(float))
        np.testing.assert_allclose(line.get_ydata(), scores.loc[known, f"shap_{name}"].to_numpy())
    weights = [np.abs(axes.lines[0].get_ydata()).sum() for axes in drawn if axes.lines]
    assert weights == sorted(weights, reverse=True)


def test_columns_without_a_value_and_companies_with_many_accounts_are_drawn_too():
    model = fitted(Boosted, LEARNED)
    many = LEARNED.features.assign(usage_last_month=np.float32("nan"))
    many = many.iloc[np.arange(MOST_ROWS + 500) % len(many)].reset_index(drop=True)
    figures = swarm_pictures(model, many)
    assert {name: bool(each.axes) for name, each in figures.items()} == {"beeswarm": True, "dependence": True}
    assert sum(len(line.get_xdata()) for axes in figures["dependence"].axes for line in axes.lines) <= MOST_ROWS
