"""A first configuration, proposed from a company's own usage and subscriptions."""

import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml

from churnrisk.clock import Day, days
from churnrisk.clock import day as to_day
from churnrisk.doctor.cadence import LENGTHS, cadence, proposed
from churnrisk.doctor.history import room
from churnrisk.doctor.repeats import REACHED, Together, activity, against, nth_times, together
from churnrisk.doctor.worth import Worth, worth
from churnrisk.params import Params
from churnrisk.past.usage.activity import read_activity
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
    """Values for sections of `params.yaml`, the figures behind them by key, and what those of `features` are worth."""

    features: dict[str, Any]
    why: dict[str, str]
    churn: dict[str, Any] = field(default_factory=dict)
    folds: dict[str, Any] = field(default_factory=dict)
    worth: Sequence[str] = ()


@dataclass(frozen=True)
class _Usage:
    """What usage says: events with their figures, how soon each is repeated, which occur together, newcomers whose
    first days were seen, accounts, the gap that most are within, and the last day."""

    events: pd.DataFrame
    nth: pd.DataFrame
    together: Together
    starters: int
    accounts: int
    gap: float
    lasts: Day


def propose(workspace: Workspace, params: Params) -> Proposal:
    """Read the rollup of usage and the subscriptions, and say what they suggest.

    Names of events say what kind they are, how many use them and how often which matter, and newcomers how soon a
    milestone is reached. It is a start: whoever knows the product knows better. `params` say what churn is, and what
    the proposal is compared with.
    """
    subscriptions = TABLE["subscriptions"].read(workspace)
    require(workspace.usage / "daily")
    usage = _figures(workspace, subscriptions)
    features, why = _features(usage, subscriptions)
    churn, folds, further = _periods(workspace, params, usage, subscriptions)
    measured = worth(workspace, params, {name: value for name, value in features.items() if value})
    return Proposal(
        features=features,
        why=why | further,
        churn=churn,
        folds=folds,
        worth=measured.words() if isinstance(measured, Worth) else [measured],
    )


def _features(usage: _Usage, subscriptions: pd.DataFrame) -> tuple[dict[str, Any], dict[str, str]]:
    """Values for the section `features`, and why."""
    events, share = usage.events, usage.events["accounts"] / usage.accounts
    features: dict[str, Any] = {
        "milestones": _milestones(usage),
        "key_events": list(events["event"][share >= _COMMON][:_KEY_EVENTS]),
        "advanced_events": [
            name for name in events["event"][(share < _RARE) & (events["accounts"] >= _FEWEST)] if not against(name)
        ],
        **{kind: _named(events, words) for kind, words in KINDS.items()},
        "new_events": _new(events),
        "plan_order": _plans(subscriptions),
        "cadence_days": next(length for length, limit in _CADENCES.items() if usage.gap <= limit),
    }
    why = {
        "milestones": f"done by many of {usage.starters:,} newcomers, and the days in which 75 % of these did it",
        "key_events": f"used by {_COMMON:.0%} of {usage.accounts:,} accounts or more; most often used first",
        "advanced_events": f"used by fewer than {_RARE:.0%} of the accounts",
        "new_events": f"came up {_NEW_AFTER_DAYS} days after usage began, or later",
        "plan_order": "by the median price of a seat",
        "cadence_days": f"{_USUALLY:.0%} of the gaps between active days are at most {usage.gap:.0f} days",
    }
    return features, why | dict.fromkeys(KINDS, "by their names")


def _periods(
    workspace: Workspace, params: Params, usage: _Usage, subscriptions: pd.DataFrame
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Values for the sections `churn` and `folds` where they should differ from the params, and why."""
    churn, why = _inactivity(workspace, params, usage, subscriptions)
    fits = room(params, usage.lasts, churn.get("inactive_days", params.churn.inactive_days))
    history = f"usage ends on {usage.lasts}: {fits.days} days of dates are left beside two horizons"
    if not fits.test_weeks:
        why["test_weeks"] = f"no test fits: there are {fits.days} days from clock.first_as_of to the end of usage"
        return churn, {"test_weeks": None}, why
    if fits.horizon_days != params.churn.horizon_days:
        churn["horizon_days"], why["horizon_days"] = fits.horizon_days, f"the longest that fits; {history}"
    if params.folds.test_as_of or fits.test_weeks >= params.folds.test_weeks:
        return churn, {}, why
    return churn, {"test_weeks": fits.test_weeks}, why | {"test_weeks": f"a third of them; {history}"}


def _inactivity(
    workspace: Workspace, params: Params, usage: _Usage, subscriptions: pd.DataFrame
) -> tuple[dict[str, Any], dict[str, str]]:
    """What churn is where nothing ever ends, as in a log of purchases: which events are activity, and how long none."""
    churn: dict[str, Any] = {}
    why: dict[str, str] = {}
    endless = subscriptions["ended_on"].isna().all()
    if params.churn.inactive_days is None and not endless:
        return churn, why
    alive = activity(list(usage.events["event"]), usage.together)
    if params.churn.inactive_days is None:
        silences = cadence(read_activity(workspace.usage, alive).before(usage.lasts + days(1)), usage.lasts + days(1))
        longest = int((usage.lasts - to_day(params.clock.first_as_of)) / days(1)) // 4
        fitting = max((each for each in LENGTHS if each <= longest), default=LENGTHS[0])
        churn = {"kind": "inactivity", "inactive_days": min(proposed(silences) or fitting, fitting)}
        why = {"kind": "no subscription has ended, so nobody would ever have churned by their ends"}
    if alive and tuple(alive) != params.churn.activity_events:
        churn["activity_events"] = alive
        why["activity_events"] = "the others are done on the way out, or happen on the same days anyway"
    return churn, why


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


def _figures(workspace: Workspace, subscriptions: pd.DataFrame) -> _Usage:
    """What usage says; each figure is a query over the daily rollup."""
    files = {"files": f"{glob.escape(str(workspace.usage / 'daily'))}/*.parquet"}
    with duckdb.connect() as connection:
        connection.register("subscriptions", subscriptions)
        begins, lasts, accounts = connection.execute(_SPAN, files).fetchone() or (None, None, 0)
        seen = {"begins": begins, "lasts": lasts, "observed": _OBSERVED_DAYS}
        events = connection.execute(_EVENTS, files | seen).df()
        (starters,) = connection.execute(_STARTERS, seen).fetchone() or (0,)
        (gap,) = connection.execute(_GAPS, files | {"usually": _USUALLY}).fetchone() or (None,)
        nth, both = nth_times(connection, files | seen), together(connection, files["files"])
    events["days_in"] = (events["first_day"] - pd.Timestamp(begins)).dt.days
    return _Usage(
        events=events,
        nth=nth,
        together=both,
        starters=int(starters),
        accounts=int(accounts),
        gap=np.inf if gap is None else float(gap),
        lasts=Day(lasts, "D"),
    )


def _named(events: pd.DataFrame, words: str) -> list[str]:
    """Events in whose names one of the words begins."""
    return [name for name in events["event"] if re.search(rf"(?<![a-z])(?:{words})", name, re.I)]


def _milestones(usage: _Usage) -> dict[str, dict[str, Any]]:
    """What many newcomers do, though not at once, and what they do at once and then again."""
    names = {1: "first", 2: "second", 3: "third", 5: "fifth", 10: "tenth"}
    steps = pd.concat([_first_times(usage), _repetitions(usage)])
    steps = steps.sort_values(["target_days", "event", "times"]).head(_MILESTONES)
    return {
        f"{names[row['times']]}_" + re.sub(r"\W+", "_", row["event"]): {
            "event": row["event"],
            "times": int(row["times"]),
            "target_days": int(np.ceil(row["target_days"])),
        }
        for _, row in steps.iterrows()
    }


def _first_times(usage: _Usage) -> pd.DataFrame:
    """What most newcomers do, though not at once. Asking for help, or giving back, is not a step to value."""
    events = usage.events
    off = {each for kind in ("help_events", "education_events") for each in _named(events, KINDS[kind])}
    off |= {each for each in events["event"] if against(each)}
    most = events["reached"] >= max(_FEWEST, usage.starters / 2)
    late = events["target_days"] >= _LEAST_DAYS_TO_A_STEP
    return events[most & late & ~events["event"].isin(off)].assign(times=1)


def _repetitions(usage: _Usage) -> pd.DataFrame:
    """How often some newcomers do what most do at once, such as buying, which is how they came."""
    events, nth = usage.events, usage.nth
    at_once = events[(events["reached"] >= usage.starters / 2) & (events["target_days"] < _LEAST_DAYS_TO_A_STEP)][
        "event"
    ]
    alive = activity(list(at_once), usage.together) or list(at_once)
    share = nth["reached"] / max(usage.starters, 1)
    step = share.between(*REACHED) & (nth["reached"] >= _FEWEST) & (nth["target_days"] >= _LEAST_DAYS_TO_A_STEP)
    return nth[step & nth["event"].isin(alive)]


def _new(events: pd.DataFrame) -> dict[str, str]:
    new = events[(events["days_in"] >= _NEW_AFTER_DAYS) & (events["accounts"] >= _FEWEST)]
    return {row["event"]: str(row["first_day"].date()) for _, row in new.iterrows()}


def _plans(subscriptions: pd.DataFrame) -> list[str]:
    paid = subscriptions[(subscriptions["mrr"] > 0) & (subscriptions["seats"] > 0) & subscriptions["plan"].notna()]
    paid = paid.loc[paid.groupby("account_id")["mrr"].idxmax()]  # an add-on is not a plan
    price = (paid["mrr"] / paid["seats"]).groupby(paid["plan"]).median()
    return [str(plan) for plan in price.sort_values(kind="stable").index]
