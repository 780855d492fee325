"""What every section of `params.yaml` is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=1)]
Whole = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Names = tuple[str, ...]


class Section(BaseModel):
    """A part of `params.yaml`."""

    # A misspelt key would otherwise be ignored, and its default used, without anybody noticing.
    model_config = ConfigDict(extra="forbid", frozen=True)
