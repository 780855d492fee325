"""What the list says of an account: one declaration a field, for every output."""

from churnrisk.risk_list.columns import (
    adds_up_column,
    fact_columns,
    in_words,
    ladder_columns,
    no_column,
    reason_columns,
    step_columns,
    warning_column,
)
from churnrisk.risk_list.field import EVERYWHERE, FILES, JSON, PAGE, Field

ROW = (
    Field("rank", "1 is the first to call", kind="whole", shown=EVERYWHERE, title="Rank", heading="#"),
    Field(
        "name",
        "what people call the account; its key where it has no name",
        kind="text",
        shown=EVERYWHERE,
        title="Account",
    ),
    Field("owner", "who looks after it, or 'no owner'", kind="text", shown=EVERYWHERE, title="Owner"),
    Field(
        "group",
        "to_call: the risk is well above the average; to_prepare: it is not, and the account decides soon",
        kind="text",
        shown=FILES,
        title="Group",
    ),
    Field(
        "probability",
        "that the account leaves from {leaves_from} to {leaves_to}, 0 to 1",
        kind="share",
        shown=EVERYWHERE,
        title="Probability",
        heading="Risk",
    ),
    Field(
        "change",
        "{probability} less {probability_before}, in percentage points",
        kind="points",
        shown=EVERYWHERE,
        title="Change",
    ),
    *reason_columns(),
    Field("arr", "recurring revenue a year; {null} where not known", kind="money", shown=EVERYWHERE, title="ARR"),
    Field(
        "value_at_risk",
        "the expected ARR lost, probability x ARR; {null} where the ARR is not known",
        kind="money",
        shown=FILES,
        title="At risk",
    ),
    Field(
        "decides_on",
        "last day on which notice can be given; {null} where there is no such day or it has passed",
        kind="date",
        shown=FILES,
        title="Decides by",
    ),
    Field("days_to_decide", "days from {as_of} to {decides_on}", kind="whole", shown=JSON),
    Field(
        "can_leave",
        "until when it can leave by its contract, in words; empty where no date is known",
        kind="note",
        shown=FILES,
        title="Can leave until",
    ),
    Field(
        "next_step", "what to do next; {null} where no play is for it", kind="parts", shown=JSON, columns=step_columns
    ),
    Field("renews_on", "next renewal; {null} where there is none", kind="date", shown=EVERYWHERE, title="Renewal"),
    Field("days_to_renewal", "days from {as_of} to the renewal", kind="whole", shown=FILES, title="In days"),
    Field(
        "segment",
        "the group of accounts that it is compared with; empty where not known",
        kind="text",
        shown=FILES,
        title="Segment",
    ),
    Field("plan", "what it has bought; empty where not known", kind="text", shown=FILES, title="Plan"),
    Field(
        "moved",
        "what moved the risk most, in words; empty where nothing stands out",
        kind="note",
        shown=FILES,
        title="What moved",
    ),
    Field(
        "probability_before",
        "what the present model gives for the previous date, {previous_as_of}; {null} where it was not watched then",
        kind="share",
        shown=FILES,
        title="Before, same model",
    ),
    Field(
        "protects",
        "what lowers the risk most; {null} where nothing does",
        kind="note",
        shown=FILES,
        title="In its favour",
        value=lambda row: in_words(row.protects) if row.protects else "",
    ),
    *fact_columns(),
    Field(
        "ladder",
        "probability of leaving by horizon in days, each counted from {leaves_from}; {null} while a contract binds",
        kind="pairs",
        shown=JSON,
        columns=ladder_columns,
    ),
    Field("usual", "risk of a usual account, from which {adds_up} begins", kind="share", shown=JSON),
    Field(
        "adds_up",
        "percentage points by fact, largest first; with {usual} they add up to {probability}, but for rounding",
        kind="pairs",
        shown=JSON,
        columns=adds_up_column,
    ),
    Field(
        "moved_by",
        "percentage points by fact since {previous_as_of}, by the present model; empty where it was not watched then."
        " Where the list of that date was by another model, `a new model` has the points from what it said to"
        " {probability_before}",
        kind="pairs",
        shown=JSON,
        columns=no_column,
    ),
    Field(
        "median_days_to_churn",
        "days from {leaves_from} within which half of such accounts leave, as the horizons tell; {null} where less"
        " than half leave within the longest of them",
        kind="whole",
        shown=FILES,
        title="Half leave within days",
    ),
    Field("account_id", "the account's own key", kind="text", shown=FILES, title="Account id"),
    Field(
        "reasons",
        "what raises the risk and can be acted on, what to begin with first",
        kind="parts",
        shown=JSON | PAGE,
        title="Why",
    ),
    Field(
        "usage",
        "weekly totals, oldest first, the last ends the day before {as_of}; {null} before the account began",
        kind="parts",
        shown=JSON | PAGE,
        title="Usage",
    ),
    Field(
        "warnings",
        "sentences that a reader must know before using the list; empty in an ordinary week",
        kind="parts",
        shown=JSON,
        columns=warning_column,
    ),
)
"""The fields of an account in the order in which a person reads them: whom to call and why come first."""
