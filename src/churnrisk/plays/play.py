"""The shape of a play: when it is for an account, and what is then to be done."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from churnrisk.params.section import Section, Whole
from churnrisk.plays.case import Case, Group, Kind

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class When(Section):
    """What must hold of an account; everything that is given must, and nothing given holds always."""

    facts: tuple[str, ...] = Field(default=(), description="One of these facts is among its reasons")
    group: Group | None = Field(default=None, description="It is on the list to be called, or to prepare its renewal")
    stages: tuple[str, ...] = Field(default=(), description="It is at one of these stages of life")
    at_least: dict[str, float] = Field(default_factory=dict, description="Values that are known, and so large")
    at_most: dict[str, float] = Field(default_factory=dict, description="Values that are known, and no larger")

    def holds(self, case: Case) -> bool:
        """Whether it is so of an account; a value that is not known is neither large nor small."""
        return (
            (not self.facts or bool(set(self.facts) & set(case.told)))
            and self.group in (None, case.group)
            and (not self.stages or case.stage in self.stages)
            and all((value := case.value(name)) is not None and value >= least for name, least in self.at_least.items())
            and all((value := case.value(name)) is not None and value <= most for name, most in self.at_most.items())
        )


class Play(Section):
    """A play: for which accounts, and which step."""

    play: Text = Field(description="Its name; what was done for an account is remembered by it")
    practice: Annotated[str, StringConstraints(pattern=r"^S\d{1,2}$")] = Field(
        description="The practice that it comes from (docs/plays.md)"
    )
    kind: Kind = Field(description="A call by a person, a nudge, a payment reminder, or an advocacy ask")
    when: When = Field(default=When(), description="For which accounts")
    say: Text = Field(description="The step, with values in braces")
    due_days: Whole = Field(description="Days until it is due; never later than the last day for notice")
    by: Literal["owner", "sponsor", "support", "billing"] = Field(default="owner", description="Who does it")
    opening: Text = Field(description="A line that one can say or write to the customer")
