"""The page in a real browser: sorting, search, filter, and nothing that leaves it."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Page

from churnrisk.risk_list import RiskList, publish
from churnrisk.store.workspace import Workspace

from ..company import risk_list


@pytest.fixture(scope="module")
def made() -> RiskList:
    return risk_list()


@pytest.fixture(scope="module")
def address(made: RiskList, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = publish(Workspace(tmp_path_factory.mktemp("workspace")), made, scores="s1")
    return (folder / "index.html").as_uri()


def shown(page: Page) -> list[str]:
    """Account names in view, from the top."""
    return page.locator("#list tbody tr:not([hidden]) .account bdi").all_inner_texts()


def heading(page: Page, name: str) -> str:
    return page.locator("#list thead th", has_text=name).get_attribute("aria-sort") or ""


def test_opens_in_the_order_of_the_list(opened: Page, made: RiskList) -> None:
    assert shown(opened) == [row.name for row in made.rows]
    assert heading(opened, "#") == "ascending"


def test_a_click_sorts_and_another_turns_it_round(opened: Page, made: RiskList) -> None:
    likely = [row.name for row in sorted(made.rows, key=lambda row: (-row.probability, row.rank))]
    button = opened.get_by_role("button", name="Risk", exact=True)
    button.click()
    assert shown(opened) == likely
    assert (heading(opened, "Risk"), heading(opened, "#")) == ("descending", "")
    button.click()
    assert shown(opened) == likely[::-1]
    assert heading(opened, "Risk") == "ascending"


def test_the_keyboard_sorts_too(opened: Page, made: RiskList) -> None:
    opened.get_by_role("button", name="Account", exact=True).focus()
    opened.keyboard.press("Enter")
    assert heading(opened, "Account") == "ascending"
    letters = [name[0] for name in shown(opened) if name[0].isalpha() and name[0] < "z"]
    assert letters == sorted(letters, key=str.lower)


@pytest.mark.parametrize(("title", "field"), [("ARR", "arr"), ("Renewal", "days_to_renewal"), ("Change", "change")])
def test_what_is_not_known_comes_last_either_way(opened: Page, made: RiskList, title: str, field: str) -> None:
    unknown = {row.name for row in made.rows if getattr(row, field) is None}
    button = opened.get_by_role("button", name=title, exact=True)
    for _ in range(2):
        button.click()
        assert set(shown(opened)[len(made.rows) - len(unknown) :]) == unknown
    if title != "ARR":
        assert unknown


def test_search_finds_accounts_by_any_word(opened: Page, made: RiskList) -> None:
    search = opened.get_by_label("Search")
    search.fill("harbor TEXT")
    assert shown(opened) == ["Harbor Textiles"]
    assert opened.locator("#status").inner_text() == f"1 of {len(made.rows)} shown"
    search.fill("chloe")
    assert shown(opened) == [row.name for row in made.rows if row.owner == "Chloé Martin"]
    search.fill("overdue")
    assert shown(opened) == [
        row.name
        for row in made.rows
        if any("overdue" in r.sentence for r in row.reasons) or (row.protects and "overdue" in row.protects.sentence)
    ]


def test_nothing_found_is_said_and_show_all_brings_all_back(opened: Page, made: RiskList) -> None:
    opened.get_by_label("Search").fill("no such account")
    assert shown(opened) == []
    assert opened.locator("#nothing").is_visible()
    opened.get_by_role("button", name="Show all").click()
    assert shown(opened) == [row.name for row in made.rows]
    assert not opened.locator("#nothing").is_visible()


def test_an_owner_sees_their_own_and_can_keep_the_address(opened: Page, made: RiskList) -> None:
    own = [row.name for row in made.rows if row.owner == "Chloé Martin"]
    opened.get_by_label("Owner", exact=False).select_option("Chloé Martin")
    assert shown(opened) == own
    kept = opened.url
    opened.goto("about:blank")
    opened.goto(kept)
    assert shown(opened) == own


def test_an_address_that_names_no_owner_shows_all(opened: Page, address: str, made: RiskList) -> None:
    for asked in ("owner=Nobody", "owner=%3Cscript%3E", "%", "owner=%E0%A4%A"):
        opened.goto("about:blank")
        opened.goto(f"{address}#{asked}")
        assert len(shown(opened)) == len(made.rows)
        assert opened.locator("#owner option:checked").inner_text() == f"Everybody ({len(made.rows)})"


def test_the_notice_table_opens_from_its_figure(opened: Page) -> None:
    assert not opened.get_by_text("Old Mill Foods").is_visible()
    opened.get_by_role("link", name="not on this list").click()
    assert opened.get_by_text("Old Mill Foods").is_visible()


def test_no_width_needs_scrolling_sideways(opened: Page) -> None:
    for width in (1400, 1101, 1100, 800, 621, 620, 360):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_it_can_be_read_without_scripts(chromium: Browser, address: str, made: RiskList) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        assert shown(page) == [row.name for row in made.rows]
        assert not page.locator("#controls").is_visible()
        assert page.locator("#list thead button").count() == 0


def test_the_policy_stops_a_request(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(address)
        refused = page.evaluate("""() => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
            fetch("http://127.0.0.1:9/").catch(() => undefined);
        })""")
    assert refused == "connect-src"


def test_a_missing_tool_is_a_skip_or_where_nothing_may_skip_a_failure(
    missing: Callable[[str], NoReturn], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHURNRISK_NO_SKIPS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        missing("chromium is not there: `apt-get install chromium`")
    monkeypatch.setenv("CHURNRISK_NO_SKIPS", "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        missing("chromium is not there: `apt-get install chromium`")


def test_files_beside_the_page_are_where_its_links_say(address: str, opened: Page) -> None:
    folder = Path(address.removeprefix("file://")).parent
    links = [link.get_attribute("href") or "" for link in opened.locator("footer a").all()]
    assert len(links) == 3
    assert all((folder / link).is_file() for link in links)
