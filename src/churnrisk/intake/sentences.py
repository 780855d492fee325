"""What a reader of the list must know of the rows that came in: what was set aside, emptied or perhaps misspelt."""

from collections.abc import Iterator

from churnrisk.store.catalogue.conform import Intake, TableCounts


def sentences(intake: Intake) -> list[str]:
    """One sentence a reason, the tables in order; empty where every row and value was sound."""
    return [sentence for table, counts in intake.tables.items() for sentence in _of_table(table, counts)]


def _of_table(table: str, counts: TableCounts) -> Iterator[str]:
    if counts.added_up:
        yield f"{counts.added_up:,} rows of {table} are items or discounts of others, and were added up."
    if counts.bridged:
        yield f"{counts.bridged:,} gaps between {table} of an account were bridged."
    for reason, rows in counts.rejected.items():
        yield f"{rows:,} rows of {table} were set aside: {reason}."
    for reason, values in counts.emptied.items():
        yield f"{values:,} values of {table} count as not known: {reason}."
    for word, rows in counts.misspelt.items():
        yield f"{rows:,} rows of {table} have the {word}."
