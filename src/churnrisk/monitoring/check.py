"""The shape of a check of the monitor: a rule, what to do where it holds, and what explains it."""

from dataclasses import dataclass

from churnrisk.model.bundle import Bundle
from churnrisk.rules import Rule
from churnrisk.store.catalogue.gate import GateReport
from churnrisk.store.catalogue.monitor import Drift, PastLists, State

ORDER: tuple[State, ...] = ("nothing to look at", "fine", "watch", "alarm")
"""Every state, the calmest first. A rule that had nothing to look at is not fine: nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What checks look at: the drift of this run, what the gate found, and the past lists of this model, None where
    none is mature. `refit_after_weeks` is how old a model may be.
    """

    drift: Drift
    gate: GateReport
    past: PastLists | None
    bundle: Bundle
    refit_after_weeks: int


@dataclass(frozen=True)
class Answer:
    """The state that a rule finds, and the evidence for it in a sentence with numbers."""

    state: State
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """A rule of the monitor: `about` says which part of it, `next_step` what to do where it holds.

    Where one of the checks in `explained_by` holds too, this one is told under it and is no alert of its own: a feed
    that broke moves features and scores, and one fault is one alert. `refits`: training again is the remedy.
    """

    rule: Rule[Subject, Answer]
    about: str
    next_step: str
    explained_by: tuple[str, ...] = ()
    refits: bool = False

    @property
    def name(self) -> str:
        return self.rule.name


def nothing(why: str) -> Answer:
    """There was nothing to look at, and why."""
    return Answer("nothing to look at", why)
