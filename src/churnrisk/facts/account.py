"""What the forms of facts see of one account on one date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from churnrisk import words
from churnrisk.clock import Day
from churnrisk.past.arrays import Numbers

_A_YEAR_IS_CLEAR = 300
"""Days from the date within which a day needs no year: further off the reader would take it for the wrong one."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account as it was known before `as_of`.

    `values` are those of the features that the facts read and of their particulars, by name; `values_before` those of
    the features on the date before, empty where the account wasn't watched then. `weeks`, (weeks,), is its usage a week
    as the list draws it, oldest first, NaN before it began. `company`, (weeks,), is how much the whole company was used
    in the same weeks, against what is usual (1). `currency` is the symbol of amounts.

    >>> here = Account(as_of=Day("2025-12-29"), values={"seats": 20.0, "mrr": float("nan")})
    >>> here["seats"], here["mrr"], here["nothing of the sort"]
    (20.0, None, None)
    >>> here.ago(40), here.ahead(4), here.ago(400), here.in_days(4)
    ('19 Nov', '2 Jan', '24 Nov 2024', 'in 4 days')
    """

    as_of: Day
    values: Mapping[str, Any] = field(default_factory=dict)
    values_before: Mapping[str, Any] = field(default_factory=dict)
    weeks: Numbers = field(default_factory=lambda: np.empty(0))
    company: Numbers = field(default_factory=lambda: np.empty(0))
    currency: str = ""

    def __getitem__(self, name: str) -> float | None:
        """A number by its name; None where it is not known."""
        return _known(self.values.get(name))

    def before(self, name: str) -> float | None:
        """The same on the date before."""
        return _known(self.values_before.get(name))

    def ago(self, days: float) -> str:
        """The day so many days before the date."""
        return self.ahead(-days)

    def ahead(self, days: float) -> str:
        """The day so many days from the date, with its year where that is not clear."""
        when = self.as_of + round(days)
        return words.short_date(when) if abs(days) <= _A_YEAR_IS_CLEAR else words.date(when)

    def in_days(self, days: float) -> str:
        """How far off a day is: `today`, `in 4 days`."""
        return words.in_days(round(days))

    def money(self, amount: float) -> str:
        """An amount in the company's currency, without cents."""
        return words.money(amount, self.currency)


def _known(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def many(count: float, thing: str) -> str:
    """A number of things.

    >>> many(1, "case"), many(2, "case"), many(1234, "day")
    ('1 case', '2 cases', '1,234 days')
    """
    return f"{count:,.0f} {thing}{'' if round(count) == 1 else 's'}"
