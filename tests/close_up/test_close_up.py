"""One account close up: the same words and figures as on the list, and an answer for whoever is not on it."""

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from churnrisk.clock import Day, day
from churnrisk.close_up.account import require_account, require_date
from churnrisk.close_up.console import lines
from churnrisk.close_up.gather import close_up
from churnrisk.close_up.picture import picture, write
from churnrisk.cohort.rules import RULES
from churnrisk.errors import ParamsError
from churnrisk.store.catalogue.snapshot import LEFT_OUT, SNAPSHOTS
from churnrisk.store.kept_scores import Kept, keep
from churnrisk.store.published import Published

from .. import company

KNOWN = pd.DataFrame({"account_id": ["A001", "A002"], "name": ["Bäckerei Größler", "Ana & Co"]})


@pytest.fixture(scope="module")
def listed(small):
    return json.loads((small.risk_lists / "latest" / "risk_list.json").read_text())


@pytest.fixture(scope="module")
def first(small, listed):
    return close_up(small, company.load(small), listed["rows"][0]["account_id"])


def left_out_by(small):
    rows = LEFT_OUT.read(small)
    return rows[rows["as_of"] == rows["as_of"].max()].groupby("rule")["account_id"].first().to_dict()


def test_it_says_what_the_list_says(first, listed):
    row = listed["rows"][0]
    assert first.row.probability == row["probability"]
    assert [each.sentence for each in first.row.reasons] == [each["sentence"] for each in row["reasons"]]
    assert dict(first.row.adds_up) == row["adds_up"]
    assert first.row.change == row["change"]
    assert list(first.row.usage) == [None if each is None else pytest.approx(each) for each in row["usage"]]
    text = "\n".join(lines(first))
    assert all(each["sentence"] in text for each in row["reasons"])
    assert all(title in text for title in ("What would lower it", "History of the risk", "What was done", "Usage by"))


def test_log_odds_add_up_and_are_shown_when_asked_for(first):
    probability = 1 / (1 + 2.718281828459045 ** -(first.base + sum(each.log_odds for each in first.weights)))
    assert probability == pytest.approx(first.row.probability, abs=1e-6)
    assert "Log-odds" not in "\n".join(lines(first))
    told = "\n".join(lines(first, log_odds=True))
    assert f"Log-odds by feature: base {first.base:+.3f}" in told
    assert first.weights[0].feature in told


def test_history_has_what_was_published_beside_what_the_present_model_says(small, tmp_path):
    here = company.copied(small, tmp_path / "workspace")
    made = Published(here).latest()
    rows = Kept.of(made).read(here)
    account, early = rows["account_id"].iloc[0], Day(made.as_of, "D") - 7
    older = rows.assign(as_of=pd.Timestamp(early), lineage="other", probability=0.123)
    parts = {"lineage": "other", "scores": keep(here, older, early, "other").scores}
    keep(here, older.assign(probability=0.9), early, "other")  # of a run on wrong data, which no list shows
    Published(here).add({"risk_list.json": b'{"rows": []}'}, as_of=early.astype(object), **parts, latest=False)
    past = close_up(here, company.load(here), account).history
    assert [(each.published, each.lineage) for each in past if each.published is not None] == [
        (0.123, "other"),
        (pytest.approx(rows["probability"].iloc[0]), made.lineage),
    ]
    assert past[-1].present == pytest.approx(past[-1].published)
    assert [each.as_of for each in past] == sorted({each.as_of for each in past})


@pytest.mark.parametrize("rule", ["churned", "in notice", "too young"])
def test_who_was_not_scored_is_told_the_rule_in_words(small, rule):
    account = left_out_by(small)[rule]
    shown = close_up(small, company.load(small), account)
    assert shown.row is None
    text = "\n".join(lines(shown))
    assert f"{rule} ({RULES.words[rule]})" in text
    assert "Why" not in text
    assert "Usage by week" in text


def test_an_earlier_date_is_seen_as_it_was_known_then(small):
    rows = SNAPSHOTS.read(small)
    early = day(sorted(rows["as_of"].unique())[-5])
    account = rows.loc[rows["as_of"] == pd.Timestamp(early), "account_id"].iloc[0]
    shown = close_up(small, company.load(small), account, early)
    assert shown.as_of == early
    assert max(each.as_of for each in shown.history) == early
    assert all(each.on < early for each in shown.contacts)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("A02", "did you mean 'A002'?"),
        ("a001", "did you mean 'A001'?"),
        ("Ana & Co", "'Ana & Co' is the name of A002"),
        ("bäckerei größler", "did you mean 'Bäckerei Größler', which is A001?"),
        ("Bäckerei Grösler", "did you mean 'Bäckerei Größler', which is A001?"),
        ("something else altogether", "look it up in the list"),
    ],
)
def test_an_unknown_account_is_refused_with_the_nearest(asked, says):
    with pytest.raises(ParamsError) as error:
        require_account(asked, KNOWN, Day("2025-01-06"))
    assert says in str(error.value)


def test_a_date_without_snapshots_is_refused_with_the_nearest(small):
    last = day(SNAPSHOTS.read(small, ["as_of"])["as_of"].max())
    assert require_date(small, last)[-1] == last
    with pytest.raises(ParamsError, match=f"Fix: name {last}"):
        require_date(small, last + 1)


def test_the_picture_is_the_same_every_time_and_has_a_panel_less_for_who_was_not_scored(first, tmp_path):
    for name in ("a.png", "b.png"):
        write(first, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    drawn = picture(first)
    assert [axes.get_title() for axes in drawn.axes] == ["How the risk adds up", "History of the risk", "Usage by week"]
    ends = sum(bar.get_width() for bar in drawn.axes[0].patches)
    assert ends == pytest.approx(100 * first.row.probability, abs=0.7)  # each fact is rounded to a tenth
    nameless = replace(first, row=None, left_out="churned (all subscriptions have ended)", name="Cash $$ & $x_1$")
    assert len(picture(nameless).axes) == 2
    write(nameless, tmp_path / "c.png")


def test_without_any_contact_or_usage_it_says_so(first):
    empty = replace(first, contacts=(), usage=(None,) * len(first.usage), history=())
    text = "\n".join(lines(empty))
    assert "No contact is on record." in text
    assert "No usage is on record." in text


def test_without_a_bundle_it_is_one_error(small, tmp_path):
    here = company.copied(small, tmp_path / "workspace")
    shutil.rmtree(here.models / "bundle")
    with pytest.raises(Exception, match="bundle"):
        close_up(here, company.load(here), "A")
