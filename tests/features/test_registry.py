"""A feature that lacks its words, or asks for what isn't there, fails when it is made, with the fix."""

import re
from dataclasses import replace

import pytest

from churnrisk.contract import TABLES
from churnrisk.errors import ParamsError
from churnrisk.facts import Fact
from churnrisk.facts.catalogue import FACTS
from churnrisk.facts.fact import VIEWS
from churnrisk.features.catalogue import THEMES, catalogue, features_of
from churnrisk.features.lifecycle import lifecycle_stage, tenure
from churnrisk.features.registry import CONFIGURED, FAMILIES, against_peers, feature

GOOD = {"unit": "days", "missing": "never", "fact": "use"}
EVERYTHING = dict.fromkeys(CONFIGURED, ("api",)) | {"milestone": ("first_report",), "key_event": ("login",)}
OFFERED = VIEWS | {f"{table}.{column}" for table in TABLES for column in TABLES[table].columns}


def documented(usage):
    """What it means."""


def silent(usage):
    pass


def blank(usage):
    """ """


def stranger(usage, weather):
    """What it means."""


def nearly(ticket):
    """What it means."""


def nameless_family(usage, key_event):
    """What it means."""


def beside_others(own, usual):
    """What it means."""


@pytest.mark.parametrize(
    ("function", "changed", "says"),
    [
        (silent, {}, "say in its docstring what it means"),
        (stranger, {}, "no view is named ['weather'] (there are"),
        (documented, {"unit": "furlongs"}, "unknown unit 'furlongs'; use one of"),
        (documented, {"missing": ""}, "say in `missing`"),
        (documented, {"fact": "usge"}, "no fact is named 'usge' (did you mean 'use'?)"),
        (documented, {"fact": ""}, "no fact is named '' (use one of ['use', "),
        (documented, {"fact": replace(FACTS["use"], about="ours")}, "there is a fact use already"),
        (nameless_family, {}, "holds the word 'key_event'"),
        (documented, {"columns": ("tickets.mood",)}, "the contract has no column ['tickets.mood']"),
        (documented, {"columns": ("tickets.severty",)}, "did you mean 'tickets.severity'?"),
        (documented, {"columns": "tickets.severity"}, "write columns=('tickets.severity',)"),
        (documented, {"unit": ""}, "unknown unit ''; use one of"),
        (documented, {"missing": "no {item} yet"}, "only that of a family may hold {item}"),
        (blank, {}, "say in its docstring what it means"),
        (nearly, {}, "did you mean 'tickets'?"),
    ],
)
def test_a_wrong_feature_is_refused_with_the_fix(function, changed, says):
    with pytest.raises(TypeError, match=re.escape(says)):
        feature(**GOOD | changed)(function)


@pytest.mark.parametrize(
    ("function", "changed", "says"),
    [
        (documented, {}, "takes the parameters (own, usual)"),
        (beside_others, {"unit": "furlongs"}, "unknown unit 'furlongs'"),
    ],
)
def test_a_wrong_comparison_is_refused_with_the_fix(function, changed, says):
    with pytest.raises(TypeError, match=re.escape(says)):
        against_peers(tenure, **{"unit": "days"} | changed)(function)


def test_a_word_is_not_compared_with_peers():
    with pytest.raises(TypeError, match="lifecycle_stage is a word, of which there is no mean"):
        against_peers(lifecycle_stage, unit="days")(beside_others)


def test_a_family_is_one_feature_for_each_that_is_configured():
    on, _ = catalogue(OFFERED, {}, EVERYTHING | {"key_event": ("login", "report_created")})
    found = [each for each in on if each.name.endswith("_last_month") and each.item]
    assert [each.name for each in found] == ["login_last_month", "report_created_last_month"]
    assert found[1].meaning == "report created a week in the last 4 weeks."


@pytest.mark.parametrize(
    ("offered", "items", "off"),
    [
        (OFFERED - {"goals"}, EVERYTHING, {"goals_due": "no goals"}),
        (OFFERED - {"users"}, EVERYTHING, {"seats_in_use": "no users"}),
        (OFFERED, EVERYTHING | {"advanced_events": ()}, {"advanced_share": "no advanced events configured"}),
        (OFFERED, EVERYTHING | {"milestone": ()}, {"days_to_milestone": "no milestone configured"}),
        (OFFERED - {"tickets.severity"}, EVERYTHING, {"urgent_tickets_last_quarter": "no tickets.severity"}),
        (OFFERED - {"touchpoints.answered"}, EVERYTHING, {"contacts_unanswered": "no touchpoints.answered"}),
        (OFFERED - {"goals.result"}, EVERYTHING, {"goal_result_against_peers": "no goals.result"}),
    ],
)
def test_what_a_company_does_not_offer_is_switched_off_by_name(offered, items, off):
    on, found = catalogue(offered, {}, items)
    assert off.items() <= found.items()
    assert not {each.name for each in on} & set(off)


def test_nothing_is_off_when_everything_is_offered_and_names_are_unique():
    on, off = catalogue(OFFERED, {"segment": False, "attribute_size": True, "name": False}, EVERYTHING)
    names = [each.name for each in on]
    assert not off
    assert len(set(names)) == len(names) >= 25
    assert names[:2] == ["segment", "attribute_size"]


@pytest.mark.parametrize("each", [each for theme in THEMES for each in features_of(theme)], ids=lambda each: each.name)
def test_every_feature_belongs_to_one_fact_of_the_catalogue(each):
    item = each.of("first_report") if each.family in FAMILIES else each
    assert FACTS[item.fact.name] is item.fact
    assert "{" not in item.missing


def test_what_compares_with_peers_belongs_to_the_fact_of_what_it_compares():
    assert against_peers(tenure, unit="days")(beside_others).fact is FACTS["age"]


def test_a_fact_of_its_own_may_be_handed_over():
    own = Fact(name="referrals", about="referrals", kind="relation")
    assert feature(**GOOD | {"fact": own})(documented).fact is own


@pytest.mark.parametrize("event", ["Report Created", "page:view", 'say "hi"', "GET /boards/{id}"])
def test_a_column_is_a_plain_word_whatever_the_event_is_called(event):
    on, _ = catalogue(OFFERED, {}, EVERYTHING | {"key_event": (event,)})
    (found,) = [each for each in on if each.item == event and each.name.endswith("_last_month")]
    assert re.fullmatch(r"\w+", found.name)
    assert event in found.meaning


@pytest.mark.parametrize("events", [("usage",), ("login", "login"), ("a b", "a_b")])
def test_two_features_of_one_name_are_refused(events):
    with pytest.raises(ParamsError, match="two features are named"):
        catalogue(OFFERED, {}, EVERYTHING | {"key_event": events})
