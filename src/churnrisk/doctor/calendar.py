"""Does a feature tell the date? Then its values of the next date are none that a model has learned from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Days, to_column
from churnrisk.doctor.counts import FOLDS, Codes, auc, auc_by_rate, codes, count
from churnrisk.doctor.finding import Finding
from churnrisk.model.matrix import Numbers
from churnrisk.store.columns import KEYS

TELLS_THE_DATE = 0.99
"""AUC of early against late dates from which a feature is taken for the calendar itself. A column that grows with it
has 1.0, and so has the length of a course at the Open University, which differs from term to term. The strongest honest
one that was seen has 0.97: tenure at a grocer, where nearly all accounts were there from the start."""

FEWEST = 20
"""Accounts on early and on late dates below which nothing is said, as of the other figures of single features."""

FEW_VALUES = 50
"""Different values up to which a number may be a group, such as a year or a version, whose order says nothing.

With more it is judged by its order alone. What is compared with the mean of a date has values of its own on each date,
which differ by less than matters; by those it would tell the date perfectly, and honestly."""


@dataclass(frozen=True)
class Dated:
    """One feature: the `auc` with which it tells rows of the late dates from those of the early ones."""

    feature: str
    auc: float


def dated(features: pd.DataFrame, dates: Days) -> list[Dated]:
    """What each feature tells of the date, most first: the first third of `dates` against the last; they are in order.

    Nothing where there are fewer than two dates, or fewer than `FEWEST` accounts on either side.
    """
    third = max(len(dates) // 3, 1)
    rows = features[features["as_of"].isin(to_column(np.concatenate([dates[:third], dates[-third:]])))]
    late = rows["as_of"].isin(to_column(dates[-third:])).to_numpy()
    account = pd.factorize(rows["account_id"])[0]
    if len(dates) < 2 or min(len(np.unique(account[late == each])) for each in (True, False)) < FEWEST:
        return []
    found = [Dated(str(name), tells(rows[name], late.astype(float), account)) for name in rows if name not in KEYS]
    return sorted(found, key=lambda each: -each.auc)


def tells(values: "pd.Series[float]", late: Numbers, account: Codes) -> float:
    """The AUC with which one feature tells late rows (1) from early ones (0), whichever way round; NaN without a pair.

    >>> tells(pd.Series(np.arange(100.0)), np.repeat([0.0, 1.0], 50), np.arange(100))
    1.0
    """
    code, size = codes(values)
    by_fold = count(account % FOLDS, code, late, size, FOLDS)
    if not pd.api.types.is_numeric_dtype(values) or values.nunique() <= FEW_VALUES:
        return auc_by_rate(by_fold[None])
    by_order = auc(by_fold.sum(axis=0)[None])
    return max(by_order, 1 - by_order)


def calendar(found: list[Dated]) -> list[Finding]:
    """Features that tell the date nearly perfectly."""
    return [
        Finding(
            evidence=f"{each.feature} tells the early dates of training from the late ones with an AUC of"
            f" {each.auc:.4f} ({TELLS_THE_DATE} or more is taken for the calendar)",
            where="data/features",
            fix="give a rate, a ratio or a difference that does not grow with the calendar, or name it in"
            f" features.leave_out of params.yaml; what must stay is named with --trust {each.feature}",
            feature=each.feature,
        )
        for each in found
        if each.auc >= TELLS_THE_DATE
    ]
