"""What came back, in words on the next list, and where owner and model disagree."""

import pytest

from .company import dispositions_of, inputs_of, risk_list

WEEK = """
account probability mrr
a       0.60        100
b       0.20        900
c       0.02        500
"""
DONE = {
    # play, outcome, who, reason, snooze_until, verdict of the list of 30 December -> done, verdict
    ("", "talked", "Ana", "renewing", None, ""): ("Talked after the list of 30 Dec 2024 (Ana): renewing", ""),
    ("", "no_answer", "", "", None, ""): ("No answer after the list of 30 Dec 2024", ""),
    ("", "snoozed", "Ana", "", "2025-02-01", ""): ("Snoozed until 1 Feb after the list of 30 Dec 2024 (Ana)", ""),
    ("", "talked", "", "", "2025-02-01", ""): ("Talked, snoozed until 1 Feb after the list of 30 Dec 2024", ""),
    ("", "", "", "on holiday", None, ""): ("Noted after the list of 30 Dec 2024: on holiday", ""),
    ("", "", "Ana", "budget cut", None, "lost"): ("", "lost: budget cut"),
    ("", "done", "", "", None, "safe"): ("Done after the list of 30 Dec 2024", "safe"),
}


@pytest.mark.parametrize(("given", "expected"), DONE.items(), ids=map(str, DONE))
def test_what_was_done_is_said(given, expected):
    made = risk_list(inputs_of(WEEK), dispositions=dispositions_of(("a", "2024-12-30", *given)))
    (row,) = [row for row in made.rows if row.account_id == "a"]
    assert (row.done, row.verdict) == expected
    assert {(row.done, row.verdict) for row in made.rows if row.account_id != "a"} == {("", "")}


def test_the_last_answer_of_a_kind_stays():
    rows = dispositions_of(
        ("a", "2024-12-23", "", "talked", "", "", None, ""),
        ("a", "2024-12-23", "", "", "", "", None, "lost"),
        ("a", "2024-12-30", "", "no_answer", "", "", None, ""),
    )
    (row,) = [row for row in risk_list(inputs_of(WEEK), dispositions=rows).rows if row.account_id == "a"]
    assert (row.done, row.verdict) == ("No answer after the list of 30 Dec 2024", "lost")


@pytest.mark.parametrize(("as_of", "verdict"), [("2024-09-24", ""), ("2024-09-25", "safe")])
def test_a_verdict_holds_until_the_window_of_its_list_is_over(as_of, verdict):
    # Two weeks of lead and 90 days: the window of 24 September closes on 6 January, the date of the list.
    rows = dispositions_of(("a", as_of, "", "", "", "", None, "safe"))
    (row,) = [row for row in risk_list(inputs_of(WEEK), dispositions=rows).rows if row.account_id == "a"]
    assert row.verdict == verdict


DISAGREE = {
    # who says what -> the accounts of which owner and model disagree, with a floor of 0.2
    (("a", "safe"),): ["a"],
    (("a", "at risk"),): [],
    (("b", "safe"), ("a", "safe")): ["b", "a"],
    (("c", "safe"),): [],
    (("c", "at risk"), ("a", "lost")): ["c"],
    (("c", "lost"),): ["c"],
    (("gone", "lost"),): [],
}


@pytest.mark.parametrize(("said", "expected"), DISAGREE.items(), ids=map(str, DISAGREE))
def test_where_owner_and_model_disagree(said, expected):
    rows = dispositions_of(*((account, "2024-12-30", "", "", "Ana", "why", None, each) for account, each in said))
    made = risk_list(inputs_of(WEEK), dispositions=rows, call_from=0.2)
    assert [each.account_id for each in made.disagreements] == expected
    assert {each.reason for each in made.disagreements} <= {"why"}
    assert [row.probability for row in made.rows] == [
        row.probability for row in risk_list(inputs_of(WEEK), call_from=0.2).rows
    ]


def test_at_most_twenty_disagreements_the_highest_revenue_first():
    lines = "\n".join(f"a{n:02d} 0.5 {n}" for n in range(30))
    names = [f"a{n:02d}" for n in range(30)]
    rows = dispositions_of(*((name, "2024-12-30", "", "", "", "", None, "safe") for name in names))
    made = risk_list(inputs_of(f"account probability mrr\n{lines}"), dispositions=rows)
    assert [each.account_id for each in made.disagreements] == names[:9:-1]


def test_what_is_not_known_is_not_there():
    made = risk_list(inputs_of(WEEK))
    assert {(row.done, row.verdict) for row in made.rows} == {("", "")}
    assert made.disagreements == ()
