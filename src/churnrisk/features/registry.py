"""What a feature is: one small function, with its unit, meaning, missing rule and reason phrase beside it."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from churnrisk.units import UNITS

VIEWS = frozenset(
    {
        "accounts",
        "usage",
        "people",
        "milestones",
        "subscriptions",
        "invoices",
        "tickets",
        "surveys",
        "touchpoints",
        "goals",
    }
)
EACH = frozenset({"milestone", "key_event"})
ALL_EVENTS = frozenset({"advanced_events"})


@dataclass(frozen=True)
class Feature:
    """One column: how it is computed, and everything that a reader needs to know of it."""

    name: str
    theme: str
    unit: str
    meaning: str
    missing: str
    reason: str
    needs: tuple[str, ...]
    compute: Callable[..., Any]
    each: str = ""
    item: str = ""

    def of(self, item: str) -> "Feature":
        """The member of a family that is about one item of the configuration, such as a milestone."""
        words = item.replace("_", " ")
        return replace(
            self,
            name=self.name.replace(self.each, re.sub(r"\W+", "_", item)),
            meaning=self.meaning.replace(f"`{self.each}`", words),
            missing=self.missing.replace("{item}", words),
            reason=self.reason.replace("{item}", words),
            item=item,
        )

    def sentence(self, value: Any) -> str:
        """The fact in words with its value; what is missing in words where there is none."""
        return fact(self.reason, self.missing, value)


def fact(reason: str, missing: str, value: Any) -> str:
    """A reason phrase with its value filled in.

    >>> fact("usage is at {value:.0%} of its level a quarter ago", "no usage in the quarter before", 0.42)
    'usage is at 42% of its level a quarter ago'
    >>> fact("usage is at {value:.0%} of its level a quarter ago", "no usage in the quarter before", float("nan"))
    'no usage in the quarter before'
    """
    unknown = value is None or value != value
    return missing if unknown else reason.format(value=value)


def feature(*, unit: str, missing: str, reason: str) -> Callable[[Callable[..., Any]], Feature]:
    """Make a feature of a function; its parameters name the views that it needs, its first line is its meaning.

    A function with a parameter `milestone` or `key_event` is a family: there is one feature for each that the
    configuration names, and that word in the function's name is replaced by it.

    Raises TypeError, with the mend, at import: for a missing docstring, an unknown unit or view, or a phrase that
    doesn't state the value.
    """

    def make(function: Callable[..., Any]) -> Feature:
        name, where = function.__name__, f"feature {function.__module__}.{function.__name__}"
        needs = tuple(inspect.signature(function).parameters)
        each = next((need for need in needs if need in EACH), "")
        unknown = set(needs) - VIEWS - EACH - ALL_EVENTS
        if unknown:
            raise TypeError(f"{where}: no view is named {sorted(unknown)}; there are {sorted(VIEWS)}")
        if unit not in UNITS:
            raise TypeError(f"{where}: unknown unit {unit!r}; use one of {sorted(UNITS)}, or add it to churnrisk.units")
        if not function.__doc__:
            raise TypeError(f"{where}: say in its docstring what it means")
        if not missing:
            raise TypeError(f"{where}: say in `missing` what it means that there is no value")
        if "{value" not in reason:
            raise TypeError(f"{where}: the reason must state the fact with its {{value}}")
        if each and each not in name:
            raise TypeError(f"{where}: the name of a family holds the word '{each}', which is replaced by each one")
        theme = function.__module__.rpartition(".")[2]
        meaning = inspect.cleandoc(function.__doc__).split("\n\n")[0].replace("\n", " ")
        return Feature(name, theme, unit, meaning, missing, reason, needs, function, each)

    return make
