"""The three files of the book in a folder of their own: all of them or none."""

import io

from churnrisk.book.outputs.page import page
from churnrisk.book.outputs.sheet import write_sheet
from churnrisk.store.catalogue.book import BOOK, PAGE, SHEET, BookRecord
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_bytes, write_text


def write(book: BookRecord, workspace: Workspace) -> None:
    """Write reports/book anew, whole or not at all."""
    with rewriting(workspace, BOOK, PAGE, SHEET) as draft:
        BOOK.write(book, draft)
        write_text(page(book), PAGE.at(draft))
        # In memory first: an error of the disk is then one that users understand, and not one of the spreadsheet's.
        sheet = io.BytesIO()
        write_sheet(book, sheet)
        write_bytes(sheet.getvalue(), SHEET.at(draft))
