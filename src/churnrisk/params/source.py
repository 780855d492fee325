"""The section `source` of `params.yaml`: where the company's tables are read from."""

import datetime as dt
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from churnrisk.errors import ParamsError, SourceError
from churnrisk.params.section import Count, Section, Whole


class Simulator(Section):
    """The simulated company."""

    accounts: Count = Field(description="Accounts that sign up within two years; later ones come on top")
    start: dt.date = Field(description="First day of usage; accounts may be older")
    weeks: Annotated[int, Field(ge=30, le=208)] = Field(description="Weeks of usage; more only add to the tables")
    seed: Whole = Field(description="Same seed, same company")


class Source(Section):
    """Where the company's tables are read from."""

    kind: Literal["simulator", "files"] = Field(description="`simulator`: a made-up company; `files`: CSV and Parquet")
    folder: str = Field(description="Folder of the files; `$NAME` stands for an environment variable")
    # No dots, because to find a module inside a package Python imports the package, and reading params runs no code.
    package: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]\w*$")] | None = Field(
        default=None, description="An installed Python package that brings the files; `folder` is then inside it"
    )
    query_minutes: Annotated[float, Field(gt=0)] = Field(
        default=60, description="Minutes after which a query that has not ended is stopped"
    )
    # Bounded by ten years, because a date can't lie before the calendar.
    overlap_days: Annotated[int, Field(ge=0, le=3660)] = Field(
        default=31,
        description="Days before the last day of the last weekly pull from which on months of usage are read again, for"
        " rows that come late and don't say so",
    )
    simulator: Simulator | None = Field(default=None, description="The made-up company, for `simulator`")

    @model_validator(mode="after")
    def _simulator_is_given(self) -> "Source":
        if (self.kind == "simulator") != (self.simulator is not None):
            raise ValueError("source.simulator must be given when source.kind is 'simulator', and only then")
        if self.package is not None and self.kind != "files":
            raise ValueError("source.package is for source.kind 'files' only")
        return self

    def path(self, root: Path) -> Path:
        """The folder, relative to the workspace, or to the package that brings it, unless it is absolute."""
        # os.path.expandvars leaves an unknown variable as it is, and the folder would then be reported as missing.
        missing = [n for n in re.findall(r"\$\{?(\w+)", self.folder) if n not in os.environ]
        if missing:
            raise ParamsError(
                f"the environment variable {missing[0]} is not set",
                where="params.yaml, source.folder",
                fix=f"set {missing[0]} to the folder that holds the files",
            )
        return (root if self.package is None else _folder_of(self.package)) / os.path.expandvars(self.folder)


def _folder_of(package: str) -> Path:
    """Where an installed package lies; it is not imported. Raises SourceError where there is none."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            f"the Python package {package} is not installed" if spec is None else f"{package} has no folder",
            where="params.yaml, source.package",
            fix="install it into the environment that runs churnrisk, or name another package",
        )
    return Path(spec.submodule_search_locations[0])
