"""What really happened to every account, from which its behaviour is drawn; and how rows become a contract table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from churnrisk.contract import TABLES
from churnrisk.contract.table import PANDAS_TYPES
from churnrisk.simulator.state import Fate
from churnrisk.simulator.timeline import Flags, Ints, Reals, Timeline

Levels = npt.NDArray[np.float32]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Lives:
    """Spells, their fate, engagement `levels` by spell and week of `time.all_weeks`; `ids` of accounts by number."""

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
        """The first day without the account, or the first that is not simulated, whichever comes first."""
        return np.minimum(self.fate.ends, self.time.days)

    def of(self, trait: str) -> npt.NDArray[Any]:
        """A trait of every spell."""
        return self.spells[trait].to_numpy()

    def level_on(self, spell: Ints, day: Ints) -> Reals:
        """Engagement of some spells on a day each."""
        return np.asarray(self.levels[spell, self.time.column(day // 7)], np.float64)

    def during(self, spell: Ints, moment: Reals) -> Flags:
        """Which moments lie within their spell and the simulated weeks."""
        return np.asarray((moment >= np.maximum(self.of("opens")[spell], 0)) & (moment < self.until[spell]))

    def table(self, name: str, rows: pd.DataFrame) -> pd.DataFrame:
        """A contract table from rows with an `account` number and days: sorted, numbered, in the declared types.

        Rows that become known only after the life are left out; columns that `rows` lacks are empty, or have
        the contract's default.
        """
        table = TABLES[name]
        defaults = {name: column.metadata["default"] for name, column in table.columns.items()}
        usual = {name: value for name, value in defaults.items() if value is not None and name not in rows}
        rows = rows.assign(**usual).reindex(columns=["account", *table.columns])
        known = rows["known_at"].where(np.isfinite(rows["known_at"]), rows[table.occurs])
        rows = rows[known < self.time.days].sort_values([table.occurs, "account"], kind="stable", ignore_index=True)
        made = {"account_id": text(self.ids, rows["account"].to_numpy())}
        made |= {key: _numbered(key, len(rows)) for key in table.key}
        return pd.DataFrame(
            {
                column: made[column] if column in made else self._typed(rows[column], table.kind(column))
                for column in table.columns
            }
        )

    def _typed(self, values: pd.Series, kind: str) -> pd.Series:
        if kind == "time":
            values = pd.Series(self.time.dates(values))
        return pd.Series(values, dtype=PANDAS_TYPES[kind])

    @property
    def _simulated(self) -> slice:
        return slice(self.time.before, self.time.before + self.time.weeks)


def _numbered(key: str, count: int) -> "pd.Series[str]":
    """Ids that begin with the first letter of their name."""
    return pd.Series([f"{key[0].upper()}{number:07d}" for number in range(1, count + 1)], dtype="str")


def text(words: Sequence[str | None], codes: Ints) -> "pd.Series[str]":
    """Many rows of few words, without making a Python string for each.

    >>> text(["yes", "no", None], np.array([1, 2, 1])).tolist()
    ['no', nan, 'no']
    """
    taken: Any = pa.array(words, pa.large_string()).take(pa.array(codes, pa.int64()))
    return pd.Series(taken, dtype="str")


def repeated(expected: npt.NDArray[np.floating], rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Spell and week of each event, drawn from the number expected by spell and week.

    >>> spell, week = repeated(np.array([[0.0, 1000.0]]), np.random.default_rng(1))
    >>> set(spell.tolist()), set(week.tolist())
    ({0}, {1})
    """
    times = rng.poisson(expected)
    spell, week = np.nonzero(times)
    often = times[spell, week]
    return np.repeat(spell, often), np.repeat(week, often)


def office_hours(week: Ints, rng: np.random.Generator) -> Reals:
    """A moment in each of the weeks, in days and parts of days: mostly on a working day, between 8 and 18 o'clock."""
    day = rng.choice(7, len(week), p=(0.2, 0.2, 0.19, 0.19, 0.16, 0.03, 0.03))
    moment: Reals = 7 * week + day + (8 + 10 * rng.beta(2, 2, len(week))) / 24
    return moment
