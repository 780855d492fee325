"""What `source` writes: where the company's files are."""

from churnrisk.store.files import File, Record, RecordFile


class SourceReport(Record):
    """The folder as `params.yaml` names it, and whether DVC is shown what changes in it."""

    folder: str
    shown: bool


SOURCE = RecordFile(
    path="data/source.json", stage="source", says="which folder the company's files are in", record=SourceReport
)
SHOWN = File(
    path="data/source",
    stage="source",
    says="a link to that folder, for DVC to look into; an empty folder where the company is made up",
)
