"""A rule can't exist without its words, nor two rules with one name."""

import numpy as np
import pytest

from churnrisk.rules import Rule, Rules, first_that_holds


@pytest.mark.parametrize(("name", "words"), [("", "says something"), ("young", ""), ("young", "  ")])
def test_a_rule_without_its_name_or_words_is_refused(name, words):
    with pytest.raises(ValueError, match="a rule needs a name and words"):
        Rule(name, words, np.isnan)


def test_two_rules_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two rules have the same name"):
        Rules([Rule("young", "under a month", np.isnan), Rule("young", "under a week", np.isnan)])


def test_the_first_rule_that_holds_counts_and_none_is_left_out():
    rules = Rules([Rule("a", "below 2", lambda x: x < 2), Rule("b", "below 4", lambda x: x < 4)])
    assert first_that_holds(rules, np.arange(6), "none").tolist() == ["a", "a", "b", "b", "none", "none"]
