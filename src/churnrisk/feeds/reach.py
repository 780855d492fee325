"""Which dates the feeds allow: how far labels are mature, tests can be judged, and lists be dated."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from churnrisk.clock import Day
from churnrisk.errors import ContractError
from churnrisk.feeds.coverage import REQUIRED, Coverage


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far the required feeds reach together.

    Usage begins on `first_day`. `covered_until` is the first day that one of them does not cover: labels are mature as
    far as that. `settled` has, by feed, the latest date whose whole past it covers. `latest` is the latest date of a
    list; a silence that is ordinary for a feed does not move it back.
    """

    first_day: Day
    covered_until: Day
    settled: Mapping[str, Day]
    latest: Day

    @classmethod
    def of(cls, feeds: Mapping[str, Coverage], settle_days: int) -> "Reach":
        """The reach of feeds with this coverage; raises ContractError where a required one has no facts.

        The last `settle_days` days before a date are not looked at, so they needn't be covered.
        """
        silent = [name for name in REQUIRED if name not in feeds]
        if silent:
            fix = "give rows with a quantity above 0 in queries/usage.sql" if "usage" in silent else "give its rows"
            raise ContractError(f"nothing happens in {silent[0]}", where="data/tables", fix=fix)
        wait = np.timedelta64(settle_days, "D")
        covered = {name: feeds[name].covered_until for name in REQUIRED}
        # No list may be dated ahead of everything that is known, however long usage takes to settle.
        known_until = max(each.dated_until for each in feeds.values())
        return cls(
            first_day=feeds["usage"].first,
            covered_until=min(covered.values()),
            settled={name: until + wait for name, until in covered.items()},
            latest=min(min(feeds[name].dated_until for name in REQUIRED) + wait, known_until),
        )
