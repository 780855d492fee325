"""How well does the company keep its customers, and how well will it? Figures as a page, a spreadsheet and JSON."""

from churnrisk.book.compose import compose
from churnrisk.book.gather import gather
from churnrisk.book.outlooks import archived
from churnrisk.book.outputs.files import write
from churnrisk.clock import day
from churnrisk.feeds.list_date import list_date, require_open_gate
from churnrisk.params import Params
from churnrisk.store.archive import Archive
from churnrisk.store.catalogue.book import ARCHIVED_FORECASTS, BookRecord
from churnrisk.store.catalogue.score import SCORES_REPORT
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    """Write reports/book, and keep the forecast in the archive."""
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    book = compose(gather(workspace, params, as_of))
    write(book, workspace)
    _keep(workspace, book)


def _keep(workspace: Workspace, book: BookRecord) -> None:
    if book.forecast:
        as_of = day(book.as_of)
        lineage = SCORES_REPORT.read(workspace, as_of=as_of).lineage
        rows = archived(book.forecast, lineage)
        Archive(workspace, ARCHIVED_FORECASTS).append(rows, as_of=as_of, lineage=lineage)
