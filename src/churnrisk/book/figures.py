"""Every figure of a period, declared once: the page, the spreadsheet, the JSON file and docs/book.md take it from
here."""

import numpy as np

from churnrisk.book.figure import Figure, Figures
from churnrisk.book.nps import nps, nps_interval
from churnrisk.book.totals import Totals
from churnrisk.metrics.metric import HIGHER, LOWER, Direction
from churnrisk.past.arrays import Array, Numbers, ratio
from churnrisk.past.usage.running_totals import PARTS

PLAIN = Direction("neither way is better: others rest on it")

_SOLD = "accounts, subscriptions"
_PAID = "accounts, subscriptions, invoices"
_ASKED = "accounts, surveys"

OPENING = Figure[Totals](
    name="customers",
    title="Customers at the start",
    unit="count",
    better=PLAIN,
    words="accounts that are customers on the first day of the period; trials that were not converted and internal"
    " accounts are none, and a pause goes on",
    source=_SOLD,
    compute=lambda t: _number(t.opening),
)


def _number(values: Array) -> Numbers:
    return np.asarray(values, float)


def _money(values: Array) -> Numbers:
    return np.asarray(values, float) / PARTS


def _count(name: str, title: str, better: Direction, words: str) -> Figure[Totals]:
    return Figure(
        name=name,
        title=title,
        unit="count",
        better=better,
        words=words,
        source=_SOLD,
        compute=lambda t: _number(getattr(t, name)),
    )


def _flow(name: str, title: str, better: Direction, words: str) -> Figure[Totals]:
    return Figure(
        name=name,
        title=title,
        unit="money",
        better=better,
        words=words,
        source=_SOLD,
        compute=lambda t: _money(getattr(t, name)),
    )


CUSTOMERS = Figures[Totals](
    [
        OPENING,
        _count("won", "Won", HIGHER, "customers at the end who had never been customers before the period"),
        _count(
            "returned", "Returned", HIGHER, "customers at the end and not at the start, who had been customers before"
        ),
        _count("churned", "Churned", LOWER, "customers at the start who are gone at the end, other than as planned"),
        _count(
            "completed",
            "Ended as planned",
            PLAIN,
            "customers at the start whose fixed term ended as planned, which is no churn; they are in no base of a"
            " rate",
        ),
        _count("closing", "Customers at the end", HIGHER, "customers on the first day after the period"),
        Figure(
            name="customer_churn_rate",
            title="Customer churn, gross",
            unit="share",
            better=LOWER,
            words="customers at the start who are gone at the end / customers at the start; new customers do not count",
            source=_SOLD,
            compute=lambda t: ratio(t.churned, t.base),
        ),
        Figure(
            name="net_customer_churn_rate",
            title="Customer churn, net",
            unit="share",
            better=LOWER,
            words="(customers at the start - customers at the end) / customers at the start: below 0 where more were"
            " won than lost. 99 customers of 100 may mean one lost, or 21 lost and 20 won",
            source=_SOLD,
            compute=lambda t: ratio(t.opening - t.closing, t.opening),
        ),
        Figure(
            name="customer_retention_rate",
            title="Customer retention, gross",
            unit="share",
            better=HIGHER,
            words="100 % - customer churn, gross",
            source=_SOLD,
            compute=lambda t: ratio(t.base - t.churned, t.base),
        ),
        Figure(
            name="net_customer_retention_rate",
            title="Customer retention, net",
            unit="share",
            better=HIGHER,
            words="customers at the end / customers at the start",
            source=_SOLD,
            compute=lambda t: ratio(t.closing, t.opening),
        ),
        Figure(
            name="involuntary_churn_rate",
            title="Of it involuntary",
            unit="share",
            better=LOWER,
            words="customers at the start who are gone at the end, and in the 90 days before they left had an invoice"
            " whose payment failed and was never made good / customers at the start; not defined where no payment is"
            " known to have failed",
            source=_PAID,
            compute=lambda t: ratio(t.failed, t.base) if t.knows_failed else np.full(t.base.shape, np.nan),
        ),
    ]
)
"""Of customers, gross and net side by side."""

REVENUE = Figures[Totals](
    [
        _flow("opening_mrr", "MRR at the start", HIGHER, "what customers pay a month on the first day of the period"),
        _flow("won_mrr", "New", HIGHER, "MRR at the end of customers who had never been customers before the period"),
        _flow("returned_mrr", "Reactivation", HIGHER, "MRR at the end of those who came back"),
        _flow("expansion", "Expansion", HIGHER, "MRR at the end above that at the start, of customers at both"),
        _flow("contraction", "Contraction", LOWER, "MRR at the end below that at the start, of customers at both"),
        _flow(
            "churned_mrr", "Churn", LOWER, "MRR at the start of those who are gone at the end, other than as planned"
        ),
        _flow(
            "completed_mrr",
            "Ended as planned, MRR",
            PLAIN,
            "MRR at the start of those whose fixed term ended as planned",
        ),
        _flow("closing_mrr", "MRR at the end", HIGHER, "what customers pay a month on the first day after the period"),
        Figure(
            name="gross_revenue_churn",
            title="Revenue churn, gross",
            unit="share",
            better=LOWER,
            words="MRR lost to churn and contraction by the customers at the start / their MRR at the start",
            source=_SOLD,
            compute=lambda t: ratio(t.churned_mrr + t.contraction, t.base_mrr),
        ),
        Figure(
            name="net_revenue_churn",
            title="Revenue churn, net",
            unit="share",
            better=LOWER,
            words="(MRR lost - MRR gained by expansion of the same customers) / their MRR at the start",
            source=_SOLD,
            compute=lambda t: ratio(t.churned_mrr + t.contraction - t.expansion, t.base_mrr),
        ),
        Figure(
            name="grr",
            title="GRR",
            unit="share",
            better=HIGHER,
            words="gross revenue retention: 100 % - revenue churn, gross",
            source=_SOLD,
            compute=lambda t: ratio(t.base_mrr - t.churned_mrr - t.contraction, t.base_mrr),
        ),
        Figure(
            name="nrr",
            title="NRR",
            unit="share",
            better=HIGHER,
            words="net revenue retention: 100 % - revenue churn, net; MRR at the end of the customers at the start /"
            " their MRR at the start",
            source=_SOLD,
            compute=lambda t: ratio(t.base_mrr - t.churned_mrr - t.contraction + t.expansion, t.base_mrr),
        ),
        Figure(
            name="expansion_share",
            title="Expansion share",
            unit="share",
            better=HIGHER,
            words="MRR gained by expansion / MRR at the start: NRR - GRR",
            source=_SOLD,
            compute=lambda t: ratio(t.expansion, t.base_mrr),
        ),
        Figure(
            name="involuntary_revenue_churn",
            title="Of it involuntary, revenue",
            unit="share",
            better=LOWER,
            words="MRR lost by the involuntary churn of customers / MRR at the start",
            source=_PAID,
            compute=lambda t: ratio(t.failed_mrr, t.base_mrr) if t.knows_failed else np.full(t.base.shape, np.nan),
        ),
        Figure(
            name="arpa",
            title="MRR a customer",
            unit="money",
            better=HIGHER,
            words="MRR at the end / customers at the end",
            source=_SOLD,
            compute=lambda t: ratio(t.closing_mrr, t.closing) / PARTS,
        ),
    ]
)
"""Of revenue, gross and net side by side; without contracts MRR is what was bought in the days that count as active."""

OTHERS = Figures[Totals](
    [
        Figure(
            name="buyers",
            title="Buyers",
            unit="count",
            better=HIGHER,
            words="accounts that bought in the period: with an invoice above 0, or without contracts an active day",
            source="accounts, invoices, usage",
            compute=lambda t: _number(t.buyers),
        ),
        Figure(
            name="repeat_purchase_rate",
            title="Repeat purchase rate",
            unit="share",
            better=HIGHER,
            words="accounts that bought on more than one day of the period / accounts that bought in it; with"
            " contracts an invoice is a purchase, so that it says how many were billed more than once",
            source="accounts, invoices, usage",
            compute=lambda t: ratio(t.repeat_buyers, t.buyers),
        ),
        Figure(
            name="nps",
            title="NPS",
            unit="score",
            better=HIGHER,
            words="percentage of promoters (9 and 10) less that of detractors (up to 6) among the accounts that"
            " answered in the period, each by its last answer; passives are in the base",
            source=_ASKED,
            compute=lambda t: nps(t.answers, t.promoters, t.detractors),
        ),
        Figure(
            name="nps_low",
            title="NPS, at least",
            unit="score",
            better=HIGHER,
            words="lower end of the 95 % interval of NPS",
            source=_ASKED,
            compute=lambda t: nps_interval(t.answers, t.promoters, t.detractors)[0],
        ),
        Figure(
            name="nps_high",
            title="NPS, at most",
            unit="score",
            better=HIGHER,
            words="upper end of the 95 % interval of NPS",
            source=_ASKED,
            compute=lambda t: nps_interval(t.answers, t.promoters, t.detractors)[1],
        ),
        Figure(
            name="answers",
            title="Answers",
            unit="count",
            better=HIGHER,
            words="accounts that answered a survey in the period",
            source=_ASKED,
            compute=lambda t: _number(t.answers),
        ),
    ]
)
"""Of purchases and surveys."""

PERIOD = Figures[Totals]([*CUSTOMERS, *REVENUE, *OTHERS])
"""All figures of a period, in the order in which they are shown."""
