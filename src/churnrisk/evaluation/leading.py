"""Whether the reasons of a list can be believed: do they last from date to date, and do customers say the same?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.evaluation.judge import SEED
from churnrisk.evaluation.order import ranks
from churnrisk.facts.catalogue import FACTS
from churnrisk.metrics.metric import Numbers
from churnrisk.model.risk_model import RiskModel

MOST_LED = 3
"""Facts of an account that are compared: as many as a list tells."""

PERMUTATIONS = 1000
"""Of stated reasons: a share of chance is known to one or two hundredths by then."""

FEWEST_STATED = 20
"""Churns with a stated reason below which they are counted and not judged: the standard error of a share of a half
from 20 is 0.11."""

WHERE = "params.yaml, evaluate.stated_reasons"

Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Lasting:
    """How much of the leading facts of a listed account is the same on the next date: the mean over `pairs` of the
    facts in both over those in either. `by_lot` is the same between two accounts of one list, and `of_halves` between
    the two halves of the model's trees for one account, which were fitted with other seeds.
    """

    pairs: int
    overlap: float | None
    by_lot: float | None
    of_halves: float | None = None


@dataclass(frozen=True)
class Stated:
    """How often the leading fact before a churn is what the customer stated.

    It leads the facts that a reason can be about, because nobody states the date of a renewal, which leads most of
    those who leave.

    `churns` had a stated reason, `judged` one that `evaluate.stated_reasons` leads to facts. `matched` is a share of
    those, `by_chance` the same with reasons dealt out anew, and `chance_of_more` the share of deals that match as well
    or better. None where fewer than `FEWEST_STATED` are judged.
    """

    churns: int
    judged: int
    matched: float | None = None
    by_chance: float | None = None
    chance_of_more: float | None = None


@dataclass(frozen=True)
class Leading:
    """What was found of the reasons of a model."""

    lasting: Lasting
    stated: Stated

    def figures(self) -> dict[str, float]:
        """Those that are known, by name, for `dvc metrics`."""
        given = {
            "facts_overlap": self.lasting.overlap,
            "facts_overlap_by_lot": self.lasting.by_lot,
            "facts_overlap_of_halves": self.lasting.of_halves,
            "stated_matched": self.stated.matched,
            "stated_by_chance": self.stated.by_chance,
        }
        return {name: round(value, 6) for name, value in given.items() if value is not None}


def leading(
    judged: RiskModel,
    features: pd.DataFrame,
    backtest: pd.DataFrame,
    *,
    facts: Mapping[str, str],
    length: int,
    stated: pd.DataFrame,
    meaning: Mapping[str, Sequence[str]],
) -> Leading:
    """Both, on the rows of a test: `features` and `backtest` (`account_id`, `as_of`, `probability`, `label`,
    `churned_on`) are of the same rows, in the same order.

    `facts` has the fact of each feature, `length` is that of the list, `stated` has the ends of subscriptions
    (`account_id`, `ended_on`, `end_reason`), and `meaning` leads from words in a reason to facts. Raises ParamsError
    where `meaning` names a fact that is none.
    """
    require_facts(meaning, {*FACTS, *facts.values()})
    listed = (ranks(backtest) < length).to_numpy()
    last = _last_before_churn(backtest)
    some = np.flatnonzero(listed | last)
    weights = by_fact(judged.score(features.iloc[some]), facts)
    rows = backtest.iloc[some].reset_index(drop=True)
    return Leading(
        lasting=replace(
            lasting(weights[listed[some]], rows[listed[some]]), of_halves=of_halves(judged, features[listed], facts)
        ),
        stated=agreement(weights[last[some]], rows[last[some]], stated, meaning),
    )


def require_facts(meaning: Mapping[str, Sequence[str]], known: set[str]) -> None:
    """Raise ParamsError for a fact that is not `known`."""
    for words, named in meaning.items():
        unknown = [each for each in named if each not in known]
        if unknown:
            raise ParamsError(
                f"{words!r} leads to {unknown[0]!r}, which is no fact",
                where=WHERE,
                allowed=", ".join(sorted(known)),
                fix=did_you_mean(unknown[0], known) or "name one of these",
            )


def by_fact(scores: pd.DataFrame, facts: Mapping[str, str]) -> pd.DataFrame:
    """Contributions of the facts that can be told: a row an account and date, a column a fact, in order of name."""
    told = {f"shap_{name}": fact for name, fact in facts.items() if fact not in FACTS or FACTS[fact].actionable}
    values = scores[[name for name in scores if name in told]]
    summed: pd.DataFrame = values.T.groupby([told[str(name)] for name in values], sort=True).sum().T
    return summed.reset_index(drop=True)


def lasting(weights: pd.DataFrame, rows: pd.DataFrame) -> Lasting:
    """How long the leading facts last, from the `weights` of listed accounts; `rows` (`account_id`, `as_of`) beside.

    >>> weights = pd.DataFrame({"use": [0.9, 0.8, 0.1], "price": [0.1, 0.2, -0.1], "support": [-0.1, 0.3, 0.5]})
    >>> rows = pd.DataFrame({"account_id": list("aab"), "as_of": pd.to_datetime(["2025-01-06", *["2025-01-13"] * 2])})
    >>> lasting(weights, rows)
    Lasting(pairs=1, overlap=0.666667, by_lot=0.666667, of_halves=None)
    """
    led = leaders(weights)
    step = {each: place for place, each in enumerate(sorted(rows["as_of"].unique()))}
    at = rows["as_of"].map(step).to_numpy()
    place = {key: row for row, key in enumerate(zip(rows["account_id"], at, strict=True))}
    pairs = [(row, place[account, date + 1]) for (account, date), row in place.items() if (account, date + 1) in place]
    neighbours = pd.Series(np.arange(len(at))).groupby(at).shift().to_numpy(float)
    others = [(row, int(one)) for row, one in enumerate(neighbours) if one == one]
    return Lasting(len(pairs), _mean_overlap(led, pairs), _mean_overlap(led, others))


def of_halves(judged: RiskModel, features: pd.DataFrame, facts: Mapping[str, str]) -> float | None:
    """The mean overlap of the leading facts by each half of a model's trees; None without trees, or without rows."""
    halves = judged.halves()
    if halves is None or not len(features):
        return None
    led = np.concatenate([leaders(by_fact(half.score(features), facts)) for half in halves])
    return _mean_overlap(led, [(row, row + len(features)) for row in range(len(features))])


def leaders(weights: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which facts lead each row: the heaviest of those that raise its risk, at most `MOST_LED`."""
    values = weights.to_numpy(float)
    order = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray((order < MOST_LED) & (values > 0))


def _mean_overlap(led: npt.NDArray[np.bool_], pairs: Sequence[tuple[int, int]]) -> float | None:
    if not pairs:
        return None
    one, other = (led[[pair[side] for pair in pairs]] for side in (0, 1))
    both, either = (one & other).sum(axis=1), (one | other).sum(axis=1)
    # Two rows that nothing leads agree.
    return round(float(np.where(either, both / np.maximum(either, 1), 1.0).mean()), 6)


def _last_before_churn(backtest: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """The last row of each account before each of its churns."""
    churned = backtest["label"].eq(1)
    last = ~backtest[churned].duplicated(["account_id", "churned_on"], keep="last")
    return (churned & last.reindex(backtest.index, fill_value=False)).to_numpy()


def agreement(
    weights: pd.DataFrame, rows: pd.DataFrame, stated: pd.DataFrame, meaning: Mapping[str, Sequence[str]]
) -> Stated:
    """How often the leading fact of rows that churned (`account_id`, `churned_on`) is what was stated of that end."""
    ends = stated.dropna(subset=["end_reason"]).drop_duplicates(["account_id", "ended_on"])
    keyed = rows[["account_id", "churned_on"]].rename(columns={"churned_on": "ended_on"})
    said = keyed.merge(ends, on=["account_id", "ended_on"], how="left", validate="m:1")["end_reason"]
    meant = [facts_of(reason, meaning) for reason in said]
    known = np.flatnonzero([bool(each) for each in meant])
    if len(known) < FEWEST_STATED:
        return Stated(int(said.notna().sum()), len(known))
    about = {fact for facts in meaning.values() for fact in facts}
    names = [name for name in weights if name in about]
    lead = weights[names].to_numpy(float)[known].argmax(axis=1)
    hits = np.array([[name in meant[row] for name in names] for row in known])
    matched = float(hits[np.arange(len(lead)), lead].mean())
    dealt = _dealt(hits, lead)
    return Stated(
        churns=int(said.notna().sum()),
        judged=len(known),
        matched=matched,
        by_chance=float(dealt.mean()),
        # The deal that happened is one of all, so the share is never nothing.
        chance_of_more=float((1 + (dealt >= matched - 1e-12).sum()) / (1 + PERMUTATIONS)),
    )


def _dealt(hits: npt.NDArray[np.bool_], lead: npt.NDArray[np.int64]) -> Numbers:
    """The share of matches with the stated reasons in another order, once a permutation."""
    rng = np.random.default_rng(SEED)
    return np.array([hits[rng.permutation(len(lead)), lead].mean() for _ in range(PERMUTATIONS)])


def facts_of(reason: object, meaning: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The facts that a stated reason is about: those of every word or words that it has in it.

    >>> sorted(facts_of("Too expensive, and many bugs", {"expensive": ["price"], "bug": ["support"], "slow": ["use"]}))
    ['price', 'support']
    """
    if not isinstance(reason, str):
        return frozenset()
    return frozenset(
        fact for words, facts in meaning.items() if words.casefold() in reason.casefold() for fact in facts
    )
