"""A seal over the files of a folder: the sha256 of each, and one over all, so that nothing altered is ever loaded."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from churnrisk.errors import ModelError, SourceError
from churnrisk.store.writes import read_json, write_json, write_text


def write_sealed(folder: Path, name: str, kind: str, files: Mapping[str, str]) -> None:
    """Write text files into a folder, and beside them the seal `name`.

    `kind` is name and version of what the folder holds. The version changes when a reader of today could not read it.
    """
    for file, text in files.items():
        write_text(text, folder / file)
    hashes = {file: _hash(text) for file, text in sorted(files.items())}
    write_json({"format": kind, "files": hashes, "sha256": _over_all(kind, hashes)}, folder / name)


def read_sealed(folder: Path, name: str, kind: str, *, fix: str) -> dict[str, str]:
    """The text of every file under a seal, by name.

    Raises ModelError, with `fix`, where the seal is missing, of another format, or broken: where a file is missing or
    altered, or the list of files itself. A file that the seal does not name is not read.
    """
    where = str(folder)
    if not (folder / name).exists():
        raise ModelError(f"there is no {name}", where=where, fix=fix)
    hashes, files = _hashes(folder / name, kind, fix), {}
    for file, expected in hashes.items():
        try:
            files[file] = (folder / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"{file} can't be read", where=where, fix=fix) from error
        if _hash(files[file]) != expected:
            raise ModelError(f"{file} is not the one that was saved", where=where, fix=fix)
    return files


def _hashes(seal: Path, kind: str, fix: str) -> dict[str, str]:
    """The sha256 of each file, as the seal has them."""
    where = str(seal.parent)
    try:
        content = read_json(seal)
        written, hashes, over_all = content["format"], dict(content["files"]), content["sha256"]
    except (SourceError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{seal.name} is not a seal ({error!r})", where=where, fix=fix) from error
    if written != kind:
        raise ModelError(
            f"{seal.name} has the format {written!r}",
            where=where,
            allowed=f"{kind!r}",
            fix="use the version of churnrisk that wrote it, or train again",
        )
    if over_all != _over_all(kind, hashes):
        raise ModelError(f"{seal.name} is not the one that was saved", where=where, fix=fix)
    return hashes


def _over_all(kind: str, hashes: Mapping[str, str]) -> str:
    return _hash("\n".join([kind, *(f"{hashes[file]}  {file}" for file in sorted(hashes))]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
