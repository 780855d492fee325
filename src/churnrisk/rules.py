"""The shape of a rule: a test, and the sentence that explains it. Neither exists without the other.

Rules of the cohort, labels, feeds and the doctor all have this shape, so that the same few lines count and explain
whatever a rule leaves out, holds or reports.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Subject = TypeVar("Subject")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Rule(Generic[Subject, Result]):
    """A named `test` of a subject, with words that explain what it means when the test holds.

    Raises ValueError where a name or the words are empty.

    >>> young = Rule("too young", "the account has just begun", lambda age: age < 28)
    >>> young(np.array([3, 90]))
    array([ True, False])
    """

    name: str
    words: str
    test: Callable[[Subject], Result]

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.words.strip():
            raise ValueError(f"a rule needs a name and words; this one has name={self.name!r}, words={self.words!r}")

    def __call__(self, subject: Subject) -> Result:
        """The result of the test for a subject."""
        return self.test(subject)


class Rules(tuple[Rule[Subject, Result], ...], Generic[Subject, Result]):
    """Rules in the order in which they are applied; raises ValueError where two have the same name.

    >>> rules = Rules([Rule("too young", "the account has just begun", lambda age: age < 28)])
    >>> rules.words
    {'too young': 'the account has just begun'}
    """

    def __new__(cls, rules: Iterable[Rule[Subject, Result]]) -> "Rules[Subject, Result]":
        made = super().__new__(cls, rules)
        names = [rule.name for rule in made]
        if len(set(names)) < len(names):
            raise ValueError(f"two rules have the same name; the names are {', '.join(names)}")
        return made

    @property
    def words(self) -> dict[str, str]:
        """The explanation of each rule, by its name."""
        return {rule.name: rule.words for rule in self}


def first_that_holds(rules: Rules[Subject, Any], subject: Subject, otherwise: str) -> npt.NDArray[np.str_]:
    """The name of the first rule that holds for each row of a subject, or `otherwise`.

    Each rule's test gives one yes or no a row. Every rule is applied, so none can be dropped by mistake.

    >>> ages = Rules([Rule("new", "under a week", lambda a: a < 7), Rule("young", "under a month", lambda a: a < 28)])
    >>> first_that_holds(ages, np.array([3, 9, 90]), "old enough")
    array(['new', 'young', 'old enough'], dtype='<U10')
    """
    return np.select([np.asarray(rule(subject), bool) for rule in rules], [rule.name for rule in rules], otherwise)
