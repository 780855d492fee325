"""The report as a page."""

import pytest

from churnrisk.monitoring.page import page
from churnrisk.monitoring.report import report

from .subjects import drift, gate, group, moved, subject


def shown(lists=(), **changes) -> str:
    return page(report(subject(**changes), list(lists)), "$")


def test_every_rule_is_shown_with_its_state_words_and_evidence():
    made = report(subject(), [])
    html = page(made, "$")
    for each in made.checks:
        assert each.name in html
        assert each.words in html


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        ({}, "All is as it was"),
        ({"gate": gate("note")}, "Something is worth a look"),
        ({"gate": gate("hold")}, "Something needs attention"),
    ],
)
def test_the_heading_is_the_worst_state(changes, heading):
    assert f"<h1>{heading}</h1>" in shown(**changes)


def test_an_alert_has_its_next_step_and_what_it_explains():
    html = shown(gate=gate("hold"), drift=drift(groups=[group()]))
    assert "Next: see reports/feeds.json" in html
    assert "Probably for the same reason: group moved" in html


def test_nothing_of_a_company_becomes_markup():
    html = shown(drift=drift(groups=[group(value="<script>alert(1)</script>")], features=[moved("<b>x</b>")]))
    assert "<script>alert" not in html
    assert "<b>x</b>" not in html


def test_a_feature_that_moved_is_marked():
    html = shown(drift=drift(features=[moved(index=0.6, chance=0.1, usual=0.2)]))
    assert "Tenure <b>moved since training</b>" in html
