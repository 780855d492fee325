"""The three files of the book in a folder of their own: all of them or none."""

from churnrisk.book.outputs.page import page
from churnrisk.book.outputs.sheet import write_sheet
from churnrisk.store.catalogue.book import BOOK, PAGE, SHEET, BookRecord
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import whole_file, write_text


def write(book: BookRecord, workspace: Workspace) -> None:
    """Write reports/book anew, whole or not at all."""
    with rewriting(workspace, BOOK, PAGE, SHEET) as draft:
        BOOK.write(book, draft)
        write_text(page(book), PAGE.at(draft))
        with whole_file(SHEET.at(draft)) as partial:
            write_sheet(book, partial)
