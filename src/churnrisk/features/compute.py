"""Features of a block of accounts: the same function for training, backfill and scoring."""

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.features.registry import EACH, Feature
from churnrisk.history.past import Past


def compute(features: Collection[Feature], past: Past, advanced_events: tuple[str, ...]) -> pd.DataFrame:
    """One row an account of `past`: `account_id`, `as_of`, one column a feature; numbers as float32, categories as
    words.

    Raises ValueError where a feature doesn't give one value an account.
    """
    views = past.views() | {"advanced_events": advanced_events}
    columns = {each.name: _column(each, views, len(past.account_id)) for each in features}
    keys = {"account_id": past.account_id, "as_of": np.full(len(past.account_id), past.as_of.astype("M8[us]"))}
    return pd.DataFrame(keys | columns).astype({"account_id": "str"})


def compute_all(features: Collection[Feature], pasts: Iterable[Past], advanced_events: tuple[str, ...]) -> pd.DataFrame:
    """The same for every `as_of` of a block."""
    return pd.concat([compute(features, past, advanced_events) for past in pasts], ignore_index=True)


def _column(each: Feature, views: dict[str, Any], n: int) -> npt.NDArray[Any]:
    arguments = [each.item if need in EACH else views[need] for need in each.needs]
    values = np.asarray(each.compute(*arguments))
    if values.shape != (n,):
        raise ValueError(
            f"feature {each.name} gave the shape {values.shape} for {n} accounts; give one value an account"
        )
    return _words(values) if each.unit == "category" else values.astype(np.float32)


def _words(values: npt.NDArray[Any]) -> Any:
    return pd.array(values, dtype="str")
