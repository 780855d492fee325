"""Reads `params.yaml`: an unknown key is refused, and one error names every fault."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.params.limits import check_values, read_text
from churnrisk.params.sections import Milestone, Override, Params
from churnrisk.params.source import Simulator


def load(path: Path) -> Params:
    """Read and check `params.yaml`.

    Raises ParamsError for a missing file, text that is not YAML or too much of it, an unknown key or a value out of
    range: one error that names every fault.
    """
    try:
        text = read_text(path)
        check_values(text, path)
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist, such as 2025-02-30
        raise ParamsError(
            f"not YAML ({' '.join(str(error).split())})", where=str(path), fix="correct its text"
        ) from error
    if not isinstance(content, dict):
        raise ParamsError("not a set of sections", where=str(path), allowed=", ".join(Params.model_fields))
    try:
        return Params.model_validate(content)
    except ValidationError as error:
        faults = [_fault(dict(each)) for each in error.errors()]
        raise ParamsError("; ".join(faults), where=str(path)) from None


def _fault(error: dict[str, Any]) -> str:
    """One fault in words: the key, its value, and what is allowed."""
    *sections, last = [str(part) for part in error["loc"]] or ["params"]
    where = ".".join([*sections, last])
    if error["type"] == "extra_forbidden":
        allowed = _keys(sections)
        hint = did_you_mean(last, allowed) or f"allowed: {', '.join(allowed)}"
        return f"unknown key '{where}' ({hint})"
    if error["type"] == "missing":
        return f"'{where}' is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    value = repr(error["input"])
    # A whole section in the place of a number would fill the screen.
    value = value if len(value) <= 200 else f"{value[:200]} ..."
    return f"{where} is {value} ({error['msg'][0].lower()}{error['msg'][1:]})"


def _keys(within: list[str]) -> list[str]:
    """The keys that a section may have; `within` names it and those around it."""
    models = {"": Params, **{name: field.annotation for name, field in Params.model_fields.items()}}
    # Under `milestones` comes a name of the company's own, which is no section of ours.
    name = "milestones" if "milestones" in within else (within or [""])[-1]
    section: Any = (models | {"simulator": Simulator, "milestones": Milestone, "override": Override})[name]
    return list(section.model_fields)
