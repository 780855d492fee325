import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.rollup.coded import Groups, packed

DAYS = st.lists(st.integers(-(2**40), 2**40), min_size=5, max_size=5)


@given(st.lists(DAYS, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_packed_numbers_are_equal_and_in_order_as_the_columns_are(columns: list[list[int]]) -> None:
    rows, keys = list(zip(*columns, strict=True)), packed(*map(np.array, columns)).tolist()
    for one, key in zip(rows, keys, strict=True):
        assert [(one == other, one < other) for other in rows] == [(key == other, key < other) for other in keys]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([[3, 1, 2], [0, 0, 0]], [2, 0, 1]),
        ([[0, 2**31 - 1, 0], [0, 2**32 - 1, 5]], [0, 2**63 - 1, 5]),  # the most that fit
        ([[0, 2**31, 0], [0, 2**32 - 1, 5]], [0, 5, 1]),  # one more: each column by its ranks
        ([[0, 2**62, -1], [0, 2**62, 2**62], [0, 7, 7]], [16, 47, 15]),
        ([[], []], []),
    ],
)
def test_columns_that_do_not_fit_into_63_bits_are_ranked_first(columns: list[list[int]], expected: list[int]) -> None:
    assert packed(*(np.array(column, np.int64) for column in columns)).tolist() == expected


def test_rows_of_a_group_stay_in_their_order() -> None:
    keys = np.random.default_rng(7).integers(0, 3, 1000)
    groups = Groups(keys)
    for number in range(3):
        assert groups.order[groups.number == number].tolist() == np.flatnonzero(keys == number).tolist()


def test_without_rows_there_are_no_groups() -> None:
    groups = Groups(np.array([], np.int64))
    assert [len(each) for each in (groups.order, groups.number, groups.first, groups.sizes(), groups.shared())] == [
        0
    ] * 5
