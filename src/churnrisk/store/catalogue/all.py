"""All declarations together, for whoever goes through them: the generated page and the tests."""

from types import ModuleType

from churnrisk.store.catalogue import conform, evaluate, featurize, gate, label, pull, rollup, score, snapshot, train
from churnrisk.store.files import File

STAGES: tuple[ModuleType, ...] = (pull, conform, rollup, snapshot, label, gate, featurize, train, evaluate, score)
"""The modules, in the order in which the stages run."""


def files_of(stage: ModuleType) -> list[File]:
    """The files that a module declares, in the order in which they stand there."""
    groups = [list(value.values()) if isinstance(value, dict) else [value] for value in vars(stage).values()]
    return [each for group in groups for each in group if isinstance(each, File)]
