"""The pages of the repository, what stands in them, and whether there is such a thing."""

import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from churnrisk.params import Params

from .company import ROOT

WRITTEN = ("data", "models", "reports", "mlruns")
"""Folders that stages write; of their pages only the README is ours."""


def _find() -> Iterator[Path]:
    for folder, inner, files in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in WRITTEN)
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".md"))
    yield from (ROOT / name / "README.md" for name in WRITTEN[:3])


PAGES = {str(path.relative_to(ROOT)): path for path in _find()}
NOTEBOOKS = {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


def text_of(name: str) -> str:
    """The text of a page, or of a notebook's cells in Markdown."""
    if name in PAGES:
        return PAGES[name].read_text(encoding="utf-8")
    cells = nbformat.read(NOTEBOOKS[name], as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def blocks(text: str, *languages: str) -> list[str]:
    """Fenced blocks in one of these languages."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [content for language, content in found if language in languages]


def spans(text: str) -> list[str]:
    """What stands between backticks in running text."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", prose)


def commands(text: str) -> list[list[str]]:
    """The words of every command: lines of blocks in a shell's language, and spans."""
    lines = [line for block in blocks(text, "sh", "bash", "console") for line in block.splitlines()]
    return [part.strip(" $").split() for line in lines + spans(text) for part in re.split(r"&&|;|#", line)]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: str, target: str) -> bool:
    """Is there what a link on a page leads to? Only what lies in the repository is looked up."""
    if re.match(r"\w+:", target):
        return True
    path_part, _, anchor = target.partition("#")
    here = (PAGES | NOTEBOOKS)[page]
    path = here.parent / path_part if path_part else here
    return path.exists() and (not anchor or anchor in anchors(path.read_text(encoding="utf-8")))


def in_code(name: str) -> bool:
    """Is there such a module of the package, or such a name in one?"""
    parts = name.split(".")
    for depth in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:depth]))
        except ModuleNotFoundError:
            continue
        for part in parts[depth:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def in_params(name: str) -> bool:
    """Is there such a section of `params.yaml`, or such a key in one?"""
    section, _, key = name.partition(".")
    kind = Params.model_fields[section].annotation if section in Params.model_fields else None
    return kind is not None and (not key or key in getattr(kind, "model_fields", {}))


def lies_in(name: str, *roots: Path) -> bool:
    """Is there such a path? `<name>`, `*` and dates stand for anything."""
    pattern = re.sub(r"<\w+>|YYYY-MM(-DD)?|NNNN", "*", name).rstrip("/")
    return any(True for root in roots for _ in root.glob(pattern))
