"""Score one date with a bundle: who is likely to churn, why, and what has moved since the date before."""

from dataclasses import dataclass

import pandas as pd

from churnrisk.clock import Day
from churnrisk.errors import ModelError
from churnrisk.explain.movement import movement
from churnrisk.explain.reasons import reasons
from churnrisk.model.bundle import Bundle
from churnrisk.model.matrix import surprises, taken_together


@dataclass(frozen=True)
class Scored:
    """One date as a bundle sees it: a row an account in `scores` and `movement`, a row an account and fact in
    `reasons`.

    `warnings` name, in sentences, what the model had not seen in training, and what it does not tell apart.
    """

    scores: pd.DataFrame
    reasons: pd.DataFrame
    movement: pd.DataFrame
    warnings: list[str]


def score_date(bundle: Bundle, as_of: Day, features: pd.DataFrame, before: pd.DataFrame | None = None) -> Scored:
    """Score the accounts of one date, with reasons and movement.

    `features` has a row an account at `as_of`; `before` the same of an earlier date, None where there is none. Both
    are scored by this bundle, so a movement is one of the account and never of the model.

    Raises ModelError where nobody is at risk, and where the features are not those of the bundle's model.
    """
    if features.empty:
        raise ModelError(
            f"nobody is at risk on {as_of}",
            where="snapshots",
            fix="see reports/cohort.json for who was left out and why",
        )
    model = bundle.model
    # Facts of a bundle are those of all features, of which a model may look at a few.
    facts = {column.name: bundle.facts[column.name] for column in model.columns}
    scores = model.score(features)
    earlier = scores.iloc[:0] if before is None else model.score(before)
    weights = reasons(scores, earlier, facts)
    return Scored(
        scores=scores,
        reasons=weights,
        movement=movement(weights, scores, earlier),
        warnings=[*surprises(features, model.columns), *taken_together(model.columns)],
    )
