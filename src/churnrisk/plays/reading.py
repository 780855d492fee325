"""The plays of a workspace: its own `plays.yaml`, and those that come with churnrisk."""

from collections.abc import Collection, Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from churnrisk.errors import ParamsError
from churnrisk.facts.fact import Fact
from churnrisk.features.lifecycle import STAGES
from churnrisk.params.section import Section
from churnrisk.plays.case import OF_THE_ROW
from churnrisk.plays.play import Play
from churnrisk.plays.saying import asked_for, unknown

FILE = "plays.yaml"


class Plays(Section):
    """A file of plays."""

    shipped: bool = Field(default=True, description="Use the plays that come with churnrisk, after one's own")
    plays: tuple[Play, ...] = Field(default=(), description="Plays; the first that holds for an account is its next")


def read_plays(root: Path, facts: Mapping[str, Fact]) -> tuple[Play, ...]:
    """The plays of a workspace in the order in which they are tried: its own, then those that come with churnrisk and
    have another name. Without a file there are only the latter.

    Raises ParamsError for a file that is no file of plays, and for facts, stages, values or words that there are not.
    """
    own = _parsed((root / FILE).read_text(encoding="utf-8"), FILE) if (root / FILE).exists() else Plays()
    names = {each.play for each in own.plays}
    plays = (*own.plays, *(each for each in shipped() if own.shipped and each.play not in names))
    for each in plays:
        _check(each, facts)
    return plays


def shipped() -> tuple[Play, ...]:
    """The plays that come with churnrisk."""
    text = resources.files("churnrisk.plays").joinpath("shipped.yaml").read_text(encoding="utf-8")
    return _parsed(text, "shipped.yaml").plays


def values_of(facts: Iterable[Fact]) -> list[str]:
    """The names of all values that a play may ask for."""
    seen = [name for fact in facts for name in (*fact.reads, *(each.name for each in fact.particulars))]
    return sorted({*seen, *OF_THE_ROW})


def _parsed(text: str, where: str) -> Plays:
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ParamsError(f"not YAML ({' '.join(str(error).split())})", where=where, fix="correct the line") from error
    try:
        plays = Plays.model_validate(content or {})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"]) or "the file"
        raise ParamsError(
            f"{place}: {first['msg']}", where=where, fix="docs/plays.md says what a play has; correct it"
        ) from error
    names = [each.play for each in plays.plays]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ParamsError(f"two plays are named {twice[0]!r}", where=where, fix="give one of them another name")
    return plays


def _check(play: Play, facts: Mapping[str, Fact]) -> None:
    where, values = f"{FILE}, play {play.play!r}", values_of(facts.values())
    _known(play.when.facts, [name for name, fact in facts.items() if fact.actionable], f"{where}, when.facts", "fact")
    _known(play.when.stages, STAGES, f"{where}, when.stages", "stage of life")
    for name in ("at_least", "at_most"):
        _known(getattr(play.when, name), values, f"{where}, when.{name}", "value")
    for name in ("say", "opening"):
        asked_for(getattr(play, name), values, f"{where}, {name}")


def _known(names: Iterable[str], known: Collection[str], where: str, what: str) -> None:
    for name in names:
        if name not in known:
            raise unknown(name, known, where, what)
