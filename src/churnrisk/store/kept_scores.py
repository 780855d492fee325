"""The archive of scores, and which of them lead: those of the list that went out last.

A run on data that were wrong is corrected by another, of the same date and by the same model. The archive keeps both,
named after their content, and everything that asks what a list was made from goes by the list that is shown.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.store.archive import Archive
from churnrisk.store.catalogue.list import Publication
from churnrisk.store.catalogue.score import ARCHIVED_SCORES
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace


@dataclass(frozen=True, order=True)
class Kept:
    """Scores in the archive: their date, the lineage of their model, and the digest of their content."""

    as_of: Day
    lineage: str
    scores: str

    @classmethod
    def of(cls, made: Publication) -> "Kept":
        """Those that a list which went out was made from."""
        return cls(day(made.as_of), made.lineage, made.scores)

    def read(
        self, workspace: Workspace, columns: list[str] | None = None, account: str | None = None
    ) -> pd.DataFrame | None:
        """Their rows, or that of an account; None where the archive lacks them, SourceError where they are damaged."""
        path = ARCHIVED_SCORES.at(workspace, as_of=self.as_of, lineage=self.lineage, scores=self.scores)
        if not self.scores:
            # As an earlier version kept them: one file a date and model, in the place of the folder.
            path = path.parent.with_name(f"{path.parent.name}.parquet")
        filters = None if account is None else [("account_id", "==", account)]
        return ARCHIVED_SCORES.read_at(path, columns, filters) if path.exists() else None


def digest(rows: pd.DataFrame) -> str:
    """The name of scores: 16 hexadecimal digits of the SHA-256 of their values, whatever wrote the file.

    >>> digest(pd.DataFrame({"probability": [0.1]})) == digest(pd.DataFrame({"probability": [0.1]}, index=[7]))
    True
    """
    return hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()[:16]


def keep(workspace: Workspace, scores: pd.DataFrame, as_of: Day, lineage: str) -> Kept:
    """Add the scores of a date to the archive, unless it has the same ones; contributions are left out, because the
    bundle gives them again.
    """
    short = [name for name in scores if not str(name).startswith("shap_")]
    rows = scores[short].assign(lineage=lineage)
    kept = Kept(as_of, lineage, digest(rows))
    Archive(workspace, ARCHIVED_SCORES).append(rows, as_of=as_of, lineage=lineage, scores=kept.scores)
    return kept


def all_kept(workspace: Workspace) -> list[Kept]:
    """All scores of the archive in order, by the names of the files; none of them has to be read."""
    return sorted(_named(workspace))


def leading(workspace: Workspace) -> list[Kept]:
    """Of each date and model, the scores of the list that went out last; in order of date, and what a date shows last.

    Where no list went out, as after a run that was cut off, they are the first by name: the same in every run.
    """
    lists = Published(workspace)
    went_out = {(kept.as_of, kept.lineage): kept for kept in map(Kept.of, lists.all())}
    shown = {Kept.of(made) for made in lists.shown().values()}
    kept = all_kept(workspace)
    there = set(kept)
    first = {(each.as_of, each.lineage): each for each in reversed(kept)}
    lead = [found if (found := went_out.get(key)) in there else each for key, each in first.items()]
    return sorted(lead, key=lambda each: (each.as_of, each in shown, each.lineage))


def _named(workspace: Workspace) -> Iterator[Kept]:
    for path in ARCHIVED_SCORES.all_at(workspace):
        as_of, lineage, scores = (part.partition("=")[2] for part in (*path.parts[-3:-1], path.stem))
        yield Kept(day(as_of), lineage, scores)
