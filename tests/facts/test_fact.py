"""A fact that is declared wrongly is refused; which facts are told; how the whole company moved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk.clock import Day
from churnrisk.explain.spoken import LEAST_POINTS, MOST, lowering, raising
from churnrisk.facts import Account, Fact, particular
from churnrisk.facts.catalogue import FACTS, particulars_of, read_by, with_own
from churnrisk.facts.company import company_weeks, dips, movement_of
from churnrisk.features.catalogue import THEMES
from churnrisk.features.own import features_of

AS_OF = Day("2025-12-29")


def says(text):
    return lambda account: text


def made(name, kind="behaviour", **changes):
    return Fact(
        name=name, about=name, kind=kind, raises=(says(f"{name} up"),), lowers=(says(f"{name} down"),), **changes
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "My fact"}, "its name is of small letters"),
        ({"kind": "weather"}, "unknown kind 'weather'; use one of"),
        ({"kind": "profile"}, "a profile has no forms"),
    ],
)
def test_a_wrong_fact_is_refused(changes, words):
    with pytest.raises(TypeError, match=words):
        Fact(**{"name": "mine", "about": "mine", "kind": "money", "raises": (says("x"),)} | changes)


def test_a_wrong_particular_is_refused():
    with pytest.raises(TypeError, match="no view is named \\['invoice'\\] \\(did you mean 'invoices'"):
        particular()(lambda invoice: None)
    with pytest.raises(TypeError, match="say in its docstring what it is"):
        particular()(lambda invoices: None)


def test_two_facts_of_one_name_are_refused():
    with pytest.raises(TypeError, match="fact use is declared twice"):
        with_own([made("use")])
    assert list(with_own([FACTS["use"]])) == list(FACTS)


def test_what_facts_read_are_features_and_particulars_have_names_of_their_own():
    features = {each.name for theme in THEMES for each in features_of(theme)}
    assert set(read_by(FACTS.values())) <= features
    names = [each.name for each in particulars_of(FACTS.values())]
    assert len(set(names)) == len(names)
    assert not set(names) & features


MADE = {
    "use": made("use"),
    "people": made("people"),
    "support": made("support", "relation"),
    "price": made("price", "money"),
    "mute": Fact(name="mute", about="mute", kind="contract"),
    "idle": made("idle", "contract", actionable=False),
    "profile": Fact(name="profile", about="profile", kind="profile", actionable=False),
}
TOLD = [
    ({"use": 9, "price": 5}, ["use", "price"]),
    ({"use": 5, "price": 9}, ["price", "use"]),
    ({"use": 9, "people": 8, "price": 5}, ["use", "price"]),  # one of a kind
    ({"mute": 20, "idle": 20, "profile": 20, "use": 4}, ["use"]),
    ({"use": 0.4}, []),  # too few points
    ({"use": 100, "price": 4}, ["use"]),  # too small a share
    ({"use": -9, "price": 3}, ["price"]),
    ({"use": 9, "support": 8, "price": 7, "mute": 6}, ["use", "support", "price"]),
    ({"unheard of": 9}, []),
]


@pytest.mark.parametrize(("points", "told"), TOLD)
def test_which_facts_are_told(points, told):
    assert [each.fact.name for each in raising(points, Account(as_of=AS_OF), MADE)] == told


@given(st.dictionaries(st.sampled_from(list(MADE)), st.floats(-50, 50)))
def test_what_is_told_is_never_against_the_sign_of_its_fact(points):
    told = raising(points, Account(as_of=AS_OF), MADE)
    assert len(told) <= MOST
    assert len({each.fact.kind for each in told}) == len(told)
    assert all(points[each.fact.name] >= LEAST_POINTS and not each.sentence.endswith("down") for each in told)
    for_it = lowering(points, Account(as_of=AS_OF), MADE)
    assert for_it is None or (points[for_it.fact.name] <= -LEAST_POINTS and for_it.sentence.endswith("down"))


def company(accounts=60, weeks=26, seed=3):
    rng = np.random.default_rng(seed)
    return rng.lognormal(3, 1, (accounts, 1)) * rng.lognormal(0, 0.3, (accounts, weeks))


def test_a_dip_of_the_whole_company_is_named_and_a_near_miss_is_not():
    usage = company()
    assert dips(company_weeks(usage), AS_OF) == ()
    usage[:, -1] *= 0.4
    (sentence,) = dips(company_weeks(usage), AS_OF)
    assert sentence.startswith("In the week of 22 Dec the whole company was used ")
    near = company()
    near[:, -1] *= 0.93
    assert dips(company_weeks(near), AS_OF) == ()


def test_an_old_dip_is_not_named():
    usage = company()
    usage[:, 10] *= 0.3
    assert dips(company_weeks(usage), AS_OF) == ()


def test_one_giant_is_not_the_company():
    usage = company()
    usage[0] = 1e6
    usage[0, -3:] = 0
    assert (company_weeks(usage) > 0.8).all()


@pytest.mark.parametrize("rows", [company(5), np.full((60, 26), np.nan), np.zeros((60, 26))])
def test_too_few_accounts_are_no_company(rows):
    np.testing.assert_array_equal(company_weeks(rows), np.ones(26))


def test_growth_of_the_others_excuses_nothing_and_their_fall_does():
    weeks = np.array([1.0, 1.0, 0.5, 0.5])
    assert movement_of(weeks, slice(0, 2), slice(2, 4)) == 0.5
    assert movement_of(weeks[::-1], slice(0, 2), slice(2, 4)) == 1.0
