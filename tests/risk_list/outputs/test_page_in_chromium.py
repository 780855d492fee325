"""The page in a real browser: what it answers to whom, search, filters, address, what was done, print, widths."""

import csv
import dataclasses
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Page, expect

from churnrisk.risk_list import RiskList, Row, publish
from churnrisk.store.workspace import Workspace

from ..company import inputs, risk_list

LONG = "Maximiliane-Friederike von und zu Hohenlohe-Waldenburg-Schillingsfürst " * 2


@pytest.fixture(scope="module")
def made() -> RiskList:
    """The company's list, with names that are hard to find, an owner of many letters and one who has nothing."""
    source = inputs()
    accounts = source.accounts.copy()
    accounts.loc[1, "name"] = "Łódź Ørsted Đakovo Straße"
    accounts.loc[2, "owner"] = LONG
    accounts.loc[59, "owner"] = "Idle Ida"
    return risk_list(dataclasses.replace(source, accounts=accounts), call_from=1.2, prepare_days=30)


@pytest.fixture(scope="module")
def address(made: RiskList, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = publish(Workspace(tmp_path_factory.mktemp("workspace")), made, scores="s1")
    return (folder / "index.html").as_uri()


def shown(page: Page) -> list[str]:
    """Account names in view, from the top."""
    return page.locator("section.group:not([hidden]) tr.row .account > bdi").all_inner_texts()


def answer(page: Page) -> str:
    return page.locator("h1:visible").inner_text()


def go(page: Page, state: str) -> None:
    """Change the state in the address of the open page."""
    page.evaluate("(state) => { location.hash = state; }", state)
    page.wait_for_timeout(30)


def names(made: RiskList, owner: str = "") -> list[str]:
    return [row.name for row in made.rows if owner in ("", row.owner)]


def test_opens_with_the_answer_and_both_groups(opened: Page, made: RiskList) -> None:
    assert answer(opened) == f"Call {made.rows[0].name} first"
    assert shown(opened) == names(made)
    assert opened.locator("section.group:visible h2").count() == 2
    assert {row.group for row in made.rows} == {"to_call", "to_prepare"}


def test_answer_totals_and_changes_follow_the_owner(opened: Page, made: RiskList) -> None:
    own = [row for row in made.rows if row.owner == "Chloé Martin"]
    opened.get_by_label("Whose").select_option("Chloé Martin")
    assert shown(opened) == names(made, "Chloé Martin")
    assert answer(opened) == f"Chloé, call {own[0].name} first"
    lost = sum(row.value_at_risk or 0 for row in own)
    assert f"${lost:,.0f} a year is likely to be lost" in opened.locator(".lede:visible").inner_text()
    assert opened.locator("[data-flag=silent] span").inner_text() == str(sum("silent" in r.flags for r in own))
    assert "Chloé Martin" in opened.locator(".top").inner_text()


ANSWERS = {  # the state in the address of the open page, the answer, and how many rows are shown
    "owner=Idle%20Ida": ("Nobody to call this week; your 1 account is as usual", 0),
    "owner=Chloe%20Martin": ("Nobody named “Chloe Martin” looks after an account", 0),
    "owner=%3Cscript%3E": ("Nobody named “<script>” looks after an account", 0),
    "owner=": (None, 40),
    "only=nothing": (None, 0),
}


@pytest.mark.parametrize(("state", "said"), ANSWERS.items(), ids=ANSWERS)
def test_changing_the_address_of_the_open_page_changes_it(opened: Page, made, state, said) -> None:
    go(opened, "owner=Ana%20Silva")
    assert answer(opened).startswith("Ana, ")
    go(opened, state)
    assert answer(opened) == (said[0] or f"Call {made.rows[0].name} first")
    assert len(shown(opened)) == min(said[1], len(made.rows))


def test_the_state_is_kept_in_the_address(opened: Page, made: RiskList) -> None:
    opened.get_by_label("Whose").select_option("Ben Okafor")
    opened.get_by_role("button", name="Unpaid").click()
    opened.get_by_label("Order").select_option("risk")
    kept, there = opened.url, shown(opened)
    opened.goto("about:blank")
    opened.goto(kept)
    assert "owner=Ben%20Okafor" in kept
    assert shown(opened) == there
    assert opened.get_by_role("button", name="Unpaid").get_attribute("aria-pressed") == "true"


SEARCHES = {  # what is typed, and which names are found
    "lodz orsted dakovo strasse": ["Łódź Ørsted Đakovo Straße"],
    "ŁÓDŹ": ["Łódź Ørsted Đakovo Straße"],
    "orsted lodz": [],  # a phrase, and not any of its words
    "dz": [],  # from the beginning of a word
}


@pytest.mark.parametrize(("typed", "found"), SEARCHES.items(), ids=SEARCHES)
def test_search(opened: Page, typed: str, found: list[str]) -> None:
    opened.get_by_label("Search").fill(typed)
    assert shown(opened) == found


def test_a_phrase_finds_what_says_it(opened: Page, made: RiskList) -> None:
    phrase = "in 3 days"
    opened.get_by_label("Search").fill(phrase)
    said = [row for row in made.rows if phrase in " ".join([row.can_leave, *(r.sentence for r in row.reasons)])]
    assert shown(opened) == [row.name for row in said]
    assert len(said) < len(made.rows) / 2


def test_who_is_not_listed_is_found_with_the_reason(opened: Page, made: RiskList) -> None:
    other = next(each for each in made.not_listed if each.why_not.startswith("low risk"))
    opened.get_by_label("Search").fill(other.account_id)
    assert opened.locator("#elsewhere li").all_inner_texts() == [f"{other.name} · {other.owner} · {other.why_not}"]
    opened.get_by_label("Search").fill("no such account")
    assert opened.locator("#nothing").is_visible()


def test_what_is_at_stake_before_the_quarter_ends(opened: Page, made: RiskList) -> None:
    opened.get_by_label("Can leave").select_option("this quarter, by 31 Mar 2025")
    days = (dt.date(2025, 3, 31) - made.as_of).days
    can = [row for row in made.rows if (leaves := leaves_in(row)) is not None and leaves <= days]
    assert 0 < len(can) < len(made.rows)
    assert any(row.can_leave.startswith("any month") for row in can)
    assert shown(opened) == [row.name for row in can]
    paid, lost = sum(row.arr or 0 for row in can), sum((row.arr or 0) * row.probability for row in can)
    said = (
        f"{len(can)} of {len(made.rows)} shown: ${lost:,.0f} a year is likely to be lost of ${paid:,.0f} that they pay"
    )
    assert opened.locator("#status").inner_text() == said


def leaves_in(row: Row) -> int | None:
    """Days until an account can leave next; None where it is not known, or it has renewed for now."""
    return row.days_to_renewal if row.can_leave.startswith("any month") else row.days_to_decide


def test_chips_dates_and_orders(opened: Page, made: RiskList) -> None:
    go(opened, "only=soon")
    soon = [row.name for row in made.rows if row.days_to_decide is not None and row.days_to_decide <= 14]
    assert shown(opened) == soon
    go(opened, "by=14")
    assert shown(opened) == [row.name for row in made.rows if (leaves_in(row) or 99) <= 14 or row.name in soon]
    go(opened, "order=risk")
    called = [row for row in made.rows if row.group == "to_call"]
    assert shown(opened)[: len(called)] == [row.name for row in sorted(called, key=lambda r: -r.probability)]
    new = {each.account_id for each in made.changes if each.happened == "joined"}
    go(opened, "only=new")
    assert shown(opened) == [row.name for row in made.rows if row.account_id in new]


def test_a_row_opens_by_mouse_and_keyboard(opened: Page) -> None:
    more, button = opened.locator("tr.more").first, opened.locator("tr.row .open button").first
    assert not more.is_visible()
    button.focus()
    opened.keyboard.press("Enter")
    assert more.is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    assert more.get_by_text("How the risk adds up").is_visible()
    opened.locator("tr.row .why").first.click()
    assert not more.is_visible()


def test_what_was_done_is_kept_and_saved(opened: Page, made: RiskList) -> None:
    go(opened, "owner=Ana%20Silva")
    opened.locator("tr.row .open button").first.click()
    opened.get_by_role("button", name="Talked to them").click()
    opened.get_by_label("Because").fill('said "wait", then\nleft')
    opened.get_by_label("I think it is").select_option("at risk")
    opened.get_by_label("Snooze until").fill("2025-02-01")
    opened.reload()
    assert opened.locator(".tag").first.inner_text() == "snoozed until 2025-02-01"
    with opened.expect_download() as saved:
        opened.get_by_role("button", name="Save actions.csv").click()
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8"))))
    own = next(row for row in made.rows if row.owner == "Ana Silva")
    assert own.next_step
    assert rows == [
        {
            "account_id": own.account_id,
            "as_of": "2025-01-06",
            "play": own.next_step.play,
            "outcome": "talked",
            "who": "Ana Silva",
            "reason": 'said "wait", then left',
            "snooze_until": "2025-02-01",
            "verdict": "at risk",
        }
    ]
    opened.evaluate("localStorage.clear()")


def test_no_width_needs_scrolling_sideways_and_every_value_is_told(opened: Page) -> None:
    for width in (1400, 1101, 1100, 800, 621, 620, 360):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.locator("tr.row .risk .small", has_text="at risk").first.is_visible()  # the key of the order
    opened.set_viewport_size({"width": 1400, "height": 1000})


def test_print_has_headings_on_every_page_and_the_owner(opened: Page) -> None:
    go(opened, "owner=Ana%20Silva")
    opened.emulate_media(media="print")
    for width in (1100, 700):
        opened.set_viewport_size({"width": width, "height": 900})
        head = opened.locator(".list thead").first
        assert head.evaluate("(each) => getComputedStyle(each).display") == "table-header-group"
    assert "Ana Silva" in opened.locator(".top").inner_text()
    assert not opened.locator("#controls").is_visible()
    opened.emulate_media(media="screen")
    opened.set_viewport_size({"width": 1400, "height": 1000})


def test_it_can_be_read_without_scripts(chromium: Browser, address: str, made: RiskList) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        assert shown(page) == names(made)
        assert not page.locator("#controls").is_visible()
        assert page.locator("tr.more").first.is_visible()


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


def test_a_long_list_is_made_as_it_is_seen(chromium: Browser, made: RiskList, tmp_path: Path) -> None:
    many = tuple(dataclasses.replace(made.rows[n % 20], account_id=f"m-{n}", name=f"Many {n}") for n in range(1001))
    folder = publish(Workspace(tmp_path), dataclasses.replace(made, rows=many), scores="s1")
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto((folder / "index.html").as_uri())
        page.wait_for_selector("tr.row")
        assert page.locator("tr.row").count() <= 120
        page.get_by_label("Search").fill("many 1000")
        expect(page.locator("tr.row")).to_have_count(1)
        assert shown(page) == ["Many 1000"]
