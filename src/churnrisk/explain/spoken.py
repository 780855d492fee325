"""Which facts of an account are shown as its reasons: weighty, said by a form, actionable, one of a kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from churnrisk.facts.account import Account
from churnrisk.facts.fact import Fact

MOST = 3
"""Reasons of an account: as many as fit the first minute of a call; further ones are ever weaker."""

LEAST_SHARE = 0.05
"""Share of all that raises the risk below which a fact is not told."""

LEAST_POINTS = 0.5
"""Percentage points below which a fact is not told: it would be shown as 0 or 1."""


@dataclass(frozen=True)
class Spoken:
    """A fact that is told: its sentence, and the percentage points that it moves the risk by."""

    fact: Fact
    sentence: str
    points: float


def raising(points: Mapping[str, float], account: Account, facts: Mapping[str, Fact]) -> tuple[Spoken, ...]:
    """The facts that raise the risk of an account, in the order in which they are told, at most `MOST`.

    `points` are those of every fact by name. The heaviest comes first, and of one kind only the heaviest is told. A
    name that is in no catalogue is silent.
    """
    everything = sum(each for each in points.values() if each > 0)
    told = []
    for name, each in _heaviest_first(points):
        fact = facts.get(name)
        if each < max(LEAST_SHARE * everything, LEAST_POINTS) or fact is None or not fact.actionable:
            continue
        sentence = fact.said(account, raises=True)
        if sentence is not None:
            told.append(Spoken(fact, sentence, each))
    return _one_of_a_kind(told)[:MOST]


def lowering(points: Mapping[str, float], account: Account, facts: Mapping[str, Fact]) -> Spoken | None:
    """The fact that lowers the risk most, of those that can be said; None where there is none."""
    for name, each in reversed(_heaviest_first(points)):
        fact = facts.get(name)
        if each > -LEAST_POINTS:
            return None
        sentence = fact.said(account, raises=False) if fact is not None and fact.actionable else None
        if fact is not None and sentence is not None:
            return Spoken(fact, sentence, each)
    return None


def _heaviest_first(points: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(points.items(), key=lambda each: (-each[1], each[0]))


def _one_of_a_kind(told: list[Spoken]) -> tuple[Spoken, ...]:
    kinds: dict[str, Spoken] = {}
    for each in told:
        kinds.setdefault(each.fact.kind, each)
    return tuple(kinds.values())
