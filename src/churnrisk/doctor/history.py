"""How long a history is, and which test and horizon it has room for."""

from dataclasses import dataclass

import numpy as np

from churnrisk.clock import Day, day
from churnrisk.params import Params

HORIZONS = (90, 60, 45, 30, 28, 21, 14)
"""Days that a company would choose from as a horizon, the longest first."""

MOST_WEEKS = 13
"""A quarter of lists is enough to judge by, and every week of the test is one that the judged model may not learn."""

FEWEST_WEEKS = 3
"""Weeks of dates below which there is no room for both a test and something to learn before it."""


@dataclass(frozen=True)
class Room:
    """What fits into a history: the weeks of the test, a horizon, and the days of dates that are left for both.

    `test_weeks` is 0 where nothing fits.
    """

    test_weeks: int
    horizon_days: int
    days: int


def room(params: Params, lasts: Day, inactive_days: int | None) -> Room:
    """The longest horizon up to the configured one, and the weeks of the test, for which usage up to `lasts` suffices.

    The label of the last date of the test must be mature at the end of the history, and that of the last date to learn
    from when the test begins. So twice the time that a label takes goes, and what is left of the dates from
    `clock.first_as_of` on is for both; a third of it for the test.
    """
    churn, span = params.churn, int((lasts - day(params.clock.first_as_of)) / np.timedelta64(1, "D")) + 1
    for horizon in [churn.horizon_days, *(each for each in HORIZONS if each < churn.horizon_days)]:
        left = span - 2 * (churn.lead_days + horizon + churn.reporting_lag_days)
        if left >= 7 * FEWEST_WEEKS and churn.lead_days + horizon >= (inactive_days or 0):
            return Room(test_weeks=min(MOST_WEEKS, left // (7 * 3)), horizon_days=horizon, days=left)
    return Room(test_weeks=0, horizon_days=churn.horizon_days, days=span)
