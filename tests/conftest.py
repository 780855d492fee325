"""What tests of several rooms share."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from churnrisk.store.workspace import Workspace

from . import company

TESTS = Path(__file__).parent

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


LONGEST = [
    *("test_pipeline.py", "test_processors.py", "weekly/test_run.py", "test_notebooks.py", "stages/test_featurize.py"),
    *("weekly/test_increments.py", "stages/test_gate.py", "stages/test_few_churned.py", "test_cli.py"),
]
"""The files that take longest, which begin first: one that began last would keep the others waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {TESTS / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def skip_or_fail(reason: str) -> NoReturn:
    """Skip a test whose tool isn't here; fail it where CHURNRISK_NO_SKIPS says that every tool must be."""
    if os.environ.get("CHURNRISK_NO_SKIPS"):
        pytest.fail(f"nothing may be skipped here, and {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def nothing_waits_for_the_disk() -> Iterator[None]:
    """No test outlives a power cut, and to wait for the disk takes a millisecond a file: half a second a pipeline.

    That every file is brought to the disk is held by tests/benchmarks/test_kills.py, whose faults count the calls.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda number: None)
        yield


@pytest.fixture(scope="session")
def missing() -> Callable[[str], NoReturn]:
    """What to call, with the reason and the fix, when something that a test needs isn't there."""
    return skip_or_fail


@pytest.fixture(scope="session")
def chromium(missing: Callable[[str], NoReturn]) -> Iterator[Browser]:
    """A real browser, without a window."""
    path = shutil.which("chromium")
    if path is None:
        missing("chromium is not there: `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1400, "height": 1000}) as context:
        context.set_default_timeout(5000)
        yield context


@pytest.fixture
def opened(window: BrowserContext, address: str) -> Iterator[Page]:
    """The page at the `address` of the module, which must stay silent: no request but its own, no error, no dialog."""
    noise: list[str] = []

    def refuse(route: Route) -> None:
        noise.append(f"request for {route.request.url}")
        route.abort()

    page = window.new_page()
    page.route(lambda url: url.split("#")[0] != address, refuse)
    page.on("pageerror", lambda error: noise.append(f"error: {error}"))
    page.on("console", lambda message: noise.append(f"console: {message.text}"))
    page.on("dialog", lambda dialog: (noise.append("dialog"), dialog.dismiss()))
    page.goto(address)
    yield page
    page.close()
    assert noise == []


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small simulated company on which every stage has run; for reading only."""
    workspace = company.make(tmp_path_factory.mktemp("small"))
    company.run(workspace)
    return workspace
