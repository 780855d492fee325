"""The renewal forecast: by hand, and whether its intervals hold as often as they say, out of time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.book.forecast import ALL, LATER, LEVEL, QUARTER, came, forecast
from churnrisk.book.inputs import Inputs
from churnrisk.book.outlooks import ahead, archived, dates_made_afterwards, looked_back
from churnrisk.book.survival import gone_by
from churnrisk.clock import day, days

from .company import NOTHING_ARCHIVED, inputs

AS_OF = day("2025-06-02")


def predictions(**probability: float) -> pd.DataFrame:
    steps = {"account_id": list(probability), "probability": list(probability.values())}
    return pd.DataFrame(steps | {"probability_90d": list(probability.values())})


COMPANY = """account_id started_on ended_on end_known_at mrr term_months
jul 2024-07-15 - - 100 12
sep 2024-09-20 - - 300 12
none 2024-02-01 - - 500 -
leaves 2024-07-01 2025-06-30 2025-05-20 50 12
young 2025-05-20 - - 50 12"""


def expected(company: Inputs, rows: pd.DataFrame) -> dict[tuple[int, str], tuple[int, float, float]]:
    return {
        (each.quarters, each.renewal_month): (each.customers, each.mrr, each.grr[0])
        for each in forecast(company, AS_OF, rows)
    }


def test_by_hand() -> None:
    """Known ends are certain, who has no score is like the others of its kind, and groups are by the next renewal."""
    found = expected(inputs(str(AS_OF), COMPANY), predictions(jul=0.2, sep=0.1, none=0.0))
    hazard = {name: -np.log(1 - p) / 90 for name, p in (("jul", 0.2), ("sep", 0.1))}
    gone = {name: 1 - np.exp(-each * QUARTER) for name, each in hazard.items()}
    assert found[1, "2025-07"] == (2, 150, pytest.approx(1 - (100 * gone["jul"] + 50) / 150))
    other = (300 * gone["sep"]) / 800
    assert found[1, LATER] == (3, 850, pytest.approx(1 - (300 * gone["sep"] + 50 * other) / 850))
    assert found[1, ALL][:2] == (5, 1000)
    assert {name for quarters, name in found if quarters == 2} == {ALL, LATER, "2025-07", "2025-09"}
    assert found[2, ALL][2] < found[1, ALL][2]


def test_who_ends_as_planned_is_in_no_group() -> None:
    company = inputs(
        str(AS_OF), "account_id started_on planned_end_on mrr\ndone 2024-07-01 2025-08-01 50\nstays 2024-07-01 - 10"
    )
    assert expected(company, predictions(stays=0.0))[1, ALL] == (1, 10, 1)


def test_without_revenue_there_is_no_forecast() -> None:
    assert forecast(inputs(str(AS_OF), "account_id started_on mrr\na 2024-01-01 -"), AS_OF, predictions(a=0.1)) == []


def test_a_forecast_does_not_look_ahead() -> None:
    later = COMPANY + "\njul 2025-06-20 - - 900 12\nnone 2025-06-03 - - 70 -"
    asked = predictions(jul=0.2, sep=0.1, none=0.0)
    wide = inputs("2025-12-01", later)
    assert forecast(wide, AS_OF, asked) == forecast(inputs(str(AS_OF), COMPANY), AS_OF, asked)


@pytest.mark.parametrize(("lead", "ahead_days"), [(0, 30), (14, 44), (14, 91), (14, 182), (0, 400)])
def test_a_constant_hazard_goes_on(lead: int, ahead_days: int) -> None:
    hazard = 0.002
    steps = {f"probability_{each}d": [1 - np.exp(-hazard * each)] for each in (30, 60, 90)}
    rows = pd.DataFrame({"probability": steps["probability_90d"]} | steps)
    assert gone_by(rows, lead, 90, ahead_days)[0] == pytest.approx(1 - np.exp(-hazard * ahead_days))


def drawn_company(seed: int, accounts: int = 300) -> tuple[Inputs, pd.DataFrame]:
    """Accounts that leave, grow and shrink at random from quarter to quarter, and their true probabilities today.

    The level of churn differs between quarters, as it does between those of companies.
    """
    rng = np.random.default_rng(seed)
    hazard = rng.beta(1.5, 14, accounts)
    mrr, alive = rng.lognormal(4.5, 0.8, accounts).round(2), np.ones(accounts, bool)
    starts = AS_OF - days(QUARTER) * np.arange(10, -3, -1)
    opened = np.full(accounts, starts[0] - days(30))
    rows = []
    for start in starts:
        level = np.exp(rng.normal(0, 0.15))
        for number in np.flatnonzero(alive):
            end = start + int(rng.integers(1, QUARTER))
            if rng.random() < hazard[number] * level:
                rows.append(f"a{number} {opened[number]} {end} {mrr[number]}")
                alive[number] = False
            elif rng.random() < 0.08:
                rows.append(f"a{number} {opened[number]} {end} {mrr[number]}")
                opened[number], mrr[number] = end, (mrr[number] * rng.choice([0.8, 1.2, 1.3])).round(2)
    rows += [f"a{number} {opened[number]} - {mrr[number]}" for number in np.flatnonzero(alive)]
    company = inputs(str(AS_OF + days(2 * QUARTER)), "\n".join(["account_id started_on ended_on mrr", *rows]))
    ids = [f"a{number}" for number in range(accounts)]
    return company, pd.DataFrame({"account_id": ids, "probability": hazard, f"probability_{QUARTER}d": hazard})


def test_intervals_hold_as_often_as_they_say() -> None:
    """Over forty companies whose probabilities are true: 8 of 10, within what so many tell."""
    held = []
    for seed in range(40):
        company, true = drawn_company(seed)
        settings = replace(company.settings, lead_days=0, horizon_days=QUARTER)
        company = replace(company, settings=settings)
        found = {each.quarters: each for each in forecast(company, AS_OF, true) if each.renewal_month == ALL}
        outcomes = came(company, [(AS_OF, 1), (AS_OF, 2)])
        for quarters, (grr, nrr) in enumerate(outcomes, start=1):
            _, low, high = found[quarters].grr
            _, low_nrr, high_nrr = found[quarters].nrr
            held.append([low <= grr <= high, low_nrr <= nrr <= high_nrr])
    share = np.mean(held, axis=0)
    assert (abs(share - LEVEL) < 0.12).all(), share


def test_published_forecasts_are_kept_and_scored() -> None:
    past = AS_OF - days(QUARTER + 14)
    asked = predictions(jul=0.2, sep=0.1, none=0.0)
    company = inputs(str(AS_OF), COMPANY)
    published = ahead(replace(company, as_of=past, scores=asked))
    rows = archived(published, "model-1")
    made = looked_back(replace(company, archived=pd.concat([rows, rows.assign(lineage="model-2", grr=0.0)])))
    (only,) = made
    assert (only.as_of, only.quarters, only.kept) == (past.astype(object), 1, True)
    assert only.grr == next(each.grr for each in published if each.quarters == 1 and each.renewal_month is None)
    assert only.actual_grr == 1.0


def test_dates_are_looked_back_on_while_few_were_published() -> None:
    weekly = [AS_OF - days(7 * each) for each in range(30)]
    settled = AS_OF - days(7)
    chosen = dates_made_afterwards(weekly, NOTHING_ARCHIVED, settled)
    assert [int((AS_OF - each) / days(1)) for each in chosen] == [98, 126, 154]
    many = pd.DataFrame(
        {
            "as_of": [pd.Timestamp(AS_OF - days(200 + each)) for each in range(3)],
            "until": pd.Timestamp(AS_OF - days(100)),
            "quarters": 1,
            "renewal_month": ALL,
            "customers": 1,
            **dict.fromkeys(("mrr", "grr", "grr_low", "grr_high", "nrr", "nrr_low", "nrr_high"), 1.0),
        }
    )
    assert dates_made_afterwards(weekly, many, settled) == []
