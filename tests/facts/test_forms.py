"""Every form as a table: what is known of an account, and the sentence or nothing."""

import numpy as np
import pytest

from churnrisk.clock import Day
from churnrisk.facts import Account, contract, money, people, progress, relation, support, use
from churnrisk.facts.catalogue import FACTS

AS_OF = Day("2025-12-29")
YEARLY = {"next_term": 12.0, "next_notice": 30.0}
CALM = [100.0, 104, 98, 101, 97, 103, 99, 102] * 3 + [100.0, 101]


def account(weeks=(), company=(), **values):
    return Account(
        as_of=AS_OF, values=values, weeks=np.array(weeks, float), company=np.array(company, float), currency="$"
    )


def after(level, weeks=8, before=CALM):
    """Half a year that ends in some weeks at another level."""
    return [*before[: len(before) - weeks], *([level] * weeks)]


FORMS = [
    # usage
    (use.silent, {"days_since_active": 40.0}, "Nobody has used it since 19 Nov (40 days)."),
    (use.silent, {"days_since_active": 13.0}, None),
    (use.silent, {"days_since_active": 20.0, "silence_against_own_gap": 1.2}, None),
    (use.silent, {"days_since_active": 40.0, "silence_against_own_gap": 1.2},
     "Nobody has used it since 19 Nov (40 days)."),
    (use.silent, {}, None),
    (use.never_used, {"tenure": 40.0, "active_days_ever": 0.0}, "Nobody has used it since it began on 19 Nov."),
    (use.never_used, {"tenure": 40.0}, None),
    (use.fell, {"weeks": after(15)}, "Usage fell from 101 to 15 actions a week since Nov."),
    (use.fell, {"weeks": after(80)}, None),
    (use.fell, {"weeks": CALM}, None),
    (use.fell, {"weeks": [np.nan] * 20 + [100, 100, 100, 10, 10, 10]}, None),  # too young to say from what
    (use.fell, {"weeks": [1.2, 0.8] * 11 + [0.0] * 4}, None),  # too little to tell
    (use.fell, {"weeks": [90, 5, 60, 0, 80, 2] * 3 + [70, 1, 60, 4, 30, 2, 40, 10]}, None),  # noise
    (use.little, {"weeks": [4.0] * 26, "active_days_last_month": 4.0, "silence_against_own_gap": 1.0},
     "Little used: 4 of the last 28 days, about 4 actions a week."),
    (use.little, {"weeks": after(10, before=[3.0] * 26), "active_days_last_month": 7.0},
     "Little used: 7 of the last 28 days, though growing: 3 to 10 actions a week."),
    (use.little, {"weeks": CALM, "active_days_last_month": 20.0}, None),
    (use.partly, {"weeks": [18.0] * 26, "active_days_last_month": 13.0, "tenure": 400.0},
     "Used on 13 of the last 28 days, about 18 actions a week."),
    (use.partly, {"weeks": [np.nan] * 19 + [18.0] * 7, "active_days_last_month": 13.0, "tenure": 45.0},
     "In its 7th week used on 13 of the last 28 days, about 18 actions a week."),
    (use.partly, {"weeks": [18.0] * 26, "active_days_last_month": 15.0}, None),
    (use.partly, {"weeks": [18.0] * 26, "active_days_last_month": 8.0}, None),  # that is little
    (use.partly, {"weeks": [np.nan] * 22 + [18.0] * 4, "active_days_last_month": 9.0}, None),  # a part of a week
    (use.growing, {"weeks": after(275)}, "Usage grew from 101 to 275 actions a week since Nov."),
    (use.growing, {"weeks": CALM}, None),
    (use.steady, {"weeks": CALM, "active_days_last_month": 20.0},
     "Usage is steady: 100 actions a week, 101 in the weeks before."),
    (use.steady, {"weeks": after(15), "active_days_last_month": 20.0}, None),
    # people
    (people.gone, {"people_before": 8.0, "people_lost": 0.625},
     "5 of the 8 people active in the 8 weeks before have not been active since 1 Dec."),
    (people.gone, {"people_before": 8.0, "people_lost": 0.25}, None),
    (people.heaviest_gone, {"heaviest_person_silent": 26.0, "heaviest_person_share": 0.7},
     "The person who made 70% of its usage was last active on 3 Dec (26 days ago)."),
    (people.heaviest_gone, {"heaviest_person_silent": 26.0, "heaviest_person_share": 0.2}, None),
    (people.few_seats, {"seats": 47.0, "active_people": 6.0, "seats_in_use": 0.13, "people_before": 8.0},
     "6 of 47 seats are in use, 8 in the 8 weeks before."),
    (people.few_seats, {"seats": 5.0, "active_people": 1.0, "seats_in_use": 0.2}, "1 of 5 seats is in use."),
    (people.few_seats, {"seats": 5.0, "active_people": 4.0, "seats_in_use": 0.8}, None),
    (people.many_seats, {"seats": 5.0, "active_people": 5.0, "seats_in_use": 1.0}, "5 of 5 seats are in use."),
    (people.more_people, {"active_people": 9.0, "people_before": 6.0},
     "9 people used it in the last 4 weeks, 6 in the 8 weeks before."),
    # contract
    (contract.deadline_ahead, YEARLY | {"next_renewal": 34.0},
     "It can give notice until 2 Jan (in 4 days); otherwise it renews on 1 Feb for 12 months."),
    (contract.deadline_ahead, YEARLY | {"next_renewal": 30.0},
     "It can give notice until 29 Dec (today); otherwise it renews on 28 Jan for 12 months."),
    (contract.deadline_ahead, YEARLY | {"next_renewal": 29.0}, None),  # passed
    (contract.deadline_ahead, YEARLY | {"next_renewal": 200.0}, None),  # far off
    (contract.deadline_ahead, YEARLY | {"next_renewal": 34.0, "next_by_itself": 0.0}, None),
    (contract.deadline_ahead, {"next_term": 1.0, "next_notice": 7.0, "next_renewal": 20.0}, None),
    (contract.runs_out, YEARLY | {"next_renewal": 34.0, "next_by_itself": 0.0},
     "Its contract ends on 1 Feb (in 34 days) unless it is renewed."),
    (contract.runs_out, YEARLY | {"next_renewal": 34.0}, None),
    (contract.renews, {"next_term": 3.0, "next_renewal": 74.0},
     "It renews on 13 Mar (in 74 days) for 3 months, without a notice period."),
    (contract.renews, YEARLY | {"next_renewal": 20.0}, None),
    (contract.renews, {"next_term": 1.0, "next_renewal": 16.0}, None),
    (contract.deadline_passed, YEARLY | {"next_renewal": 8.0},
     "It renews by itself on 6 Jan for 12 months; the deadline for notice, 7 Dec, has passed."),
    (contract.deadline_passed, YEARLY | {"next_renewal": 34.0}, None),
    (contract.bound, YEARLY | {"next_renewal": 200.0}, "Its contract runs until 17 Jul (in 200 days)."),
    (contract.bound, YEARLY | {"next_renewal": 99.0}, None),
    # support
    (support.complained, {"complaints_last_half_year": 1.0, "days_since_complaint": 41.0},
     "It complained on 18 Nov (41 days ago)."),
    (support.complained, {"complaints_last_half_year": 2.0, "days_since_complaint": 41.0},
     "It complained 2 times in half a year, last on 18 Nov."),
    (support.complained, {"complaints_last_half_year": 0.0, "days_since_complaint": 400.0}, None),
    (support.waits, {"open_tickets": 2.0, "oldest_open_ticket": 56.0},
     "2 support cases are open, the oldest since 3 Nov (56 days)."),
    (support.waits, {"open_tickets": 1.0, "oldest_open_ticket": 3.0}, None),
    (support.rated_low, {"support_satisfaction": 2.0}, "It rated our support 2.0 of 5 since 2 Jul."),
    (support.rated_high, {"support_satisfaction": 3.0}, None),
    # surveys and contacts
    (relation.low_score, {"survey_score": 5.0, "days_since_survey_answer": 257.0, "surveys_unanswered": 2.0},
     "Gave us 5 of 10 on 16 Apr; has not answered 2 surveys since."),
    (relation.low_score, {"survey_score": 5.0, "days_since_survey_answer": 500.0}, None),
    (relation.low_score, {"survey_score": 8.0, "days_since_survey_answer": 20.0}, None),
    (relation.never_answered, {"surveys_sent": 4.0, "days_since_survey": 26.0},
     "Has answered none of our 4 surveys, the last of them sent on 3 Dec."),
    (relation.never_answered, {"surveys_sent": 4.0, "days_since_survey": 26.0, "days_since_survey_answer": 9.0}, None),
    (relation.stopped_answering, {"surveys_unanswered": 3.0, "days_since_survey_answer": 257.0},
     "Has not answered our last 3 surveys, since its answer of 16 Apr."),
    (relation.high_score, {"survey_score": 9.0, "days_since_survey_answer": 46.0}, "Gave us 9 of 10 on 13 Nov."),
    (relation.no_answer, {"contacts_unanswered": 15.0, "days_since_contact": 7.0},
     "Our last 15 contacts had no answer, the latest on 22 Dec."),
    (relation.no_answer, {"contacts_unanswered": 2.0, "days_since_contact": 7.0}, None),
    (relation.long_ago, {"days_since_conversation": 178.0}, "Our last call or meeting was on 4 Jul (178 days ago)."),
    (relation.long_ago, {"days_since_conversation": 20.0}, None),
    (relation.spoke, {"days_since_conversation": 9.0}, "We spoke on 20 Dec (9 days ago)."),
    # money
    (money.overdue, {"overdue_invoices": 2.0, "oldest_overdue_invoice": 220.0, "overdue_amount": 6212.0},
     "2 invoices, $6,212 in all, are overdue, the oldest since 23 May (220 days)."),
    (money.overdue, {"overdue_invoices": 1.0, "oldest_overdue_invoice": 77.0, "overdue_amount": 758.0},
     "An invoice of $758 has been overdue since 13 Oct (77 days)."),
    (money.overdue, {"overdue_invoices": 0.0}, None),
    (money.failed, {"failed_payments": 1.0, "days_since_failed_payment": 26.0}, "A payment failed on 3 Dec."),
    (money.later, {"days_late_against_own_habit": 12.0},
     "Has paid 12 days later since 30 Sep than in the year before."),
    (money.late, {"days_late": 24.0}, "Pays late: on average 24 days after the due date since 2 Jul."),
    (money.late, {"days_late": 4.0}, None),
    (money.on_time, {"days_late": -9.0}, "Has paid on time since 2 Jul, on average 9 days before the due date."),
    (money.on_time, {"days_late": -9.0, "overdue_invoices": 1.0}, None),
    (money.pays_less, {"mrr": 300.0, "mrr_against_half_year_ago": 0.75},
     "Pays $300 a month, down from $400 on 2 Jul."),
    (money.pays_less, {"mrr": 300.0, "mrr_against_half_year_ago": 1.0}, None),
    (money.pays_more, {"mrr": 500.0, "mrr_against_half_year_ago": 1.25}, "Pays $500 a month, up from $400 on 2 Jul."),
    (money.dearer, {"seat_price_against_year_ago": 1.2}, "A seat costs 20% more than on 29 Dec 2024."),
    (money.discount_ends, {"days_to_end_of_discount": 36.0}, "Its discount ends on 3 Feb (in 36 days)."),
    (money.small_invoice, {"invoice_last": 54.0, "invoice_mean": 379.0, "days_since_invoice": 4.0},
     "Its last invoice, of 25 Dec, was $54, less than its usual $379."),
    (money.small_invoice, {"invoice_last": 300.0, "invoice_mean": 379.0, "days_since_invoice": 4.0}, None),
    (money.small_invoice, {"invoice_last": 54.0, "invoice_mean": 379.0, "days_since_invoice": 91.0}, None),  # old
    # progress
    (progress.overdue, {"milestones_overdue": 2.0, "tenure": 45.0},
     "2 milestones are overdue, 45 days after it began on 14 Nov."),
    (progress.overdue, {"milestones_overdue": 2.0, "tenure": 500.0}, None),
    (progress.all_reached, {"milestones_reached": 1.0, "tenure": 45.0, "days_since_milestone": 5.0},
     "Reached the last of its milestones on 24 Dec, 40 days after it began."),
    (progress.all_reached, {"milestones_reached": 1.0, "tenure": 450.0, "days_since_milestone": 5.0}, None),
    (progress.missed, {"goals_missed_in_a_row": 3.0, "days_since_missed_goal": 56.0},
     "Missed the last 3 goals in a row, the latest due on 3 Nov."),
    (progress.worse_result, {"last_goal_result": 0.4, "goal_result": 0.6, "days_since_goal": 9.0},
     "Its last result, of 20 Dec, was 40%, below its mean of 60%."),
    (progress.few_reached, {"goals_due": 8.0, "goals_reached_share": 0.375}, "Reached 3 of the 8 goals due so far."),
    (progress.most_reached, {"goals_due": 8.0, "goals_reached_share": 0.375}, None),
]  # fmt: skip


@pytest.mark.parametrize(("form", "known", "says"), FORMS)
def test_what_a_form_says(form, known, says):
    assert form(account(**known)) == says


def test_every_form_says_something_in_the_table_or_is_named_here():
    tried = {form for form, _, says in FORMS if says}
    untried = {form.__name__ for fact in FACTS.values() for form in fact.forms if form not in tried}
    assert untried == {"rated_high", "large_invoice", "most_reached"}


def test_every_form_is_silent_of_an_account_of_which_nothing_is_known():
    said = {form.__name__: form(account()) for fact in FACTS.values() for form in fact.forms}
    assert {name: each for name, each in said.items() if each is not None} == {}


def dip(at, level, weeks=26):
    return [level if week in at else 1.0 for week in range(weeks)]


@pytest.mark.parametrize(
    ("weeks", "company", "says"),
    [
        # Everybody was away in the last two weeks: no fall of this account.
        ([*CALM[:24], 20.0, 20.0], dip((24, 25), 0.2), None),
        # A near miss: it fell by far more than the company, and before that too.
        (after(8.0), dip((24, 25), 0.8), "Usage fell from 101 to 8 actions a week since Nov."),
        # Without the dip of the others the same weeks are its own fall.
        ([*CALM[:22], 20.0, 20.0, 20.0, 20.0], dip((), 1), "Usage fell from 100 to 20 actions a week since Dec."),
    ],
)
def test_christmas_is_not_told_as_decline(weeks, company, says):
    assert use.fell(account(weeks=weeks, company=company)) == says


@pytest.mark.parametrize(("closed", "says"), [(0.0, None), (1.0, "Nobody has used it since 12 Dec (17 days).")])
def test_a_silence_of_everybody_is_not_told(closed, says):
    weeks = dip((24, 25), closed)
    assert use.silent(account(weeks=[5.0] * 23 + [1.0, 0, 0], company=weeks, days_since_active=17.0)) == says
