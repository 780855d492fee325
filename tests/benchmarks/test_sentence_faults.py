"""Every check of a sentence finds its planted fault and leaves the near miss alone."""

import datetime as dt

import pytest
from benchmarks.sentence_faults import FAULTS, Told, faults_of, told_of

AS_OF = dt.date(2025, 12, 29)
FELL = [100.0] * 20 + [20.0] * 6
ROW = {"usage": FELL, "renews_on": "2026-02-01", "reasons": [{"fact": "usage"}, {"fact": "invoices"}]}
SEASON = tuple([1.0] * 22 + [0.3] * 4)


def told(sentence, *, fact="usage", points=5.0, place=0, company=(), **row):
    return Told(sentence, fact, points, place, ROW | row, AS_OF, company)


GOOD = [
    told("Usage fell from 100 to 20 actions a week since Nov."),
    told("Nobody has used it since 19 Nov (40 days).", usage=[5.0] * 20 + [0.0] * 6),
    told("It can give notice until 2 Jan (in 4 days); otherwise it renews on 1 Feb for 12 months."),
    told("In its 7th week used on 11 of the last 28 days, about 20 actions a week."),
    told("2 invoices, $6,212 in all, are overdue, the oldest since 23 May (220 days).", fact="invoices", place=1),
    told("Little used: 7 of the last 28 days, though growing: 3 to 10 actions a week.", usage=[3.0] * 22 + [10.0] * 4),
    told("2 milestones are overdue, 45 days after it began on 14 Nov."),
    told("It complained on 18 Nov (41 days ago)."),
    told("Usage fell from 100 to 2 actions a week since Nov.", usage=[100.0] * 20 + [2.0] * 6, company=SEASON),
]
BAD = {
    "speaks of odds": ["Renewal on 1 Feb raises the odds since Nov.", "Used on 4 of 28 days (3.2x)."],
    "names a theme or a feature": ["The usage_slope is down from 4.", "The commercial side is down from 4."],
    "who they are, which nobody can change": [
        "Its industry is media since 2024.",
        "It was won by paid ads in 2024 of old.",
    ],
    "no number, or no from-what and since-when": ["Active on 4 days.", "Usage fell from much to little."],
    "ungrammatical": [
        "invoices since 4 May.",
        "Paid +70 days from its due date.",
        "1 days since 4 May.",
        "Gave us 5 of 10",
    ],
    "a deadline that has passed": [
        "It can give notice until 20 Dec; otherwise it renews on 1 Feb.",
        "It can leave next on 28 Dec.",
    ],
    "against the contract": ["It renews on 13 Mar (in 74 days)."],
    "always true of a monthly contract": ["Monthly contract: it can leave any month, next on 1 Feb."],
    "against its sign": ["Usage grew from 10 to 20 actions a week since Nov.", "Has paid on time since 2 Jul."],
    "against the drawing": [
        "Usage fell from 100 to 60 actions a week since Nov.",
        "Usage fell from 900 to 20 actions a week since Nov.",
        "Used on 11 of the last 28 days, about 90 actions a week.",
        "Nobody has used it since 19 Nov (40 days).",
        "Little used: 7 of the last 28 days, though growing: 3 to 10 actions a week.",
    ],
    "an old milestone": ["2 milestones are overdue, 450 days after it began on 4 Oct 2024."],
}


@pytest.mark.parametrize("good", GOOD, ids=lambda each: each.sentence[:30])
def test_a_good_sentence_has_no_fault(good):
    assert faults_of(good) == []


@pytest.mark.parametrize(("fault", "sentence"), [(name, each) for name, texts in BAD.items() for each in texts])
def test_a_planted_fault_is_found(fault, sentence):
    assert fault in faults_of(told(sentence))


def test_two_sentences_of_one_fact_are_found():
    row = {"reasons": [{"fact": "usage"}, {"fact": "usage"}]}
    assert "two sentences of one fact" in faults_of(told("Little used: 4 of the last 28 days.", place=1, **row))


def test_a_weight_of_the_other_sign_is_found():
    assert "against its sign" in faults_of(told("Usage fell from 100 to 20 actions a week since Nov.", points=-1.0))


def test_a_season_told_as_decline_is_found():
    seasonal = told(
        "Usage fell from 100 to 30 actions a week since Dec.", usage=[100.0] * 22 + [30.0] * 4, company=SEASON
    )
    assert faults_of(seasonal) == ["a season told as decline"]


def test_every_fault_is_planted_above():
    assert set(FAULTS) == {*BAD, "two sentences of one fact", "a season told as decline"}


def test_all_sentences_of_a_list_are_looked_at():
    reasons = [
        {"fact": "usage", "sentence": "A.", "points": 3.0},
        {"fact": "invoices", "sentence": "B.", "points": 1.0},
    ]
    made = {"as_of": "2025-12-29", "rows": [ROW | {"reasons": reasons}] * 2}
    assert [(each.sentence, each.place) for each in told_of(made)] == [("A.", 0), ("B.", 1)] * 2
