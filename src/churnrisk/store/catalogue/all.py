"""All declarations together, for the generated page and the tests. No stage imports it: it would depend on them all."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from churnrisk.store.catalogue import (
    book,
    conform,
    evaluate,
    featurize,
    gate,
    label,
    monitor,
    pull,
    rollup,
    score,
    snapshot,
    source,
    train,
)
from churnrisk.store.catalogue import list as list_stage  # the name of the built-in is needed below
from churnrisk.store.files import File

STAGES: tuple[ModuleType, ...] = (
    source,
    pull,
    conform,
    rollup,
    snapshot,
    label,
    featurize,
    train,
    evaluate,
    gate,
    score,
    list_stage,
    monitor,
    book,
)
"""The modules, in the order in which the stages run."""


def files_of(stage: ModuleType) -> list[File]:
    """The files that a module declares, in the order of their declarations."""
    return [each for value in vars(stage).values() for each in _among(value) if isinstance(each, File)]


def _among(value: Any) -> Iterable[Any]:
    """The values of a module's variable: one, or several in a list or by name."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else [value]
