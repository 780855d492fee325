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
    says="one row an account and theme, the strongest first",
    key=("account_id", "theme"),
    columns={
        "account_id": ACCOUNT,
        "rank": Column("whole", "1 is the strongest"),
        "theme": Column("text", "what the reason is about"),
        "feature": Column("text", "the feature that speaks for the theme"),
        "value": Column("text", "its value", may_be_empty=True),
        "sentence": Column("text", "the fact in words"),
        "contribution": Column("number", "sum over the theme, in log-odds"),
        "odds": Column("number", "what the theme multiplies the odds with"),
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
        "theme": Column("text", "the theme that moved most; empty: not at risk then", may_be_empty=True),
        "theme_change": Column("number", "its change in log-odds; empty: not at risk then", may_be_empty=True),
    },
)
SCORES_REPORT = RecordFile(
    path="data/scores/as_of={as_of}/about.json",
    stage="score",
    says="which model gave these scores, and what to know of them",
    record=ScoresReport,
)
ARCHIVED_SCORES = TableFile(
    path="data/history/scores/as_of={as_of}/model={lineage}.parquet",
    stage="score",
    says="one row an account at risk on that date, as that model scored it then; never changed, not DVC's",
    key=(*KEYS, "lineage"),
    columns={
        **{name: column for name, column in SCORES.columns.items() if not name.startswith("shap_")},
        "lineage": Column("text", "names the run that made the model"),
    },
)
