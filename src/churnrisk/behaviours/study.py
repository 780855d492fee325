"""The whole study: every feature in groups, for all accounts and the most valuable, and the two views by cohort."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.behaviours.apart import Apart, apart
from churnrisk.behaviours.cohorts import Cohorts, cohorts
from churnrisk.behaviours.groups import Group, grouped
from churnrisk.behaviours.many import FALSE_SHARE, LOOKS_APART, adjusted
from churnrisk.behaviours.rates import Counts, Rate, count, rates
from churnrisk.behaviours.reading import VALUE, Mature, read_described, read_mature
from churnrisk.behaviours.wording import Wording
from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.feeds.list_date import covered_until
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace

PER_FACT = 2
"""Most features of one fact in the summary, because features of a fact tell much the same."""

MOST_IN_SUMMARY = 12
"""Most features in the summary; below it the page has all of them, by fact."""

FEW_ACCOUNTS = 30
"""A group of fewer accounts is no example in the summary, and does not set the scale of the bars: if one account of 29
churns, the rate is up by 3 points."""

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Bar:
    """One group of a feature's values, with the churn of `all` accounts and of the `valuable` ones.

    `valuable` is None where no account stands out by value.
    """

    group: Group
    all: Rate
    valuable: Rate | None

    @property
    def main_rate(self) -> Rate:
        """Churn of the accounts that the summary is about: the valuable ones where there are any, else all."""
        return self.valuable or self.all


@dataclass(frozen=True, kw_only=True)
class View:
    """One feature. `apart` is how far apart its groups are among all accounts, `valuable_apart` among valuable ones.

    `loyal` is the fact that states the middle value of the valuable accounts that stayed, `leavers` the same for those
    that churned. Where no account stands out by value, both are over all accounts. `adjusted_p` is the p-value of
    `main_apart`, adjusted for all the features looked at.
    """

    name: str
    fact: str
    unit: str
    meaning: str
    bars: tuple[Bar, ...]
    apart: Apart
    valuable_apart: Apart | None
    loyal: str
    leavers: str
    adjusted_p: float

    @property
    def stands_out(self) -> bool:
        """Whether its groups are apart by more than luck does among so many features."""
        return self.adjusted_p <= FALSE_SHARE

    @property
    def main_apart(self) -> Apart:
        """How far apart its groups are, among the accounts that the summary is about."""
        return self.valuable_apart or self.apart

    def extreme(self, *, most: bool) -> tuple[Group, Rate]:
        """The group with the lowest or the highest churn of those accounts; groups of few accounts don't count, unless
        there are no others."""
        known = [(bar.group, bar.main_rate) for bar in self.bars if bar.main_rate.rate is not None]
        enough = [each for each in known if each[1].accounts >= FEW_ACCOUNTS] or known
        return (max if most else min)(enough, key=lambda each: each[1].rate or 0.0)


@dataclass(frozen=True, kw_only=True)
class About:
    """What the study looked at: snapshots from `first` to `last`, and who churned in the label window after each.

    `of` is how many features were looked at, `by_luck` how many of them may look apart by luck alone, and `remain` how
    many stand out when that is taken into account; the study may show fewer.
    """

    first: str
    last: str
    lead_days: int
    horizon_days: int
    valuable_share: float
    all: Rate
    valuable: Rate | None
    of: int
    by_luck: int
    remain: int


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything that the page, the file and the console show; `summary` names the features that tell most."""

    about: About
    summary: tuple[str, ...]
    features: tuple[View, ...]
    cohorts: Cohorts

    @property
    def summarised(self) -> list[View]:
        """The features of the summary."""
        by_name = {view.name: view for view in self.features}
        return [by_name[name] for name in self.summary]


@dataclass(frozen=True)
class _Population:
    """The snapshots, and which of them are of valuable accounts (None: no account stands out)."""

    mature: Mature
    valuable: Rows | None

    def with_outcome(self, churned: int) -> Rows:
        """Which snapshots had this label, among the accounts that the summary is about."""
        same = np.asarray(self.mature.churned == churned)
        return same if self.valuable is None else same & self.valuable

    def counts(self, code: npt.NDArray[np.int64], groups: int, chosen: Rows | None = None) -> Counts:
        """Snapshots and churns by account and group, of the `chosen` snapshots or of all."""
        rows = slice(None) if chosen is None else chosen
        mature = self.mature
        return count(mature.account[rows], code[rows], mature.churned[rows], accounts=mature.accounts, groups=groups)


def study(workspace: Workspace, params: Params, names: Collection[str] = (), valuable: float = 0.2) -> Study:
    """The study of the features named, or of all of them; `valuable` is the share of accounts that are most valuable.

    Raises ParamsError where there is no feature of that name, ModelError where no label is mature.
    """
    features = read_described(workspace)
    _require(names, [each["name"] for each in features])
    mature = read_mature(workspace, params.churn.horizon_days)
    offers_value = VALUE in {each["name"] for each in features}
    population = _Population(mature, mature.valuable(valuable) if offers_value else None)
    # All are looked at, whichever are shown: what one of them says would else depend on who asked.
    everything = judged([_view(each, population, params.risk_list.currency) for each in features])
    views = tuple(view for view in everything if not names or view.name in names)
    until = covered_until(workspace)
    return Study(
        about=_about(population, params, valuable, everything),
        summary=summary(views),
        features=views,
        cohorts=cohorts(workspace, params, until),
    )


def judged(views: Sequence[View]) -> list[View]:
    """The same features with their p-values adjusted for how many they are."""
    values = adjusted([view.main_apart.p_value for view in views])
    return [replace(view, adjusted_p=each) for view, each in zip(views, values, strict=True)]


def summary(views: Sequence[View]) -> tuple[str, ...]:
    """The features that stand out among all that were looked at, those that are surely furthest apart first."""
    chosen: list[View] = []
    for view in sorted(views, key=lambda each: (-each.main_apart.surely, each.name)):
        if view.stands_out and view.main_apart.surely > 0 and sum(each.fact == view.fact for each in chosen) < PER_FACT:
            chosen.append(view)
    return tuple(view.name for view in chosen[:MOST_IN_SUMMARY])


def _require(names: Collection[str], there: list[str]) -> None:
    unknown = [name for name in names if name not in there]
    if unknown:
        raise ParamsError(
            f"no feature is named {unknown[0]!r}",
            where="--feature",
            fix=did_you_mean(unknown[0], there) or "see their names in data/features/features.json",
        )


def _view(described: dict[str, str], population: _Population, currency: str) -> View:
    wording = Wording.of(described, currency)
    values = population.mature.column(described["name"])
    made = grouped(values, wording)
    everybody = population.counts(made.code, len(made.groups))
    best = None
    if population.valuable is not None:
        best = population.counts(made.code, len(made.groups), population.valuable)
    best_rates = [None] * len(made.groups) if best is None else rates(best)
    return View(
        name=described["name"],
        fact=described["fact"],
        unit=described["unit"],
        meaning=described["meaning"],
        bars=tuple(map(Bar, made.groups, rates(everybody), best_rates)),
        apart=apart(everybody),
        valuable_apart=None if best is None else apart(best),
        loyal=wording.sentence(middle(values[population.with_outcome(0)])),
        leavers=wording.sentence(middle(values[population.with_outcome(1)])),
        adjusted_p=1.0,
    )


def middle(values: "pd.Series[float]") -> float | str | None:
    """The middle value, or the most common category; None where more than half of the values are missing.

    >>> middle(pd.Series([1.0, 2, 9, None])), middle(pd.Series(["a", "b", "b"])), middle(pd.Series([1.0, None, None]))
    (2.0, 'b', None)
    """
    known = values.dropna()
    if 2 * len(known) < len(values) or known.empty:
        return None
    if pd.api.types.is_numeric_dtype(known):
        return float(known.quantile(0.5, interpolation="lower"))
    return str(known.value_counts().sort_index().idxmax())


def _about(population: _Population, params: Params, share: float, views: Sequence[View]) -> About:
    first, last = population.mature.span
    one_group = np.zeros(len(population.mature.index), np.int64)
    (everybody,) = rates(population.counts(one_group, 1))
    best = None
    if population.valuable is not None:
        (best,) = rates(population.counts(one_group, 1, population.valuable))
    return About(
        first=str(first),
        last=str(last),
        lead_days=params.churn.lead_days,
        horizon_days=params.churn.horizon_days,
        valuable_share=share,
        all=everybody,
        valuable=best,
        of=len(views),
        by_luck=ceil(LOOKS_APART * len(views)),
        remain=sum(view.stands_out for view in views),
    )
