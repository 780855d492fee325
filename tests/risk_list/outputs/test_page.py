"""The page as text: nothing in it can run or be fetched, and it says what it should."""

import dataclasses
import re
from typing import Any

import pandas as pd
import pytest

from churnrisk.facts import Account
from churnrisk.risk_list.inputs import PastLists
from churnrisk.risk_list.outputs.page import page

from ..company import HOSTILE, MODEL, dispositions_of, inputs, inputs_of, reasons_of, risk_list

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
    assert html.count("<script") == html.count("</script>") == 4  # its own, and three of data
    assert "<img" not in html
    assert "<i>" not in html
    assert html.count("&lt;img") >= 12


def test_no_address_but_those_of_the_files_beside_it(html: str) -> None:
    assert re.findall(r'(?:href|src|action|url)\s*=?\s*["(\'](.*?)["\')]', html) == [
        "#owner=",
        "#missed",
        "risk_list.xlsx",
        "risk_list.csv",
        "risk_list.json",
    ]
    assert "http://" not in html
    assert "https://" not in html


SAID = {
    "the answer": "<h1>Call <bdi>Harbor Logistics</bdi> first</h1>",
    "in numbers": "40 accounts to call, 0 renewals to prepare. $",
    "until when": "a year is likely to be lost among them by 19 Apr, of $",
    "to an owner": "<h1>Ana, call <bdi>",
    "what changed": "<b>Since 30 Dec 2024</b> <span>",
    "who joined": "came onto the list</span>",
    "was it right": "Of the 40 on the list of 16 Sep, 12 left; 12 were expected; these were 12 of the 13 that left",
    "who was missed": "<bdi>Quiet Quarry</bdi>",
    "and what was known of them": "<td>low risk, 2%</td>",
    "fresh feeds": "Data to 5 Jan, all 7 feeds current · next list 13 Jan",
    "what the number means": "probability that an account leaves from 20 Jan 2025 to 19 Apr 2025",
    "what is known": "<dt>Can leave</dt>",
    "how the risk adds up": '<th scope="row">A usual account</th><td class="number">12%</td>',
    "a part of it": '<th scope="row">Its use</th><td class="number">+',
    "what such a risk has meant": "Of accounts given 50 to 70%, 44 of 100 left.",
    "what was done": "<p>Talked after the list of 30 Dec 2024 (Ana Silva): &lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "how its owner sees it": "<p>Its owner sees it as safe: they renew.</p>",
    "past lists": "Past lists said: 23 Dec 2024 50%, 30 Dec 2024 60%.",
    "a rise without colour": "▲ 16",
    "a fall without colour": "▼ 12",
    "since when, and by which model": "since 30 Dec 2024, both by the present model",
    "not scored before": '<span class="new">new</span>',
    "usage in words": 'aria-label="Usage in 26 weeks: ',
    "a young account": "Usage in 11 weeks",
    "no usage": "no usage known",
    "no reason": "Nothing that can be acted on stands out.",
    "in notice": "Already in notice: 3 accounts, $57,600 a year",
    "what is left to do for them": "Thank them, ask why they leave",
    "left out": "12 too young,",
    "beyond the list": "the other 20 of 60 accounts watched",
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
    nothing = {"dispositions": dispositions_of(), "previous_as_of": None, "feeds": None, "went": None}
    made = risk_list(length=60, left_out={}, past=PastLists(), **nothing)
    html = page(dataclasses.replace(made, model=model, in_notice=nobody))
    for absent in ("AUC", ">None", ">nan", '"nan"', "Not watched", "30 Dec", "owner sees", "joined", "feeds current"):
        assert absent not in html.split("<main>")[1].split("<script")[0]
    assert "Nobody has given notice." in html
    assert "No list that went out is old enough to be judged yet." in html


def test_a_list_without_accounts() -> None:
    html = page(risk_list(inputs_of("account probability mrr")))
    assert "<h1>Nobody to call this week</h1>" in html


@pytest.mark.parametrize(
    ("owner", "said"),
    {
        "Ana": "Ana, call <bdi>a</bdi> first",
        "Ben": "Ben, prepare the renewal of <bdi>b</bdi> first",
        "Cleo": "Nobody to call this week; your 2 accounts are as usual",
        "Dora": "Nobody to call this week; your 1 account is as usual",
    }.items(),
)
def test_the_answer_to_each_owner(owner: str, said: str) -> None:
    source = inputs_of(
        """account probability mrr owner
        a 0.5 100 Ana
        b 0.02 100 Ben
        c 0.01 100 Cleo
        d 0.01 100 Cleo
        e 0.01 100 Dora"""
    )
    known = pd.DataFrame({"account_id": ["b"], "next_renewal": 9.0, "next_term": 12.0})
    html = page(risk_list(source, call_from=2.0, known=known))
    assert re.findall(rf'data-owner="{owner}" hidden>\s*<h1>(.*?)</h1>', html) == [said]


def test_only_a_decision_within_14_days_is_red() -> None:
    made = risk_list()
    red = page(made).count('class="leave soon"')
    assert red == sum(row.days_to_decide is not None and row.days_to_decide <= 14 for row in made.rows)
    assert 0 < red < len(made.rows) / 2


@pytest.mark.parametrize(("change", "way"), [(0.4, "level"), (-0.4, "level"), (0.6, "up"), (-0.6, "down")])
def test_no_change_has_no_colour_of_alarm(change: float, way: str) -> None:
    made = risk_list()
    html = page(dataclasses.replace(made, rows=(dataclasses.replace(made.rows[0], change=change),)))
    assert re.findall(r'<span class="(up|down|level|new)">', html) == [way]


def test_every_cell_has_a_heading_and_every_part_one(html: str) -> None:
    head, row = (re.search(pattern, html, re.DOTALL) for pattern in (r"<thead>.*?</thead>", r"<tr class=.row.*?</tr>"))
    assert head
    assert row
    assert head[0].count("<th ") == len(re.findall(r"<t[hd][ >]", row[0]))
    assert html.count("<h2") >= 4


def test_a_long_list_is_packed_and_the_same_list_gives_the_same_text() -> None:
    made = risk_list()
    many = tuple(dataclasses.replace(made.rows[n % 40], account_id=f"many-{n}") for n in range(1001))
    html = page(dataclasses.replace(made, rows=many))
    assert html == page(dataclasses.replace(made, rows=many))
    assert '<tr class="row"' not in html
    assert len(html) < 1001 * 1500


def test_hostile_names_are_on_the_list_that_the_browser_sees(html: str) -> None:
    assert {row.name for row in risk_list().rows} & set(HOSTILE)
    assert "<script>alert" not in html
