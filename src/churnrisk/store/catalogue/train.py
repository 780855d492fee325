"""What `train` writes: the models, and how they were chosen."""

import datetime as dt

from churnrisk.store.columns import KEYS, SNAPSHOT
from churnrisk.store.files import Column, Record, RecordFile, TableFile, TextFile


class PeriodRecord(Record):
    """Dates from `start` to before `stop`."""

    start: dt.date
    stop: dt.date


class SplitRecord(Record):
    """Which snapshots are learned from, chosen on and tested on."""

    test_as_of: list[dt.date]
    cut: dt.date
    embargo_days: int
    validation: list[PeriodRecord]
    by_account: str
    short_validation: list[PeriodRecord]
    seed: int


class TriedRecord(Record):
    """A setting of the menu, its log loss on later time, and whether it was kept."""

    name: str
    log_loss: float
    kept: bool
    settings: dict[str, bool | int | float]


class BoosterRecord(Record):
    """How many boosters have such settings, and the trees of each in the final model."""

    boosters: int
    trees: int
    settings: dict[str, bool | int | float]


class SystemRecord(Record):
    """A system on later time: its log loss, and by how much less that is than the usual system's, with the error of the
    difference.
    """

    name: str
    log_loss: float
    gain: float
    error: float


class Choice(Record):
    """What was chosen on later time: which system makes the list, and of which settings its boosters are; and which
    features say nothing, because they have one value, or none, in every snapshot that was learned from.
    """

    system: str
    few_churned: bool
    systems: list[SystemRecord]
    log_loss: float
    tried: list[TriedRecord]
    boosters: list[BoosterRecord]
    offsets_penalty: float | None
    says_nothing: list[str]
    chosen_on: str


def fitted_files(folder: str, stage: str) -> list[TextFile]:
    """The files of a fitted model: its scorer, what scoring needs beside it, and the seal over both."""
    says = {"scorer.txt": "the scorer", "model.json": "columns, ladder, lineage, and what it was trained on"}
    return [TextFile(path=f"{folder}/{name}", stage=stage, says=words) for name, words in says.items()]


def _sealed(folder: str, what: str) -> list[TextFile]:
    seal = TextFile(
        path=f"{folder}/fitted.json", stage="train", says=f"the seal of {what}: sha256 of each file and of all"
    )
    return [*fitted_files(folder, "train"), seal]


BACKTEST_MODEL = _sealed("models/backtest", "the model that is judged on the test")
FINAL_MODEL = _sealed("models/final", "the model that is fitted to every mature snapshot")

OUT_OF_TIME = TableFile(
    path="models/out_of_time.parquet",
    stage="train",
    says="one row a snapshot that settings were chosen on: the score of a model that had not seen it",
    key=tuple(KEYS),
    columns={**SNAPSHOT, "raw": Column("number", "log-odds, calibrated, without the level of its segment")},
)
SPLIT = RecordFile(
    path="models/split.json",
    stage="train",
    says="which snapshots are learned from, chosen on and tested on",
    record=SplitRecord,
)
CHOICE = RecordFile(
    path="models/choice.json",
    stage="train",
    says="the settings that were chosen on later time, and how well they did there",
    record=Choice,
)
