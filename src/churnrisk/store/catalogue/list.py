"""What `list` writes: the list of one date, and what was published."""

import datetime as dt

from pydantic import Field, JsonValue

from churnrisk.contract import TABLES
from churnrisk.store.files import Column, File, Record, RecordFile, TableFile


class ComposedList(Record):
    """The list of one date; `content` is what `risk_list.json` holds, which explains its keys itself."""

    as_of: dt.date
    lineage: str = Field(description="names the run that made the model")
    content: dict[str, JsonValue]


class Run(Record):
    """When the files of a published folder were written (UTC), and by which version of churnrisk.

    The wall clock stands here and nowhere else, so that the same list gives the same bytes; so the file is no part of
    the list, and is not kept in the archive.
    """

    made_at: dt.datetime
    churnrisk: str


class Publication(Record):
    """A list that went out: its date, its model, the digest of the `scores` that it was made from (empty: of a version
    that kept one for each date and model), the `digest` of its files, and whether it became `latest`.
    """

    as_of: dt.date
    lineage: str
    scores: str = ""
    digest: str
    latest: bool


RUN = "run.json"
"""The name of the file beside those of a list that says when they were written."""

LIST = RecordFile(
    path="data/list/list.json", stage="list", says="the list of one date, before it is published", record=ComposedList
)
ARCHIVED_LIST = File(
    path="data/history/lists/as_of={as_of}/model={lineage}/list={digest}/{name}",
    stage="list",
    says="a file of a list that went out, byte for byte; `digest` is that of all its files; never changed, not DVC's",
)
ARCHIVED_IN_FOLDER = File(
    path="data/history/lists/as_of={as_of}/model={lineage}/list={digest}/{folder}/{name}",
    stage="list",
    says="likewise, of a folder of the list, such as the digests of owners",
)
PUBLICATION = RecordFile(
    path="data/history/publications/{number:06d}.json",
    stage="list",
    says="which list went out, in order; the last with `latest` is the latest list; never changed, not DVC's",
    record=Publication,
)

INBOX = File(
    path="data/inbox/{name}",
    stage="list",
    says="what people put here: `actions.csv` of the page, or the spreadsheet of a list with its columns filled in",
)
TAKEN = File(
    path="data/inbox/taken/{name}", stage="list", says="a file of the inbox that was read, byte for byte; not DVC's"
)
RETURNED = File(
    path="data/inbox/returned/{name}",
    stage="list",
    says="rows that were not taken, as text, with the reason in `why`; or a file that could not be read; not DVC's",
)
DISPOSITIONS = TableFile(
    path="data/history/dispositions/{number:06d}.parquet",
    stage="list",
    says="the rows taken from one file of the inbox, in order; the later row of a key counts; never changed, not DVC's",
    key=(),
    columns={
        **{
            name: Column("time" if column.metadata["kind"] == "time" else "text", column.description, column.nullable)
            for name, column in TABLES["dispositions"].columns.items()
            if name != "known_at"
        },
        "known_at": Column("time", "the date of the newest list that was out when the row was taken"),
        "came_from": Column("text", "hash of the file that it came from"),
    },
)
