"""The archive of lists: what went out, byte for byte, and which list is the latest.

A folder of the archive is named after its content, so it can't be mistaken for another, and a damaged one shows.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from churnrisk.errors import SourceError
from churnrisk.store.catalogue.list import ARCHIVED_LIST, PUBLICATION, Publication
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import clear_draft, whole_folder, write_bytes

Files = Mapping[str, bytes]
"""The files of a list: their content by name."""


def digest(files: Files) -> str:
    """The name of a content: 16 hexadecimal digits of its SHA-256.

    >>> digest({"a.txt": b"1", "b.txt": b"2"}) == digest({"b.txt": b"2", "a.txt": b"1"})
    True
    """
    every = hashlib.sha256()
    for name, content in sorted(files.items()):
        every.update(f"{name}\0{len(content)}\0".encode() + content)
    return every.hexdigest()[:16]


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder and of those in it, by their path from it; none where it is not there."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@dataclass(frozen=True)
class Published:
    """The lists that went out of a workspace.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     lists, date = Published(Workspace(Path(folder))), dt.date(2025, 1, 6)
    ...     first = lists.add({"list.txt": b"Ana"}, as_of=date, lineage="m1", scores="s1", latest=True)
    ...     again = lists.add({"list.txt": b"Ana"}, as_of=date, lineage="m1", scores="s1", latest=True)
    ...     first == again == lists.latest(), len(lists.all()), lists.files(first)
    (True, 1, {'list.txt': b'Ana'})
    """

    workspace: Workspace

    def add(self, files: Files, *, as_of: dt.date, lineage: str, scores: str, latest: bool) -> Publication:
        """Keep a list, and note that it went out, and which `scores` it was made from.

        Nothing changes where it is what its date shows already, and the latest where it is to be.
        """
        made = Publication(as_of=as_of, lineage=lineage, scores=scores, digest=digest(files), latest=latest)
        self._keep(files, made)
        before = self.all()
        is_shown = _same_list(self.shown().get(as_of), made)
        if not is_shown or (latest and not _same_list(self.latest(), made)):
            PUBLICATION.write(made, self.workspace, number=len(before) + 1)
        return made

    def all(self) -> list[Publication]:
        """What went out, in order; raises SourceError where a note is damaged."""
        return [PUBLICATION.read_at(path) for path in PUBLICATION.all_at(self.workspace)]

    def shown(self) -> dict[dt.date, Publication]:
        """The list of each date that went out last, in order of date."""
        last = {each.as_of: each for each in self.all()}
        return dict(sorted(last.items()))

    def latest(self) -> Publication | None:
        """The list that `latest/` shows."""
        return next((each for each in reversed(self.all()) if each.latest), None)

    def files(self, publication: Publication) -> dict[str, bytes]:
        """The files of a list, byte for byte; raises SourceError where they are not as they went out."""
        folder = self.folder(publication)
        files = files_in(folder)
        if digest(files) != publication.digest:
            found = "not as it went out: a file is missing, damaged or was changed" if files else "not there"
            fix = "bring it back from a backup of data/history"
            raise SourceError(f"the list of {publication.as_of} is {found}", where=str(folder), fix=fix)
        return files

    def folder(self, publication: Publication) -> Path:
        """Where the archive has a list."""
        parts = publication.model_dump(include={"as_of", "lineage", "digest"})
        return ARCHIVED_LIST.at(self.workspace, **parts, name="list").parent

    def _keep(self, files: Files, made: Publication) -> None:
        folder = self.folder(made)
        # Asking whether the folder exists is not enough: what a power cut leaves of it has the name and no content.
        if digest(files_in(folder)) == made.digest:
            clear_draft(folder)
            return
        with whole_folder(folder) as partial:
            for name, content in files.items():
                write_bytes(content, partial / name)


def _same_list(one: Publication | None, other: Publication) -> bool:
    """Do both show the same, and were they made from the same scores?"""
    return one is not None and one.model_copy(update={"latest": other.latest}) == other
