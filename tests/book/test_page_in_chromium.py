"""The page in a real browser: nothing leaves it, and it fits every width and paper."""

import pytest
from playwright.sync_api import Browser, Page

from churnrisk.store.workspace import Workspace


@pytest.fixture(scope="module")
def address(small: Workspace) -> str:
    return (small.reports / "book" / "index.html").as_uri()


def test_no_width_needs_scrolling_sideways(opened: Page) -> None:
    for width in (1440, 1000, 800, 620, 390):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_the_figures_fit_one_screen(opened: Page) -> None:
    opened.set_viewport_size({"width": 1440, "height": 900})
    assert opened.locator(".figures").evaluate("each => each.getBoundingClientRect().bottom") < 900


def test_definitions_are_on_paper(opened: Page) -> None:
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.emulate_media(media="print")
    assert opened.locator("dl.words").is_visible()
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_parts_that_scroll_can_be_reached_and_have_names(opened: Page) -> None:
    names = opened.eval_on_selector_all(
        ".wide", "all => all.map((each) => [each.tabIndex, each.getAttribute('aria-label')])"
    )
    assert names
    assert all(index == 0 and name for index, name in names)
    assert len({name for _, name in names}) == len(names)


def test_it_can_be_read_without_scripts(chromium: Browser, address: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        assert page.locator(".triangle").first.is_visible()
        assert page.locator(".fall").is_visible()
