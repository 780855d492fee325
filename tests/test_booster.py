"""The values that params allow for LightGBM's settings are those that LightGBM takes."""

import lightgbm as lgb
import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from churnrisk.params.booster import OwnSettings

ALLOWED = TypeAdapter(OwnSettings)
INPUT = np.arange(200.0).reshape(-1, 1)

SHARES = ("bagging_fraction", "feature_fraction", "feature_fraction_bynode")
NUMBERS = ("cat_l2", "cat_smooth", "lambda_l1", "lambda_l2", "min_gain_to_split", "path_smooth")

TAKEN = [
    *[(name, value) for name in SHARES for value in (0.5, 1)],
    *[(name, value) for name in NUMBERS for value in (0, 0.5, 1e300)],
    *[("num_leaves", value) for value in (2, 131_072)],
    *[("max_depth", value) for value in (-1, 0, 5)],
    *[("min_data_in_leaf", value) for value in (0, 2**31 - 1)],
    *[("extra_trees", value) for value in (True, False)],
]
REFUSED = [
    *[(name, value) for name in SHARES for value in (0, 1.01, -1)],
    *[(name, -0.5) for name in NUMBERS if name != "min_gain_to_split"],
    *[("num_leaves", value) for value in (1, 131_073, 3.5)],
    *[("max_depth", 3.5), ("min_data_in_leaf", 2.5), ("lambda_l1", "much")],
]
"""By LightGBM and by us."""

ODD = [("num_leaves", True), ("lambda_l2", float("nan")), ("lambda_l2", float("inf")), ("extra_trees", 1), ("seed", 1)]
"""Taken by LightGBM for something else, or not, by its version; never by us."""


def fits(name: str, value: object) -> bool:
    settings = {"objective": "binary", "verbosity": -1, name: value}
    try:
        lgb.train(settings, lgb.Dataset(INPUT, INPUT[:, 0] > 150), 1)
    except lgb.basic.LightGBMError:
        return False
    return True


@pytest.mark.parametrize(("name", "value"), TAKEN)
def test_what_lightgbm_takes_is_allowed(name, value):
    assert fits(name, value)
    assert ALLOWED.validate_python({name: value}) == {name: value}


@pytest.mark.parametrize(("name", "value"), [*REFUSED, *ODD])
def test_what_lightgbm_refuses_is_refused_before(name, value):
    assert (name, value) in ODD or not fits(name, value)
    with pytest.raises(ValidationError, match=f"train.settings.{name}"):
        ALLOWED.validate_python({name: value})
