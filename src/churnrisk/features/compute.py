"""Features of a block of accounts: the same functions for training and for scoring."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

from churnrisk.features.registry import FAMILIES, Feature
from churnrisk.history.past import Past


def compute_all(features: Collection[Feature], pasts: Iterable[Past], configured: Mapping[str, Any]) -> pd.DataFrame:
    """One row an account of each of `pasts`: `account_id`, `as_of`, one column a feature; numbers as float32,
    categories as words.

    `configured` is what the company says of its product, by name (see `features.registry.CONFIGURED`). Features that
    compare with peers come from `features.peers`.

    Raises ValueError where a feature doesn't give one value an account, or looks at a column that isn't there.
    """
    return _frame([_columns(features, past, configured) for past in pasts])


def _columns(features: Collection[Feature], past: Past, configured: Mapping[str, Any]) -> dict[str, Any]:
    views = {**configured, **past.views()}
    columns = {each.name: _column(each, views, len(past.account_id)) for each in features}
    return {
        "account_id": past.account_id,
        "as_of": np.full(len(past.account_id), past.as_of.astype("M8[us]")),
    } | columns


def _frame(parts: list[dict[str, Any]]) -> pd.DataFrame:
    """One table of all parts, of which each column is let go once it is joined."""
    return pd.DataFrame({name: _joined([part.pop(name) for part in parts]) for name in list(parts[0])}, copy=False)


def _column(each: Feature, views: dict[str, Any], n: int) -> Any:
    arguments = [each.item if need in FAMILIES else views[need] for need in each.needs]
    try:
        values = each.compute(*arguments)
    except KeyError as error:
        raise ValueError(f"feature {each.name}: there is no column {error}; see churnrisk.contract.tables") from error
    if np.shape(values) != (n,):
        raise ValueError(
            f"feature {each.name} gave the shape {np.shape(values)} for {n} accounts; give one value an account"
        )
    if each.unit != "category":
        return np.asarray(values, np.float32)
    return values if _of_words(values) else np.asarray(values, object)


def _of_words(values: Any) -> bool:
    return isinstance(values, pd.Categorical) and values.categories.dtype == "str" and not values.ordered


def _joined(parts: list[Any]) -> Any:
    """All parts of a column; words become texts once for all of them."""
    if all(isinstance(part, pd.Categorical) for part in parts):
        return pa.array(union_categoricals(parts)).cast(pa.large_string()).to_pandas()
    column = np.concatenate([np.asarray(part) for part in parts])
    return pd.array(column, dtype="str") if column.dtype == object else column
