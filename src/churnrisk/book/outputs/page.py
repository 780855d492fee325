"""The book as one web page."""

from pathlib import Path

from churnrisk.book.calendar import KINDS, Kind
from churnrisk.book.outputs import view
from churnrisk.book.worth import BY
from churnrisk.pages import page as pages
from churnrisk.store.catalogue.book import BookRecord

_MOST_ROWS: dict[Kind, int] = {"quarter": 8, "month": 12, "rolling": 4, "year": 5}
"""Periods of each kind on the page, the newest first; the spreadsheet has all."""

_MOST_GROUPS = 12


def page(book: BookRecord) -> str:
    """The page as HTML; it can be read without scripts."""
    now, before = view.last_two(book)
    moves = [each for each in book.movements if each.segment is None]
    return pages.page(
        Path(__file__).with_name("page.html.j2"),
        book=book,
        now=now,
        before=before,
        tiles=[] if now is None else view.tiles(book, now, before),
        year=next(iter(view.of_kind(book, "rolling")[::-1]), None),
        falls=view.waterfall(moves[-1], book.currency) if moves else None,
        moves=moves[-1] if moves else None,
        kinds=[(KINDS[kind], view.of_kind(book, kind)[-most:][::-1]) for kind, most in _MOST_ROWS.items()],
        segments=[view.of_kind(book, now.kind, each)[-1] for each in book.segments] if now else [],
        at=view.position,
        held=view.held(book.past_forecasts),
        groups=[(words, [each for each in book.at_risk if each.by == by][:_MOST_GROUPS]) for by, words in BY.items()],
    )
