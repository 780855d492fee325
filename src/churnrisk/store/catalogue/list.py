"""What `list` writes: the list of one date, and what was published."""

import datetime as dt

from pydantic import Field, JsonValue

from churnrisk.store.files import File, Record, RecordFile


class ComposedList(Record):
    """The list of one date; `content` is what `risk_list.json` holds, which explains its keys itself."""

    as_of: dt.date
    lineage: str = Field(description="names the run that made the model")
    content: dict[str, JsonValue]


class Publication(Record):
    """A list that went out: its date, its model, the digest of the `scores` that it was made from, the `digest` of its
    four files, and whether it became `latest`.
    """

    as_of: dt.date
    lineage: str
    scores: str
    digest: str
    latest: bool


LIST = RecordFile(
    path="data/list/list.json", stage="list", says="the list of one date, before it is published", record=ComposedList
)
ARCHIVED_LIST = File(
    path="data/history/lists/as_of={as_of}/model={lineage}/list={digest}/{name}",
    stage="list",
    says="a file of a list that went out, byte for byte; `digest` is that of all its files; never changed, not DVC's",
)
PUBLICATION = RecordFile(
    path="data/history/publications/{number:06d}.json",
    stage="list",
    says="which list went out, in order; the last with `latest` is the latest list; never changed, not DVC's",
    record=Publication,
)
