"""The whole list, frozen: every output is made from this one structure, so that the outputs can't disagree."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from churnrisk import words
from churnrisk.plays.case import Group, NextStep

RankBy = Literal["value_at_risk", "probability"]
ChangeKind = Literal["joined", "went_off", "gave_notice", "left"]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A fact about the account in words, what it is about, and the percentage points that it moves the risk by."""

    sentence: str
    fact: str
    points: float

    @property
    def effect(self) -> str:
        """The points in words."""
        return words.signed_points(self.points)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One account on the list.

    `group` says why it is there. `decides_on` is the last day on which it can give notice, `days_to_decide` from the
    date of the list; None where there is no such day or it has passed, and `can_leave` says until when it can leave in
    words. `arr` and `value_at_risk` (probability x ARR) are money a year, None where no price is known.
    `probability_before` is what the present model gives for the previous date, and `change` is in percentage points;
    both are None where the account was not watched then. `usual` is the probability from which the facts of `adds_up`
    lead to this one, in percentage points, and those of `moved_by` from `probability_before`; where the list of the
    previous date was by another model, `moved_by` has "a new model" too, or "new levels of segments", from what that
    list said to `probability_before`. `moved` says in words what moved most. `ladder` holds (horizon in days,
    probability), shortest first; None where the account's contract ends after that. `median_days_to_churn` is None
    where no probability of the ladder reaches a half. `known` says in words what is known beside the reasons, and
    `flags` are `silent`, `unpaid` and `untalked`. `scores` has (date, probability) of past lists as they went out,
    oldest first. `usage` is the weekly total, oldest first, None before the account began. `done` says what was done
    for it last, and `verdict` how its owner sees it, as far as it came back. `owner_email` and `crm_id` are empty where
    the accounts don't give them.
    """

    rank: int
    group: Group
    account_id: str
    name: str
    owner: str
    segment: str
    plan: str
    arr: float | None
    value_at_risk: float | None
    renews_on: dt.date | None
    days_to_renewal: int | None
    decides_on: dt.date | None
    days_to_decide: int | None
    can_leave: str
    probability: float
    probability_before: float | None
    change: float | None
    moved: str
    moved_by: tuple[tuple[str, float], ...]
    usual: float | None
    adds_up: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    protects: Reason | None
    next_step: NextStep | None
    done: str
    verdict: str
    ladder: tuple[tuple[int, float | None], ...]
    median_days_to_churn: int | None
    usage: tuple[float | None, ...]
    known: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    owner_email: str = ""
    crm_id: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnerTotal:
    """The accounts of one owner in numbers; amounts are probability x ARR, in money a year.

    `owner_email` is empty where the accounts give none, or several.
    """

    owner: str
    owner_email: str = ""
    accounts_watched: int
    accounts_on_list: int
    revenue_at_risk: float
    revenue_at_risk_on_list: float


@dataclass(frozen=True, kw_only=True)
class InNotice:
    """An account that has already given notice; `arr` is money a year, `ended_on` its first day without us."""

    account_id: str
    name: str
    owner: str
    arr: float | None
    ended_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class NotListed:
    """An account that is not on the list, and `why_not` in words; `probability` is None where it is not watched."""

    account_id: str
    name: str
    owner: str
    why_not: str
    probability: float | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened to an account since the list before: it joined the list or went off it, gave notice, or left."""

    happened: ChangeKind
    account_id: str
    name: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class Missed:
    """An account that left without being listed, and what the list said of it: `why_not`, and its `probability`."""

    account_id: str
    name: str
    owner: str
    churned_on: dt.date
    why_not: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The list of `as_of`, whose window is over: `expected` of the `listed` accounts were to leave by its
    probabilities, and `churned` of them did. Accounts without a label are left out.
    """

    as_of: dt.date
    listed: int
    expected: float
    churned: int


@dataclass(frozen=True, kw_only=True)
class CameOf(Judged):
    """What else came of such a list: `churned_in_all` counts all that were watched, and `missed` are those of them
    that were not listed.
    """

    churned_in_all: int
    missed: tuple[Missed, ...]


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A watched account of which its owner says otherwise than the model: a high probability and `safe`, or a low one
    and `at risk` or `lost`.
    """

    account_id: str
    name: str
    owner: str
    probability: float
    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How past disagreements of owners with the model ended, as far as the windows of their lists are over: of so many
    accounts, whether they left was said rightly by the owner, and of all others by the model.
    """

    accounts: int
    owner_right: int


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What probabilities have meant: of the accounts that the model gave `low` to `high`, the share `left` did."""

    low: float
    high: float
    left: float


@dataclass(frozen=True, kw_only=True)
class Model:
    """Where the probabilities come from, and how good past lists would have been.

    `lineage` names the run, `trained_through` is the last day that the model learnt from. `auc` is the area under the
    ROC curve, and `lift` how many times as often as the average the tenth with the highest probabilities churned; both
    are from the out-of-time backtest, None where there was none. `left_above` and `left_below` are the shares of the
    accounts above and below the floor of their date that left there; None where there were none. `meant` has the
    probabilities that enough accounts were given there, the lowest first.
    """

    lineage: str
    trained_through: dt.date
    auc: float | None = None
    lift: float | None = None
    left_above: float | None = None
    left_below: float | None = None
    meant: tuple[Meant, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RiskList:
    """The list of one date, and what a reader must know about it.

    The probability is that of leaving from `leaves_from` to `leaves_to`, both days included. `floor` is that from
    which an account is called, and `too_little_known` counts those off the list of whose use nothing is known, so
    that nobody takes them for safe. Totals are over the whole cohort unless they say `on_list`; amounts are money a
    year. `left_out` counts accounts by rule, `held_back` next steps by the rule that holds them back, and `closed`
    those that were to be called before and whose risk has gone. `previous_as_of` is the date that changes are
    measured from.
    `not_listed` are all other accounts that are known. `data_through` is the last day that the required feeds cover,
    `feed_dates` has the newest day of each table that is read, and `feeds_behind` says what is wrong with which; the
    next list is of `next_as_of`. `context` says what the whole company did. `changes` are those since the previous
    date, and `came_of` is the newest list whose window is over; None where there is none yet. `judged` are the newest
    of these, the oldest of them first. `disagreements` are those of owners with the model, and `settled` says how
    past ones ended; None where none has. `warnings` are what a reader must know before anything else.
    """

    as_of: dt.date
    lead_days: int
    horizon_days: int
    leaves_from: dt.date
    leaves_to: dt.date
    rank_by: RankBy
    currency: str
    accounts_watched: int
    too_little_known: int
    floor: float
    expected_churns: float
    revenue_at_risk: float
    revenue_at_risk_on_list: float
    previous_as_of: dt.date | None
    rows: tuple[Row, ...]
    owners: tuple[OwnerTotal, ...]
    in_notice: tuple[InNotice, ...]
    not_listed: tuple[NotListed, ...]
    disagreements: tuple[Disagreement, ...]
    left_out: tuple[tuple[str, int], ...]
    held_back: tuple[tuple[str, int], ...]
    closed: int
    model: Model
    notes: tuple[str, ...]
    data_through: dt.date | None = None
    next_as_of: dt.date | None = None
    feed_dates: tuple[tuple[str, dt.date | None], ...] = ()
    feeds_behind: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    came_of: CameOf | None = None
    judged: tuple[Judged, ...] = ()
    settled: Settled | None = None
    warnings: tuple[str, ...] = ()

    @property
    def list_id(self) -> str:
        """Names the list in other systems: its date and its model, so the same list has the same name."""
        return f"{self.as_of}-{self.model.lineage}"
