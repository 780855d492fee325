"""What `monitor` writes: whether feeds, features and scores are as they were, and whether past lists were right."""

import datetime as dt
from typing import Literal

from pydantic import Field

from churnrisk.store.files import Record, RecordFile, TextFile

State = Literal["nothing to look at", "fine", "watch", "alarm"]


class FeedRate(Record):
    """Facts of a feed, a watched account and week: in the last four weeks, in the four before, and in training."""

    feed: str
    facts: int
    now: float
    before: float
    training: float | None


class Moved(Record):
    """How far a column is from what it was: its stability index against training, and against the previous date, each
    with what chance alone may give; the share of accounts without a value, and of words that the model never saw.
    `weight` is its share of all contributions to this week's scores.
    """

    name: str
    weight: float
    index: float
    chance: float
    usual: float
    index_before: float | None
    chance_before: float | None
    missing: float
    missing_training: float
    missing_before: float | None
    unseen: float | None = Field(description="none of numbers")


class ScoresMoved(Record):
    """The mean probability now, on the previous date by the same model, and on the dates before it was trained that it
    did not learn from; and how far the spread is from those. None where there are no such dates.
    """

    accounts: int
    mean: float
    mean_before: float | None
    mean_training: float | None
    spread: Moved | None


class ToldApart(Record):
    """How well a classifier tells the accounts of this date from those of the previous one, by features that do most;
    0.5 is not at all.
    """

    auc: float
    by: dict[str, float] = Field(description="AUC of each feature alone, the largest first")


class GroupMoved(Record):
    """A group whose accounts moved together: mean probability before and now, and by how many percentage points more
    than that of all others it rose.
    """

    column: str
    value: str
    accounts: int
    before: float
    now: float
    points: float
    errors: float = Field(description="the same in standard errors")


class Expected(Record):
    """What the list should turn out to be, as far as its probabilities can be believed."""

    listed: int
    churns_on_list: float
    precision: float
    precision_low: float
    precision_high: float
    auc: float | None
    auc_of_test: float
    auc_of_test_low: float
    assumptions: str


class Drift(Record):
    """All that is known without the archive: it follows from the files of this run alone."""

    as_of: dt.date
    previous_as_of: dt.date | None
    lineage: str
    feeds: list[FeedRate]
    features: list[Moved]
    scores: ScoresMoved
    told_apart: ToldApart | None
    groups: list[GroupMoved]
    expected: Expected


class PastList(Record):
    """A list whose label window is over, against what happened: accounts that had a label, how many of them stood on
    the list, how many churned, how many both; how many of those on the list were expected to, by their probabilities
    and by lot; ARR that was lost, and how much of that stood on the list; and the median of the days from the list to
    the churn.
    """

    as_of: dt.date
    lineage: str
    matured_on: dt.date
    accounts: int
    listed: int
    churned: int
    found: int
    found_expected: float
    found_by_lot: float
    precision: float | None = Field(description="null where nobody on the list has a label")
    churn_rate: float
    mean_probability: float
    arr_lost: float | None
    arr_lost_on_list: float | None
    days_ahead: float | None


class Reached(Record):
    """Places on lists whose windows are over: how many, how many of their accounts churned, and how many were expected
    to, by their probabilities.
    """

    places: int
    churned: int
    expected: float


class Acted(Record):
    """What came of the places on lists whose accounts somebody talked with or did something for, and of the others."""

    reached: Reached
    others: Reached


class PastLists(Record):
    """All past lists of one model together; AUC and ratio with their 95 % intervals, by accounts."""

    lineage: str
    lists: int
    accounts: int
    churned: int
    listed: int
    found: int
    found_expected: float
    found_by_lot: float
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    ratio: float | None = Field(description="churn rate over mean probability")
    ratio_low: float | None
    ratio_high: float | None
    warned: dict[str, float | None] = Field(description="share on a list so many days before they churned")
    acted: Acted | None = Field(default=None, description="null where no answer came back")


class CheckReport(Record):
    """A rule of the monitor and what it found; `words` say what it means when the rule holds."""

    name: str
    about: str
    words: str
    state: State
    evidence: str


class Alert(Record):
    """Something to act on, and what else it explains."""

    check: str
    state: State
    evidence: str
    next_step: str
    explains: list[str]


class Refit(Record):
    """Whether the model should be trained again, and by which rules."""

    advised: bool
    because: list[str]
    words: str


class Monitor(Record):
    """The whole report of one date."""

    as_of: dt.date
    state: State
    alerts: list[Alert]
    refit: Refit
    checks: list[CheckReport]
    drift: Drift
    past: PastLists | None
    lists: list[PastList]


DRIFT = RecordFile(
    path="reports/drift.json",
    stage="monitor",
    says="feeds, features and scores of this run against training and against the previous date, and what to expect",
    record=Drift,
)
MONITOR = RecordFile(
    path="reports/monitor.json",
    stage="monitor",
    says="that, past lists against what happened, and the state of every rule; it depends on the archive, so it is not"
    " DVC's",
    record=Monitor,
)
MONITOR_PAGE = TextFile(path="reports/monitor/index.html", stage="monitor", says="the same as a page; not DVC's")


class Origin(Record):
    """Where the scores of one date come from: the model and its run, the code, the params, the queries and the data."""

    as_of: dt.date
    lineage: str
    scores: str = Field(description="the digest that names them in the archive")
    levels: dict[str, float] = Field(
        default={}, description="what each segment had added to its log-odds; empty: none has a level"
    )
    levels_until: str = Field(
        default="", description="the day by which the labels of these levels were mature; empty: no levels"
    )
    recalibrated_from: str = Field(default="", description="written by earlier versions, whose archives have it")
    data_hash: str
    params_hash: str
    git_revision: str
    params_sha256: str
    queries: dict[str, str] = Field(description="sha256 of each query")
    data: dict[str, str] = Field(description="sha256 of each file of tables, and of the scores")


ORIGIN = RecordFile(
    path="data/history/origin/as_of={as_of}/model={lineage}/scores={scores}.json",
    stage="monitor",
    says="where those scores come from; never changed, not DVC's",
    record=Origin,
)
