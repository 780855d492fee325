"""All that happened underneath, which behaviour is written from; and how rows by account number become a contract table."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from churnrisk.contract import TABLES
from churnrisk.simulator.state import Fate
from churnrisk.simulator.timeline import Flags, Ints, Reals, Timeline

Levels = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Past:
    """Spells, what became of them, and their engagement `levels` by week of `time.all_weeks`; `ids` of accounts by number."""

    spells: pd.DataFrame
    fate: Fate
    levels: Levels
    ids: list[str]
    time: Timeline

    @property
    def state(self) -> npt.NDArray[np.int8]:
        """State by spell and simulated week, -1 where the spell doesn't run."""
        return self.fate.state[:, self._simulated]

    @property
    def level(self) -> Levels:
        """Engagement by spell and simulated week."""
        return self.levels[:, self._simulated]

    @property
    def until(self) -> Ints:
        """First day without the account, or the first that is not simulated."""
        return np.minimum(self.fate.ends, self.time.days)

    def level_on(self, spell: Ints, day: Ints) -> Reals:
        """Engagement of some spells on a day each."""
        return self.levels[spell, self.time.column(day // 7)].astype(float)

    def during(self, spell: Ints, moment: Reals) -> Flags:
        """Which moments lie within their spell and the simulated weeks."""
        return (moment >= np.maximum(self.spells["opens"].to_numpy()[spell], 0)) & (moment < self.until[spell])

    def table(self, name: str, rows: pd.DataFrame) -> pd.DataFrame:
        """A contract table from rows with an `account` number and days: sorted, numbered, in the declared types.

        Rows and facts that become known only after the simulated weeks are left out.
        """
        table = TABLES[name]
        known = rows["known_at"] if "known_at" in rows else rows[table.occurs]
        rows = rows[np.where(np.isfinite(known), known, rows[table.occurs]) < self.time.days]
        rows = rows.sort_values([table.occurs, "account"], kind="stable", ignore_index=True)
        made: dict[str, object] = {"account_id": text(self.ids, rows["account"].to_numpy())}
        made |= {key: pd.Series([f"{key[0].upper()}{n:07d}" for n in range(1, len(rows) + 1)], dtype="str") for key in table.key}
        for column in table.columns:
            if column not in made:
                made[column] = self._typed(rows.get(column), table.kind(column), len(rows))
        return pd.DataFrame({column: made[column] for column in table.columns})

    def _typed(self, values: "pd.Series | None", kind: str, count: int) -> object:
        if values is None:
            values = pd.Series(np.full(count, np.inf if kind == "time" else np.nan))
        if kind == "time":
            return self.time.dates(values)
        return values.astype({"text": "str", "number": "float64", "flag": "bool"}[kind])

    @property
    def _simulated(self) -> slice:
        return slice(self.time.before, self.time.before + self.time.weeks)


def text(words: "list[str] | list[str | None] | tuple[str, ...]", codes: Ints) -> "pd.Series[str]":
    """Many rows of few words, without making a Python string for each."""
    taken = pa.array(words, pa.large_string()).take(pa.array(codes))
    return pd.Series(pd.StringDtype(storage="pyarrow", na_value=np.nan).__from_arrow__(taken))


def repeated(expected: npt.NDArray[np.floating], rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Spells and weeks of events drawn at an expected number by spell and week.

    >>> repeated(np.array([[0.0, 1000.0]]), np.random.default_rng(1))[1][:3]
    array([1, 1, 1])
    """
    times = rng.poisson(expected)
    spell, week = np.nonzero(times)
    times = times[spell, week]
    return np.repeat(spell, times), np.repeat(week, times)


def office_hours(week: Ints, rng: np.random.Generator) -> Reals:
    """A moment of a working day in each week, with parts of the day."""
    day = rng.choice(7, len(week), p=(0.2, 0.2, 0.19, 0.19, 0.16, 0.03, 0.03))
    return 7 * week + day + (8 + 10 * rng.beta(2, 2, len(week))) / 24
