"""The list as JSON for other systems: complete, with the meaning of every key beside the values."""

import dataclasses
import datetime as dt
from typing import Any

from churnrisk.risk_list.fields import FIELDS, meanings
from churnrisk.risk_list.structure import RiskList
from churnrisk.store.catalogue.list import ComposedList

FORMAT = "churnrisk risk list 3"


def record(risk_list: RiskList) -> dict[str, Any]:
    """The list as plain values: ISO dates, null where nothing is known, never NaN."""
    return {"format": FORMAT, "list_id": risk_list.list_id, **_plain(risk_list), "meaning": meanings()}


def composed(risk_list: RiskList) -> ComposedList:
    """The same as a record for later stages."""
    return ComposedList(as_of=risk_list.as_of, lineage=risk_list.model.lineage, content=record(risk_list))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {each.name: _of_field(each.name, getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _of_field(name: str, value: Any) -> Any:
    """Pairs are a mapping in JSON, whose keys are text; the structure holds them as tuples to be frozen."""
    return {str(key): _plain(inner) for key, inner in value} if FIELDS[name].kind == "pairs" else _plain(value)
