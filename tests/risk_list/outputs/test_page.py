"""The page as text: nothing in it can run or be fetched, and it says what it should."""

import dataclasses
import re
from typing import Any

import pytest

from churnrisk.facts import Account
from churnrisk.risk_list.outputs.page import page

from ..company import HOSTILE, MODEL, inputs, inputs_of, reasons_of, risk_list

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"


@pytest.fixture(scope="module")
def html() -> str:
    return page(risk_list())


def evil_reasons() -> dict[str, Any]:
    """Facts of a company that says evil things of its accounts."""
    given = reasons_of(("a", 9.0), ("b", -9.0))

    def evil(account: Account) -> str:
        return EVIL

    facts = {
        n: dataclasses.replace(fact, about=EVIL, raises=(evil,), lowers=(evil,)) for n, fact in given["facts"].items()
    }
    return given | {"facts": facts}


def test_nothing_that_is_shown_can_become_markup() -> None:
    source = inputs_of("account probability mrr before\na 0.5 100 0.4")
    shown = dataclasses.replace(MODEL.shows, lineage=EVIL)
    source = dataclasses.replace(
        source,
        model=dataclasses.replace(MODEL, shows=shown),
        accounts=source.accounts.assign(name=EVIL, owner=EVIL, segment=EVIL),
        contracts=source.contracts.assign(plan=EVIL),
        **evil_reasons(),
    )
    notice = risk_list().in_notice[0]
    made = dataclasses.replace(
        risk_list(source, currency="<i>", notes=(EVIL,), left_out={EVIL: 2}),
        in_notice=(dataclasses.replace(notice, name=EVIL, owner=EVIL),),
    )
    html = page(made)
    assert html.count("<script") == html.count("</script>") == 1
    assert "<img" not in html
    assert "<i>" not in html
    assert html.count("&lt;img") >= 12


def test_no_address_but_those_of_the_files_beside_it(html: str) -> None:
    assert re.findall(r'(?:href|src|action|url)\s*=?\s*["(\'](.*?)["\')]', html) == [
        "#in-notice",
        "risk_list.xlsx",
        "risk_list.csv",
        "risk_list.json",
    ]
    assert "http://" not in html
    assert "https://" not in html


SAID = {
    "what it is": "of 60 accounts watched, these 40 have most revenue at risk",
    "what the number means": "probability that the account leaves between 20 Jan 2025 and 19 Apr 2025",
    "a reason with its points": 'days</span> <span class="effect">+',
    "how the risk adds up": '<th scope="row">a usual account</th><td class="number">12%</td>',
    "a part of it": '<th scope="row">its use</th><td class="number">+',
    "a rise without colour": "▲ 16 points",
    "a fall without colour": "▼ 12 points",
    "since when, and by which model": "since 30 Dec 2024, both by the present model",
    "not scored before": '<b class="new">new</b>',
    "usage in words": 'aria-label="Usage in 26 weeks: ',
    "a young account": "Usage in 11 weeks",
    "no usage": "no usage known",
    "renewal": "in 235 days",
    "no renewal": "none known",
    "no reason": "Nothing that can be acted on stands out.",
    "in notice": "Already in notice: 3 accounts, $57,600 a year",
    "left out": "12 too young,",
    "beyond the list": "the other 20 accounts watched",
    "lineage": "Model 3f9c2ab-d41e77, learnt from what was known through 15 Sep 2024",
    "backtest": "left 3.4 times as often as the average",
    "note": "Features switched off: no table `goals`.",
    "a hostile name": "&lt;script&gt;alert(1)&lt;/script&gt;",
}


@pytest.fixture(scope="module")
def shown() -> str:
    """The page in one line, with some accounts whose usage is not known."""
    made = risk_list(usage=inputs().usage.iloc[:-6])
    return re.sub(r"\s+", " ", page(made))


@pytest.mark.parametrize("text", SAID.values(), ids=SAID)
def test_it_says(shown: str, text: str) -> None:
    assert text in shown


def test_it_does_not_say_what_there_is_not() -> None:
    model = dataclasses.replace(risk_list().model, auc=None, lift=None)
    nobody = risk_list().in_notice[:0]
    made = risk_list(length=60, previous_as_of=None, left_out={})
    html = page(dataclasses.replace(made, model=model, in_notice=nobody))
    for absent in ("AUC", ">None", ">nan", '"nan"', "Not watched", "watched; they come after", "since 30 Dec"):
        assert absent not in html.split("<main>")[1].split("<script>")[0]
    assert "since the previous date" in html
    assert "Nobody has given notice." in html


def test_a_list_without_accounts() -> None:
    html = page(risk_list(inputs_of("account probability mrr")))
    assert "There is nobody to call: no account was watched." in html


def test_hostile_names_are_on_the_list_that_the_browser_sees(html: str) -> None:
    assert {row.name for row in risk_list().rows} & set(HOSTILE)
    assert "<script>alert" not in html
