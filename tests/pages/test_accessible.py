"""Every page, as axe-core judges it: widths in which another layout begins, by daylight and in the dark."""

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from churnrisk.behaviours.files import write as write_study
from churnrisk.behaviours.study import study
from churnrisk.store.workspace import Workspace

from ..behaviours.company import write
from ..company import load

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
NARROWER = (800, 390)
BY_LAYOUT = ("scrollable-region-focusable", "target-size", "color-contrast", "empty-table-header", "label", "list")
"""Rules that another layout may break; the elements themselves are the same at every width."""


@pytest.fixture(scope="module")
def pages(small: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    workspace = write(tmp_path_factory.mktemp("behaviours") / "workspace")
    made = {
        "list": small.risk_lists / "latest" / "index.html",
        "head": small.risk_lists / "latest" / "head.html",
        "book": small.reports / "book" / "index.html",
        "monitor": small.reports / "monitor" / "index.html",
        "behaviours": write_study(study(workspace, load(workspace)), workspace),
    }
    return {name: path.as_uri() for name, path in made.items()}


def faults(page: Page, *rules: str) -> list[str]:
    """What axe-core finds, by rule and element; all rules where none is named."""
    only: dict[str, Any] = {"runOnly": list(rules)} if rules else {}
    found = page.evaluate("(only) => axe.run(document, { resultTypes: ['violations'], ...only })", only)
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("name", ["list", "head", "book", "monitor", "behaviours"])
def test_axe_finds_nothing(chromium: Browser, pages: dict[str, str], name: str) -> None:
    found: dict[str, list[str]] = {}
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(pages[name])
        page.evaluate(AXE)
        if name == "list":
            page.locator(".open button").first.click()
        page.set_viewport_size({"width": 1440, "height": 900})
        found["wide"] = faults(page)
        page.emulate_media(color_scheme="dark")
        # In the dark only colours differ.
        found["dark"] = faults(page, "color-contrast")
        for width in NARROWER:
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{width} pixels"] = faults(page, *BY_LAYOUT)
    assert {name: each for name, each in found.items() if each} == {}
