"""All facts by name. Every feature belongs to exactly one of them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from churnrisk.facts.contract import CONTRACT
from churnrisk.facts.fact import Fact, Particular
from churnrisk.facts.money import INVOICES, PRICE
from churnrisk.facts.people import PEOPLE
from churnrisk.facts.profile import AGE, PROFILE
from churnrisk.facts.progress import GOALS, MILESTONES
from churnrisk.facts.relation import CONTACTS, SURVEYS
from churnrisk.facts.support import SUPPORT
from churnrisk.facts.use import USE

_ALL = (USE, PEOPLE, CONTRACT, SUPPORT, SURVEYS, CONTACTS, INVOICES, PRICE, MILESTONES, GOALS, AGE, PROFILE)

FACTS: Mapping[str, Fact] = MappingProxyType({each.name: each for each in _ALL})
"""Facts by name, in the order in which the documentation shows them."""


def with_own(own: Iterable[Fact]) -> Mapping[str, Fact]:
    """The facts with those of a workspace; raises TypeError where two have one name."""
    facts = dict(FACTS)
    for each in own:
        if facts.setdefault(each.name, each) is not each:
            raise TypeError(f"fact {each.name} is declared twice; give it another name")
    return facts


def read_by(facts: Iterable[Fact]) -> list[str]:
    """The names of all features that some facts read, each once."""
    return list(dict.fromkeys(name for each in facts for name in each.reads))


def particulars_of(facts: Iterable[Fact]) -> list[Particular]:
    """All particulars of some facts, each once."""
    return list(dict.fromkeys(one for each in facts for one in each.particulars))
