"""Features of a block of accounts. Training and scoring call the same functions."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import union_categoricals

from churnrisk.clock import to_column
from churnrisk.features.own import failed, is_own
from churnrisk.features.registry import FAMILIES, Feature
from churnrisk.past.past import Block, Past
from churnrisk.store.columns import KEYS


def compute_all(features: Collection[Feature], block: Block, settings: Mapping[str, Any]) -> pd.DataFrame:
    """One row a snapshot of the block: `account_id`, `as_of`, and a column for each feature.

    Numbers are float32, categories are words. `settings` is what the company says of its product, by name (see
    `features.registry.CONFIGURED`). Each feature is called for several dates at once. Features that compare with peers
    come from `features.peers`.

    Raises ValueError where a feature doesn't give one value a snapshot, or looks at a column that isn't there.
    """
    parts = [_keys(span) | _columns(features, span, settings) for span in block.spans()]
    # Parts are dropped as they are joined, so that only one column is held twice at a time.
    columns = {name: _joined([part.pop(name) for part in parts]) for name in [*KEYS, *(each.name for each in features)]}
    return pd.DataFrame(columns, copy=False)


def _keys(past: Past) -> dict[str, Any]:
    return {"account_id": past.account_id, "as_of": to_column(past.as_of)}


def _columns(features: Collection[Feature], past: Past, settings: Mapping[str, Any]) -> dict[str, Any]:
    views = {**settings, **past.views}
    return {each.name: _column(each, views, len(past.account_id)) for each in features}


def _column(each: Feature, views: dict[str, Any], n: int) -> Any:
    arguments = [each.item if need in FAMILIES else views[need] for need in each.needs]
    try:
        values = each.compute(*arguments)
        if np.shape(values) != (n,):
            raise ValueError(
                f"feature {each.name} gave the shape {np.shape(values)} for {n} snapshots; give one value each"
            )
    except Exception as error:
        # Of this package a traceback says more; whoever wrote a feature of their own looks for its line.
        if is_own(each):
            raise failed(each, error) from error
        if isinstance(error, KeyError):
            found = f"feature {each.name}: there is no column {error}"
            raise ValueError(f"{found}; see churnrisk.contract.tables") from error
        raise
    if each.unit != "category":
        return np.asarray(values, np.float32)
    return values if _of_words(values) else np.asarray(values, object)


def _of_words(values: Any) -> bool:
    return isinstance(values, pd.Categorical) and values.categories.dtype == "str" and not values.ordered


def _joined(parts: list[Any]) -> Any:
    """All parts of a column. Words become texts after they are joined, once for all parts."""
    if all(isinstance(part, pd.Categorical) for part in parts):
        return pa.array(union_categoricals(parts)).cast(pa.large_string()).to_pandas()
    column = np.concatenate([np.asarray(part) for part in parts])
    return pd.array(column, dtype="str") if column.dtype == object else column
