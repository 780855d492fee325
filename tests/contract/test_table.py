"""What a column of the contract must say."""

import pytest

from churnrisk.contract.table import number


def test_a_unit_that_nobody_has_explained_is_refused():
    with pytest.raises(ValueError, match=r"the column 'seats bought' has the unit 'chairs'; units are .*seats"):
        number("seats bought", "chairs")
