"""What a fact is: a thing that one can say of an account, its kind, and the forms in which it is said."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from churnrisk.contract import TABLES
from churnrisk.errors import did_you_mean
from churnrisk.facts.account import Account

Kind = Literal["behaviour", "contract", "relation", "money", "profile"]
"""What a fact is about. A list shows one fact of a kind, because two of a kind tell much the same."""

Form = Callable[[Account], str | None]
"""One way to say a fact: from what is known of the account to a sentence, or to None where it isn't so."""

VIEWS = frozenset({"rhythm", "users", "milestones", *(name for name, table in TABLES.items() if not table.ours)})
"""What features and particulars may ask to see of the past, by name."""


@dataclass(frozen=True)
class Particular:
    """A value that a sentence needs and no model does, such as the amount that is overdue: one number a snapshot.

    `needs` are the names of the parameters of `compute`, each a view of the past. `columns` are those of the contract,
    such as `invoices.amount`, without which it says nothing.
    """

    name: str
    meaning: str
    needs: tuple[str, ...]
    compute: Callable[..., Any]
    columns: tuple[str, ...]


def particular(*, columns: tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Particular]:
    """Make a particular of a function. Its parameters name the views that it needs, its docstring says what it is.

    Raises TypeError, with the fix, for an unknown view and for a missing docstring.
    """

    def make(function: Callable[..., Any]) -> Particular:
        where, needs = (
            f"particular {function.__module__}.{function.__name__}",
            tuple(inspect.signature(function).parameters),
        )
        unknown = sorted(set(needs) - VIEWS)
        if unknown:
            raise TypeError(f"{where}: no view is named {unknown} ({did_you_mean(unknown[0], VIEWS) or sorted(VIEWS)})")
        meaning = inspect.cleandoc(function.__doc__ or "")
        if not meaning:
            raise TypeError(f"{where}: say in its docstring what it is")
        return Particular(function.__name__, meaning, needs, function, columns)

    return make


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A thing that one can say of an account.

    A fact weighs what its features weigh together. It is said by the first of its forms that gives a sentence: one of
    `raises` where it raises the risk, one of `lowers` where it lowers it. So no sentence can contradict the sign of its
    weight. A fact without forms is silent, and stands in "how the risk adds up" alone.

    `about` names it for people. `reads` are features whose values its forms or plays see, now and on the date before;
    `particulars` are what they see besides. Only a fact that is `actionable` is shown as a reason.

    >>> referrals = Fact(name="referrals", about="referrals", kind="relation", reads=("referrals_last_quarter",))
    >>> referrals.forms
    ()

    Raises TypeError for a name that is no identifier, an unknown kind, and a profile that speaks.
    """

    name: str
    about: str
    kind: Kind
    actionable: bool = True
    reads: tuple[str, ...] = ()
    particulars: tuple[Particular, ...] = ()
    raises: tuple[Form, ...] = ()
    lowers: tuple[Form, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise TypeError(f"fact {self.name!r}: its name is of small letters, digits and _, as a function's is")
        if self.kind not in get_args(Kind):
            raise TypeError(f"fact {self.name}: unknown kind {self.kind!r}; use one of {list(get_args(Kind))}")
        if self.kind == "profile" and self.forms:
            raise TypeError(f"fact {self.name}: who an account is can't be acted on, so a profile has no forms")

    @property
    def forms(self) -> tuple[Form, ...]:
        """All its forms, in the order in which they are tried."""
        return (*self.raises, *self.lowers)

    @property
    def changeable(self) -> bool:
        """Whether somebody can change what it is about. A contract is acted on, but its dates stand: to renew early is
        what everybody hopes for, and no way to get there.
        """
        return self.actionable and self.kind not in ("profile", "contract")

    def said(self, account: Account, *, raises: bool) -> str | None:
        """The fact in words where it raises the risk, or lowers it; None where no form has anything to say."""
        return next(filter(None, (form(account) for form in (self.raises if raises else self.lowers))), None)
