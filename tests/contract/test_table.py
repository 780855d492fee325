"""What a column of the contract must say."""

import pytest

from churnrisk.contract import TABLES
from churnrisk.contract.table import number


def test_a_unit_that_nobody_has_explained_is_refused():
    with pytest.raises(ValueError, match=r"the column 'seats bought' has the unit 'chairs'; units are .*seats"):
        number("seats bought", "chairs")


@pytest.mark.parametrize(
    ("table", "column", "made"),
    [
        ("accounts", "account_id", "the row is set aside"),
        ("accounts", "known_at", "as `created_on`"),
        ("accounts", "is_internal", "no"),
        ("accounts", "segment", "not known"),
        ("subscriptions", "ended_on", "it runs"),
        ("subscriptions", "end_known_at", "as `ended_on`"),
        ("subscriptions", "auto_renew", "not known"),
        ("usage", "quantity", "0; column left out: 1"),
        ("touchpoints", "answered", "not known; column left out: yes"),
        ("goals", "result_known_at", "as `reached_on`"),
    ],
)
def test_every_column_says_what_is_made_of_an_empty_value(table, column, made):
    assert TABLES[table].empty_means(column) == made
