"""What the shared scripts do on any page, tried on a page of one table and of one list of folded parts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from churnrisk.pages.page import page

TABLE = """
{% extends "base.html.j2" %}
{% block title %}Fruit{% endblock %}
{% block main %}
<form class="controls" hidden>
<label>Search <input type="search"></label>
<label>Colour <select id="colour">
<option value="">all</option><option>red</option><option>green</option>
</select></label>
<button type="reset">Show all</button><output></output>
</form>
<table class="main">
<thead><tr>
<th data-sort="text" aria-sort="ascending">Name</th><th data-sort="number" data-first="descending">Weight</th>
<th>Remark</th>
</tr></thead>
<tbody>
{% for name, colour, weight in fruit %}
<tr data-group="{{ colour }}">
<td data-key="{{ name }}" class="name">{{ name }}</td><td data-key="{{ weight }}">{{ weight }}</td><td></td>
</tr>
{% endfor %}
</tbody>
</table>
<div class="section"><h2>Folded</h2>
{% for name, colour, weight in fruit %}
<details id="of-{{ name }}" data-group="{{ colour }}"><summary>{{ name }}</summary>{{ weight }} grams</details>
{% endfor %}
</div>
<a href="#rest">The rest</a> <a href="#of-fig">The fig</a>
<p id="nothing" hidden>Nothing.</p>
<details id="rest"><summary>Rest</summary>more</details>
{% endblock %}
"""
FRUIT = [("apple", "red", "150"), ("fig", "green", "50"), ("plum", "red", ""), ("quince", "green", "1000")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "fruit.html.j2").write_text(TABLE.lstrip(), encoding="utf-8")
    (folder / "index.html").write_text(page(folder / "fruit.html.j2", fruit=FRUIT), encoding="utf-8")
    return Path(folder / "index.html").as_uri()


def rows(page: Page) -> list[str]:
    return page.locator("tbody tr:not([hidden]) .name").all_inner_texts()


def parts(page: Page, chosen: str) -> list[str]:
    return page.eval_on_selector_all(f"details{chosen}", "all => all.map((each) => each.id)")


@pytest.mark.parametrize(
    ("heading", "first", "then"),
    [
        ("Weight", ["quince", "apple", "fig", "plum"], ["fig", "apple", "quince", "plum"]),
        ("Name", ["quince", "plum", "fig", "apple"], ["apple", "fig", "plum", "quince"]),
    ],
)
def test_a_heading_sorts_as_it_says_and_what_is_not_known_comes_last(opened, heading, first, then):
    button = opened.get_by_role("button", name=heading)
    button.click()
    assert rows(opened) == first
    button.click()
    assert rows(opened) == then


def test_a_heading_that_says_nothing_does_not_sort(opened):
    assert opened.locator("thead button").all_inner_texts() == ["Name", "Weight"]


def test_show_all_brings_back_the_order_of_the_page(opened):
    opened.get_by_role("button", name="Weight").click()
    opened.get_by_role("button", name="Show all").click()
    assert rows(opened) == ["apple", "fig", "plum", "quince"]
    assert opened.locator("thead th").first.get_attribute("aria-sort") == "ascending"
    assert opened.locator("thead th").nth(1).get_attribute("aria-sort") is None


def test_search_looks_at_rows_and_at_summaries_of_folded_parts(opened):
    opened.get_by_label("Search").fill("PLÚM")
    assert rows(opened) == ["plum"]
    assert parts(opened, "[data-group]:not([hidden])") == ["of-plum"]
    opened.get_by_label("Search").fill("grams")
    assert parts(opened, "[data-group]:not([hidden])") == []
    assert not opened.locator(".section").is_visible()
    assert opened.locator("#nothing").is_visible()


def test_a_group_is_kept_in_the_address_until_all_are_shown(opened, address):
    opened.get_by_label("Colour").select_option("green")
    assert rows(opened) == ["fig", "quince"]
    assert opened.url == f"{address}#colour=green"
    opened.get_by_role("button", name="Show all").click()
    opened.wait_for_function("location.hash === ''")
    assert len(rows(opened)) == 4


def test_an_address_opens_a_part_and_show_all_keeps_it(opened, address):
    opened.goto("about:blank")
    opened.goto(f"{address}#of-plum")
    assert parts(opened, "[open]") == ["of-plum"]
    opened.get_by_role("button", name="Show all").click()
    opened.wait_for_timeout(50)
    assert opened.url == f"{address}#of-plum"


def test_a_link_opens_its_part_every_time(opened):
    for _ in range(2):
        opened.get_by_role("link", name="The rest").click()
        assert parts(opened, "[open]") == ["rest"]
        opened.locator("#rest summary").click()
        assert parts(opened, "[open]") == []


@pytest.mark.parametrize(("colour", "shown"), [("red", 4), ("green", 2)], ids=["hidden", "in view"])
def test_a_link_to_a_part_that_is_filtered_out_takes_the_filter_away(opened, colour, shown):
    opened.get_by_label("Colour").select_option(colour)
    opened.get_by_role("link", name="The fig").click()
    opened.wait_for_selector("#of-fig[open]")
    assert len(rows(opened)) == shown


def test_on_paper_all_is_unfolded_but_the_items_of_a_list(opened):
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert parts(opened, "[open]") == ["rest"]
