"""How large `params.yaml` may be: a file of a few lines can stand for more than a memory holds."""

from pathlib import Path

import yaml

from churnrisk.errors import ParamsError

MOST_BYTES = 200_000
"""Fifty times the largest params of the examples; PyYAML reads so many in a few seconds."""
MOST_DEPTH = 20
"""Params are nested four deep. PyYAML calls itself for each level, and Python allows about a thousand calls."""
MOST_VALUES = 50_000
"""After every alias is written out. Nine aliases of nine aliases, eight times over, are 43 million values."""


def read_text(path: Path) -> str:
    """The text of `params.yaml`, if it is a file of no more than `MOST_BYTES`.

    Raises ParamsError otherwise: a pipe, for example, would be waited for without end.
    """
    if not path.exists():
        raise ParamsError(
            "there is no params.yaml", where=str(path.parent), fix="name the workspace with --workspace DIR"
        )
    if not path.is_file():
        raise ParamsError("it is not a file", where=str(path), fix="write the params into a file")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ParamsError(f"it has {size:,} bytes", where=str(path), allowed=f"{MOST_BYTES:,}", fix="shorten it")
    return path.read_text(encoding="utf-8")


def check_values(text: str, path: Path) -> None:
    """Raise ParamsError where a YAML text is nested too deep or, with its aliases written out, has too many values."""
    values = values_of(text)
    if values is None:
        raise ParamsError("it is nested too deep", where=str(path), allowed=f"{MOST_DEPTH} levels", fix="flatten it")
    if values > MOST_VALUES:
        found, allowed = "its aliases stand for too many values", f"{MOST_VALUES:,} values"
        raise ParamsError(found, where=str(path), allowed=allowed, fix="write out the few that are needed")


def values_of(text: str) -> int | None:
    """How many values a YAML text has once every alias is replaced by what it stands for; None beyond `MOST_DEPTH`.

    From its events, because they come one after the other, whereas values are built before anybody can count them.

    >>> values_of("{a: &a [1, 2], b: *a}")
    9
    """
    sizes, anchors = [0], list[str | None]()
    anchored: dict[str, int] = {}
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            sizes.append(1)
            anchors.append(event.anchor)
            if len(anchors) > MOST_DEPTH:
                return None
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            size, anchor = sizes.pop(), anchors.pop()
        elif isinstance(event, yaml.AliasEvent):
            # What is still open contains itself, without end.
            size, anchor = anchored.get(str(event.anchor), MOST_VALUES + 1), None
        else:
            size, anchor = int(isinstance(event, yaml.ScalarEvent)), getattr(event, "anchor", None)
        sizes[-1] += size
        if anchor is not None:
            anchored[anchor] = size
    return sizes[0]
