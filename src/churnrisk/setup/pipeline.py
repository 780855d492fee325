"""The dvc.yaml of a workspace: a copy of churnrisk's own, which can be told from one that somebody has edited.

A copy and not a link, because DVC compares a workspace with an earlier commit (`dvc metrics diff`, `dvc exp run`) by
reading dvc.yaml from git, where a link is no more than the path that it leads to.
"""

import hashlib
from pathlib import Path

import yaml

import churnrisk
from churnrisk.errors import ParamsError

REPOSITORY = Path(churnrisk.__file__).parents[2]
"""The repository that churnrisk runs from; what is not there where it was installed in another way."""

_MADE = (
    "# Made by `churnrisk init`, which also brings it up to date; every stage checks that it is. Put your own stages\n"
    "# into a dvc.yaml in another folder, because this one is replaced as a whole.\n"
)
_SEAL = "# sha256 of what follows: "


def own_pipeline() -> str:
    """The text of dvc.yaml for a workspace of its own."""
    body = (REPOSITORY / "dvc.yaml").read_text(encoding="utf-8")
    return f"{_MADE}{_SEAL}{_hash(body)}\n{body}"


def is_replaceable(file: Path) -> bool:
    """May a dvc.yaml be replaced? Not there, a link to churnrisk's own, or as `churnrisk init` once wrote it."""
    if not file.exists() or file.resolve() == (REPOSITORY / "dvc.yaml").resolve():
        return True
    text = file.read_text(encoding="utf-8")
    written, _, body = text.partition(_SEAL)[2].partition("\n")
    return _is_made(text) and written == _hash(body)


def require_up_to_date(workspace: Path) -> None:
    """Raise ParamsError where a workspace's dvc.yaml was made by `churnrisk init` and is not what it would make now.

    DVC would otherwise go by the dependencies of another version, and leave stages out that have to run.
    """
    _require_whole_lock(workspace / "dvc.lock")
    file = workspace / "dvc.yaml"
    if not file.exists() or not (REPOSITORY / "dvc.yaml").exists():
        return
    text = file.read_text(encoding="utf-8")
    if _is_made(text) and text != own_pipeline():
        raise ParamsError(
            "not the pipeline of this version of churnrisk, or edited",
            where=str(file),
            fix=f"run `churnrisk init {workspace}`, which changes nothing else that is there",
        )


def _require_whole_lock(lock: Path) -> None:
    """Raise ParamsError where DVC was killed while it wrote its lock, which it does in place.

    DVC itself then ends with an error about YAML. Without the lock it takes results of earlier runs from its cache.
    """
    try:
        is_whole = not lock.exists() or isinstance(yaml.load(lock.read_bytes(), yaml.CSafeLoader), dict)
    except (yaml.YAMLError, UnicodeError):
        is_whole = False
    if not is_whole:
        raise ParamsError(
            "cut off, as DVC leaves it where it is killed while it writes it",
            where=str(lock),
            fix="`git checkout dvc.lock`, or delete it; then `dvc repro`, which runs again only what has no result",
        )


def _is_made(text: str) -> bool:
    """Did any version of `churnrisk init` write it? Then the seal comes before all that is not a comment."""
    head, seal, _ = text.partition(_SEAL)
    return bool(seal) and all(line.startswith("#") for line in head.splitlines())


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
