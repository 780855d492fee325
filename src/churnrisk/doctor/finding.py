"""What a check reports: a finding, with its numbers, where it lies, and how to fix it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`evidence` with numbers, `where` it lies, how to `fix` it; `feature` where it is about one.

    `check` is the name of the check that reports it. Only the examination sets it, from the checks that there are, so a
    finding can't name one that there isn't.
    """

    evidence: str
    where: str
    fix: str
    feature: str = ""
    check: str = ""
