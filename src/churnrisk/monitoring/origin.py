"""Where the scores of one date come from, kept beside them in the archive: the way back from a row of any list."""

import hashlib
from dataclasses import asdict
from pathlib import Path

from churnrisk.clock import Day, as_date
from churnrisk.model.bundle import Bundle
from churnrisk.registry.mlflow_runs import git_revision
from churnrisk.store.catalogue.monitor import ORIGIN, Origin
from churnrisk.store.catalogue.score import SCORES, SCORES_REPORT
from churnrisk.store.kept_scores import Kept
from churnrisk.store.workspace import Workspace


def keep_origin(workspace: Workspace, bundle: Bundle, as_of: Day) -> None:
    """Write the origin of a date's scores to the archive; that of the first run that gave these scores stays.

    Not a file of DVC's: the git revision would change it at every commit, though the scores are the same.
    """
    model = bundle.model
    kept = Kept(as_of, model.lineage, SCORES_REPORT.read(workspace, as_of=as_of).digest)
    if has_origin(workspace, kept):
        return
    origin = Origin(
        as_of=as_date(as_of),
        lineage=model.lineage,
        scores=kept.scores,
        levels={} if model.offsets is None else {name: round(each, 6) for name, each in model.offsets.added.items()},
        levels_until="" if model.offsets is None else model.offsets.until,
        data_hash=model.data_hash,
        params_hash=model.params_hash,
        git_revision=git_revision(workspace.root),
        params_sha256=_sha256(workspace.params),
        queries={path.stem: _sha256(path) for path in sorted(workspace.queries.glob("*.sql"))},
        data=_data(workspace, as_of),
    )
    ORIGIN.write(origin, workspace, **asdict(kept))


def has_origin(workspace: Workspace, kept: Kept) -> bool:
    """Does the archive have the origin of some scores? It is written last, so nothing of theirs is missing then."""
    return ORIGIN.at(workspace, **asdict(kept)).exists()


def _data(workspace: Workspace, as_of: Day) -> dict[str, str]:
    """The tables other than usage, and the scores. Usage has many months, and scores depend on it through features
    alone, so that the scores' own hash stands for both.
    """
    paths = [*sorted(workspace.tables.glob("*.parquet")), SCORES.at(workspace, as_of=as_of)]
    return {path.stem: _sha256(path) for path in paths}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
