"""What `train` writes: the models, and how they were chosen."""

import datetime as dt

from churnrisk.store.files import Record, RecordFile, TextFile


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
    seed: int


class Choice(Record):
    """The settings that were chosen on later time, and how well they did there."""

    trials: int
    trees: int
    log_loss: float
    settings: dict[str, int | float]
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
