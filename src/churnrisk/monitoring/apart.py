"""Adversarial validation: can a classifier tell the accounts of this date from those of the date before?

Where it can, something moved that no single feature need show. It is asked of two dates and not of training, whose rows
a scheduled run does not have, and which a bundle must not carry.
"""

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from churnrisk.doctor.calendar import FEWEST, tells
from churnrisk.doctor.counts import FOLDS, Codes
from churnrisk.model.boosted import Boosted
from churnrisk.model.matrix import Column, Matrix, Numbers, matrix
from churnrisk.model.scorer import Settings
from churnrisk.store.catalogue.monitor import ToldApart

MOST_NAMED = 5
"""Features that are named: of a hundred that moved a little, nobody reads more."""

SETTINGS: Settings = {"trees": 40, "num_leaves": 7, "min_data_in_leaf": 20, "learning_rate": 0.1, "seed": 7}
"""Small trees: what is looked for is a break that a few cuts show, and they can't learn single accounts."""


def told_apart(now: pd.DataFrame, before: pd.DataFrame | None, columns: tuple[Column, ...]) -> ToldApart | None:
    """How well two dates are told apart, by folds of accounts; None with fewer than `FEWEST` accounts on either.

    An account stands on both dates, so its two rows are in one fold: otherwise it would be told from itself.
    """
    if before is None or min(len(now), len(before)) < FEWEST:
        return None
    rows = pd.concat([before, now], ignore_index=True)
    late = np.repeat([0.0, 1.0], [len(before), len(now)])
    account = pd.factorize(rows["account_id"], sort=True)[0]
    alone = {each.name: round(tells(rows[each.name], late, account), 3) for each in columns}
    first = sorted(alone, key=lambda name: (-np.nan_to_num(alone[name]), name))[:MOST_NAMED]
    together = _out_of_fold(matrix(rows, columns), late, columns, account % FOLDS)
    return ToldApart(
        auc=round(float(roc_auc_score(late, together)), 3),
        by={name: alone[name] for name in first if not np.isnan(alone[name])},
    )


def _out_of_fold(x: Matrix, late: Numbers, columns: tuple[Column, ...], fold: Codes) -> Numbers:
    """The score of each row by trees that saw no row of its fold."""
    made = np.zeros(len(late))
    for each in np.unique(fold):
        held = fold == each
        made[held] = Boosted.fit(x[~held], late[~held], columns, SETTINGS).log_odds(x[held])
    return made
