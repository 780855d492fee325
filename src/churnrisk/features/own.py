"""The features that a workspace adds itself: modules in its folder `features/`, with the same decorators.

A module is read as it is and not imported, so that no byte-code is left beside it, which DVC would take for a change.
"""

import traceback
from pathlib import Path
from types import ModuleType

from churnrisk.errors import ParamsError
from churnrisk.facts.fact import Fact
from churnrisk.features.registry import Feature

FOLDER = "features"
PREFIX = "features."
"""What the names of the modules begin with. Those of this package begin with `churnrisk.`, so that an error can say in
whose code it is."""


def read_own(root: Path) -> list[ModuleType]:
    """The modules in the folder `features/` of a workspace, in order of their names; none where there is no folder.

    Raises ParamsError, with the line, for a module that can't be read or holds no feature.
    """
    return [_read(path) for path in sorted((root / FOLDER).glob("*.py"))]


def own_features(root: Path) -> list[Feature]:
    """The features of a workspace's own modules, in the order in which they stand there."""
    return [each for module in read_own(root) for each in features_of(module)]


def own_facts(root: Path) -> list[Fact]:
    """The facts to which the features of a workspace's own modules belong, each once, those of this package too."""
    return list({each.fact.name: each.fact for each in own_features(root)}.values())


def features_of(theme: ModuleType) -> list[Feature]:
    """The features of one module, in the order in which they stand there; not those that it imports to build on."""
    mine = (value for value in vars(theme).values() if isinstance(value, Feature))
    return [each for each in mine if each.compute.__module__ == theme.__name__]


def is_own(each: Feature) -> bool:
    """Is a feature one of a workspace's own?"""
    return each.compute.__module__.startswith(PREFIX)


def failed(each: Feature, error: Exception) -> ParamsError:
    """The error of a workspace's own feature that could not be computed, with the line of its module."""
    file = f"{each.compute.__module__.replace('.', '/')}.py"
    where = f"{file}{_line(file, error)}"
    return ParamsError(f"{each.name} can't be computed ({error!r})", where=where, fix="correct the feature")


def _read(path: Path) -> ModuleType:
    where = f"{FOLDER}/{path.name}"
    module = ModuleType(f"{PREFIX}{path.stem}")
    try:
        exec(compile(path.read_text(encoding="utf-8"), where, "exec"), vars(module))
    except Exception as error:
        raise ParamsError(
            f"can't be read ({error})" if isinstance(error, TypeError) else f"can't be read ({error!r})",
            where=f"{where}{_line(where, error)}",
            fix="correct it as CONTRIBUTING.md says under 'Add a feature', or move it out of the folder",
        ) from error
    if not features_of(module):
        raise ParamsError("no feature is in it", where=where, fix="decorate a function with @feature, or move it")
    return module


def _line(where: str, error: Exception) -> str:
    """The last line of the module on the way to an error."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == where]
    return f", line {lines[-1]}" if lines else ""
