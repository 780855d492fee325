"""Each feature by itself: does it, or whether it has a value at all, tell who churns?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.doctor.counts import FOLDS, Codes, auc, auc_by_rate, codes, count
from churnrisk.doctor.finding import Finding
from churnrisk.model.matrix import Numbers
from churnrisk.store.columns import KEYS

TOO_GOOD = 0.9
"""AUC of one feature from which it is taken for a leak. The strongest honest ones of the simulated company and of the
Open University have 0.74 and 0.72; a whole model of some 90 of them has 0.83 and 0.79."""

TELLING = 0.8
"""AUC of a value's being there from which it is taken for a leak; the strongest honest one that was seen has 0.63."""

CERTAIN = 0.95
"""Share that churns, among rows that have a value or lack it, that is not a coincidence where at most half churn."""

FEWEST = 20
"""Accounts that churn below which a feature is not judged: an AUC of 0.9 is then luck too often."""

WHEN = {"in window": "in the label window", "ever": "at any later time"}


@dataclass(frozen=True)
class Single:
    """One feature against one outcome.

    `value` is the AUC of the value or of the rates of its own groups, whichever is better, among rows that have one;
    `there` is that of having a value; `rate_there` and `rate_missing` are the shares that churn with and without one,
    `rate` that of all. NaN: too few accounts to say.
    """

    feature: str
    outcome: str
    value: float
    there: float
    rate_there: float
    rate_missing: float
    rate: float


def univariate(features: pd.DataFrame, outcomes: pd.DataFrame, alike: "pd.Series[int] | None" = None) -> list[Single]:
    """Every feature against every outcome, row by row the same.

    Only accounts of the same date are compared, and where `alike` is given, those of them that have the same number.
    """
    group, account = _groups(features["as_of"], alike), pd.factorize(features["account_id"])[0]
    coded = {str(name): codes(features[name]) for name in features if name not in KEYS}
    against = [(str(name), outcomes[name].to_numpy(float)) for name in outcomes]
    return [each for name, churned in against for each in _against(name, churned, coded, group, account)]


def _groups(dates: "pd.Series[pd.Timestamp]", alike: "pd.Series[int] | None") -> Codes:
    """The number of the group that each row is compared in, from 0."""
    date = pd.factorize(dates)[0]
    if alike is None:
        return date
    return pd.factorize(date * (int(alike.max()) + 1) + alike.to_numpy())[0]


def _against(
    outcome: str, churned: Numbers, coded: dict[str, tuple[Codes, int]], group: Codes, account: Codes
) -> Iterator[Single]:
    known = ~np.isnan(churned)
    churned, group, account = churned[known], group[known], account[known]
    if _accounts(account, churned == 1) < FEWEST or _accounts(account, churned == 0) < FEWEST:
        return
    for name, (code, size) in coded.items():
        rows = _Rows(group=group, account=account, code=code[known], churned=churned, size=size)
        yield _single(name, outcome, rows)


@dataclass(frozen=True)
class _Rows:
    """Rows of one feature, compared within a `group`; the last of `size` codes is 'missing'."""

    group: Codes
    account: Codes
    code: Codes
    churned: Numbers
    size: int


def _single(name: str, outcome: str, rows: _Rows) -> Single:
    groups = int(rows.group.max()) + 1
    flat = count(rows.group * FOLDS + rows.account % FOLDS, rows.code, rows.churned, rows.size, groups * FOLDS)
    folded = flat.reshape(groups, FOLDS, rows.size, 2)
    counts = folded.sum(axis=1)
    here, lacking = counts[:, :-1], counts[:, -1:]
    there = rows.code < rows.size - 1
    paired = there & (here.sum(axis=1) > 0).all(axis=1)[rows.group]
    both = min(_accounts(rows.account, paired & (rows.churned == each)) for each in (0, 1))
    return Single(
        feature=name,
        outcome=outcome,
        value=max(_either_way(auc(here)), auc_by_rate(folded[:, :, :-1])) if both >= FEWEST else np.nan,
        there=_either_way(auc(np.concatenate([lacking, here.sum(axis=1, keepdims=True)], axis=1))),
        rate_there=_rate(here) if _accounts(rows.account, there) >= FEWEST else np.nan,
        rate_missing=_rate(lacking) if _accounts(rows.account, ~there) >= FEWEST else np.nan,
        rate=_rate(counts),
    )


def _accounts(account: Codes, which: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(np.bincount(account[which])))


def _either_way(value: float) -> float:
    return max(value, 1 - value)


def _rate(counts: Numbers) -> float:
    total = counts.sum()
    return float(counts[..., 1].sum() / total) if total else np.nan


def too_good(singles: list[Single], among: str = "accounts of the same date") -> list[Finding]:
    """Features that alone rank those who churn nearly perfectly: one finding each, by the outcome it tells best.

    `among` says who was compared.
    """
    return [
        Finding(
            evidence=f"{each.feature} alone ranks those who churn {WHEN[each.outcome]} with an AUC of"
            f" {each.value:.3f} among {among} ({TOO_GOOD} or more is taken for a leak)",
            where="data/features",
            fix=_fix(each.feature),
            feature=each.feature,
        )
        for each in _once([each for each in singles if each.value >= TOO_GOOD], key=lambda each: each.value)
    ]


def availability(singles: list[Single]) -> list[Finding]:
    """Features that tell who churns by having a value, or none."""
    telling = [each for each in singles if each.there >= TELLING or _leaves_no_doubt(each)]
    return [
        Finding(
            evidence=f"whether {each.feature} is there tells who churns {WHEN[each.outcome]}:"
            f" {_share(each.rate_there)} of those with a value churn, {_share(each.rate_missing)} of those without"
            f" (AUC {each.there:.3f})",
            where="data/features",
            fix=_fix(each.feature),
            feature=each.feature,
        )
        for each in _once(telling, key=lambda each: each.there)
    ]


def _leaves_no_doubt(each: Single) -> bool:
    return each.rate <= 0.5 and (each.rate_there >= CERTAIN or each.rate_missing >= CERTAIN)


def _once(singles: list[Single], key: Callable[[Single], float]) -> list[Single]:
    """One a feature, the strongest first."""
    best: dict[str, Single] = {}
    for each in sorted(singles, key=key, reverse=True):
        best.setdefault(each.feature, each)
    return list(best.values())


def _share(rate: float) -> str:
    return "few" if np.isnan(rate) else f"{rate:.1%}"


def _fix(feature: str) -> str:
    if feature.startswith("attribute_"):
        return (
            "a column of accounts without row versions is as it is now, not as it was then; give a row for each change,"
            " with known_at, or name it in features.leave_out of params.yaml"
        )
    return (
        "ask of every column that it is made of when its value became known, and give that as known_at; what is known"
        f" in time all the same is named with --trust {feature}"
    )
