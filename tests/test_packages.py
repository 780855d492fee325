"""What is installed to run the pipeline is what it uses, and the lock holds all of it."""

import tomllib
from itertools import pairwise

import pytest
from packaging.requirements import Requirement

from .company import ROOT
from .imports import importers

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TO_RUN = [Requirement(line) for line in PROJECT["dependencies"]]
TO_DEVELOP = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]
# Packages that are imported under another name.
MODULES = {"scikit-learn": "sklearn", "pyyaml": "yaml"}
# Users call it; no module does.
COMMANDS = {"dvc"}


def pins() -> dict[str, list[str]]:
    """The versions that the lock has of each package: several where they differ by version of Python."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if not line.startswith((" ", "#")) and "==" in line:
            pinned = Requirement(line.removesuffix("\\"))
            found.setdefault(pinned.name.lower(), []).append(str(pinned.specifier).removeprefix("=="))
    return found


def test_everything_that_is_installed_to_run_is_imported_or_is_a_command():
    idle = [each.name for each in TO_RUN if not importers(MODULES.get(each.name, each.name))]
    assert set(idle) == COMMANDS


def test_nothing_that_only_tests_and_notebooks_need_is_imported():
    assert [each.name for each in TO_DEVELOP if importers(MODULES.get(each.name, each.name).replace("-", "_"))] == []


@pytest.mark.parametrize("wanted", [*TO_RUN, *TO_DEVELOP], ids=lambda each: each.name)
def test_the_lock_has_every_package_in_a_version_that_the_project_allows(wanted):
    versions = pins().get(wanted.name.lower(), [])
    assert versions
    assert [version for version in versions if version not in wanted.specifier] == []


def test_packages_stand_in_alphabetical_order():
    for group in (TO_RUN, TO_DEVELOP):
        assert all(one.name.lower() < other.name.lower() for one, other in pairwise(group))
