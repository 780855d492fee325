"""The page of plays: those that come with churnrisk, what a play has, and what holds a step back."""

from typing import Any

from pydantic import BaseModel

from churnrisk.facts.catalogue import FACTS
from churnrisk.features.lifecycle import STAGES
from churnrisk.plays.holds import HOLDS
from churnrisk.plays.play import Play, When
from churnrisk.plays.reading import shipped, values_of
from churnrisk.plays.saying import WAYS

INTRO = """# Plays

A play leads from what is known of an account to its next step. `plays.yaml` of a workspace has its own plays; those
that come with churnrisk are tried after them, and one of the same name takes its place (`shipped: false` leaves them
all out). The first play that holds for an account is its next step; where an invoice is owed, a payment reminder comes
before any other play until it was sent, and an ask that comes at the wrong time makes room for the next play that may
go out. `churnrisk plays --check` shows what they would do on this week's list.

```yaml
shipped: true
plays:
- play: call the small ones
  practice: S16
  kind: call
  when: {group: to_call, at_most: {arr: 2000}}
  say: "Call: the last talk was on {days_since_conversation:ago}"
  due_days: 7
  opening: "How is it going?"
```

"""


def plays_page() -> str:
    """The whole page."""
    return "".join([INTRO, _has(), _holds(), _shipped()])


def _has() -> str:
    facts = ", ".join(f"`{name}`" for name, fact in FACTS.items() if fact.actionable)
    values = ", ".join(f"`{each}`" for each in values_of(FACTS.values()))
    ways = ", ".join(f"`{{value:{way}}}`" for way in WAYS if way)
    return (
        f"## What a play has\n\n{_fields(Play)}\n`when` has\n\n{_fields(When)}\nFacts: {facts}.\n\n"
        f"Stages of life: {', '.join(f'`{each}`' for each in STAGES)}.\n\n"
        f"Values, for `at_least`, `at_most` and in braces: {values}. They are features and particulars (see"
        f" [facts](facts.md)), and values of the list. In words: {ways}, and a number without anything behind the"
        " name. A play whose words need a value that is not known is not for that account.\n\n"
    )


def _holds() -> str:
    return (
        "## What holds a step back\n\nIn this order; the list says which rule holds a step, and counts them. The"
        " numbers are in the section `plays` of the [params](params.md).\n\n| rule | said |\n|---|---|\n"
        + "".join(f"| {rule.name} | {rule.words} |\n" for rule in HOLDS)
    )


def _shipped() -> str:
    return (
        "\n## The plays that come with churnrisk\n\nThe practices are those that retention teams agree on: S1 (time to"
        " value) to S25 (service).\n\n| play | practice | kind | when | step | due, days | by |\n"
        "|---|---|---|---|---|---|---|\n" + "".join(map(_row, shipped()))
    )


def _fields(model: type[BaseModel]) -> str:
    rows = "".join(f"| `{name}` | {field.description} |\n" for name, field in model.model_fields.items())
    return f"| key | meaning |\n|---|---|\n{rows}"


def _row(play: Play) -> str:
    cells = (play.play, play.practice, play.kind, _when(play.when), play.say, play.due_days, play.by)
    return f"| {' | '.join(map(str, cells))} |\n"


def _when(when: When) -> str:
    parts: list[Any] = []
    parts += [f"told: {' or '.join(when.facts)}"] if when.facts else []
    parts += [f"group {when.group}"] if when.group else []
    parts += [f"stage {' or '.join(when.stages)}"] if when.stages else []
    parts += [f"{name} >= {least:g}" for name, least in when.at_least.items()]
    parts += [f"{name} <= {most:g}" for name, most in when.at_most.items()]
    return "; ".join(parts) or "always"
