"""Which files of the package a module needs, found by reading its imports."""

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "churnrisk"


def importers(library: str) -> list[str]:
    """The files of the package that import a library, or a part of it, in whatever way."""
    return sorted(
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if any(name.split(".")[0] == library for name in _names(file))
    )


def closure(module: Path) -> set[Path]:
    """The module, everything of the package that it imports, and what that imports, package files included."""
    found: set[Path] = set()
    waiting = [module, *(folder / "__init__.py" for folder in module.parents if folder.is_relative_to(PACKAGE))]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += [other for name in _imported(file) for other in _files(name)]
    return found


def _imported(file: Path) -> list[str]:
    return [name for name in _names(file) if name.split(".")[0] == "churnrisk"]


@cache
def _names(file: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def _files(name: str) -> list[Path]:
    """The file of a module and the `__init__.py` of every package on the way to it."""
    parts = name.split(".")[1:]
    folders = [PACKAGE.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
    packages = [folder / "__init__.py" for folder in folders if (folder / "__init__.py").exists()]
    module = PACKAGE.joinpath(*parts).with_suffix(".py") if parts else PACKAGE / "__init__.py"
    return [*packages, module] if module.exists() else packages
