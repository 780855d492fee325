"""Whether reasons last, and whether customers say the same: planted answers are found, and chance is chance."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import ParamsError
from churnrisk.evaluation.leading import (
    FEWEST_STATED,
    Lasting,
    Leading,
    Stated,
    agreement,
    by_fact,
    facts_of,
    lasting,
    leaders,
    of_halves,
    require_facts,
)

MEANING = {"expensive": ["price"], "bug": ["support"], "adoption": ["use", "people"]}
REASONS = {"price": "too expensive", "support": "Many bugs", "use": "low adoption"}
DATES = pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-20"])


def weights_of(led, strength=1.0):
    """Weights in which one fact leads each row."""
    names = sorted({"contract", "people", *REASONS})
    rows = pd.DataFrame(0.1, index=range(len(led)), columns=names)
    for row, name in enumerate(led):
        rows.loc[row, name] += strength
    return rows.assign(contract=9.0)  # nobody states it, and it is the heaviest of all


def churned(count):
    on = pd.to_datetime("2025-02-01") + pd.to_timedelta(np.arange(count), unit="D")
    return pd.DataFrame({"account_id": [f"a{each}" for each in range(count)], "churned_on": on})


def ends_of(rows, reasons):
    return rows.rename(columns={"churned_on": "ended_on"}).assign(end_reason=reasons)


@pytest.mark.parametrize(
    ("led", "says"),
    [
        ([[3, 2, 1, 0.5], [3, 2, 1, 0.5]], 1.0),
        ([[3, 2, 1, 0.5], [3, 2, 0.5, 1]], 0.5),
        ([[3, 2, -1, -1], [-1, -1, 3, 2]], 0.0),
        ([[-1, -1, -1, -1], [-1, -1, -1, -1]], 1.0),
    ],
    ids=["all stay", "two of four", "all change", "nothing leads"],
)
def test_overlap_of_one_account_from_date_to_date(led, says):
    rows = pd.DataFrame({"account_id": "a", "as_of": DATES[:2]})
    assert lasting(pd.DataFrame(led, columns=list("wxyz")), rows) == Lasting(1, says, None)


class Halves:
    """A model whose halves give these contributions, a row each; None: it has no trees."""

    def __init__(self, *weights):
        self.weights = weights

    def halves(self):
        made = [pd.DataFrame(each, columns=["shap_a", "shap_b", "shap_c", "shap_d"]) for each in self.weights]
        return [type("Half", (), {"score": lambda _, __, rows=rows: rows})() for rows in made] or None


@pytest.mark.parametrize(
    ("model", "rows", "says"),
    [
        (Halves([[3, 2, 1, 0.5]] * 2, [[3, 2, 1, 0.5], [3, 2, 0.5, 1]]), 2, 0.75),
        (Halves([[3, 2, 1, 0.5]] * 2, [[1, 2, 3, 0.5], [9, 8, 7, 1]]), 2, 1.0),
        (Halves(), 2, None),
        (Halves([[3, 2, 1, 0.5]]), 0, None),
    ],
    ids=["one of two agrees by half", "the order does not matter", "no trees", "no list"],
)
def test_overlap_of_the_halves_of_a_model(model, rows, says):
    facts = {name: f"made up {name}" for name in "abcd"}
    assert of_halves(model, pd.DataFrame(index=range(rows)), facts) == says


def test_only_dates_in_a_row_are_compared_and_lot_compares_neighbours_of_a_list():
    rows = pd.DataFrame({"account_id": list("abab"), "as_of": DATES[[0, 1, 2, 2]]})
    weights = pd.DataFrame([[1, -1], [-1, 1], [1, -1], [-1, 1]], columns=["use", "price"])
    assert lasting(weights, rows) == Lasting(pairs=1, overlap=1.0, by_lot=0.0)
    assert lasting(weights.iloc[:1], rows.iloc[:1]) == Lasting(0, None, None)


def test_leaders_raise_the_risk_and_are_three_at_most():
    found = leaders(pd.DataFrame([[5, 4, 3, 2], [-1, 0.2, 0, -3]]))
    assert found.tolist() == [[True, True, True, False], [False, True, False, False]]


def test_reasons_that_are_planted_match_and_chance_is_far_below():
    led = [("price", "support", "use")[each % 3] for each in range(60)]
    rows = churned(60)
    found = agreement(weights_of(led), rows, ends_of(rows, [REASONS[each] for each in led]), MEANING)
    assert (found.churns, found.judged, found.matched) == (60, 60, 1.0)
    assert found.by_chance == pytest.approx(1 / 3, abs=0.05)
    assert found.chance_of_more == pytest.approx(1 / 1001)


def test_reasons_at_random_match_as_chance_does():
    rng = np.random.default_rng(5)
    led, stated = (rng.choice(list(REASONS), 200) for _ in range(2))
    rows = churned(200)
    found = agreement(weights_of(led), rows, ends_of(rows, [REASONS[each] for each in stated]), MEANING)
    assert found.matched == pytest.approx(found.by_chance, abs=0.1)
    assert found.chance_of_more > 0.01


@pytest.mark.parametrize(
    ("reason", "churns"), [(None, 0), ("bankrupt", 30), ("too expensive", 30)], ids=["none", "of no fact", "too few"]
)
def test_what_is_not_recorded_or_means_no_fact_is_counted_and_not_judged(reason, churns):
    rows = churned(30)
    meaning = MEANING if reason != "too expensive" else {"expensive": ["price"]}
    ends = ends_of(rows, reason)
    if reason == "too expensive":
        ends.loc[FEWEST_STATED - 1 :, "end_reason"] = "acquired"
    found = agreement(weights_of(["price"] * 30), rows, ends, meaning)
    assert found == Stated(churns, 0 if reason != "too expensive" else FEWEST_STATED - 1)


def test_an_end_on_another_day_states_nothing():
    rows = churned(30)
    late = ends_of(rows, "too expensive").assign(ended_on=lambda each: each["ended_on"] + pd.Timedelta(days=400))
    assert agreement(weights_of(["price"] * 30), rows, late, MEANING).churns == 0


def test_a_profile_leads_nothing():
    scores = pd.DataFrame({"shap_region": [5.0], "shap_mrr": [0.1], "shap_seat_price": [0.2], "base_value": [0.0]})
    facts = {"region": "profile", "mrr": "price", "seat_price": "price", "tenure": "age"}
    assert by_fact(scores, facts).round(6).to_dict("list") == {"price": [0.3]}


def test_words_of_a_reason_lead_to_facts_whatever_their_case():
    assert facts_of("TOO EXPENSIVE", MEANING) == {"price"}
    assert facts_of("acquired", MEANING) == facts_of(None, MEANING) == facts_of(float("nan"), MEANING) == frozenset()


def test_an_unknown_fact_is_refused_with_the_nearest():
    with pytest.raises(ParamsError, match=r"'bug' leads to 'suport', which is no fact.*did you mean 'support'"):
        require_facts({"bug": ["suport"]}, {"support", "use"})


def test_only_what_is_known_is_a_figure():
    assert Leading(Lasting(0, None, None), Stated(0, 0)).figures() == {}
    told = Leading(Lasting(4, 0.75, 0.5), Stated(40, 30, 0.4, 0.2, 0.01)).figures()
    assert told == {"facts_overlap": 0.75, "facts_overlap_by_lot": 0.5, "stated_matched": 0.4, "stated_by_chance": 0.2}


def test_the_card_and_the_metrics_say_both(small):
    card = (small.reports / "model_card.md").read_text()
    assert "Its reasons last: of the 3 facts that lead an account on a list" in card
    assert "stated a reason for" in card or "A reason is recorded for" in card
    assert '"facts_overlap"' in (small.reports / "metrics.json").read_text()
