"""The page of the head of customer success: its parts add up to the list."""

import dataclasses
import datetime as dt
import re
from urllib.parse import unquote

import pytest

from churnrisk.risk_list.outputs.head import of_owners, page, whens

from ...hostile import NAMES
from ..company import inputs_of, risk_list

MADE = risk_list()


def test_owners_add_up_to_the_list_and_link_to_their_part():
    owners = of_owners(MADE)
    assert sum(each.to_call + each.to_prepare for each in owners) == len(MADE.rows)
    assert sum(each.watched for each in owners) == MADE.accounts_watched
    assert sum(each.lost for each in owners) == pytest.approx(MADE.revenue_at_risk_on_list)
    assert sum(each.paid for each in owners) == pytest.approx(sum(row.arr or 0 for row in MADE.rows))
    assert sum(each.held for each in owners) == sum(count for _, count in MADE.held_back)
    assert [each.lost for each in owners] == sorted((each.lost for each in owners), reverse=True)
    assert [unquote(each.link.removeprefix("index.html#owner=")) for each in owners] == [each.owner for each in owners]


DECIDES = [  # days from 6 Jan 2025 to the decision, and where it is counted
    (0, "by 20 Jan"),
    (14, "by 20 Jan"),
    (15, "Jan 2025, after that"),
    (26, "Feb 2025, after that"),
    (84, "Mar 2025, after that"),
    (85, "later"),
    (None, "any month, or no date known"),
]


@pytest.mark.parametrize(("days", "where"), DECIDES)
def test_when_an_account_can_decide(days, where):
    decides = None if days is None else MADE.as_of + dt.timedelta(days=days)
    row = dataclasses.replace(MADE.rows[0], decides_on=decides, days_to_decide=days)
    (only,) = whens(dataclasses.replace(MADE, rows=(row,)))
    assert (only.words, only.accounts, only.paid, only.lost) == (where, 1, row.arr, row.value_at_risk)


def test_every_account_on_the_list_decides_once():
    assert sum(each.accounts for each in whens(MADE)) == len(MADE.rows)
    assert sum(each.lost for each in whens(MADE)) == pytest.approx(MADE.revenue_at_risk_on_list)


def test_the_answer_comes_first_and_without_prices_it_counts_accounts():
    assert re.search(r"<h1>About \$[\d,]+ a year is likely to be lost by 19 Apr 2025</h1>", page(MADE))
    unpriced = page(risk_list(inputs_of("account probability\na 0.2\nb 0.7")))
    assert "<h1>About 1 accounts are likely to leave by 19 Apr 2025</h1>" in unpriced
    assert "$" not in unpriced.split("<main>")[1].split("</main>")[0]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_owners_are_text(name):
    owners = tuple(dataclasses.replace(each, owner=name) for each in MADE.owners[:1])
    html = page(dataclasses.replace(MADE, owners=owners)).split("<main>")[1]
    assert not re.search(r"<(script(?!>)|img|iframe|svg)\b", html.split("</main>")[0], re.IGNORECASE)
    assert "default-src &#39;none&#39;" in page(MADE)
