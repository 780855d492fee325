"""What customers do again and again, such as buying: the n-th time as a step, and which events are activity at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

TIMES = (2, 3, 5, 10)
"""Repetitions that a step is looked for at. The second purchase, order or visit is the one that most businesses watch;
beyond ten, hardly any newcomer gets there in the days in which a milestone should be reached."""

REACHED = (0.2, 0.9)
"""Shares of newcomers between which a repetition is a step: fewer leave the feature nearly empty, more leave nobody to
tell from the others."""

AGAINST = r"return|refund|cancel|complain|unsubscri|uninstall|delet|error|fail|bounce|chargeback"
"""Words in the name of an event that a customer does, or meets, on the way out; it is no sign of life."""

SAME_DAYS = 0.99
"""Share of its days on which another event occurs too, from which an event says nothing of its own about activity: the
lines of an order are bought on the days of orders. A hundredth is left for faults of the source."""

_NTH = """
    WITH done AS (
        SELECT account_id, event, day::DATE AS day,
               sum(quantity) OVER (PARTITION BY account_id, event ORDER BY day) AS done
        FROM read_parquet($files)
    ), starts AS (
        SELECT account_id, min(started_on)::DATE AS started_on FROM subscriptions GROUP BY ALL
    ), reached AS (
        SELECT account_id, event, times, min(day) AS on_day
        FROM done, unnest($times) AS wanted(times) WHERE done >= times GROUP BY ALL
    )
    SELECT event, times::INT AS times, count(*) AS reached,
           quantile_cont(on_day - started_on, 0.75) AS target_days
    FROM reached JOIN starts USING (account_id)
    WHERE started_on BETWEEN $begins AND $lasts::DATE - $observed
      AND on_day BETWEEN started_on AND started_on + $observed::INT
    GROUP BY ALL ORDER BY event, times
"""

_TOGETHER = """
    WITH days AS (SELECT account_id, day, event, sum(quantity) AS quantity FROM read_parquet($files) GROUP BY ALL)
    SELECT one.event, other.event AS beside, count(*) AS days, sum(one.quantity) AS quantity
    FROM days AS one JOIN days AS other USING (account_id, day) GROUP BY ALL
"""


def nth_times(connection: duckdb.DuckDBPyConnection, settings: dict[str, object]) -> pd.DataFrame:
    """How many newcomers did an event for the n-th time in their first days, and within how many days 75 % of them.

    One row an event and n of `TIMES`: `event`, `times`, `reached`, `target_days`. `settings` has `files` of the daily
    rollup, the days `begins` and `lasts`, and `observed`; the connection knows `subscriptions`.
    """
    return connection.execute(_NTH, settings | {"times": list(TIMES)}).df()


@dataclass(frozen=True)
class Together:
    """On how many days of accounts both events of a pair occurred, and how much there was of each event."""

    days: dict[tuple[str, str], int]
    quantity: dict[str, float]


def together(connection: duckdb.DuckDBPyConnection, files: str) -> Together:
    """How often events occur on the same days of the same accounts."""
    pairs = connection.execute(_TOGETHER, {"files": files}).fetchall()
    return Together(
        days={(event, beside): days for event, beside, days, _ in pairs},
        quantity={event: quantity for event, beside, _, quantity in pairs if event == beside},
    )


def activity(events: Sequence[str], days: Together) -> list[str]:
    """Those of the events that are activity; none where all of them are.

    Left out is what is done on the way out, and what happens on the days of another event anyway, of which the one
    that counts less is kept: an order, not its lines.

    >>> days = {("order", "order"): 9, ("line", "line"): 9, ("line", "order"): 9, ("return", "return"): 3}
    >>> activity(["line", "order", "return"], Together(days, {"order": 9.0, "line": 40.0, "return": 3.0}))
    ['order']
    """
    alive = [each for each in events if not against(each)]
    kept: list[str] = []
    for each in sorted(alive, key=lambda each: (-days.days[each, each], days.quantity[each], each)):
        if not any(days.days.get((each, other), 0) >= SAME_DAYS * days.days[each, each] for other in kept):
            kept.append(each)
    return [] if len(kept) == len(events) else kept


def against(event: str) -> bool:
    """Is an event, by its name, one on the way out?"""
    return re.search(rf"(?<![a-z])(?:{AGAINST})", event, re.I) is not None
