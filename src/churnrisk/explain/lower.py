"""What would lower a risk: the smallest change of one or two values with which the model would see little of it.

The model knows what such accounts did, not what a change does: whatever is found is an association, and is said so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk import words
from churnrisk.facts.fact import Fact
from churnrisk.model.matrix import Numbers
from churnrisk.model.offsets import SEGMENT

SEED = 7
"""Of the draw of similar accounts, so that a rerun says the same."""

FEWEST_SIMILAR = 20
"""Accounts of its segment below which all accounts count as similar: the values of a handful are no range."""

_VALUES, _POOL, _DRAWN = 16, 10, 40
"""Values that are tried of a feature, features that are tried in pairs, and accounts that pairs of values are taken
from: some 3,500 rows together, which a model of the default size scores in well under a second."""

TIMES_MEAN = 2.0
"""The risk to come below, in means of all accounts: about where a list of a tenth of them begins in simulated
companies, so that the account would leave it."""

Probabilities = Callable[[pd.DataFrame], Numbers]


@dataclass(frozen=True)
class Change:
    """Values that a similar account has, by feature, beside those of the account, and the probability with them.

    `size` is how far they lie apart, in shares of all accounts of that date that lie between, added up.
    """

    values: Mapping[str, tuple[float, float]]
    probability: float
    size: float


def can_change(columns: Sequence[str], fact_of: Mapping[str, str], facts: Mapping[str, Fact]) -> list[str]:
    """The columns of facts that somebody can change; of one that is in no catalogue nobody can tell."""
    return [name for name in columns if (fact := facts.get(fact_of[name])) is not None and fact.changeable]


def lower(
    features: pd.DataFrame,
    account: str,
    probabilities: Probabilities,
    columns: Sequence[str],
    below: float,
    seed: int = SEED,
) -> Change | None:
    """The smallest change of `columns` that takes an account's probability `below`; None where there is none.

    `features` are those of all accounts of one date. One value is tried before two, and only values of accounts of the
    same segment; two come from one account, because not every pair occurs. Words and values that are not known stay.
    """
    numbers = [name for name in columns if name in features and pd.api.types.is_numeric_dtype(features[name])]
    at = int(np.flatnonzero(features["account_id"] == account)[0])
    numbers = [name for name in numbers if features[name].notna().to_numpy()[at]]
    others = _similar(features, at)
    single = [(name,) for name in numbers for _ in range(_VALUES)]
    values = np.concatenate([_tried(others[name]) for name in numbers]) if numbers else np.empty(0)
    tried = _tries(features, at, probabilities, single, values[:, None])
    best = _smallest(tried, below)
    if best is not None or not tried:
        return best
    pool = _strongest(tried)
    drawn = others[pool].iloc[_draw(len(others), seed)].to_numpy(float)
    pairs = [(one, other) for one, other in combinations(range(len(pool)), 2) for _ in range(len(drawn))]
    taken = [drawn[:, [one, other]] for one, other in combinations(range(len(pool)), 2)]
    if not taken:
        return None
    named = [(pool[one], pool[other]) for one, other in pairs]
    return _smallest(_tries(features, at, probabilities, named, np.concatenate(taken)), below)


def _similar(features: pd.DataFrame, at: int) -> pd.DataFrame:
    others: pd.DataFrame = features.drop(index=features.index[at])
    if SEGMENT not in features:
        return others
    same: pd.DataFrame = others[others[SEGMENT] == features[SEGMENT].iat[at]]
    return same if len(same) >= FEWEST_SIMILAR else others


def _tried(values: "pd.Series[float]") -> Numbers:
    """Values that occur, evenly spread over their order: (_VALUES,); NaN where none is known."""
    known = values.dropna().to_numpy(float)
    if not len(known):
        return np.full(_VALUES, np.nan)
    return np.asarray(np.quantile(known, np.linspace(0, 1, _VALUES), method="nearest"))


def _draw(count: int, seed: int) -> npt.NDArray[np.int64]:
    return np.sort(np.random.default_rng(seed).choice(count, min(_DRAWN, count), replace=False))


def _tries(
    features: pd.DataFrame, at: int, probabilities: Probabilities, names: Sequence[tuple[str, ...]], values: Numbers
) -> list[Change]:
    """The account with each of some sets of values, (tries, names a try); those that change nothing are left out."""
    own = features.iloc[at]
    known = np.flatnonzero(~np.isnan(values).any(axis=1))
    names, values = [names[int(each)] for each in known], values[known]
    if not names:
        return []
    rows = features.iloc[np.full(len(names), at)].reset_index(drop=True)
    changed: dict[str, Numbers] = {}
    for row, (each, given) in enumerate(zip(names, values, strict=True)):
        for name, value in zip(each, given, strict=True):
            changed.setdefault(name, np.full(len(names), float(own[name])))[row] = value
    given_probabilities = probabilities(rows.assign(**changed))
    ordered = {name: np.sort(features[name].dropna().to_numpy(float)) for name in changed}
    made = []
    for each, given, probability in zip(names, values, given_probabilities, strict=True):
        steps = {name: (float(own[name]), float(value)) for name, value in zip(each, given, strict=True)}
        if all(now != then for now, then in steps.values()):
            size = sum(_apart(ordered[name], now, then) for name, (now, then) in steps.items())
            made.append(Change(steps, float(probability), size))
    return made


def _apart(ordered: Numbers, now: float, then: float) -> float:
    """The share of accounts whose values lie from the one to the other.

    >>> _apart(np.array([1.0, 2, 3, 4]), 1.0, 3.0)
    0.5
    """
    low, high = min(now, then), max(now, then)
    return float(np.searchsorted(ordered, high, "left") - np.searchsorted(ordered, low, "left")) / len(ordered)


def _smallest(tried: Sequence[Change], below: float) -> Change | None:
    enough = [each for each in tried if each.probability < below]
    return min(enough, key=lambda each: (each.size, each.probability, tuple(each.values)), default=None)


def _strongest(tried: Sequence[Change]) -> list[str]:
    """The features that lower the probability most by themselves."""
    best: dict[str, float] = {}
    for each in tried:
        (name,) = each.values
        best[name] = min(best.get(name, 1.0), each.probability)
    return sorted(best, key=lambda name: (best[name], name))[:_POOL]


def said(change: Change | None, probability: float, below: float) -> str:
    """What was found, as a sentence that promises nothing.

    >>> said(Change({"active_days": (2.0, 11.0)}, 0.07, 0.3), 0.4, 0.12)
    'With active days at 11 instead of 2 the model would give it 7%, below the 12% that are twice the mean. That is how\
 similar accounts differ, and no promise of what a change would do.'
    >>> said(None, 0.05, 0.12)
    'It is below the 12% that are twice the mean already.'
    """
    bound = f"below the {words.percent(below)} that are twice the mean"
    if probability < below:
        return f"It is {bound} already."
    if change is None:
        return f"No one or two values that similar accounts have would bring it {bound}."
    steps = [
        f"{words.title(name).lower()} at {_figure(then)} instead of {_figure(now)}"
        for name, (now, then) in change.values.items()
    ]
    return (
        f"With {' and '.join(steps)} the model would give it {words.percent(change.probability)}, {bound}. That is how"
        " similar accounts differ, and no promise of what a change would do."
    )


def _figure(value: float) -> str:
    return words.number(value, ".0f" if value.is_integer() or abs(value) >= 1000 else ".3g")
