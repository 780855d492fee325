"""`churnrisk init`: what it makes, what it leaves alone, and that an outdated pipeline is named."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from churnrisk.errors import ParamsError
from churnrisk.setup.init import init
from churnrisk.setup.pipeline import own_pipeline, require_up_to_date

from ..company import ROOT


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True).stdout


def dvc(folder: Path, *words: str) -> str:
    return subprocess.run(["dvc", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "acme"
    init(folder, git=True)
    return folder


@pytest.fixture
def made(fresh, tmp_path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(fresh, tmp_path / "acme", symlinks=True))


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git/" not in f"{path}/")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_workspace_is_complete_and_git_keeps_what_dvc_needs(made):
    assert (made / "dvc.yaml").read_text().endswith((ROOT / "dvc.yaml").read_text())
    assert not (made / "dvc.yaml").is_symlink()
    assert (made / "params.yaml").read_bytes() == (ROOT / "params.yaml").read_bytes()
    assert (made / "src").resolve() == ROOT / "src"
    git(made, "add", "--all")
    assert {"params.yaml", "dvc.yaml", "src", "queries/usage.sql", "features/README.md", ".dvc/config"} <= {
        *git(made, "ls-files").split()
    }
    for name, kept in {"dvc.lock": True, "data/raw": False, "exports/x.csv": False, "mlflow.db": False}.items():
        ignored = subprocess.run(["git", "-C", made, "check-ignore", "-q", name], check=False).returncode == 0
        assert ignored != kept, name
    assert "pull" in dvc(made, "stage", "list")


def test_a_second_time_changes_nothing(made):
    before = contents(made)
    assert init(made, git=True) == []
    assert contents(made) == before


def test_what_is_there_stays(tmp_path):
    (tmp_path / "queries").mkdir()
    own = {"params.yaml": "mine", "queries/usage.sql": "mine", ".gitignore": "mine", "notes.txt": "mine"}
    for name, text in own.items():
        (tmp_path / name).write_text(text)
    init(tmp_path, git=True)
    now = {name: (tmp_path / name).read_text() for name in own}
    assert now == own | {".gitignore": now[".gitignore"]}
    assert now[".gitignore"].startswith("mine\n/data/\n")
    assert [path.name for path in (tmp_path / "queries").iterdir()] == ["usage.sql"]


def test_a_workspace_of_links_becomes_one_of_its_own(tmp_path):
    for name in ("dvc.yaml", "src", ".dvcignore"):
        (tmp_path / name).symlink_to(ROOT / name)
    git(tmp_path, "init", "--quiet")
    dvc(tmp_path, "init", "--quiet")
    dvc(tmp_path, "config", "core.no_scm", "true")
    shared = (ROOT / "dvc.yaml").read_bytes(), (ROOT / ".dvcignore").read_bytes()
    init(tmp_path, git=True)
    assert (tmp_path / "dvc.yaml").read_text() == own_pipeline()
    assert not (tmp_path / "dvc.yaml").is_symlink()
    assert "no_scm" not in (tmp_path / ".dvc" / "config").read_text()
    assert ((ROOT / "dvc.yaml").read_bytes(), (ROOT / ".dvcignore").read_bytes()) == shared


def test_without_git_there_is_none(tmp_path):
    init(tmp_path / "acme", git=False)
    assert not (tmp_path / "acme" / ".git").exists()
    assert "pull" in dvc(tmp_path / "acme", "stage", "list")


def older(text: str) -> str:
    """The same file as an earlier version would have made it: other words, another pipeline, and its seal."""
    _, seal, rest = text.partition("# sha256 of what follows: ")
    body = rest.partition("\n")[2].replace("desc: ", "desc: before, ")
    return f"# Made by an earlier version.\n{seal}{hashlib.sha256(body.encode()).hexdigest()}\n{body}"


def test_an_outdated_pipeline_is_refused_and_brought_up_to_date(made):
    require_up_to_date(made)
    (made / "dvc.yaml").write_text(older((made / "dvc.yaml").read_text()))
    with pytest.raises(ParamsError, match=r"not the pipeline of this version .* Fix: run `churnrisk init"):
        require_up_to_date(made)
    assert init(made, git=True) == ["dvc.yaml"]
    require_up_to_date(made)


def test_an_edited_pipeline_is_never_replaced(made):
    edited = (made / "dvc.yaml").read_text() + "# mine\n"
    (made / "dvc.yaml").write_text(edited)
    with pytest.raises(ParamsError, match="not the pipeline of this version of churnrisk, or edited"):
        require_up_to_date(made)
    with pytest.raises(ParamsError, match=r"edited since\. Fix: move it elsewhere"):
        init(made, git=True)
    assert (made / "dvc.yaml").read_text() == edited


def test_a_pipeline_of_somebodys_own_is_left_to_them(made):
    (made / "dvc.yaml").write_text("stages: {}\n")
    require_up_to_date(made)
    with pytest.raises(ParamsError, match=r"not a dvc\.yaml that churnrisk made"):
        init(made, git=True)


@pytest.mark.parametrize("ignored", ["dvc.lock", "params.yaml", "*.sql"])
def test_a_folder_in_which_git_ignores_what_dvc_needs_is_refused(tmp_path, ignored):
    """DVC would end an experiment with an error there, and leave no params.yaml behind."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text(f"{ignored}\n")
    with pytest.raises(ParamsError, match=r"git ignores .*Fix: name a folder outside"):
        init(tmp_path / "companies" / "acme", git=True)
    assert not (tmp_path / "companies").exists()


def test_a_folder_within_a_repository_is_a_project_of_its_own(tmp_path):
    git(tmp_path, "init", "--quiet")
    init(tmp_path / "companies" / "acme", git=True)
    assert not (tmp_path / "companies" / "acme" / ".git").exists()
    assert "pull" in dvc(tmp_path / "companies" / "acme", "stage", "list")


def test_the_repository_itself_and_a_foreign_src_are_refused(tmp_path):
    with pytest.raises(ParamsError, match="is a workspace already"):
        init(ROOT, git=True)
    (tmp_path / "src").mkdir()
    with pytest.raises(ParamsError, match=r"src: in the way of a link"):
        init(tmp_path, git=True)
    assert [path.name for path in tmp_path.iterdir()] == ["src"]


@pytest.mark.parametrize("content", ["", "schema: '2.0'\nstages:\n  pull:\n    cmd: [chur", "schema"])
def test_a_lock_that_dvc_was_killed_over_is_named_with_what_to_do(tmp_path, content):
    (tmp_path / "dvc.lock").write_text(content)
    with pytest.raises(ParamsError, match=r"dvc.lock: cut off, as DVC leaves it.* Fix: `git checkout dvc.lock`"):
        require_up_to_date(tmp_path)
    (tmp_path / "dvc.lock").unlink()
    require_up_to_date(tmp_path)
