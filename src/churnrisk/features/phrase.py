"""A reason phrase with its value in it."""

import re
from string import Formatter
from typing import Any

from churnrisk.words import number


def fact(reason: str, missing: str, value: Any) -> str:
    """A reason phrase with its value filled in. Thousands are set apart, and a single day is "1 day".

    >>> usage = "usage is at {value:.0%} of its average in the 12 weeks before"
    >>> fact(usage, "no usage in the 12 weeks before", 0.42)
    'usage is at 42% of its average in the 12 weeks before'
    >>> fact(usage, "no usage in the 12 weeks before", float("nan"))
    'no usage in the 12 weeks before'
    >>> fact("last active {value:.0f} days ago", "never active", 1.0)
    'last active 1 day ago'
    """
    if value is None or value != value:
        return missing
    words = _Spelled().format(reason, value=value)
    return re.sub(r"(?<![\d.,+-])1 (day|week|hour|month|action)s\b", r"1 \1", words)


def literal(words: str) -> str:
    """A company's own words as part of a reason phrase, in which braces have a meaning.

    >>> literal("GET /boards/{id}")
    'GET /boards/{{id}}'
    """
    return words.replace("{", "{{").replace("}", "}}")


class _Spelled(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        plain = isinstance(value, str) or format_spec in ("", "g")
        return str(super().format_field(value, format_spec)) if plain else number(float(value), format_spec)
