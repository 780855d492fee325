"""Which events occur in the usage, and which configured ones don't."""

import glob
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.params import Features
from churnrisk.rollup.schema import DAILY

_EVENTS = "SELECT DISTINCT event FROM read_parquet($files) ORDER BY event"
_MOST_SHOWN = 20
"""Events that an error lists. A product may have hundreds, and the suggestion names the likely one anyway."""


def events_of(usage: Path) -> list[str]:
    """Every event of the rollup in the folder `usage`, in order. Reads the files."""
    with duckdb.connect() as connection:
        files = {"files": f"{glob.escape(str(usage / DAILY))}/*.parquet"}
        return [str(event) for (event,) in connection.execute(_EVENTS, files).fetchall()]


def events_by_key(features: Features) -> dict[str, tuple[str, ...]]:
    """The events that the section `features` of `params.yaml` names, by their key."""
    lists = {name: tuple(getattr(features, name)) for name in type(features).model_fields if "_events" in name}
    milestones = {f"milestones.{name}.event": (each.event,) for name, each in features.milestones.items()}
    return {f"features.{key}": events for key, events in (lists | milestones).items()}


def unknown_events(configured: Mapping[str, Collection[str]], known: Collection[str]) -> list[ParamsError]:
    """One error for each event of `configured`, by key, that is not `known`.

    The caller decides whether to raise or to report them: a new part of the product may have no usage yet.

    >>> print(*unknown_events({"churn.activity_events": ["purchas"]}, ["line", "purchase"]))
    params.yaml, churn.activity_events: no usage has the event 'purchas'. Allowed: line, purchase. \
Fix: did you mean 'purchase'?.
    """
    return [
        ParamsError(
            f"no usage has the event '{event}'",
            where=f"params.yaml, {key}",
            allowed=_some(list(known)),
            fix=did_you_mean(event, known) or "name an event of the usage",
        )
        for key, events in configured.items()
        for event in events
        if event not in known
    ]


def _some(known: list[str]) -> str:
    more = len(known) - _MOST_SHOWN
    return ", ".join(known[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
