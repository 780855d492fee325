"""Who an account is, and for how long: it predicts, and nobody can act on it, so it is never said."""

from churnrisk.facts.fact import Fact

PROFILE = Fact(name="profile", about="kind of customer", kind="profile", actionable=False)
AGE = Fact(
    name="age",
    about="time as a customer",
    kind="profile",
    actionable=False,
    reads=("days_to_anniversary",),  # for plays
)
