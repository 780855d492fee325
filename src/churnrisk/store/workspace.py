"""The paths of a workspace, and the lock that keeps two runs apart."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from churnrisk.clock import Day
from churnrisk.errors import LockedError


@dataclass(frozen=True)
class Workspace:
    """A folder with `params.yaml`, `dvc.yaml`, `queries/` and what the stages write.

    `elsewhere` are folders that lie in another place, each with that place: one that is being rewritten and its draft,
    or all folders of a `view`. Of two that hold a path, the inner one counts.

    >>> Workspace(Path("here")).scores(Day("2025-01-06")).as_posix()
    'here/data/scores/as_of=2025-01-06'
    """

    root: Path
    elsewhere: tuple[tuple[Path, Path], ...] = ()

    def path(self, relative: str) -> Path:
        """The path of a file or folder of the workspace, in another place where its folder lies `elsewhere`."""
        path = self.root / relative
        around = [(folder, place) for folder, place in self.elsewhere if path.is_relative_to(folder)]
        if not around:
            return path
        folder, place = max(around, key=lambda each: len(each[0].parts))
        return place / path.relative_to(folder)

    def view(self, folders: Mapping[str, str]) -> "Workspace":
        """The same workspace with some folders in another place, each given relative to the root; one within them that
        leads to itself stays where it is.

        >>> week = Workspace(Path("here")).view({"data": "data/weekly", "data/history": "data/history"})
        >>> week.tables.as_posix(), week.history.as_posix(), week.params.as_posix()
        ('here/data/weekly/tables', 'here/data/history', 'here/params.yaml')
        """
        places = ((self.root / folder, self.root / place) for folder, place in folders.items())
        return replace(self, elsewhere=(*self.elsewhere, *places))

    @property
    def params(self) -> Path:
        return self.path("params.yaml")

    @property
    def queries(self) -> Path:
        return self.path("queries")

    @property
    def data(self) -> Path:
        return self.path("data")

    @property
    def raw(self) -> Path:
        return self.path("data/raw")

    @property
    def tables(self) -> Path:
        return self.path("data/tables")

    @property
    def usage(self) -> Path:
        return self.path("data/usage")

    @property
    def snapshots(self) -> Path:
        return self.path("data/snapshots")

    @property
    def labels(self) -> Path:
        return self.path("data/labels")

    @property
    def features(self) -> Path:
        return self.path("data/features")

    @property
    def all_scores(self) -> Path:
        return self.path("data/scores")

    def scores(self, as_of: Day) -> Path:
        return self.path(f"data/scores/as_of={as_of}")

    @property
    def history(self) -> Path:
        return self.path("data/history")

    @property
    def models(self) -> Path:
        return self.path("models")

    @property
    def reports(self) -> Path:
        return self.path("reports")

    @property
    def risk_lists(self) -> Path:
        return self.path("reports/risk_list")


def locked(workspace: Workspace) -> AbstractContextManager[None]:
    """Keep every other run out of the workspace; raise LockedError where one is under way.

    The lock is on `params.yaml`, because every workspace has it.
    """
    return alone(workspace.params, "another run is under way", str(workspace.root.resolve()))


@contextmanager
def alone(file: Path, found: str, where: str) -> Iterator[None]:
    """Hold a file that is there, so that nobody else can; raise LockedError, which says what was `found`, where
    somebody does.

    The operating system releases it when a process dies: there is no lock file for a killed run to leave behind.
    """
    with file.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(found, where=where, fix="wait until it ends, then try again") from None
        yield
