"""The ladder that people see: no risk before the first date on which an account can leave."""

from collections.abc import Mapping


def respecting_contracts(
    ladder: Mapping[int, float], lead_days: int, days_bound: float
) -> tuple[tuple[int, float | None], ...]:
    """(horizon in days, probability), shortest first; None where the window ends before the account can leave.

    The window of a horizon has the days from `lead_days` to `lead_days + horizon - 1` after the date of the list. An
    account that is bound for `days_bound` days can leave on that day at the earliest, so a shorter window says nothing:
    the model gives it a probability because it judges by what accounts like this one did, and knows their contracts
    only as one feature among many. A longer horizon never has the smaller probability, because the model's never has.

    >>> respecting_contracts({30: 0.02, 60: 0.05, 90: 0.08}, lead_days=14, days_bound=44)
    ((30, None), (60, 0.05), (90, 0.08))
    """
    return tuple(
        (days, probability if lead_days + days > days_bound else None) for days, probability in sorted(ladder.items())
    )
