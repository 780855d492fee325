"""A first configuration of the features, proposed from a company's own usage and subscriptions."""

import glob
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml

from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import require

KINDS = {
    "education_events": r"train|webinar|course|academy|tutorial|lesson|certif",
    "help_events": r"help|docs|documentation|faq|article|knowledge",
    "integration_events": r"integrat|sync|webhook|api|connect|plugin|automation",
    "platform_events": r"mobile|desktop|ios|android|web_|browser",
    "invite_events": r"invit",
    "community_events": r"communit|forum|review|referr|post_|event_attend|meetup",
}
"""Words in the name of an event that say what kind of event it is."""

_COMMON, _RARE = 0.3, 0.25  # shares of accounts that use an event
_KEY_EVENTS, _MILESTONES = 8, 4
_OBSERVED_DAYS = 90  # of an account's life, in which a milestone should be reached
_FEWEST = 20  # accounts that a figure is made of
_NEW_AFTER_DAYS = 60  # since usage began, on which an event comes up first
_CADENCES = {1: 3, 7: 10, 30: np.inf}  # days of a cadence, and the gap that still goes with it, such as a weekend
_USUALLY = 0.9  # of the gaps between active days are no longer
_LEAST_DAYS_TO_A_STEP = 2  # what is done at once is no step

_EVENTS = """
    WITH used AS (
        SELECT account_id, event, min(day)::DATE AS first_day, count(DISTINCT day) AS days
        FROM read_parquet($files) GROUP BY ALL
    ), starts AS (
        SELECT account_id, min(started_on)::DATE AS started_on FROM subscriptions GROUP BY ALL
    )
    SELECT event, count(*) AS accounts, sum(days)::BIGINT AS account_days, min(first_day) AS first_day,
           count(*) FILTER (seen) AS reached, quantile_cont(first_day - started_on, 0.75) FILTER (seen) AS target_days
    FROM (
        SELECT *, started_on >= $begins AND started_on <= $lasts::DATE - $observed
               AND first_day BETWEEN started_on AND started_on + $observed::INT AS seen
        FROM used LEFT JOIN starts USING (account_id)
    ) GROUP BY event ORDER BY account_days DESC, event
"""

_SPAN = "SELECT min(day)::DATE, max(day)::DATE, count(DISTINCT account_id) FROM read_parquet($files)"

_STARTERS = """
    SELECT count(*) FROM (SELECT min(started_on)::DATE AS started_on FROM subscriptions GROUP BY account_id)
    WHERE started_on BETWEEN $begins AND $lasts::DATE - $observed
"""

_GAPS = """
    SELECT quantile_disc(gap, $usually) FROM (
        SELECT day::DATE - lag(day::DATE) OVER (PARTITION BY account_id ORDER BY day) AS gap
        FROM (SELECT DISTINCT account_id, day FROM read_parquet($files))
    )
"""


@dataclass(frozen=True)
class Proposal:
    """Values for `features` of `params.yaml`, and the figures behind them, by key."""

    features: dict[str, Any]
    why: dict[str, str]


def propose(workspace: Workspace) -> Proposal:
    """Read the rollup of usage and the subscriptions, and say what they suggest.

    Names of events say what kind they are, how many use them and how often which matter, and newcomers how soon a
    milestone is reached. It is a start: whoever knows the product knows better.
    """
    subscriptions = TABLE["subscriptions"].read(workspace)
    require(workspace.usage / "daily")
    events, starters, accounts, gap = _figures(workspace.usage / "daily", subscriptions)
    share = events["accounts"] / accounts
    steps = _milestones(events, starters)
    features: dict[str, Any] = {
        "milestones": steps,
        "key_events": list(events["event"][share >= _COMMON][:_KEY_EVENTS]),
        "advanced_events": list(events["event"][(share < _RARE) & (events["accounts"] >= _FEWEST)]),
        **{kind: _named(events, words) for kind, words in KINDS.items()},
        "new_events": _new(events),
        "plan_order": _plans(subscriptions),
        "cadence_days": next(days for days, limit in _CADENCES.items() if gap <= limit),
    }
    why = {
        "milestones": f"first done by most of {starters:,} newcomers, and the days in which 75 % of them did it",
        "key_events": f"used by {_COMMON:.0%} of {accounts:,} accounts or more; most often used first",
        "advanced_events": f"used by fewer than {_RARE:.0%} of the accounts",
        "new_events": f"came up {_NEW_AFTER_DAYS} days after usage began, or later",
        "plan_order": "by the median price of a seat",
        "cadence_days": f"{_USUALLY:.0%} of the gaps between active days are at most {gap:.0f} days",
    } | dict.fromkeys(KINDS, "by their names")
    return Proposal(features, why)


def as_yaml(proposal: Proposal) -> str:
    """The lines that replace the same keys of `features` in `params.yaml`.

    >>> print(as_yaml(Proposal({"key_events": ["login"], "cadence_days": 7}, {"key_events": "used by all"})))
    features:
      key_events: [login]  # used by all
      cadence_days: 7
    """
    lines = ["features:"]
    for key, value in proposal.features.items():
        if not value:
            continue
        why = f"  # {proposal.why[key]}" if key in proposal.why else ""
        if isinstance(value, dict):
            lines.append(f"  {key}:{why}")
            lines += [f"    {_flow(name)}: {_flow(each)}" for name, each in value.items()]
        else:
            lines.append(f"  {key}: {_flow(value)}{why}")
    nothing = [key for key, value in proposal.features.items() if not value]
    return "\n".join(lines + ([f"  # nothing found for {', '.join(nothing)}"] if nothing else []))


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


def _figures(daily: Path, subscriptions: pd.DataFrame) -> tuple[pd.DataFrame, int, int, float]:
    """The events with their figures, newcomers whose first days were seen, accounts, and the gap most are within."""
    files = {"files": f"{glob.escape(str(daily))}/*.parquet"}
    with duckdb.connect() as connection:
        connection.register("subscriptions", subscriptions)
        begins, lasts, accounts = connection.execute(_SPAN, files).fetchone() or (None, None, 0)
        seen = {"begins": begins, "lasts": lasts, "observed": _OBSERVED_DAYS}
        events = connection.execute(_EVENTS, files | seen).df()
        (starters,) = connection.execute(_STARTERS, seen).fetchone() or (0,)
        (gap,) = connection.execute(_GAPS, files | {"usually": _USUALLY}).fetchone() or (None,)
    events["days_in"] = (events["first_day"] - pd.Timestamp(begins)).dt.days
    return events, int(starters), int(accounts), np.inf if gap is None else float(gap)


def _named(events: pd.DataFrame, words: str) -> list[str]:
    """Events in whose names one of the words begins."""
    return [name for name in events["event"] if re.search(rf"(?<![a-z])(?:{words})", name, re.I)]


def _milestones(events: pd.DataFrame, starters: int) -> dict[str, dict[str, Any]]:
    """What most newcomers do, though not at once. Asking for help is not a step to value."""
    learning = [*_named(events, KINDS["help_events"]), *_named(events, KINDS["education_events"])]
    events = events[~events["event"].isin(learning)]
    steps = events[(events["reached"] >= max(_FEWEST, starters / 2)) & (events["target_days"] >= _LEAST_DAYS_TO_A_STEP)]
    steps = steps.sort_values(["target_days", "event"]).head(_MILESTONES)
    return {
        "first_" + re.sub(r"\W+", "_", row["event"]): {
            "event": row["event"],
            "times": 1,
            "target_days": int(np.ceil(row["target_days"])),
        }
        for _, row in steps.iterrows()
    }


def _new(events: pd.DataFrame) -> dict[str, str]:
    new = events[(events["days_in"] >= _NEW_AFTER_DAYS) & (events["accounts"] >= _FEWEST)]
    return {row["event"]: str(row["first_day"].date()) for _, row in new.iterrows()}


def _plans(subscriptions: pd.DataFrame) -> list[str]:
    paid = subscriptions[(subscriptions["mrr"] > 0) & (subscriptions["seats"] > 0) & subscriptions["plan"].notna()]
    paid = paid.loc[paid.groupby("account_id")["mrr"].idxmax()]  # an add-on is not a plan
    price = (paid["mrr"] / paid["seats"]).groupby(paid["plan"]).median()
    return [str(plan) for plan in price.sort_values(kind="stable").index]
