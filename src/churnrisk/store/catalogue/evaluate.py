"""What `evaluate` writes: whether past lists would have been right, and the bundle that makes the next one."""

import datetime as dt

from pydantic import ConfigDict

from churnrisk.store.catalogue.train import fitted_files
from churnrisk.store.columns import HORIZON, KEYS, PROBABILITY, SNAPSHOT
from churnrisk.store.files import Column, Record, RecordFile, TableFile, TextFile


class TestSet(Record):
    """What the figures were measured on."""

    first_as_of: dt.date
    last_as_of: dt.date
    rows: int
    accounts: int
    churned: int
    accounts_churned: int


class Metrics(Record):
    """Figures by name: of the model, and of each baseline under its own name."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, dict[str, float]]

    test: TestSet
    model: dict[str, float]


class Verdict(Record):
    """Whether the ranking was better than chance, and than the best simple system, on dates that it had not seen, in
    words; `caution` is what a reader of the list must know although the ranking is of use.
    """

    usable: bool
    ahead: bool
    behind: bool
    words: str
    caution: str = ""


BACKTEST = TableFile(
    path="reports/backtest.parquet",
    stage="evaluate",
    says="one row a snapshot of the test: the prediction of a model that had not seen it",
    key=tuple(KEYS),
    columns={
        **SNAPSHOT,
        "horizon_days": HORIZON,
        "probability": PROBABILITY,
        "probability_<days>d": Column("number", "the same for a horizon of so many days"),
        "label": Column("number", "1 churned in the window, 0 stayed"),
        "offset": Column("number", "log-odds added for the level of the segment, as it was known on that date"),
        "baseline_<name>": Column(
            "number", "what a baseline gives the same snapshot; the higher, the likelier is churn"
        ),
    },
)
METRICS = RecordFile(
    path="reports/metrics.json",
    stage="evaluate",
    says="the model beside its baselines; `dvc metrics diff` compares runs",
    record=Metrics,
)
_REPORTS = {
    "slices": "the same figures by date and by slice, with intervals over accounts",
    "early_warning": "how many of those who churned stood on a list 30, 60 and 90 days before, by its length",
    "capacity": "lists as long as a team can work through: how many that churned are on them, for the model and each"
    " baseline, with equal scores in the worst, a random and the best order",
    "intervals": "intervals of the model's and each baseline's figures over blocks of dates",
    "calibration_by_group": "mean probability against churn rate, with intervals: of all, by segment, by stage of life"
    " and by month",
    "calibration_by_age": "the same by weeks from the last label that the model learned from",
    "horizons": "AUC and calibration of each horizon of the ladder",
    "fairness": "who is listed, rightly and wrongly, by the columns that `evaluate.fairness` names",
}
REPORT = {name: TextFile(path=f"reports/{name}.csv", stage="evaluate", says=words) for name, words in _REPORTS.items()}
"""Tables for people."""

_CURVES = {
    "precision_recall": "precision by recall",
    "calibration": "observed churn by predicted churn",
    "lift": "lift by share of the list",
}
CURVE = {
    name: TextFile(path=f"reports/plots/{name}.csv", stage="evaluate", says=f"the points of a curve, {words}")
    for name, words in _CURVES.items()
}
"""For `dvc plots show`."""

VERDICT = RecordFile(
    path="reports/verdict.json",
    stage="evaluate",
    says="whether the ranking was better than chance, in words",
    record=Verdict,
)
CARD = TextFile(path="reports/model_card.md", stage="evaluate", says="the model card")

BUNDLE = [
    *fitted_files("models/bundle", "evaluate"),
    TextFile(path="models/bundle/figures.json", stage="evaluate", says="the metrics of the model's test"),
    TextFile(path="models/bundle/verdict.json", stage="evaluate", says="the verdict on it"),
    TextFile(path="models/bundle/facts.json", stage="evaluate", says="the fact that each of its features belongs to"),
    TextFile(path="models/bundle/model_card.md", stage="evaluate", says="its card"),
    TextFile(
        path="models/bundle/population.json", stage="evaluate", says="how each of its features was spread in training"
    ),
    TextFile(path="models/bundle/bundle.json", stage="evaluate", says="the seal: sha256 of each file and of all"),
]
"""All that scoring and the list know of a model."""
