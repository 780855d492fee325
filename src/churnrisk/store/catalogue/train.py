"""What `train` writes: the models."""

from churnrisk.store.files import Record, RecordFile


class Choice(Record):
    """The settings that were chosen on later time, and how well they did there."""

    trials: int
    trees: int
    log_loss: float
    settings: dict[str, int | float]
    chosen_on: str


CHOICE = RecordFile(
    path="models/choice.json",
    stage="train",
    says="the settings that were chosen on later time, and how well they did there",
    record=Choice,
)
