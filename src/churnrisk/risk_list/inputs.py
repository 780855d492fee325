"""What a list is made from: `gather` gives it, and `compose` takes it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from churnrisk.clock import Day, LabelWindow
from churnrisk.facts.catalogue import FACTS
from churnrisk.facts.fact import Fact
from churnrisk.params.plays import Plays as Settings
from churnrisk.plays.play import Play
from churnrisk.risk_list.groups import Limits
from churnrisk.risk_list.structure import CameOf, Judged, Model, Settled

DISPOSITION = ["account_id", "as_of", "play", "outcome", "who", "reason", "snooze_until", "verdict", "known_at"]
"""What came back of what was done for an account."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What scoring one date gave; every frame is keyed by `account_id`.

    `scores`: one row an account of the cohort: `probability` (0 to 1), `base_value` (log-odds), and `probability_30d`
    ... of the ladder. `reasons`: a row an account and fact: `fact`, `points`, `change_points`. `movement`: at most one
    an account: `probability_before` (what the same model gives for `previous_as_of`; NaN: not watched then). `known`:
    what sentences are made from (`churnrisk.explain.known`). `lineage` is that of the model, and `digest` names the
    scores in the archive. `warnings` are sentences on values that the model has not seen before.
    """

    scores: pd.DataFrame
    reasons: pd.DataFrame
    movement: pd.DataFrame
    known: pd.DataFrame
    lineage: str
    digest: str = ""
    previous_as_of: Day | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """What the list has to know of the model: what it `shows` of it, whether the ranking is `usable`, and the `verdict`
    on that as a sentence. `caution` is a sentence on how far to trust a ranking that is usable; mostly empty.
    """

    shows: Model
    usable: bool
    verdict: str
    caution: str = ""


@dataclass(frozen=True, kw_only=True)
class PastLists:
    """What the archive knew before a date.

    `listed` are the accounts of the list before, None where there was none, and `called` those of them that were to be
    called. `scores` has (date, probability) of past lists by account, oldest first, `came_of` is the newest list whose
    window is over, and `judged` are the newest of these, oldest first. `settled` is how disagreements on these ended.
    """

    listed: frozenset[str] | None = None
    called: frozenset[str] = frozenset()
    scores: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    came_of: CameOf | None = None
    judged: tuple[Judged, ...] = ()
    settled: Settled | None = None


@dataclass(frozen=True, kw_only=True)
class Feeds:
    """How fresh the data are: the last day that the required feeds cover, the date of the next list, the newest day
    of each table that is read (None where it had nothing), and what is wrong with which.
    """

    through: Day
    next_as_of: Day
    dates: tuple[tuple[str, dt.date | None], ...]
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All that the list of one `as_of` is made from; every frame is keyed by `account_id`.

    `limits` and `currency` are the settings of the list. `scores`, `reasons`, `movement`, `known` and
    `previous_as_of` are those of `Scored`, `facts` all that can be said, by name. `accounts`: `name`, `owner`,
    `segment`. `contracts`: `mrr` (money a month), `plan`, `renews_on`, `can_leave_on` (the first date on which it
    can leave; NaT: at any time); values may be missing. `usage`: one column a week, the oldest first; NaN before
    the account began. `in_notice`: `name`, `owner`, `arr` (money a year), `ended_on`. `not_watched`: `name`,
    `owner`, `rule` and `ended_on` of all others that are known; `left_out` counts them by rule. `by_model` has the
    points that a new model, or new levels of segments, moved an account by, by name, where the list of the date before
    was by others (`churnrisk.explain.movement`), and `past` is what the archive knew. `went` has those who gave notice
    or left since the date before: `kind`, `name`, `owner`. `plays` lead to the next step of a row, by the settings
    `holds` of the rules that hold one back; `dispositions` are what was done before, as far as it was known. `notes`
    and `warnings` are sentences from the stages before.
    """

    as_of: Day
    window: LabelWindow
    limits: Limits
    currency: str
    scores: pd.DataFrame
    reasons: pd.DataFrame
    movement: pd.DataFrame
    known: pd.DataFrame
    previous_as_of: Day | None
    accounts: pd.DataFrame
    contracts: pd.DataFrame
    usage: pd.DataFrame
    in_notice: pd.DataFrame
    left_out: Mapping[str, int]
    not_watched: pd.DataFrame
    model: ModelFacts
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=lambda: FACTS)
    by_model: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    past: PastLists = field(default_factory=PastLists)
    went: pd.DataFrame | None = None
    feeds: Feeds | None = None
    plays: tuple[Play, ...] = ()
    holds: Settings = field(default_factory=Settings)
    dispositions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DISPOSITION))
