"""What `book` writes: retention as it has been and will be, in figures."""

import datetime as dt

from churnrisk.store.files import Column, File, Record, RecordFile, TableFile


class Definition(Record):
    """A figure: its unit, which way is better, what it means and what it rests on."""

    name: str
    title: str
    unit: str
    better: str
    words: str
    source: str


class PeriodFigures(Record):
    """The figures of one period, of a segment or (null) of the whole company; null: not defined.

    `last` is the last day. While a period is not `final`, some of its churn may not be reported.
    """

    kind: str
    name: str
    first: dt.date
    last: dt.date
    final: bool
    segment: str | None
    figures: dict[str, float | None]


class Movements(Record):
    """What became of MRR within a quarter, month by month and added up: `opening` and all that follows give `closing`.

    `contraction`, `churn` and `completed` (fixed terms that ended as planned) are below 0.
    """

    name: str
    segment: str | None
    opening: float
    new: float
    reactivation: float
    expansion: float
    contraction: float
    churn: float
    completed: float
    closing: float


class Cohort(Record):
    """Customers who began in one quarter, and the shares at the end of that quarter and of each later one."""

    name: str
    customers: int
    mrr: float
    logo: list[float | None]
    revenue: list[float | None]
    ripe: list[bool]


class Group(Record):
    """Revenue at risk of accounts that share an owner, a segment or a renewal month (`by`)."""

    by: str
    name: str
    accounts: int
    arr: float | None
    at_risk: float | None


class Cause(Record):
    """Why a figure changed: how many accounts, and what of their MRR at the start and at the end."""

    words: str
    accounts: int
    opening_mrr: float
    closing_mrr: float


class AsKnown(Record):
    """The figures of a month as they were known when it ended and as they are known now, and what came between."""

    name: str
    known_first: dt.date
    then: dict[str, float | None]
    now: dict[str, float | None]
    causes: list[Cause]


class Outlook(Record):
    """What is expected of the customers of a date, with an interval; `renewal_month` null: all of them.

    `quarters` says how far ahead: 1 or 2 quarters of 13 weeks. `actual_grr` and `actual_nrr` are null until they are
    known. `kept`: published on its date; else it was made afterwards, with predictions of a model that had not seen
    what followed.
    """

    as_of: dt.date
    until: dt.date
    quarters: int
    renewal_month: str | None
    customers: int
    mrr: float
    grr: float
    grr_low: float
    grr_high: float
    nrr: float
    nrr_low: float
    nrr_high: float
    actual_grr: float | None
    actual_nrr: float | None
    kept: bool


class BookRecord(Record):
    """All that the page shows.

    `contracts`: with contracts MRR is what recurs; without, it is what was bought in the days that count as active.
    `segments` are in the order of the table. `today` are the figures of the date itself.
    """

    as_of: dt.date
    currency: str
    contracts: bool
    active_days: int | None
    settled_until: dt.date
    level: float
    notes: list[str]
    definitions: list[Definition]
    segments: list[str]
    periods: list[PeriodFigures]
    movements: list[Movements]
    cohorts: list[Cohort]
    today: dict[str, float | None]
    at_risk: list[Group]
    as_known: list[AsKnown]
    forecast: list[Outlook]
    past_forecasts: list[Outlook]


_SHARE = "of the MRR at the date"

BOOK = RecordFile(
    path="reports/book/book.json",
    stage="book",
    says="all figures of the book, with their definitions",
    record=BookRecord,
)
PAGE = File(path="reports/book/index.html", stage="book", says="the book as a web page")
SHEET = File(path="reports/book/book.xlsx", stage="book", says="the book as a spreadsheet")
ARCHIVED_FORECASTS = TableFile(
    path="data/history/forecasts/as_of={as_of}/model={lineage}.parquet",
    stage="book",
    says="one row a group of customers and so many quarters ahead, as it was forecast then; never changed, not DVC's",
    key=("as_of", "lineage", "quarters", "renewal_month"),
    columns={
        "as_of": Column("time", "the date of the forecast"),
        "lineage": Column("text", "names the run that made the model"),
        "quarters": Column("whole", "how many quarters of 13 weeks ahead"),
        "renewal_month": Column("text", "the month of the next renewal; `all`: everybody; `later`: in none of these"),
        "until": Column("time", "the day up to which it looks"),
        "customers": Column("whole", "customers of the group"),
        "mrr": Column("number", "what they pay a month"),
        "grr": Column("number", f"expected GRR, {_SHARE}"),
        "grr_low": Column("number", "lower end of its interval"),
        "grr_high": Column("number", "upper end of its interval"),
        "nrr": Column("number", f"expected NRR, {_SHARE}"),
        "nrr_low": Column("number", "lower end of its interval"),
        "nrr_high": Column("number", "upper end of its interval"),
    },
)
