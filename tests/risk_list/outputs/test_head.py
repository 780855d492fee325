"""The page of the head of customer success: its parts add up to the list."""

import dataclasses
import datetime as dt
import re
from urllib.parse import unquote

import pytest

from churnrisk.risk_list.outputs.head import of_owners, page, whens
from churnrisk.risk_list.structure import Judged

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


LISTS = tuple(
    Judged(as_of=dt.date(2024, 9, day), listed=40, expected=11.6, churned=left) for day, left in ((9, 14), (16, 12))
)


def cells(html, heading):
    """The rows of the table below a heading, as text."""
    table = html.split(f">{heading}</h2>")[1].split("</table>")[0].split("<tbody>")[1]
    return [re.findall(r"<t[hd][^>]*>(?:<[^>]*>)*([^<]*)", row) for row in re.findall("<tr>.*?</tr>", table)]


def test_past_lists_stand_one_a_row_the_newest_first_and_are_added_up():
    html = page(dataclasses.replace(MADE, judged=LISTS))
    assert cells(html, "Was it right?") == [["16 Sep 2024", "40", "12", "12"], ["9 Sep 2024", "40", "12", "14"]]
    assert "2 lists together: 26 left, 23 were expected." in html


def test_without_a_past_list_it_says_so_in_a_line():
    html = page(dataclasses.replace(MADE, judged=(), came_of=None))
    assert "<p>No list that went out is old enough to be judged yet.</p>" in html
    assert "lists together" not in html


def test_accounts_in_notice_are_named_with_what_is_known_of_them():
    assert cells(page(MADE), "In notice") == [
        ["acc-0902", "Ben Okafor", "–", "31 Jan 2025"],
        ["Old Mill Foods", "Ana Silva", "$48,000", "28 Feb 2025"],
        ["&lt;b&gt;Bold&lt;/b&gt;", "no owner", "$9,600", "not known"],
    ]
    assert "<p>No account has given notice.</p>" in page(dataclasses.replace(MADE, in_notice=()))


TALKS = [  # flags and what is known of each row, and what the page says of the owner
    ((("untalked",), ()), (("Last talk", "1 Jan"),), "1 of 2"),
    (((), ()), (("Last talk", "1 Jan"),), "–"),
    (((), ()), (), None),
]


@pytest.mark.parametrize(("flags", "known", "says"), TALKS)
def test_who_is_out_of_touch_is_counted_where_talks_are_on_record(flags, known, says):
    rows = [
        dataclasses.replace(row, flags=own, known=known, owner="Ana Silva")
        for row, own in zip(MADE.rows, flags, strict=False)
    ]
    html = page(dataclasses.replace(MADE, rows=tuple(rows)))
    assert ("No talk in 60 days" in html) == (says is not None)
    (ana,) = (row for row in cells(html, "By owner") if row[0] == "Ana Silva")
    assert says is None or ana[8] == says


@pytest.mark.parametrize("name", NAMES)
def test_hostile_owners_are_text(name):
    owners = tuple(dataclasses.replace(each, owner=name) for each in MADE.owners[:1])
    html = page(dataclasses.replace(MADE, owners=owners)).split("<main>")[1]
    assert not re.search(r"<(script(?!>)|img|iframe|svg)\b", html.split("</main>")[0], re.IGNORECASE)
    assert "default-src &#39;none&#39;" in page(MADE)


def test_what_a_percentage_has_meant():
    table = page(MADE).split('id="meant"')[1].split("</table>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th><td class="number">(\d+)<', table) == [
        ("20 to 30%", "26"),
        ("50 to 70%", "44"),
    ]
    unknown = dataclasses.replace(MADE, model=dataclasses.replace(MADE.model, meant=()))
    assert 'id="meant"' not in page(unknown)


def test_who_was_right_is_counted():
    said = "Of 3 accounts on which they disagreed on lists whose windows are over, the owner was right 1 time,"
    assert said in page(MADE)
    assert "on which they disagreed" not in page(dataclasses.replace(MADE, settled=None))
