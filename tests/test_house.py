"""What keeps the house in shape: sizes of functions and files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import LONGEST, TESTS
from .imports import PACKAGE

FILES = sorted(PACKAGE.rglob("*.py"))


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file, with its lines but for the docstring."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.end_lineno:
                lines -= first.end_lineno - first.lineno + 1
            yield f"{file.relative_to(PACKAGE)}:{node.lineno} {node.name}", lines


@pytest.mark.parametrize(("files", "most"), [(FILES, 60), ([f for f in FILES if "stages" in f.parts], 25)])
def test_functions_are_small(files, most):
    assert files
    assert {name: lines for file in files for name, lines in functions(file) if lines > most} == {}


def test_files_are_small():
    lines = {str(file.relative_to(PACKAGE)): file.read_text(encoding="utf-8").count("\n") for file in FILES}
    assert {name: count for name, count in lines.items() if count > 300} == {}


def test_the_files_of_tests_that_begin_first_are_there():
    assert [name for name in LONGEST if not (TESTS / name).exists()] == []
