"""What a model learned from looked like, column by column, so that a later week can be compared with it.

It is a part of the bundle and has shares of bins and no row of any account: a scheduled run, which has no training
data, can still tell whether the accounts of today are like those that the model knows.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.metrics.stability import mean_by_chance, stability
from churnrisk.model.matrix import Numbers
from churnrisk.store.columns import KEYS

BINS = 10
"""Tenths, as the stability index is commonly computed: its thresholds are those of ten bins."""

MOST_WORDS = 20
"""Words of a column that have a bin of their own, the most frequent; all others share one."""

MOST_DATES = 26
"""Dates of training, spread evenly, that are compared with the rest: half a year of weeks."""

_DIGITS = 6


@dataclass(frozen=True)
class Spread:
    """How the values of a column are spread: `shares` of its bins among known values, and the share that is `missing`.

    Bins are those of `words`, with one more for all others; or those up to each of `edges`, with one more above the
    last. `usual` is by how much the stability index of one date of training against all of them is above its mean by
    chance, at most: what grows with the calendar, or differs by season, moves as much in ordinary times.
    """

    name: str
    shares: tuple[float, ...]
    missing: float
    usual: float
    edges: tuple[float, ...] = ()
    words: tuple[str, ...] = ()

    def counts(self, values: "pd.Series[Any]") -> Numbers:
        """How many known values fall into each bin: (bins,)."""
        return _counts(values, self.edges, self.words)


@dataclass(frozen=True)
class Population:
    """The spread of every feature in the rows that were learned from, and that of the model's probabilities.

    `scores` is of the snapshots after those, up to the date before the list, whose labels were not mature when it was
    trained: what a model says of rows that it learned from is more extreme than anything later, and the test was scored
    by another model. It is None where there are none. `accounts` and `scored` count the accounts behind the two.
    """

    rows: int
    dates: int
    accounts: int
    scored: int
    mean_probability: float
    features: tuple[Spread, ...]
    scores: Spread | None

    @classmethod
    def of(cls, features: pd.DataFrame, scored: pd.DataFrame) -> "Population":
        """The population of rows of features (`account_id`, `as_of`, features), and of predictions for later ones
        (`account_id`, `as_of`, `probability`).
        """
        names = [str(name) for name in features if name not in KEYS]
        return cls(
            rows=len(features),
            dates=int(features["as_of"].nunique()),
            accounts=int(features["account_id"].nunique()),
            scored=int(scored["account_id"].nunique()),
            mean_probability=0.0 if scored.empty else round(float(scored["probability"].mean()), _DIGITS),
            features=tuple(spread(features[name], features["as_of"]) for name in names),
            scores=None if scored.empty else spread(scored["probability"], scored["as_of"]),
        )

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=1, allow_nan=False) + "\n"

    @classmethod
    def loads(cls, text: str) -> "Population":
        """What `dumps` wrote; raises ValueError, KeyError or TypeError where a text is something else."""
        content = json.loads(text)
        features = tuple(_spread_of(each) for each in content.pop("features"))
        scores = content.pop("scores")
        return cls(features=features, scores=None if scores is None else _spread_of(scores), **content)


def spread(values: "pd.Series[Any]", as_of: "pd.Series[Any]") -> Spread:
    """The spread of a column of many dates, row by row.

    >>> made = spread(pd.Series([1.0, 1, 2, np.nan]), pd.Series(pd.to_datetime(["2025-01-06"] * 4)))
    >>> made.edges, made.shares, made.missing
    ((1.0,), (0.666667, 0.333333), 0.25)
    """
    known = values.dropna()
    numeric = pd.api.types.is_numeric_dtype(values)
    edges = _edges(known.to_numpy(float)) if numeric else ()
    words = () if numeric else tuple(sorted(map(str, known.value_counts().head(MOST_WORDS).index)))
    counts = _counts(values, edges, words)
    return Spread(
        name=str(values.name),
        shares=tuple(round(float(each), _DIGITS) for each in counts / max(len(known), 1)),
        missing=round(float(values.isna().mean()), _DIGITS),
        usual=_usual(values, as_of, counts, edges, words),
        edges=edges,
        words=words,
    )


def _edges(known: Numbers) -> tuple[float, ...]:
    """The values up to which each bin but the last reaches, from the values themselves, so that ties stay together."""
    known = known[np.isfinite(known)]
    if not len(known):
        return ()
    inner = np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1], method="inverted_cdf")
    # What reaches up to the largest value would leave the last bin empty.
    return tuple(float(each) for each in np.unique(inner[inner < known.max()]))


def _counts(values: "pd.Series[Any]", edges: tuple[float, ...], words: tuple[str, ...]) -> Numbers:
    return _counted(_bins(values.dropna(), edges, words), edges, words)


def _bins(known: "pd.Series[Any]", edges: tuple[float, ...], words: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """The bin of each value: (rows,)."""
    if pd.api.types.is_numeric_dtype(known):
        return np.searchsorted(edges, known.to_numpy(float))
    codes = pd.Categorical(known, categories=list(words)).codes
    return np.where(codes < 0, len(words), codes).astype(np.intp)


def _counted(bins: npt.NDArray[np.intp], edges: tuple[float, ...], words: tuple[str, ...]) -> Numbers:
    return np.bincount(bins, minlength=len(edges or words) + 1).astype(float)


def _usual(
    values: "pd.Series[Any]", as_of: "pd.Series[Any]", counts: Numbers, edges: tuple[float, ...], words: tuple[str, ...]
) -> float:
    dates, known = as_of.to_numpy(), values.notna().to_numpy()
    every = np.unique(dates)
    some = every[np.unique(np.linspace(0, len(every) - 1, MOST_DATES).astype(int))] if len(every) else every
    # Once for all dates: to look for the bins of each date anew took a third of the stage `evaluate`.
    bins, dates = _bins(values[known], edges, words), dates[known]
    each = [_counted(bins[dates == date], edges, words) for date in some]
    above = [stability(counts, one) - mean_by_chance(len(one), counts.sum(), one.sum()) for one in each if one.any()]
    return round(max([*above, 0.0]), _DIGITS)


def _spread_of(content: dict[str, Any]) -> Spread:
    of_bins: dict[str, Any] = {name: tuple(content.pop(name)) for name in ("shares", "edges", "words")}
    return Spread(**of_bins, **content)
