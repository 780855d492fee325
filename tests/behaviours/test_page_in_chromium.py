"""The page in a real browser: find a feature, open it, and nothing that leaves the page."""

import pytest
from playwright.sync_api import Browser, Page

from churnrisk.behaviours.files import write as write_study
from churnrisk.behaviours.study import study

from ..company import load
from .company import DESCRIBED, write

NAMES = [each[0] for each in DESCRIBED]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    workspace = write(tmp_path_factory.mktemp("behaviours") / "workspace")
    return write_study(study(workspace, load(workspace)), workspace).as_uri()


def names(page: Page, chosen: str) -> set[str]:
    return {each.removeprefix("f-") for each in page.eval_on_selector_all(chosen, "all => all.map((each) => each.id)")}


def shown(page: Page) -> set[str]:
    return names(page, ".feature:not([hidden])")


def open_ones(page: Page) -> set[str]:
    return names(page, ".feature[open]")


def test_all_features_are_there_and_closed(opened: Page) -> None:
    assert shown(opened) == set(NAMES)
    assert open_ones(opened) == set()


def test_a_feature_is_found_by_any_word_and_opens_where_it_is_the_only_one(opened: Page) -> None:
    search = opened.get_by_label("Find a feature")
    search.fill("usage")
    assert shown(opened) == {"usage_against_own"}
    assert open_ones(opened) == {"usage_against_own"}
    assert opened.locator("#status").inner_text() == f"1 of {len(NAMES)} shown"
    search.fill("no such thing")
    assert shown(opened) == set()
    assert opened.locator("#nothing").is_visible()
    opened.get_by_role("button", name="Show all").click()
    opened.wait_for_selector(".feature[hidden]", state="detached")
    assert shown(opened) == set(NAMES)


def test_a_fact_alone_and_all_of_it_opened(opened: Page) -> None:
    opened.get_by_label("Fact").select_option("profile")
    assert shown(opened) == {"constant", "never_known"}
    assert opened.locator(".section:not([hidden])").count() == 1
    opened.get_by_role("button", name="Open all shown").click()
    assert open_ones(opened) == {"constant", "never_known"}


def test_the_summary_leads_to_the_feature_though_it_was_filtered_out(opened: Page) -> None:
    opened.get_by_label("Fact").select_option("profile")
    opened.get_by_role("link", name="Active days").click()
    opened.wait_for_selector("#f-active_days[open]")
    assert shown(opened) == set(NAMES)
    assert opened.locator("#f-active_days table").is_visible()


def test_an_address_can_name_a_feature(opened: Page, address: str) -> None:
    for asked, expected in (("#f-plan", {"plan"}), ("#f-nothing", set()), ("#%E0%A4%A", set()), ("#summary", set())):
        opened.goto("about:blank")
        opened.goto(address + asked)
        assert open_ones(opened) == expected


def test_bars_are_as_long_as_their_rates(opened: Page) -> None:
    opened.locator("#f-active_days summary").click()
    rows = opened.locator("#f-active_days tbody tr")
    lengths = [
        each.evaluate("each => each.getBoundingClientRect().width") for each in rows.locator(".all:not(.between)").all()
    ]
    rates = [float(text.rstrip("%")) for text in rows.locator("td:nth-child(3) b").all_inner_texts()]
    assert lengths[0] == max(lengths) > 0
    assert lengths == pytest.approx([lengths[0] * each / rates[0] for each in rates], abs=2)
    height = rows.locator(".best.between").first.evaluate("each => each.getBoundingClientRect().height")
    assert height == 2


def test_no_width_needs_scrolling_sideways(opened: Page) -> None:
    opened.get_by_role("button", name="Open all shown").click()
    for width in (1400, 1001, 1000, 800, 620, 360):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_it_can_be_read_without_scripts(chromium: Browser, address: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        assert not page.locator("#controls").is_visible()
        assert not page.locator("#f-plan table").is_visible()
        page.locator("#f-plan summary").click()
        assert page.locator("#f-plan table").is_visible()


def test_the_file_beside_the_page_is_where_its_link_says(opened: Page) -> None:
    assert opened.locator("footer a").get_attribute("href") == "behaviours.json"
