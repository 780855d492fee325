"""What every page has from the base: one more page is one template and one call."""

import base64
import hashlib
import re
from pathlib import Path

import jinja2
import pytest

from churnrisk.pages.page import page

TEMPLATE = """\
{% extends "base.html.j2" %}
{% from "drawings.html.j2" import spark, share_bar, column_chart, rate_bar %}
{% block title %}{{ name }}{% endblock %}
{% block main %}
<h1>{{ name }}</h1><p>{{ 0.5 | percent }} on {{ "2025-01-06" | date }}</p>
{{ spark((1.0, 2.0)) }}{{ share_bar(0.5, 0.2) }}{{ column_chart([0.1, 0.2], name) }}
{% endblock %}
"""
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"


def made(folder: Path, template: str = TEMPLATE, **values: object) -> str:
    (folder / "page.html.j2").write_text(template, encoding="utf-8")
    return page(folder / "page.html.j2", **{"name": "A page", **values})


def policy_of(html: str) -> dict[str, str]:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    return dict(rule.split(" ", 1) for rule in policy[1].replace("&#39;", "'").split("; "))


def part(html: str, tag: str) -> str:
    return html.split(f"<{tag}>")[1].split(f"</{tag}>")[0]


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_page_is_one_template(tmp_path):
    html = made(tmp_path)
    assert html.startswith("<!DOCTYPE html>")
    assert "<title>A page</title>" in html
    assert "50% on 6 Jan 2025" in html
    assert html.count("<svg") == 3
    assert html.endswith("</html>\n")


ADDED = {
    "nothing of its own": "",
    "a style and a script of its own": (
        "{% block style %}{{ super() }}h1 { color: red; }{% endblock %}"
        "{% block script %}{{ super() }}document.title = 'x > y & z';{% endblock %}"
    ),
}


@pytest.mark.parametrize("added", ADDED.values(), ids=ADDED)
def test_the_policy_permits_this_style_and_script_and_nothing_else(tmp_path, added):
    html = made(tmp_path, TEMPLATE + added)
    assert policy_of(html) == {
        "default-src": "'none'",
        "style-src": hashed(part(html, "style")),
        "script-src": hashed(part(html, "script")),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_what_a_page_adds_comes_after_what_is_shared(tmp_path):
    html = made(tmp_path, TEMPLATE + ADDED["a style and a script of its own"])
    assert part(html, "style").endswith("h1 { color: red; }")
    assert part(html, "script").endswith("document.title = 'x > y & z';")
    assert part(html, "style").startswith(part(made(tmp_path), "style"))


def test_no_value_becomes_markup(tmp_path):
    html = made(tmp_path, name=EVIL)
    assert html.count("<script") == html.count("</script>") == 1
    assert "<img" not in html
    assert html.count("&lt;img") == 3


def test_a_value_that_is_lacking_is_an_error(tmp_path):
    with pytest.raises(jinja2.UndefinedError, match="owner"):
        made(tmp_path, TEMPLATE.replace("<h1>", "<h1>{{ owner }}"))


@pytest.mark.parametrize("block", ["title", "main"])
def test_a_page_without_a_title_or_content_is_an_error(tmp_path, block):
    without = re.sub(r"{% block " + block + r" %}.*?{% endblock %}", "", TEMPLATE, flags=re.DOTALL)
    with pytest.raises(jinja2.TemplateRuntimeError, match=f"'{block}'"):
        made(tmp_path, without)


def test_nothing_that_is_shared_names_an_address(tmp_path):
    assert "http://" not in made(tmp_path)
    assert "https://" not in made(tmp_path)
    assert "url(" not in part(made(tmp_path), "style")
