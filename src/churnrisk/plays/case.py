"""What plays and rules see of an account on the list, and the step that comes of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from churnrisk.facts.account import Account

Group = Literal["to_call", "to_prepare"]
"""To call: the risk is well above the average. To prepare: it is not, and the account decides soon."""

Kind = Literal["call", "nudge", "payment", "advocacy"]
"""Who acts: a person who speaks with them, a message that asks for something, a reminder of what is owed, an ask for a
favour."""

OF_THE_ROW = ("probability", "arr", "value_share", "days_to_decide", "days_to_renewal")
"""Values of the list's own row that plays may ask for, beside those that facts see; `value_share` is its part of all
revenue."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """An account on the list.

    `account` is what facts see, `told` the names of the facts that are told as its reasons, the first first. `stage` is
    its stage of life, empty where not known. `row` has the values of `OF_THE_ROW`, None where not known. `owner_place`
    is its place among the rows of its owner, from 1. `snoozed_until` and `snoozed_why` are those of the last
    disposition, `done` are days since each play was done for it, by the name of the play, and `talked` the days since a
    person last reported to have talked with them.
    """

    account: Account
    told: tuple[str, ...] = ()
    group: Group = "to_call"
    stage: str = ""
    row: Mapping[str, float | None] = field(default_factory=dict)
    owner_place: int = 1
    in_notice: bool = False
    snoozed_until: dt.date | None = None
    snoozed_why: str = ""
    done: Mapping[str, int] = field(default_factory=dict)
    talked: int | None = None

    def value(self, name: str) -> float | None:
        """A number by its name; None where it is not known."""
        return self.row.get(name) if name in OF_THE_ROW else self.account[name]


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What to do next for an account, in words: by whom (`by`), until when, and an `opening` line for the customer.

    `play` is the name of the play that it comes from, `practice` that of the practice. `held` is the sentence of the
    rule that holds it back, empty where none does.
    """

    play: str
    practice: str
    kind: Kind
    words: str
    due_on: dt.date
    by: str
    opening: str
    held: str = ""
    rule: str = ""
