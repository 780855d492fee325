"""The whole study: every feature in groups, for all accounts and the most valuable, and the two views by cohort."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.behaviours.cohorts import Cohorts, cohorts
from churnrisk.behaviours.groups import Group, grouped
from churnrisk.behaviours.rates import Apart, Counts, Rate, apart, count, rate, rates
from churnrisk.behaviours.reading import VALUE, Mature, described, read_mature
from churnrisk.behaviours.wording import Phrase
from churnrisk.clock import day
from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace, read_json

PER_THEME = 2
MOST_TOLD = 12
"""Features in the summary, and of each theme: those of one theme tell much the same."""

FEW_ACCOUNTS = 30
"""A group of fewer accounts is not held up as an example, and does not set the scale of a drawing."""

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Bar:
    """One group of a feature's values: churn of `all` accounts and of the `valuable` ones (None: nobody is)."""

    group: Group
    all: Rate
    valuable: Rate | None

    @property
    def told(self) -> Rate:
        """Churn of the accounts that the summary speaks of."""
        return self.valuable or self.all


@dataclass(frozen=True)
class View:
    """One feature. `apart` is how far its groups are apart among all accounts, `valuable_apart` among the valuable.

    `loyal` is the fact that states the middle value of the valuable accounts that stayed (of all that stayed, where
    nobody stands out by value), `leavers` the same of those that left.
    """

    name: str
    theme: str
    unit: str
    meaning: str
    bars: tuple[Bar, ...]
    apart: Apart
    valuable_apart: Apart | None
    loyal: str
    leavers: str

    @property
    def told(self) -> Apart:
        """How far apart its groups are among the accounts that the summary speaks of."""
        return self.valuable_apart or self.apart

    def extreme(self, *, most: bool) -> tuple[Group, Rate]:
        """The group of which fewest or most of those accounts left; one of a few accounts only where all are so."""
        known = [(bar.group, bar.told) for bar in self.bars if bar.told.rate is not None]
        enough = [each for each in known if each[1].accounts >= FEW_ACCOUNTS] or known
        return (max if most else min)(enough, key=lambda each: each[1].rate or 0.0)


@dataclass(frozen=True)
class About:
    """What the study looked at: snapshots from `first` to `last`, and who left in the label window after each.

    `of` is how many features there are, of which `features` may show fewer.
    """

    first: str
    last: str
    lead_days: int
    horizon_days: int
    valuable_share: float
    all: Rate
    valuable: Rate | None
    of: int


@dataclass(frozen=True)
class Study:
    """Everything that the page, the file and the console show; `summary` names the features that tell most."""

    about: About
    summary: tuple[str, ...]
    features: tuple[View, ...]
    cohorts: Cohorts

    @property
    def told(self) -> list[View]:
        """The features of the summary."""
        by_name = {view.name: view for view in self.features}
        return [by_name[name] for name in self.summary]


@dataclass(frozen=True)
class _Population:
    rows: Mature
    valuable: Rows | None

    def with_outcome(self, left: int) -> Rows:
        same = np.asarray(self.rows.left == left)
        return same if self.valuable is None else same & self.valuable

    def counts(self, code: npt.NDArray[np.int64], groups: int, chosen: Rows | None = None) -> Counts:
        rows = slice(None) if chosen is None else chosen
        return count(self.rows.account[rows], code[rows], self.rows.left[rows], self.rows.accounts, groups)


def study(workspace: Workspace, params: Params, names: Collection[str] = (), valuable: float = 0.2) -> Study:
    """Features by name, all unless told which; `valuable` is the share of accounts that are the most valuable.

    Raises ParamsError for a feature that there is not, ModelError where no label is mature.
    """
    features = described(workspace)
    _require(names, [each["name"] for each in features])
    rows = read_mature(workspace, params.churn.horizon_days)
    offers_value = VALUE in {each["name"] for each in features}
    people = _Population(rows, rows.valuable(valuable) if offers_value else None)
    shown = [each for each in features if not names or each["name"] in names]
    views = tuple(_view(each, people, params.risk_list.currency) for each in shown)
    until = day(read_json(workspace.snapshots / "as_of.json")["covered_until"])
    about = _about(people, params, valuable, len(features))
    return Study(about, summary(views), views, cohorts(workspace, params, until))


def summary(views: Sequence[View]) -> tuple[str, ...]:
    """The features whose safest and riskiest fifths are surely apart, those first that are apart by most at least."""
    told: list[View] = []
    for view in sorted(views, key=lambda each: (-each.told.surely, each.name)):
        if view.told.surely > 0 and sum(each.theme == view.theme for each in told) < PER_THEME:
            told.append(view)
    return tuple(view.name for view in told[:MOST_TOLD])


def _require(names: Collection[str], there: list[str]) -> None:
    for name in names:
        if name not in there:
            raise ParamsError(
                f"no feature is named {name!r}",
                where="--feature",
                fix=did_you_mean(name, there) or "see their names in data/features/features.json",
            )


def _view(described: dict[str, str], people: _Population, currency: str) -> View:
    phrase = Phrase.of(described, currency)
    values = people.rows.column(described["name"])
    made = grouped(values, phrase)
    everybody = people.counts(made.code, len(made.groups))
    best = None if people.valuable is None else people.counts(made.code, len(made.groups), people.valuable)
    best_rates = [None] * len(made.groups) if best is None else rates(best)
    return View(
        name=described["name"],
        theme=described["theme"],
        unit=described["unit"],
        meaning=described["meaning"],
        bars=tuple(map(Bar, made.groups, rates(everybody), best_rates)),
        apart=apart(everybody),
        valuable_apart=None if best is None else apart(best),
        loyal=phrase.sentence(middle(values[people.with_outcome(0)])),
        leavers=phrase.sentence(middle(values[people.with_outcome(1)])),
    )


def middle(values: "pd.Series[float]") -> float | str | None:
    """The middle value, or the most common word; None where more than half have none.

    >>> middle(pd.Series([1.0, 2, 9, None])), middle(pd.Series(["a", "b", "b"])), middle(pd.Series([1.0, None, None]))
    (2.0, 'b', None)
    """
    known = values.dropna()
    if 2 * len(known) < len(values) or known.empty:
        return None
    if pd.api.types.is_numeric_dtype(known):
        return float(known.quantile(0.5, interpolation="lower"))
    return str(known.value_counts().sort_index().idxmax())


def _about(people: _Population, params: Params, share: float, features: int) -> About:
    first, last = people.rows.span
    one = np.zeros(len(people.rows.place), np.int64)
    best = None if people.valuable is None else people.counts(one, 1, people.valuable)
    whole = people.counts(one, 1)
    return About(
        first=str(first),
        last=str(last),
        lead_days=params.churn.lead_days,
        horizon_days=params.churn.horizon_days,
        valuable_share=share,
        all=rate(whole.snapshots[:, 0], whole.left[:, 0]),
        valuable=None if best is None else rate(best.snapshots[:, 0], best.left[:, 0]),
        of=features,
    )
