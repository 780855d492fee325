"""The page as text: nothing in it can run or be fetched, and it says what it should."""

import re
from dataclasses import replace

import pytest

from churnrisk.behaviours.page import page
from churnrisk.behaviours.rates import Rate
from churnrisk.behaviours.study import Study, study
from churnrisk.store.workspace import Workspace

from ..company import load
from .company import features, labels, write

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    return write(tmp_path_factory.mktemp("behaviours") / "workspace")


@pytest.fixture(scope="module")
def made(workspace) -> Study:
    return study(workspace, load(workspace))


@pytest.fixture(scope="module")
def shown(made) -> str:
    """The page in one line."""
    return re.sub(r"\s+", " ", page(made))


SAID = {
    "the span": "6 Jan 2025 to 21 Apr 2025",
    "how many accounts": "90 accounts",
    "how many snapshots": "1,440 times in all",
    "when they left": "in the 90 days that began 14 days later",
    "association is not cause": "What goes with staying need not be its cause.",
    "who is valuable": "the top 20% by MRR at the date",
    "the feature that tells": '<a href="#f-active_days">Active days</a>',
    "its groups": "Most at <b>4 to 5 days</b>",
    "by how much": "points more often than the safest",
    "a feature that tells nothing": "may be luck",
    "how many looks": "Of 7 features looked at, up to 1 would look apart by luck alone; 1 stands out",
    "missing in words": '<th scope="row">usage not recorded</th>',
    "yes and no": '<th scope="row">yes</th>',
    "money": "$100",
    "a hostile category": '<th scope="row">&lt;script&gt;alert(1)&lt;/script&gt;</th>',
    "a hostile phrase": "no usage &lt;i&gt;before&lt;/i&gt;",
    "cohorts": '<th scope="row">Q1 2023</th>',
    "sources": '<th scope="row">partner</th>',
    "until when": "Known until 26 May 2025",
}


@pytest.mark.parametrize("text", SAID.values(), ids=SAID)
def test_it_says(shown, text):
    assert text in shown


def test_every_feature_is_there_with_every_group(made, shown):
    assert list(re.findall(r'id="f-(\w+)"', shown)) == [
        *("mrr", "plan", "auto_renews", "active_days", "usage_against_own", "constant", "never_known")
    ]
    tables = shown.split('class="groups"')[1:]
    by_name = dict(zip(re.findall(r'id="f-(\w+)"', shown), tables, strict=True))
    for view in made.features:
        assert by_name[view.name].count('<th scope="row">') == len(view.bars)


def test_nothing_that_is_shown_can_become_markup(made):
    view = made.features[0]
    bars = tuple(replace(bar, group=replace(bar.group, label=EVIL, sentence=EVIL)) for bar in view.bars)
    evil = replace(view, name=EVIL, fact=EVIL, meaning=EVIL, bars=bars, loyal=EVIL, leavers="")
    cohort = replace(made.cohorts.by_source[0], name=EVIL)
    html = page(replace(made, summary=(EVIL,), features=(evil,), cohorts=replace(made.cohorts, by_source=(cohort,))))
    assert html.count("<script") == html.count("</script>") == 1
    assert "<img" not in html
    assert html.count("&lt;img") >= 10


def test_no_style_but_the_one_that_the_policy_permits(shown):
    assert " style=" not in shown


def test_no_address_but_those_of_its_own_parts_and_the_file_beside_it(shown):
    addresses = re.findall(r'(?:href|src|action|url)\s*=?\s*["(\'](.*?)["\')]', shown)
    assert set(addresses) == {"#f-active_days", "behaviours.json"}
    assert "http://" not in shown
    assert "https://" not in shown


def test_what_is_not_known_is_not_drawn_or_said(made, tmp_path):
    workspace = write(tmp_path, features().drop(columns="mrr"), labels(features()))
    result = study(workspace, load(workspace), ["plan", "constant"])
    html = re.sub(r"\s+", " ", page(replace(result, cohorts=replace(result.cohorts, by_source=()))))
    for text in (
        "No account stands out as most valuable",
        "Only 2 of 6 features are shown.",
        "Where accounts came from (acquisition) is not given.",
        "No feature surely tells those who stay from those who leave",
    ):
        assert text in html
    body = html.split("<main>")[1].split("<script>")[0]
    for absent in ("Valuable", 'class="best', "None", "nan"):
        assert absent not in body


def test_a_group_without_valuable_accounts_has_a_dash(made):
    view = made.features[1]
    bars = tuple(
        replace(bar, valuable=Rate(snapshots=0, accounts=0, draws=0.0, rate=None, low=None, high=None))
        for bar in view.bars
    )
    html = page(replace(made, summary=(), features=(replace(view, bars=bars),)))
    assert html.count("<td>–</td>") == len(bars)


def test_it_is_small(small):
    result = study(small, load(small))
    assert len(page(result)) < 6_000 * len(result.features) < 1_000_000
