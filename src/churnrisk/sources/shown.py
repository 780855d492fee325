"""Shows DVC the source's folder, as the link `data/source`.

`pull` has to run again when an export is replaced, so DVC has to look into the folder. It can't be told so by a path in
dvc.yaml: DVC fills in values of `params.yaml`, but neither environment variables nor a path that only some workspaces
have, and all workspaces share one dvc.yaml. A link gives the folder the same name in each of them.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from churnrisk.errors import SourceError
from churnrisk.store.catalogue.source import SHOWN
from churnrisk.store.workspace import Workspace


def require_folder(folder: Path) -> None:
    """Raise SourceError unless the source's folder is there, and nothing in it is without an end, such as a pipe.

    DVC and DuckDB would wait for whoever writes into it, and while they wait nothing can stop them.
    """
    if not folder.is_dir():
        raise SourceError(
            "the source's folder is not there",
            where=str(folder),
            fix="set source.folder in params.yaml to the folder that holds the files",
        )
    endless = next(_endless(folder), None)
    if endless is not None:
        raise SourceError(
            f"{endless.name} is not a file but a pipe, socket or device", where=str(endless.parent), fix="remove it"
        )


def show_to_dvc(folder: Path, workspace: Workspace) -> str | None:
    """Make `data/source` a link to the source's folder; returns why not, in a sentence, where DVC can't look into it.

    The link is relative where `folder` is, so that a workspace that is moved keeps its own. Raises SourceError where
    the folder is not there, or holds something that has no end.
    """
    there, link = workspace.root / folder, SHOWN.at(workspace)
    require_folder(there)
    if there.absolute() == link.absolute():
        return None
    if _holds_own_files(there, workspace):
        show_nothing(workspace)
        return (
            f"source.folder is {folder}, which holds what the stages write too, so `dvc repro` can't tell when an"
            " export changes: keep exports in a folder of their own, or run `dvc repro --force pull` first"
        )
    _make_room(link)
    target = folder if folder.is_absolute() else os.path.relpath(there.resolve(), link.parent.resolve())
    link.symlink_to(target, target_is_directory=True)
    return None


def show_nothing(workspace: Workspace) -> None:
    """Make `data/source` an empty folder, which never changes."""
    link = SHOWN.at(workspace)
    _make_room(link)
    link.mkdir()


def _holds_own_files(folder: Path, workspace: Workspace) -> bool:
    """Does the folder hold the workspace, or `data` or `reports` of it?"""
    return SHOWN.at(workspace).parent.resolve().is_relative_to(folder.resolve())


def _endless(folder: Path) -> Iterator[Path]:
    for parent, _, files in os.walk(folder, followlinks=False):
        for path in (Path(parent, name) for name in sorted(files)):
            if path.exists() and not stat.S_ISREG(path.stat().st_mode):
                yield path


def _make_room(link: Path) -> None:
    """Remove the link or the empty folder of an earlier run, and nothing else."""
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_symlink():
        link.unlink()
    elif link.is_dir() and not any(link.iterdir()):
        link.rmdir()
    elif link.exists():
        raise SourceError(
            f"{link.name} is in the way of a link to the source's folder",
            where=str(link.parent),
            fix="move it elsewhere, or set source.folder in params.yaml to it",
        )
