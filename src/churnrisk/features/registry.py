"""What a feature is: one small function, with its fact, unit, meaning and missing rule beside it."""

import inspect
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from churnrisk.contract import TABLES
from churnrisk.errors import did_you_mean
from churnrisk.facts.catalogue import FACTS
from churnrisk.facts.fact import VIEWS, Fact, Particular
from churnrisk.units import UNITS

FAMILIES = frozenset({"milestone", "key_event"})
"""Parameters that make a feature a family: one for each that the configuration names."""
CONFIGURED = frozenset(
    {
        "key_events",
        "advanced_events",
        "education_events",
        "help_events",
        "integration_events",
        "platform_events",
        "invite_events",
        "community_events",
        "new_events",
        "plan_order",
        "cadence_days",
        "onboarding_days",
        "renewal_window_days",
        "horizon_days",
    }
)
"""What a company says of its product, in `features` of `params.yaml`, and `churn.horizon_days`. `new_events` are those
new at the date."""
_COLUMNS = frozenset(f"{table}.{column}" for table in TABLES for column in TABLES[table].columns)


@dataclass(frozen=True)
class Feature:
    """One column: how it is computed, and everything that a reader needs to know about it.

    `fact` is the fact that it belongs to, `theme` the module that it stands in. `needs` are the names of the parameters
    of `compute`: views, settings, or the item of a family. Where `base` names
    another feature, `compute` takes that feature's values and what is usual among peers instead.
    """

    name: str
    theme: str
    fact: Fact
    unit: str
    meaning: str
    missing: str
    needs: tuple[str, ...]
    compute: Callable[..., Any]
    family: str = ""
    item: str = ""
    base: str = ""
    columns: tuple[str, ...] = ()

    def of(self, item: str) -> "Feature":
        """The member of a family that is about one item of the configuration, such as a milestone."""
        words, column = item.replace("_", " "), re.sub(r"\W+", "_", item)
        return replace(
            self,
            name=self.name.replace(self.family, column),
            base=self.base.replace(self.family, column),
            meaning=self.meaning.replace(f"`{self.family}`", words),
            missing=self.missing.replace("{item}", words),
            item=item,
        )


def needs_of(asked: "Collection[Feature] | Collection[Particular]") -> frozenset[str]:
    """The names of all that some features, or some particulars, ask to see."""
    return frozenset(need for each in asked for need in each.needs)


def feature(
    *, fact: str | Fact = "", unit: str = "", missing: str = "", columns: Collection[str] = ()
) -> Callable[[Callable[..., Any]], Feature]:
    """Make a feature of a function. Its parameters name what it needs, and its docstring begins with what it means.

    `fact` is the one that it belongs to, by its name in `churnrisk.facts.catalogue`; a workspace may hand over one of
    its own. `columns` are the columns of the contract, such as `tickets.severity`, without which it says nothing: it is
    off for a company that doesn't fill them.

    A function with a parameter `milestone` or `key_event` is a family: there is one feature for each that the params
    name, and that name replaces the word in the function's name.

    Raises TypeError, with the fix, at import: for a missing docstring, and an unknown fact, unit or view.
    """

    def make(function: Callable[..., Any]) -> Feature:
        needs = tuple(inspect.signature(function).parameters)
        unknown = set(needs) - VIEWS - FAMILIES - CONFIGURED
        if unknown:
            there = f"there are {sorted(VIEWS)}, and from the configuration {sorted(CONFIGURED | FAMILIES)}"
            hint = did_you_mean(min(unknown), VIEWS | FAMILIES | CONFIGURED)
            raise TypeError(f"{_where(function)}: no view is named {sorted(unknown)} ({hint or there})")
        if isinstance(columns, str):
            raise TypeError(f"{_where(function)}: columns is a tuple; write columns=({columns!r},)")
        strange = [name for name in columns if name not in _COLUMNS]
        if strange:
            hint = did_you_mean(strange[0], _COLUMNS) or "see churnrisk.contract.tables"
            raise TypeError(f"{_where(function)}: the contract has no column {strange} ({hint})")
        family = next((need for need in needs if need in FAMILIES), "")
        belongs = _fact(function, fact)
        return replace(_made(function, belongs, unit, missing, needs, family), columns=tuple(columns))

    return make


def against_peers(base: Feature, *, unit: str = "") -> Callable[[Callable[..., Any]], Feature]:
    """Make a feature that compares another one, `base`, with accounts of the same segment and age on the same date.

    The function takes the account's own values of `base` and what is usual among its peers, and gives one value a
    snapshot. It belongs to the fact of `base`; where that is a family or switched off, so is this. Raises TypeError,
    with the fix, as `feature` does.
    """

    def make(function: Callable[..., Any]) -> Feature:
        if tuple(inspect.signature(function).parameters) != ("own", "usual"):
            raise TypeError(f"{_where(function)}: a comparison with peers takes the parameters (own, usual)")
        if base.unit == "category":
            raise TypeError(f"{_where(function)}: {base.name} is a word, of which there is no mean; compare a number")
        missing = f"{base.missing}, or too few accounts to compare it with"
        made = _made(function, base.fact, unit, missing, base.needs, base.family)
        return replace(made, base=base.name, columns=base.columns)

    return make


def _fact(function: Callable[..., Any], fact: str | Fact) -> Fact:
    """The one fact that a feature belongs to."""
    if isinstance(fact, Fact):
        if FACTS.get(fact.name, fact) != fact:
            raise TypeError(f"{_where(function)}: there is a fact {fact.name} already; give your own another name")
        return fact
    if fact not in FACTS:
        hint = did_you_mean(fact, FACTS) if fact else ""
        raise TypeError(f"{_where(function)}: no fact is named {fact!r} ({hint or f'use one of {list(FACTS)}'})")
    return FACTS[fact]


def _made(
    function: Callable[..., Any], fact: Fact, unit: str, missing: str, needs: tuple[str, ...], family: str
) -> Feature:
    name, where = function.__name__, _where(function)
    if unit not in UNITS:
        allowed = f"use one of {sorted(UNITS)}, or add it to churnrisk.units"
        raise TypeError(f"{where}: unknown unit {unit!r}; {allowed}")
    described = inspect.cleandoc(function.__doc__ or "")
    if not described:
        raise TypeError(f"{where}: say in its docstring what it means")
    if not missing:
        raise TypeError(f"{where}: say in `missing` what it means that there is no value")
    if "{" in (missing.replace("{item}", "") if family else missing):
        raise TypeError(f"{where}: `missing` has braces; only that of a family may hold {{item}}")
    if family and family not in name:
        raise TypeError(f"{where}: the name of a family holds the word '{family}', which is replaced by each one")
    theme = function.__module__.rpartition(".")[2]
    meaning = described.split("\n\n")[0].replace("\n", " ")
    return Feature(
        name=name,
        theme=theme,
        fact=fact,
        unit=unit,
        meaning=meaning,
        missing=missing,
        needs=needs,
        compute=function,
        family=family,
    )


def _where(function: Callable[..., Any]) -> str:
    return f"feature {function.__module__}.{function.__name__}"
