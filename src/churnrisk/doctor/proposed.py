"""A proposed configuration, and how it is printed: lines of YAML to copy, each with the reason beside it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml


@dataclass(frozen=True)
class Proposal:
    """Values for sections of `params.yaml`, the figures behind them by key, and what those of `features` are worth."""

    features: dict[str, Any]
    why: dict[str, str]
    churn: dict[str, Any] = field(default_factory=dict)
    folds: dict[str, Any] = field(default_factory=dict)
    worth: Sequence[str] = ()


def as_yaml(proposal: Proposal) -> str:
    """The lines that replace the same keys of `features` in `params.yaml`.

    >>> print(as_yaml(Proposal({"key_events": ["login"], "cadence_days": 7}, {"key_events": "used by all"})))
    features:
      key_events: [login]  # used by all
      cadence_days: 7
    """
    lines = [
        line
        for name in ("features", "churn", "folds")
        for line in _section(name, getattr(proposal, name), proposal.why)
    ]
    nothing = [key for key, value in proposal.features.items() if not value]
    lines += [f"  # nothing found for {', '.join(nothing)}"] if nothing else []
    return "\n".join([*lines, *(f"# {line}" for line in proposal.worth)])


def _section(name: str, values: Mapping[str, Any], whys: Mapping[str, str]) -> list[str]:
    """A section of YAML, with the reason beside each key; no line where it has no values."""
    lines = [f"{name}:"] if any(values.values()) else []
    for key, value in values.items():
        why = f"  # {whys[key]}" if key in whys else ""
        if isinstance(value, dict) and value:
            lines.append(f"  {key}:{why}")
            lines += [f"    {_flow(item)}: {_flow(each)}" for item, each in value.items()]
        elif value:
            lines.append(f"  {key}: {_flow(value)}{why}")
        elif value is None:
            lines.append(f"#{why.removeprefix('  #')}")
    return lines


def _flow(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z_][\w ]*\w", value) and yaml.safe_load(value) == value
    return value if plain else _quoted(value)


def _quoted(value: Any) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if isinstance(value, str) else str(value)
