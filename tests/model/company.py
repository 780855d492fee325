"""A small table of features and labels with a signal, a category and missing values, for tests of the model."""

import numpy as np
import pandas as pd

from churnrisk.model.training import Examples, Recipe

RECIPE = Recipe(
    horizon_days=30,
    trials=2,
    max_trees=40,
    learning_rate=0.1,
    validation_folds=2,
    fold_weeks=4,
    seed=7,
    threads=2,
    params_hash="p",
)


def examples(accounts: int = 150, weeks: int = 40, seed: int = 0) -> Examples:
    random = np.random.default_rng(seed)
    n = accounts * weeks
    as_of = np.repeat(np.arange(np.datetime64("2024-01-01"), weeks * 7 + np.datetime64("2024-01-01"), 7), accounts)
    silent, seats = random.exponential(10, n), random.integers(1, 50, n).astype(float)
    plan = random.choice(["basic", "pro", "team"], n)
    odds = -3 + 0.08 * silent - 0.02 * seats + (plan == "basic")
    features = pd.DataFrame(
        {
            "account_id": np.tile([f"a{number:03d}" for number in range(accounts)], weeks),
            "as_of": as_of.astype("M8[us]"),
            "days_since_active": np.where(random.random(n) < 0.1, np.nan, silent).astype(np.float32),
            "usage_last_month": seats.astype(np.float32),
            "plan": pd.array(plan, dtype="str"),
        }
    )
    label = (random.random(n) < 1 / (1 + np.exp(-odds))).astype(float)
    matures = as_of + np.timedelta64(44, "D")
    labels = features[["account_id", "as_of"]].assign(label=label, matures_on=matures.astype("M8[us]"))
    later = np.maximum(label, random.random(n) < 0.05)
    earlier = np.minimum(label, random.random(n) < 0.5)
    return Examples(features, labels, pd.DataFrame({15: earlier, 60: later}), horizon_days=30, data_hash="d")
