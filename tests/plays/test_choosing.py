"""Which play is the next step of an account, by whom, until when, and what holds it back."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk.facts.catalogue import FACTS
from churnrisk.features.lifecycle import STAGES
from churnrisk.params.plays import Plays
from churnrisk.plays.choosing import PASSED_OVER, next_step
from churnrisk.plays.holds import HOLDS
from churnrisk.plays.reading import shipped

from .cases import AS_OF, SETTINGS, case, play

OWING = {"overdue_invoices": 2.0, "oldest_overdue_invoice": 40.0, "overdue_amount": 1234.5}
SILENT = {"days_since_active": 40.0}
WHEN = [
    ({}, case(), True),
    ({"facts": ["use"]}, case(told=("support", "use")), True),
    ({"facts": ["use"]}, case(told=("support",)), False),
    ({"facts": ["use", "support"]}, case(told=("support",)), True),
    ({"group": "to_call"}, case(group="to_call"), True),
    ({"group": "to_call"}, case(group="to_prepare"), False),
    ({"stages": ["onboarding"]}, case(stage="onboarding"), True),
    ({"stages": ["onboarding"]}, case(stage=""), False),
    ({"at_least": {"days_since_active": 40}}, case(SILENT), True),
    ({"at_least": {"days_since_active": 41}}, case(SILENT), False),
    ({"at_least": {"days_since_active": 0}}, case(), False),
    ({"at_most": {"arr": 2000}}, case(row={"arr": 2000.0}), True),
    ({"at_most": {"arr": 2000}}, case(row={"arr": None}), False),
    ({"at_least": {"arr": 1}, "at_most": {"arr": 2}}, case(row={"arr": 3.0}), False),
]


@pytest.mark.parametrize(("when", "of", "holds"), WHEN)
def test_when_a_play_is_for_an_account(when, of, holds):
    assert (next_step([play(when=when)], of, SETTINGS) is not None) == holds


def test_the_first_that_holds_and_can_be_said_is_taken():
    plays = [play("a", when={"facts": ["use"]}), play("b", say="Since {days_since_active:ago}"), play("c")]
    assert next_step(plays, case(), SETTINGS).play == "c"
    step = next_step(plays, case(SILENT), SETTINGS)
    assert (step.play, step.words, step.due_on) == ("b", "Since 19 Nov", dt.date(2026, 1, 5))
    assert next_step(plays, case(SILENT, told=("use",)), SETTINGS).play == "a"
    assert next_step([], case(), SETTINGS) is None


def test_a_payment_reminder_comes_before_any_other_play():
    plays = [play("call"), play("pay", kind="payment", when={"at_least": {"overdue_invoices": 1}})]
    assert next_step(plays, case(OWING), SETTINGS).play == "pay"
    assert next_step(plays, case(), SETTINGS).play == "call"


@pytest.mark.parametrize(("left", "due"), [(None, 7), (30, 7), (7, 7), (3, 3), (0, 0), (-1, 7)])
def test_it_is_due_before_the_last_day_for_notice(left, due):
    step = next_step([play(due_days=7)], case(row={"days_to_decide": left}), SETTINGS)
    assert (step.due_on - AS_OF.item()).days == due


NUDGE, FAVOUR, PAY = {"kind": "nudge"}, {"kind": "advocacy"}, {"kind": "payment"}
UNTIL = dt.date(2026, 1, 12)
HELD = [  # the play, the account, settings, and the rule that holds the step back
    ({}, case(), {}, ""),
    ({}, case(in_notice=True), {}, "in notice"),
    (NUDGE, case(stage="lapsing"), {}, "in notice"),
    (NUDGE | {"practice": "S7"}, case(stage="lapsing"), {}, ""),
    ({}, case(stage="lapsing"), {}, ""),
    ({}, case(snoozed_until=UNTIL), {}, "snoozed"),
    (PAY, case(snoozed_until=UNTIL), {}, "snoozed"),
    ({}, case(snoozed_until=AS_OF.item()), {}, ""),
    (NUDGE, case({"urgent_cases_open": 1.0}), {}, "critical case"),
    (FAVOUR, case({"urgent_cases_open": 1.0}, group="to_prepare"), {}, "critical case"),
    ({}, case({"urgent_cases_open": 1.0}), {}, ""),
    (NUDGE, case({"urgent_cases_open": 0.0}), {}, ""),
    (FAVOUR, case(group="to_call"), {}, "at risk"),
    (FAVOUR, case(group="to_prepare"), {}, ""),
    ({}, case({"days_since_conversation": 4.0}), {}, "cool-down"),
    ({}, case({"days_since_conversation": 5.0}), {}, ""),
    ({}, case({"days_since_contact": 4.0}), {}, ""),  # a message without an answer is no reason not to call
    (NUDGE, case({"days_since_contact": 4.0}), {}, "cool-down"),
    (NUDGE, case({"days_since_contact": 5.0}), {}, ""),
    (NUDGE, case(talked=1), {}, "cool-down"),
    ({}, case(talked=5), {}, ""),
    ({}, case(talked=1), {}, "cool-down"),
    (PAY, case({"days_since_conversation": 1.0}), {}, ""),
    ({}, case({"days_since_conversation": 1.0}, row={"days_to_decide": 14.0}), {}, ""),
    ({}, case({"days_since_conversation": 1.0}, row={"days_to_decide": 15.0}), {}, "cool-down"),
    ({}, case({"days_since_conversation": 1.0}, row={"days_to_decide": -1.0}), {}, "cool-down"),
    (NUDGE, case({"contacts_last_fortnight": 4.0}), {}, "often"),
    (NUDGE, case({"contacts_last_fortnight": 3.0}), {}, ""),
    ({}, case({"contacts_last_fortnight": 9.0}), {}, ""),
    ({}, case(done={"call": 27}), {}, "done"),
    ({}, case(done={"call": 28}), {}, ""),
    ({}, case(done={"another": 1}), {}, ""),
    ({}, case(owner_place=6), {"steps_per_owner": 5}, "owner's share"),
    ({}, case(owner_place=5), {"steps_per_owner": 5}, ""),
]


@pytest.mark.parametrize(("changes", "of", "settings", "rule"), HELD)
def test_what_holds_a_step_back(changes, of, settings, rule):
    step = next_step([play(**changes)], of, SETTINGS.model_copy(update=settings))
    assert step.rule == rule
    assert bool(step.held) == bool(rule)


CALL, WRITE, FAVOUR_ASKED = play("ring"), play("write", kind="nudge"), play("review", kind="advocacy")
REMIND, CRITICAL = play("remind", kind="payment"), {"urgent_cases_open": 1.0}


@pytest.mark.parametrize(
    ("plays", "of", "chosen", "rule"),
    [
        ([CALL, REMIND], case(done={"remind": 27}), "ring", ""),  # a reminder that went out makes room
        ([CALL, REMIND], case(done={"remind": 28}), "remind", ""),
        ([REMIND], case(done={"remind": 3}), "remind", "done"),
        ([WRITE, CALL], case(CRITICAL), "ring", ""),  # an ask at the wrong time makes room for a call
        ([WRITE, FAVOUR_ASKED], case(CRITICAL), "write", "critical case"),
        ([FAVOUR_ASKED, CALL], case(group="to_call"), "ring", ""),
        ([WRITE, CALL], case({"contacts_last_fortnight": 4.0}), "ring", ""),
        ([CALL, WRITE], case(done={"ring": 3}), "ring", "done"),  # a call that was made is not followed by less
        ([WRITE, CALL], case(snoozed_until=UNTIL), "write", "snoozed"),  # and a snooze holds whatever would come
        ([CALL], case(in_notice=True, snoozed_until=UNTIL), "ring", "in notice"),  # the first rule is named
    ],
)
def test_what_makes_room_for_another_step(plays, of, chosen, rule):
    step = next_step(plays, of, SETTINGS)
    assert (step.play, step.rule) == (chosen, rule)


def test_rules_that_leave_room_are_rules():
    assert {name for names in PASSED_OVER.values() for name in names} <= set(HOLDS.words)


def test_every_rule_is_held_by_the_table_above():
    assert {rule for *_, rule in HELD} - {""} == set(HOLDS.words)


def test_a_snooze_says_until_when_and_why():
    step = next_step([play()], case(snoozed_until=UNTIL, snoozed_why="their budget is decided then"), SETTINGS)
    assert step.held == "Snoozed until 12 Jan: their budget is decided then."
    assert next_step([play()], case(snoozed_until=UNTIL), SETTINGS).held == "Snoozed until 12 Jan."


SHIPPED = shipped()  # read once: parsing it for every example takes longer than hypothesis allows
VALUES = sorted({name for fact in FACTS.values() for name in (*fact.reads, *(each.name for each in fact.particulars))})
CASES = st.builds(
    case,
    values=st.dictionaries(st.sampled_from(VALUES), st.floats(0, 400)),
    row=st.dictionaries(st.sampled_from(["arr", "days_to_decide", "probability", "value_share"]), st.floats(0, 90)),
    told=st.lists(st.sampled_from([name for name, fact in FACTS.items() if fact.actionable]), max_size=3).map(tuple),
    group=st.sampled_from(["to_call", "to_prepare"]),
    stage=st.sampled_from(["", *STAGES]),
    in_notice=st.booleans(),
)


@given(of=CASES)
def test_nobody_in_notice_is_asked_and_no_favour_of_an_account_at_risk(of):
    step = next_step(SHIPPED, of, Plays())
    assert step is not None  # the last play is for everybody
    assert not of.in_notice or step.rule == "in notice"
    assert step.kind != "advocacy" or of.group == "to_prepare" or step.held
    assert step.kind not in ("nudge", "advocacy") or not of.value("urgent_cases_open") or step.held
    owed = of.value("overdue_invoices") and "invoices" in of.told and (of.value("oldest_overdue_invoice") or 0) >= 7
    known = of.value("overdue_amount") is not None
    assert step.kind == "payment" or not (owed and of.value("overdue_invoices") >= 1 and known)
    assert "{" not in step.words + step.opening


SAYS = [  # what is told is not always what a play says: a fact has several forms
    ("price", {"mrr_against_half_year_ago": 0.7}, "smaller than before"),
    ("price", {"seat_price_against_year_ago": 1.3, "mrr_against_half_year_ago": 1.0}, "say hello"),
    ("invoices", {"days_late_against_own_habit": 12.0}, "pays later than usual"),
    ("invoices", {"days_late": 12.0}, "say hello"),
]


@pytest.mark.parametrize(("fact", "values", "chosen"), SAYS)
def test_a_play_says_nothing_that_is_not_so(fact, values, chosen):
    assert next_step(shipped(), case(values, told=(fact,)), SETTINGS).play == chosen
