"""Fields that only flat tables have: reasons and the ladder fill several columns, a warning all rows of one."""

from collections.abc import Callable

from churnrisk import words
from churnrisk.explain.spoken import MOST
from churnrisk.risk_list.field import FLAT, Cell, Field
from churnrisk.risk_list.structure import Reason, RiskList, Row


def _reason(index: int, part: str) -> Callable[[Row], Cell]:
    def value(row: Row) -> Cell:
        return getattr(row.reasons[index], part) if index < len(row.reasons) else None

    return value


def in_words(reason: Reason) -> str:
    """A reason and its effect as one text."""
    return f"{reason.sentence} ({reason.effect})"


def reason_columns() -> list[Field]:
    """A column for the sentence of each reason, and beside it one for its points."""
    columns = []
    for number, nth in zip(range(1, MOST + 1), ("first", "second", "third"), strict=True):
        columns += [
            Field(
                f"reason_{number}",
                f"the {nth} reason, the one to begin with first",
                kind="long",
                shown=FLAT,
                title=f"Reason {number}",
                value=_reason(number - 1, "sentence"),
            ),
            Field(
                f"points_{number}",
                "percentage points by which it raises the risk",
                kind="points",
                shown=FLAT,
                title=f"Points {number}",
                value=_reason(number - 1, "points"),
            ),
        ]
    return columns


def fact_columns() -> list[Field]:
    """A column for what each reason is about."""
    return [
        Field(
            f"fact_{number}",
            f"what reason {number} is about",
            kind="text",
            shown=FLAT,
            title=f"About {number}",
            value=_reason(number - 1, "fact"),
        )
        for number in range(1, MOST + 1)
    ]


def step_columns(_: RiskList) -> list[Field]:
    """Columns of the next step: what, until when, and what holds it back."""

    def of_step(part: str) -> Callable[[Row], Cell]:
        return lambda row: getattr(row.next_step, part) if row.next_step else None

    return [
        Field("next_step", "what to do next", kind="long", shown=FLAT, title="Next step", value=of_step("words")),
        Field(
            "due_on", "day until which it should be done", kind="date", shown=FLAT, title="Due", value=of_step("due_on")
        ),
        Field("by", "who does it", kind="text", shown=FLAT, title="By", value=of_step("by")),
        Field(
            "held",
            "what holds it back; mostly empty",
            kind="note",
            shown=FLAT,
            title="Held back",
            value=of_step("held"),
        ),
        Field(
            "opening", "a line to begin with", kind="note", shown=FLAT, title="To begin with", value=of_step("opening")
        ),
        Field("play", "the play that it comes from", kind="text", shown=FLAT, title="Play", value=of_step("play")),
    ]


def ladder_columns(risk_list: RiskList) -> list[Field]:
    """A column for each horizon; all rows have the same ones."""

    def column(step: int, days: int) -> Field:
        return Field(
            f"probability_{days}d",
            f"probability that it leaves within {days} days, counted from {{leaves_from}}; empty where its"
            " contract binds it longer",
            kind="share",
            shown=FLAT,
            title=f"Within {days} days",
            value=lambda row: row.ladder[step][1],
        )

    ladder = risk_list.rows[0].ladder if risk_list.rows else ()
    return [column(step, days) for step, (days, _) in enumerate(ladder)]


def warning_column(risk_list: RiskList) -> list[Field]:
    """The warnings of the list in every row, because a CSV file has no other place for them."""
    meaning, text = "what to know before using the list; mostly empty", " ".join(risk_list.warnings)
    return [Field("warning", meaning, kind="note", shown=FLAT, title="Warning", value=lambda _: text)]


def adds_up_column(risk_list: RiskList) -> list[Field]:
    """How the risk adds up as one text: the usual risk and the points of every fact, the largest first."""

    def value(row: Row) -> Cell:
        return words.sum_of_points(row.usual, row.adds_up, row.probability)

    meaning = "from the risk of a usual account to this one, in percentage points by fact"
    return [Field("adds_up", meaning, kind="note", shown=FLAT, title="How the risk adds up", value=value)]


def no_column(risk_list: RiskList) -> list[Field]:
    """Nothing: a field that flat tables don't have."""
    return []
