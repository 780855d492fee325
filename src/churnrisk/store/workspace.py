"""The paths of a workspace."""

from dataclasses import dataclass
from pathlib import Path

from churnrisk.clock import Day


@dataclass(frozen=True)
class Workspace:
    """A folder with `params.yaml`, `dvc.yaml`, `queries/` and what the stages write.

    `drafts` are folders that are being rewritten, each with the draft that will replace it.

    >>> Workspace(Path("here")).scores(Day("2025-01-06")).as_posix()
    'here/data/scores/as_of=2025-01-06'
    """

    root: Path
    drafts: tuple[tuple[Path, Path], ...] = ()

    def path(self, relative: str) -> Path:
        """The path of a file or folder of the workspace; inside a folder that is being rewritten, that in its draft."""
        path = self.root / relative
        for folder, draft in self.drafts:
            if path.is_relative_to(folder):
                return draft / path.relative_to(folder)
        return path

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
