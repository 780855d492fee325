"""What training looked like, as the bundle keeps it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from churnrisk.model.population import MOST_WORDS, Population, spread

from .company import examples, population

DATE = pd.Timestamp("2025-01-06")


def spread_of(values: list) -> object:
    return spread(pd.Series(values, name="x"), pd.Series([DATE] * len(values)))


@pytest.mark.parametrize(
    ("values", "edges", "words", "shares", "missing"),
    [
        ([1.0, 1, 1, 2], (1.0,), (), (0.75, 0.25), 0.0),
        ([1.0, np.nan, np.nan, np.nan], (), (), (1.0,), 0.75),
        ([np.nan, np.nan], (), (), (0.0,), 1.0),
        (["pro", "pro", "basic", None], (), ("basic", "pro"), (0.333333, 0.666667, 0.0), 0.25),
    ],
)
def test_spread(values, edges, words, shares, missing):
    made = spread_of(values)
    assert (made.edges, made.words, made.shares, made.missing) == (edges, words, shares, missing)


@given(arrays.arrays(np.float64, st.integers(1, 200), elements=st.floats(-1e6, 1e6) | st.just(np.nan)))
def test_every_known_value_is_in_one_bin(values):
    made = spread_of(list(values))
    assert made.counts(pd.Series(values)).sum() == (~np.isnan(values)).sum()
    assert len(made.counts(pd.Series(values))) == len(made.shares)


def test_rare_words_share_a_bin_and_so_do_new_ones():
    made = spread_of([f"w{number:02d}" for number in range(30) for _ in range(30 - number)])
    assert len(made.words) == MOST_WORDS
    assert made.counts(pd.Series(["w00", "w29", "never seen"]))[-1] == 2


def test_it_comes_back_as_it_was_written():
    made = population(examples(accounts=30, weeks=5))
    assert Population.loads(made.dumps()) == made
    none = Population.of(examples(accounts=3, weeks=2).features, examples(3, 2).labels.assign(probability=0.5).iloc[:0])
    assert none.scores is None
    assert Population.loads(none.dumps()) == none


def test_it_names_no_account():
    made = population(examples(accounts=30, weeks=5)).dumps()
    assert not [f"a{number:03d}" for number in range(30) if f"a{number:03d}" in made]


def test_what_grows_with_the_calendar_is_usual():
    dates = np.repeat(pd.date_range("2025-01-06", periods=10, freq="7D"), 200)
    random = np.random.default_rng(0)
    still, growing = random.normal(size=2000), np.repeat(np.arange(10.0), 200) + random.normal(size=2000)
    assert spread(pd.Series(still), pd.Series(dates)).usual < 0.1
    assert spread(pd.Series(growing), pd.Series(dates)).usual > 1
