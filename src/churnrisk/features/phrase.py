"""A reason phrase with its value in it."""

from typing import Any


def fact(reason: str, missing: str, value: Any) -> str:
    """A reason phrase with its value filled in.

    >>> fact("usage is at {value:.0%} of its level a quarter ago", "no usage in the quarter before", 0.42)
    'usage is at 42% of its level a quarter ago'
    >>> fact("usage is at {value:.0%} of its level a quarter ago", "no usage in the quarter before", float("nan"))
    'no usage in the quarter before'
    """
    unknown = value is None or value != value
    return missing if unknown else reason.format(value=value)
