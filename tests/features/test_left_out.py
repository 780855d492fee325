"""Features that are left out by name are off with the reason; a name that is wrong is refused."""

import re

import pytest

from churnrisk.errors import ParamsError
from churnrisk.features.catalogue import catalogue
from churnrisk.features.left_out import INDISPENSABLE, without
from churnrisk.model.baselines import RECENCY, VOLUME

from .test_registry import EVERYTHING, OFFERED

ON, OFF = catalogue(OFFERED - {"goals"}, {"segment": False, "attribute_size": True}, EVERYTHING)


@pytest.mark.parametrize(
    ("leave_out", "off"),
    [
        ((), {}),
        (("seats_in_use",), {"seats_in_use": "left out in params.yaml"}),
        (("attribute_size",), {"attribute_size": "left out in params.yaml"}),
        (("login_last_month",), {"login_last_month": "left out in params.yaml"}),
        (("goals_due",), {}),
        (
            ("usage_level_change",),
            {
                "usage_level_change": "left out in params.yaml",
                "usage_level_change_against_peers": "compares usage_level_change, which is left out in params.yaml",
            },
        ),
    ],
    ids=["nothing", "a feature", "an attribute", "one of a family", "off already", "compared with peers"],
)
def test_what_is_left_out_is_off_by_name(leave_out, off):
    on, found = without(ON, OFF, leave_out)
    assert found == OFF | off
    assert [each.name for each in on] == [each.name for each in ON if each.name not in off]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("seats_in_us", "features.leave_out: no feature is named 'seats_in_us'. Fix: did you mean 'seats_in_use'?"),
        ("key_event_last_month", "no feature is named 'key_event_last_month'. Fix: did you mean"),
        ("zzz", "no feature is named 'zzz'. Fix: see the names in"),
        ("tenure", "tenure can't be left out: accounts are compared with others of their age"),
    ],
)
def test_a_wrong_name_is_refused(name, says):
    with pytest.raises(ParamsError, match=re.escape(says)):
        without(ON, OFF, ("seats_in_use", name))


def test_what_baselines_use_must_stay():
    assert {RECENCY, VOLUME, "tenure"} == set(INDISPENSABLE) & {each.name for each in ON}
