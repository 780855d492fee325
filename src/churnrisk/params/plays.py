"""The section `plays` of the params."""

from pydantic import Field

from churnrisk.params.section import Count, Section, Whole


class Plays(Section):
    """When a next step is held back. The plays themselves are in `plays.yaml`."""

    cool_down_days: Whole = Field(
        default=5,
        description="Days after a conversation in which nobody calls again, and after any contact in which nothing is"
        " asked for; a payment reminder does not wait",
    )
    urgent_days: Whole = Field(default=14, description="A decision within so many days does not wait for the cool-down")
    contacts_in_two_weeks: Count = Field(default=4, description="Contacts in 14 days from which nudges are held")
    again_after_days: Whole = Field(default=28, description="Days after which the same play may come again")
    steps_per_owner: Count | None = Field(default=None, description="Most next steps an owner; none: no limit")
