"""Features of a block of accounts: the same function for training, backfill and scoring."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.features.registry import EACH, Feature
from churnrisk.history.past import Past


def compute(features: Collection[Feature], past: Past, configured: Mapping[str, Any]) -> pd.DataFrame:
    """One row an account of `past`: `account_id`, `as_of`, one column a feature; numbers as float32, categories as
    words.

    `configured` is what the company says of its product, by name (see `features.registry.CONFIGURED`). Features that
    compare with peers come from `features.peers`.

    Raises ValueError where a feature doesn't give one value an account.
    """
    return _frame([_columns(features, past, configured)])


def compute_all(features: Collection[Feature], pasts: Iterable[Past], configured: Mapping[str, Any]) -> pd.DataFrame:
    """The same for every `as_of` of a block."""
    return _frame([_columns(features, past, configured) for past in pasts])


def _columns(features: Collection[Feature], past: Past, configured: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    views = {**configured, **past.views()}
    columns = {each.name: _column(each, views, len(past.account_id)) for each in features}
    return {
        "account_id": past.account_id,
        "as_of": np.full(len(past.account_id), past.as_of.astype("M8[us]")),
    } | columns


def _frame(parts: list[dict[str, npt.NDArray[Any]]]) -> pd.DataFrame:
    """One table of all parts; words become texts once for all of them."""
    columns = {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}
    return pd.DataFrame({name: _words(each) if each.dtype == object else each for name, each in columns.items()})


def _column(each: Feature, views: dict[str, Any], n: int) -> npt.NDArray[Any]:
    arguments = [each.item if need in EACH else views[need] for need in each.needs]
    values = np.asarray(each.compute(*arguments))
    if values.shape != (n,):
        raise ValueError(
            f"feature {each.name} gave the shape {values.shape} for {n} accounts; give one value an account"
        )
    return values.astype(object if each.unit == "category" else np.float32)


def _words(values: npt.NDArray[Any]) -> Any:
    return pd.array(values, dtype="str")
