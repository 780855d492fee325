"""Makes a workspace for a company: params, queries, the pipeline, DVC and git. What is there already stays."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from churnrisk.errors import ParamsError
from churnrisk.setup.pipeline import REPOSITORY, is_replaceable, own_pipeline
from churnrisk.store.lock import LOCK

_WRITTEN = (
    "/data/",
    "/models/",
    "/reports/",
    "/mlruns/",
    "/mlflow.db*",
    "/dvc_plots/",
    "/exports/",
    f"/{LOCK}",
    "__pycache__/",
)
"""What stages and tools write, and a place for a company's exports: customers' data are not for git."""

_TRACKED = ("params.yaml", "dvc.yaml", "dvc.lock", "queries/usage.sql")
"""What git has to keep. Before an experiment, DVC sets aside what is not committed. Where it then finds that git
ignores the lock, it ends with an error and does not put it back: a params.yaml that was never committed is gone.
"""


def init(folder: Path, *, git: bool) -> list[str]:
    """Make a workspace in a folder, or complete one; returns what was made, in words.

    It starts with the params and queries of the simulated company, where it has none of its own. Without `git`, DVC
    does without it too, and has neither experiments nor comparisons with earlier commits.

    Raises ParamsError, and changes nothing, where churnrisk does not run from its repository, or something is in the
    way.
    """
    _require_possible(folder, git=git)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    if git and _git_root(folder) is None:
        _run(folder, "git", "init", "--quiet")
        made.append("a git repository")
    made += _files(folder)
    if not (folder / ".dvc").exists():
        _init_dvc(folder, git=git)
        made.append("a DVC project")
    elif git and _dvc(folder, "config", "core.no_scm").strip() == "true":
        _dvc(folder, "config", "--unset", "core.no_scm")
        made.append("DVC looks at git")
    _add_lines(folder / ".gitignore", _WRITTEN)
    _add_lines(folder / ".dvcignore", ("__pycache__/",))
    return made


def _require_possible(folder: Path, *, git: bool) -> None:
    if not (REPOSITORY / "dvc.yaml").exists():
        raise ParamsError(
            "churnrisk does not run from its repository, which holds the pipeline",
            where=str(REPOSITORY),
            fix="clone the repository, and install it with `make repro` or `pip install --editable .`",
        )
    if folder.resolve() == REPOSITORY.resolve():
        raise ParamsError("the repository is a workspace already", where=str(folder), fix="name another folder")
    if not is_replaceable(folder / "dvc.yaml"):
        raise ParamsError(
            "not a dvc.yaml that churnrisk made, or edited since",
            where=str(folder / "dvc.yaml"),
            fix="move it elsewhere; stages of your own can stand in a dvc.yaml in another folder",
        )
    link = folder / "src"
    if link.exists() and link.resolve() != REPOSITORY / "src":
        raise ParamsError(
            f"in the way of a link to {REPOSITORY / 'src'}, which DVC watches", where=str(link), fix="move it elsewhere"
        )
    if git:
        _require_git(folder)


def _require_git(folder: Path) -> None:
    if shutil.which("git") is None:
        raise ParamsError("git is not there", where=str(folder), fix="install it, or add --no-git")
    root = _git_root(folder)
    ignored = [] if root is None else [name for name in _TRACKED if _is_ignored(root, folder / name)]
    if ignored:
        raise ParamsError(
            f"git ignores {', '.join(ignored)} there",
            where=str(folder),
            allowed="a folder in which git keeps them, because DVC's experiments may delete what git ignores",
            fix="name a folder outside that repository, or change its .gitignore",
        )


def _files(folder: Path) -> list[str]:
    """Write what is missing; a dvc.yaml of an earlier version is replaced."""
    made = []
    for name in ("params.yaml", "plays.yaml", "queries", "features"):
        if not (folder / name).exists():
            copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copyfile
            copy(REPOSITORY / name, folder / name)
            made.append(f"{name}, of the simulated company")
    pipeline, text = folder / "dvc.yaml", own_pipeline()
    if pipeline.is_symlink() or not pipeline.exists() or pipeline.read_text(encoding="utf-8") != text:
        pipeline.unlink(missing_ok=True)
        pipeline.write_text(text, encoding="utf-8")
        made.append("dvc.yaml")
    link = folder / "src"
    if not link.exists():
        link.unlink(missing_ok=True)  # a link that leads nowhere: the repository has moved
        link.symlink_to(_code(folder), target_is_directory=True)
        made.append(f"src, a link to {REPOSITORY / 'src'}")
    return made


def _code(folder: Path) -> Path:
    """The path of the code as a link has it: relative within the repository, so that both can be moved together."""
    inside = folder.resolve().is_relative_to(REPOSITORY)
    return Path(os.path.relpath(REPOSITORY / "src", folder.resolve())) if inside else REPOSITORY / "src"


def _init_dvc(folder: Path, *, git: bool) -> None:
    inside = [] if _git_root(folder) == folder.resolve() else ["--subdir"]
    _dvc(folder, "init", "--quiet", *(inside if git else ["--no-scm"]))
    for setting in ("core.analytics", "core.check_update"):
        _dvc(folder, "config", setting, "false")


def _dvc(folder: Path, *words: str) -> str:
    return _run(folder, sys.executable, "-m", "dvc", *words)


def _add_lines(file: Path, lines: tuple[str, ...]) -> None:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    missing = [line for line in lines if line not in text.splitlines()]
    if missing:
        text += "" if not text or text.endswith("\n") else "\n"
        file.write_text(text + "\n".join(missing) + "\n", encoding="utf-8")


def _git_root(folder: Path) -> Path | None:
    """The top of the git repository that a folder, or the nearest one above it that exists, lies in."""
    if shutil.which("git") is None:
        return None
    there = next(each for each in (folder.resolve(), *folder.resolve().parents) if each.is_dir())
    done = subprocess.run(
        ["git", "-C", str(there), "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=False
    )
    return Path(done.stdout.rstrip("\n")).resolve() if done.returncode == 0 else None


def _is_ignored(root: Path, path: Path) -> bool:
    command = ["git", "-C", str(root), "check-ignore", "--quiet", str(path.resolve())]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(folder: Path, *command: str) -> str:
    """What a command says; raises ParamsError where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise ParamsError(f"`{' '.join(command[-3:])}` failed ({said})", where=str(folder), fix="see what it says")
    return done.stdout
