"""What `evaluate` writes: whether past lists would have been right."""

from churnrisk.store.columns import HORIZON, KEYS, PROBABILITY, SNAPSHOT
from churnrisk.store.files import Column, Record, RecordFile, TableFile, TextFile


class Verdict(Record):
    """Whether the ranking was better than chance on dates that it had not seen, in words."""

    usable: bool
    words: str


BACKTEST = TableFile(
    path="reports/backtest.parquet",
    stage="evaluate",
    says="one row a snapshot of the test: the prediction of a model that had not seen it",
    key=KEYS,
    columns={
        **SNAPSHOT,
        "horizon_days": HORIZON,
        "probability": PROBABILITY,
        "label": Column("number", "1 churned in the window, 0 stayed"),
    },
)
VERDICT = RecordFile(
    path="reports/verdict.json",
    stage="evaluate",
    says="whether the ranking was better than chance, in words",
    record=Verdict,
)
CARD = TextFile(path="reports/model_card.md", stage="evaluate", says="the model card")
