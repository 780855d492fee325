"""From contributions to facts: what each weighs, in log-odds and in points, and how that has moved."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from churnrisk.errors import ModelError
from churnrisk.explain.points import points

TOLERANCE = 1e-9
"""By how much base and facts may miss the raw score, relative to its size: the order of adding makes that little."""


def by_fact(scores: pd.DataFrame, facts: Mapping[str, str]) -> pd.DataFrame:
    """Contributions summed by fact, signs kept: one row an account, indexed by `account_id`, one column a fact.

    `scores` has a column `shap_<feature>` for each feature of `facts`, whose values are names of facts. Raises
    ModelError where the base and the facts miss the raw score of any account.
    """
    values = scores.set_index("account_id")[[f"shap_{name}" for name in facts]]
    total: pd.DataFrame = values.T.groupby([facts[name] for name in facts], sort=True).sum().T
    raw = scores["raw_score"].to_numpy()
    gap = np.abs(scores["base_value"].to_numpy() + total.sum(axis=1).to_numpy() - raw) / np.maximum(np.abs(raw), 1.0)
    # Asked this way round because NaN is not greater than anything.
    missed = ~(gap <= TOLERANCE)
    if missed.any():
        first = scores["account_id"].iat[int(missed.argmax())]
        raise ModelError(
            f"base and facts miss the raw score of {missed.sum()} accounts, the first of account {first}",
            where="score",
            allowed=f"a relative gap of {TOLERANCE:g}",
            fix="every column of the model needs its fact: make the bundle again with `dvc repro evaluate`",
        )
    return total


def reasons(scores: pd.DataFrame, before: pd.DataFrame, facts: Mapping[str, str]) -> pd.DataFrame:
    """What each fact weighs, and how that moved since `before`, by one model: a row an account and fact.

    `scores` and `before` are scores of two dates; accounts may be missing in `before`.

    Returns `account_id`, `rank` (1, 2, ... by weight), `fact`, `contribution` (log-odds; all and the base value give
    the raw score), `points` (percentage points; all and the probability of the base value give the probability),
    `change` and `change_points` (the same of the change since the date before; NaN: not watched then).
    """
    now = by_fact(scores, facts)
    then = by_fact(before, facts).reindex(now.index)
    raw_then = before.set_index("account_id")["raw_score"].reindex(now.index).to_numpy()
    change = now - then
    columns = {
        "contribution": now.to_numpy(),
        "points": points(now.to_numpy(), scores["base_value"].to_numpy()),
        "change": change.to_numpy(),
        "change_points": points(change.to_numpy(), raw_then),
    }
    rows = pd.DataFrame(
        {
            "account_id": np.repeat(now.index.to_numpy(), now.shape[1]),
            "fact": np.tile(now.columns.to_numpy(), len(now)),
            **{name: values.ravel() for name, values in columns.items()},
        }
    ).astype({"account_id": "str", "fact": "str"})
    rows = rows.assign(weight=rows["contribution"].abs())
    rows = rows.sort_values(["account_id", "weight", "fact"], ascending=[True, False, True], ignore_index=True)
    rows["rank"] = rows.groupby("account_id").cumcount() + 1
    return rows[["account_id", "rank", "fact", "contribution", "points", "change", "change_points"]]
