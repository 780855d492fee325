"""All declarations together, for whoever goes through them: the generated page and the tests."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from churnrisk.store.catalogue import conform, evaluate, featurize, gate, label, pull, rollup, score, snapshot, train
from churnrisk.store.files import File

STAGES: tuple[ModuleType, ...] = (pull, conform, rollup, snapshot, label, gate, featurize, train, evaluate, score)
"""The modules, in the order in which the stages run."""


def files_of(stage: ModuleType) -> list[File]:
    """The files that a module declares, in the order in which they stand there."""
    return [each for value in vars(stage).values() for each in _among(value) if isinstance(each, File)]


def _among(value: Any) -> Iterable[Any]:
    """What a module's variable holds: one file, or several in a list or by name."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else [value]
