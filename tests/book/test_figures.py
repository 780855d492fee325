"""Worked examples by hand: a few accounts, and every figure of a quarter that follows from them."""

import math

import numpy as np
import pytest

from churnrisk.book.figure import Figure, Figures
from churnrisk.book.figures import PERIOD
from churnrisk.book.nps import nps_interval
from churnrisk.metrics.metric import HIGHER

from .company import figures_between, inputs, totals_between

FROM, TO, KNOWN = "2025-01-01", "2025-04-01", "2025-05-01"

HUNDRED_ONE_LOST = "account_id started_on ended_on mrr\n" + "\n".join(
    f"c{number} 2024-01-01 {'2025-02-10' if number == 0 else '-'} 10" for number in range(100)
)
HUNDRED_CHURNED_21 = "account_id started_on ended_on mrr\n" + "\n".join(
    [f"c{number} 2024-01-01 {'2025-02-10' if number < 21 else '-'} 10" for number in range(100)]
    + [f"n{number} 2025-02-15 - 10" for number in range(20)]
)


def case(name: str, subscriptions: str, **expected: float) -> object:
    return pytest.param(subscriptions, expected, id=name)


CASES = [
    case(
        "one lost of a hundred",
        HUNDRED_ONE_LOST,
        customers=100,
        churned=1,
        won=0,
        closing=99,
        customer_churn_rate=0.01,
        net_customer_churn_rate=0.01,
        customer_retention_rate=0.99,
        net_customer_retention_rate=0.99,
    ),
    case(
        "21 lost and 20 won, which is 99 of a hundred too",
        HUNDRED_CHURNED_21,
        customers=100,
        churned=21,
        won=20,
        closing=99,
        customer_churn_rate=0.21,
        net_customer_churn_rate=0.01,
        customer_retention_rate=0.79,
        net_customer_retention_rate=0.99,
        gross_revenue_churn=0.21,
        grr=0.79,
        nrr=0.79,
        closing_mrr=990,
    ),
    case(
        "an upgrade, a downgrade, a loss and a win",
        """account_id started_on ended_on mrr
        up 2024-01-01 2025-02-01 100
        up 2025-02-01 - 150
        down 2024-01-01 2025-03-01 200
        down 2025-03-01 - 180
        gone 2024-01-01 2025-03-15 100
        same 2024-01-01 - 600
        new 2025-03-01 - 50.05""",
        opening_mrr=1000,
        won_mrr=50.05,
        returned_mrr=0,
        expansion=50,
        contraction=20,
        churned_mrr=100,
        closing_mrr=980.05,
        gross_revenue_churn=0.12,
        net_revenue_churn=0.07,
        grr=0.88,
        nrr=0.93,
        expansion_share=0.05,
        customer_churn_rate=0.25,
        arpa=245.0125,
    ),
    case(
        "an upgrade on the same day neither churns nor returns",
        """account_id started_on ended_on mrr
        a 2024-01-01 2025-04-01 100
        a 2025-04-01 - 120""",
        churned=0,
        returned=0,
        won=0,
        closing_mrr=100,
        nrr=1,
    ),
    case(
        "one who returns within the period is no churn, one who returns later is",
        """account_id started_on ended_on mrr
        within 2024-01-01 2025-01-20 100
        within 2025-03-01 - 80
        later 2024-01-01 2025-03-20 100
        later 2025-04-20 - 100
        back 2024-01-01 2024-06-01 70
        back 2025-02-01 - 70""",
        customers=2,
        churned=1,
        returned=1,
        won=0,
        contraction=20,
        churned_mrr=100,
        returned_mrr=70,
        grr=0.4,
    ),
    case(
        "new customers who leave again are in no rate",
        """account_id started_on ended_on mrr
        stays 2024-01-01 - 100
        short 2025-01-10 2025-03-01 900""",
        customers=1,
        won=0,
        churned=0,
        customer_churn_rate=0,
        closing_mrr=100,
    ),
    case(
        "several subscriptions are one customer",
        """account_id started_on ended_on mrr
        a 2024-01-01 - 100
        a 2024-06-01 2025-02-01 40""",
        customers=1,
        churned=0,
        contraction=40,
        opening_mrr=140,
        closing_mrr=100,
    ),
    case(
        "a trial counts from its conversion, one that was not converted never",
        """account_id started_on ended_on planned_end_on mrr is_trial
        good 2024-12-20 2025-01-20 2025-01-20 0 true
        good 2025-01-20 - - 60 false
        bad 2024-12-20 2025-01-20 2025-01-20 30 true""",
        customers=0,
        won=1,
        churned=0,
        won_mrr=60,
        opening_mrr=0,
    ),
    case(
        "a pause with the MRR that it keeps is contraction, and its end expansion",
        """account_id started_on ended_on mrr is_paused
        a 2024-01-01 2025-02-01 100 false
        a 2025-02-01 2025-06-01 20 true""",
        churned=0,
        contraction=80,
        closing=1,
        closing_mrr=20,
    ),
    case(
        "a fixed term that ends as planned is no churn, and in no base",
        """account_id started_on ended_on planned_end_on mrr
        done 2024-01-01 - 2025-02-01 300
        gone 2024-01-01 2025-02-01 - 100
        stays 2024-01-01 - - 100""",
        customers=3,
        completed=1,
        churned=1,
        customer_churn_rate=0.5,
        completed_mrr=300,
        gross_revenue_churn=0.5,
        closing=1,
        closing_mrr=100,
    ),
]


@pytest.mark.parametrize(("subscriptions", "expected"), CASES)
def test_by_hand(subscriptions: str, expected: dict[str, float]) -> None:
    found = figures_between(inputs(KNOWN, subscriptions), FROM, TO)
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)


def test_internal_accounts_are_no_customers() -> None:
    accounts = "account_id created_on is_internal\na 2023-01-01 false\nours 2023-01-01 true"
    company = inputs(KNOWN, "account_id started_on mrr\na 2024-01-01 10\nours 2024-01-01 90", accounts=accounts)
    assert figures_between(company, FROM, TO)["opening_mrr"] == 10


def test_an_empty_base_is_not_defined_and_never_0() -> None:
    found = figures_between(inputs(KNOWN, "account_id started_on mrr\na 2025-02-01 10"), FROM, TO)
    assert found["customers"] == 0
    rates = [each.name for each in PERIOD if each.unit == "share"]
    assert all(math.isnan(found[name]) for name in (*rates, "nps", "nps_low", "nps_high"))


def test_cents_add_up() -> None:
    text = "account_id started_on mrr\n" + "\n".join(f"a{at} 2024-01-01 0.1" for at in range(30))
    assert int(totals_between(inputs(KNOWN, text), FROM, TO).opening_mrr.sum()) == 30_000


def test_churn_after_a_payment_that_failed_is_apart() -> None:
    sold = """account_id started_on ended_on mrr
    card 2024-01-01 2025-02-20 100
    left 2024-01-01 2025-02-20 100
    paid 2024-01-01 2025-02-20 100
    old 2024-01-01 2025-02-20 100
    stays 2024-01-01 - 100"""
    invoices = """account_id issued_on due_on paid_on failed_on amount
    card 2025-01-01 2025-01-15 - 2025-01-15 100
    paid 2025-01-01 2025-01-15 2025-02-01 2025-01-15 100
    old 2024-08-01 2024-08-15 - 2024-08-15 100
    stays 2025-01-01 2025-01-15 - 2025-01-15 100"""
    found = figures_between(inputs(KNOWN, sold, invoices=invoices), FROM, TO)
    assert (found["customer_churn_rate"], found["involuntary_churn_rate"]) == (0.8, 0.2)
    assert found["involuntary_revenue_churn"] == 0.2
    without = invoices.replace("2025-01-15 100", "- 100").replace("2024-08-15 100", "- 100")
    unknown = figures_between(inputs(KNOWN, sold, invoices=without), FROM, TO)
    assert math.isnan(unknown["involuntary_churn_rate"])


def test_repeat_purchases_are_days_and_credit_notes_are_none() -> None:
    invoices = """account_id issued_on due_on amount
    twice 2025-01-10 2025-01-10 5
    twice 2025-02-10 2025-02-10 5
    oneday 2025-01-10 2025-01-10 5
    oneday 2025-01-10 2025-01-10 6
    returns 2025-01-10 2025-01-10 5
    returns 2025-01-20 2025-01-20 -5
    before 2024-12-31 2024-12-31 5
    before 2025-01-01 2025-01-01 5"""
    sold = "account_id started_on mrr\n" + "\n".join(
        f"{a} 2024-01-01 1" for a in ("twice", "oneday", "returns", "before")
    )
    found = figures_between(inputs(KNOWN, sold, invoices=invoices), FROM, TO)
    assert (found["buyers"], found["repeat_purchase_rate"]) == (4, 0.25)


def test_nps_counts_the_last_answer_of_each_account() -> None:
    surveys = """account_id sent_on answered_on score
    a 2025-01-01 2025-01-05 2
    a 2025-02-01 2025-02-05 9
    b 2025-01-01 2025-01-05 10
    c 2025-01-01 2025-01-05 8
    d 2025-01-01 2025-01-05 7
    e 2025-01-01 2025-01-05 6
    f 2025-01-01 - -
    g 2024-12-01 2024-12-31 0"""
    sold = "account_id started_on mrr\n" + "\n".join(f"{account} 2024-01-01 1" for account in "abcdefg")
    found = figures_between(inputs(KNOWN, sold, surveys=surveys), FROM, TO)
    assert (found["answers"], found["nps"]) == (5, 20)
    assert found["nps_low"] < 20 < found["nps_high"]


@pytest.mark.parametrize(("promoters", "passives"), [(0.5, 0.3), (0.05, 0.9), (0.9, 0.05)])
@pytest.mark.parametrize("answers", [15, 60, 400])
def test_the_interval_of_nps_holds_as_often_as_it_says(answers: int, promoters: float, passives: float) -> None:
    rng = np.random.default_rng(7)
    drawn = rng.multinomial(answers, [promoters, passives, 1 - promoters - passives], 4000)
    low, high = nps_interval(drawn.sum(axis=1), drawn[:, 0], drawn[:, 2])
    true = 100 * (promoters - (1 - promoters - passives))
    held = ((low <= true) & (true <= high)).mean()
    assert held >= 0.925
    # With few answers, nearly all of them passive, there are too few different outcomes to hold just as often.
    assert held <= 0.985 or answers < 60


def test_a_figure_needs_all_its_words_and_a_name_of_its_own() -> None:
    whole = {"name": "n", "title": "t", "unit": "share", "better": HIGHER, "words": "w", "source": "s"}
    made = Figure(**whole, compute=lambda each: each)
    for part in ("name", "title", "words", "source"):
        with pytest.raises(ValueError, match=f"has no {part}"):
            Figure(**whole | {part: " "}, compute=lambda each: each)
    with pytest.raises(ValueError, match="units are"):
        Figure(**whole | {"unit": "furlongs"}, compute=lambda each: each)
    with pytest.raises(ValueError, match="one name"):
        Figures([made, made])
