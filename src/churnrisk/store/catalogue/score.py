"""What `score` writes: who is likely to churn, and why."""

import datetime as dt

from pydantic import Field

from churnrisk.store.columns import ACCOUNT, HORIZON, KEYS, PROBABILITY, SNAPSHOT
from churnrisk.store.files import Column, Record, RecordFile, TableFile


class ScoresReport(Record):
    """Where the scores of one date come from; `previous_as_of` is the date that changes are measured from."""

    as_of: dt.date
    previous_as_of: dt.date | None
    lineage: str = Field(description="names the run that made the model")
    digest: str = Field(description="names these scores in the archive")
    trained_on: str
    warnings: list[str]


SCORES = TableFile(
    path="data/scores/as_of={as_of}/scores.parquet",
    stage="score",
    says="one row an account at risk on that date",
    key=tuple(KEYS),
    columns={
        **SNAPSHOT,
        "horizon_days": HORIZON,
        "probability": PROBABILITY,
        "raw_score": Column("number", "the log-odds of that probability"),
        "base_value": Column("number", "the raw score before any contribution"),
        "probability_<days>d": Column("number", "the same within so many days; never less for a longer horizon"),
        "shap_<feature>": Column("number", "contribution of the feature in log-odds; all and the base give the score"),
    },
)
REASONS = TableFile(
    path="data/scores/as_of={as_of}/reasons.parquet",
    stage="score",
    says="one row an account and fact, the heaviest first",
    key=("account_id", "fact"),
    columns={
        "account_id": ACCOUNT,
        "rank": Column("whole", "1 is the heaviest"),
        "fact": Column("text", "what it is about"),
        "contribution": Column("number", "sum over its features, in log-odds; all and the base give the score"),
        "points": Column("number", "percentage points; all and the probability of the base give the probability"),
        "change": Column("number", "the contribution's change in log-odds; empty: not at risk then", may_be_empty=True),
        "change_points": Column("number", "its change in percentage points; empty: likewise", may_be_empty=True),
    },
)
MOVEMENT = TableFile(
    path="data/scores/as_of={as_of}/movement.parquet",
    stage="score",
    says="one row an account: how its score moved since the previous date, by the same model",
    key=("account_id",),
    columns={
        "account_id": ACCOUNT,
        "probability_before": Column(
            "number", "what this model gives for the previous date; empty: not at risk then", may_be_empty=True
        ),
        "fact": Column("text", "the fact that moved most; empty: not at risk then", may_be_empty=True),
        "fact_change": Column("number", "its change in percentage points; empty: likewise", may_be_empty=True),
    },
)
KNOWN = TableFile(
    path="data/scores/as_of={as_of}/known.parquet",
    stage="score",
    says="one row an account: what the sentences of its facts are made from",
    key=("account_id",),
    columns={
        "account_id": ACCOUNT,
        "lifecycle_stage": Column("text", "its stage of life; an empty text: not known"),
        "before_<feature>": Column("number", "the same on the previous date; empty: no value", may_be_empty=True),
        "<name>": Column("number", "a feature that a fact reads, or a particular; empty: not known", may_be_empty=True),
    },
)
SCORES_REPORT = RecordFile(
    path="data/scores/as_of={as_of}/about.json",
    stage="score",
    says="which model gave these scores, and what to know of them",
    record=ScoresReport,
)

ARCHIVED_SCORES = TableFile(
    path="data/history/scores/as_of={as_of}/model={lineage}/scores={scores}.parquet",
    stage="score",
    says="one row an account at risk on that date, as that model scored it then; `scores` is the digest of the rows, so"
    " that a run on other data adds a file; never changed, not DVC's",
    key=(*KEYS, "lineage"),
    columns={
        **{name: column for name, column in SCORES.columns.items() if not name.startswith("shap_")},
        "segment": Column(
            "text", "the segment that has a level; an empty text: none. Files of before lack it", may_lack=True
        ),
        "level": Column("number", "what that adds to the log-odds, a part of the raw score; likewise", may_lack=True),
        "lineage": Column("text", "names the run that made the model"),
    },
)
