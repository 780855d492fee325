"""The JSON Schema of `risk_list.json`, for whoever reads it by program; made from the structure of the list."""

from typing import Any

from pydantic import TypeAdapter

from churnrisk.risk_list.fields import FIELDS, meanings
from churnrisk.risk_list.outputs.record import FORMAT
from churnrisk.risk_list.structure import RiskList

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema. It allows keys that it doesn't know, because a new key is no new version of the format.

    >>> made = schema()
    >>> made["properties"]["as_of"]["format"], made["$defs"]["Row"]["properties"]["probability"]["maximum"]
    ('date', 1)
    """
    made = TypeAdapter(RiskList).json_schema(mode="serialization")
    for each in (made, *made["$defs"].values()):
        each.pop("title")
        each["properties"] = {name: _key(name, is_) for name, is_ in each["properties"].items()}
    made["properties"] = {
        "format": {"const": FORMAT, **_described("format")},
        "list_id": {"type": "string", **_described("list_id")},
        **made["properties"],
        "meaning": {"type": "object", "additionalProperties": {"type": "string"}, "description": "of every key"},
    }
    made["required"] = list(made["properties"])
    return {"$schema": _DIALECT, "title": FORMAT, **made}


def _key(name: str, is_: dict[str, Any]) -> dict[str, Any]:
    """What a key holds: as the structure says, but in JSON pairs are a mapping, and every key says what it means."""
    kind = FIELDS[name].kind
    if kind == "pairs":
        value = is_["items"]["prefixItems"][1]
        return {"type": "object", "additionalProperties": value, **_described(name)}
    shape = {word: value for word, value in is_.items() if word not in ("title", "default")}
    return {**shape, **({"minimum": 0, "maximum": 1} if kind == "share" else {}), **_described(name)}


def _described(name: str) -> dict[str, str]:
    return {"description": meanings()[name]}
