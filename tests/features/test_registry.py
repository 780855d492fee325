"""A feature that lacks its words, or asks for what isn't there, fails when it is made, with the mend."""

import re

import numpy as np
import pytest

from churnrisk.errors import ParamsError
from churnrisk.features.catalogue import THEMES, catalogue, features_of
from churnrisk.features.registry import EACH, VIEWS, feature

GOOD = {"unit": "days", "missing": "never", "reason": "{value:.0f} days"}
EVERYTHING = {"milestone": ("first_report",), "key_event": ("login",), "advanced_events": ("api",)}


def documented(usage):
    """What it means."""


def silent(usage):
    pass


def stranger(usage, weather):
    """What it means."""


def nameless_family(usage, key_event):
    """What it means."""


@pytest.mark.parametrize(
    ("function", "changed", "says"),
    [
        (silent, {}, "say in its docstring what it means"),
        (stranger, {}, "no view is named ['weather']; there are"),
        (documented, {"unit": "furlongs"}, "unknown unit 'furlongs'; use one of"),
        (documented, {"missing": ""}, "say in `missing`"),
        (documented, {"reason": "has been silent"}, "must state the fact with its {value}"),
        (nameless_family, {}, "holds the word 'key_event'"),
    ],
)
def test_a_wrong_feature_is_refused_with_the_mend(function, changed, says):
    with pytest.raises(TypeError, match=re.escape(says)):
        feature(**GOOD | changed)(function)


def test_a_family_is_one_feature_for_each_that_is_configured():
    on, _ = catalogue(VIEWS, {}, EVERYTHING | {"key_event": ("login", "report_created")})
    found = [each for each in on if each.name.endswith("_last_month") and each.item]
    assert [each.name for each in found] == ["login_last_month", "report_created_last_month"]
    assert found[1].sentence(2.5) == "report created: 2.5 a week lately"


@pytest.mark.parametrize(
    ("offered", "items", "off"),
    [
        (VIEWS - {"goals"}, EVERYTHING, {"goals_due": "no goals"}),
        (VIEWS - {"people"}, EVERYTHING, {"seats_in_use": "no people"}),
        (VIEWS, EVERYTHING | {"advanced_events": ()}, {"advanced_share": "no advanced events configured"}),
        (VIEWS, EVERYTHING | {"milestone": ()}, {"days_to_milestone": "no milestone configured"}),
    ],
)
def test_what_a_company_does_not_offer_is_switched_off_by_name(offered, items, off):
    on, found = catalogue(offered, {}, items)
    assert off.items() <= found.items()
    assert not {each.name for each in on} & set(off)


def test_nothing_is_off_when_everything_is_offered_and_names_are_unique():
    on, off = catalogue(VIEWS, {"segment": False, "attribute_size": True, "name": False}, EVERYTHING)
    names = [each.name for each in on]
    assert not off
    assert len(set(names)) == len(names) >= 25
    assert names[:2] == ["segment", "attribute_size"]


@pytest.mark.parametrize("each", [each for theme in THEMES for each in features_of(theme)], ids=lambda each: each.name)
def test_every_phrase_can_be_said(each):
    item = each.of("first_report") if each.each in EACH else each
    value = "pro" if each.unit == "category" else np.float32(0.5)
    assert "{" not in item.sentence(value)
    assert item.sentence(np.float32(np.nan)) == item.missing
    assert "{" not in item.missing


@pytest.mark.parametrize("event", ["Report Created", "page:view", 'say "hi"'])
def test_a_column_is_a_plain_word_whatever_the_event_is_called(event):
    on, _ = catalogue(VIEWS, {}, EVERYTHING | {"key_event": (event,)})
    (found,) = [each for each in on if each.item == event and each.name.endswith("_last_month")]
    assert re.fullmatch(r"\w+", found.name)
    assert event in found.sentence(1.0)


@pytest.mark.parametrize("events", [("usage",), ("login", "login"), ("a b", "a_b")])
def test_two_features_of_one_name_are_refused(events):
    with pytest.raises(ParamsError, match="two features are named"):
        catalogue(VIEWS, {}, EVERYTHING | {"key_event": events})
