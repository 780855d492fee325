"""The section `risk_list` of the params."""

from typing import Literal

from pydantic import Field

from churnrisk.params.crm import Crm
from churnrisk.params.section import Count, Section, Share, Whole


class RiskList(Section):
    """The list that customer success receives."""

    length: Count = Field(description="Most accounts on the list")
    rank_by: Literal["value_at_risk", "probability"] = Field(description="What comes first")
    call_from: float = Field(
        default=2.0,
        gt=0,
        allow_inf_nan=False,
        description="Risk from which an account is called: from 1 on times the average of all accounts of the date (2:"
        " twice the average), below 1 a probability",
    )
    # In the backtest of the simulated company 9.4% of those to call flicker without it, 0.6% with 0.7 and 1.8% with
    # 0.8, each at 0.2% of the lift.
    keep_from_share: Share = Field(
        default=0.7,
        description="An account that was called stays until its risk is below this share of that risk; and where the"
        " list is full, an account that was not on it counts only with this share of its worth",
    )
    prepare_days: Whole = Field(
        default=60,
        description="Renewals to prepare are those of most revenue at risk that are decided within so many days,"
        " although their risk is lower",
    )
    prepare_share: Share = Field(
        default=0.2,
        description="Share of `length` that is kept for renewals to prepare; room that one group does not need goes to"
        " the other",
    )
    per_owner: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Most accounts on the list an owner: below 1 a share of the owner's accounts, otherwise a number;"
        " none: no limit",
    )
    currency: str = Field(description="Symbol before amounts")
    crm: Crm = Field(
        default={},
        description="Files for a CRM, `crm/<name>.csv` of the list's folder, by name: `preset` (for `salesforce`,"
        " `hubspot`, `gainsight`), or what each column has: the name of a column of the CSV file, or a text with such"
        " names in braces; `{probability:percent}` is 35.2 for 0.352",
    )
    margin_share: Share | None = Field(
        default=None,
        description="Share of recurring revenue that is margin, for lifetime values in the book; none: they are of"
        " revenue",
    )
    discount_share_a_year: Share = Field(
        default=0.1, description="By how much a year's delay makes money worth less, for lifetime values in the book"
    )
