"""The page in a real browser: find a feature, open it, and nothing that leaves the page."""

import re
from typing import Literal

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


COLOURS = """names => names.map((name) => {
  const feature = document.querySelector(`#f-${name}`), style = getComputedStyle(feature.querySelector("summary b"));
  return [style.color, style.fontWeight, getComputedStyle(feature).backgroundColor];
})"""


def luminance(colour: str) -> float:
    """How light an opaque colour is, 0 to 1, by WCAG 2."""
    red, green, blue = (int(each) / 255 for each in re.findall(r"\d+", colour))
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_as_wcag_defines_it() -> None:
    assert contrast("rgb(255, 255, 255)", "rgb(0, 0, 0)") == pytest.approx(21)
    # The lightest grey that may be read on white.
    assert contrast("rgb(118, 118, 118)", "rgb(255, 255, 255)") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_may_be_luck_is_greyed_and_still_read(opened: Page, scheme: Literal["light", "dark"]) -> None:
    opened.emulate_media(color_scheme=scheme)
    by_name = dict(zip(NAMES, opened.evaluate(COLOURS, NAMES), strict=True))
    clear, bold, behind = by_name.pop("active_days")
    (grey, thin, _), *others = by_name.values()
    assert all(each == [grey, thin, behind] for each in others)
    assert contrast(clear, behind) > 1.5 * contrast(grey, behind)
    # Level AA of WCAG 2 for small text.
    assert contrast(grey, behind) >= 4.5
    assert int(bold) > int(thin)


def test_what_may_be_luck_says_so(opened: Page) -> None:
    said = {name: opened.locator(f"#f-{name} .apart").inner_text() for name in NAMES}
    assert said.pop("active_days").endswith("points apart")
    assert set(said.values()) == {"may be luck"}


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
