"""The paths of a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from churnrisk.clock import Day


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
