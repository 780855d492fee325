"""Which events there are in the usage, and which of those that are configured there are not."""

import glob
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.params import Features

_EVENTS = "SELECT DISTINCT event FROM read_parquet($files) ORDER BY event"
_MOST_SHOWN = 20


def events_of(usage: Path) -> list[str]:
    """Every event of the rollup in the folder `usage`, in order."""
    with duckdb.connect() as connection:
        files = {"files": f"{glob.escape(str(usage / 'daily'))}/*.parquet"}
        return [str(event) for (event,) in connection.execute(_EVENTS, files).fetchall()]


def events_by_key(told: Features) -> dict[str, tuple[str, ...]]:
    """The events that features are told of, by their key in `params.yaml`."""
    lists = {f"features.{name}": tuple(getattr(told, name)) for name in type(told).model_fields if "_events" in name}
    return lists | {f"features.milestones.{name}.event": (each.event,) for name, each in told.milestones.items()}


def unknown_events(configured: Mapping[str, Collection[str]], known: Collection[str]) -> list[ParamsError]:
    """One error for each event of `configured`, which has them by key, that is not `known`.

    Whether to raise it or to say it is the caller's: what is new in the product may have no usage yet.

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
