"""How far features and scores are from training and from the date before."""

from typing import Any

import numpy as np
import pandas as pd

from churnrisk.metrics.stability import by_chance, stability
from churnrisk.model.matrix import Numbers
from churnrisk.model.population import Population, Spread
from churnrisk.monitoring.looked import Looked
from churnrisk.store.catalogue.monitor import Moved, ScoresMoved

CONTRIBUTION = "shap_"
_DIGITS = 4


def features_moved(looked: Looked) -> list[Moved]:
    """Every feature of the model, the weightiest first; of equal weight by name."""
    weights, population = weights_of(looked.scores), looked.bundle.population
    seen = {each.name: {*(each.categories or ()), *each.rare} for each in looked.bundle.model.columns}
    moved = [
        _moved(
            spread,
            looked.features[spread.name],
            None if looked.before is None else looked.before[spread.name],
            accounts=population.accounts,
            weight=weights.get(spread.name, 0.0),
            seen=seen[spread.name],
        )
        for spread in population.features
        if spread.name in seen
    ]
    return sorted(moved, key=lambda each: (-each.weight, each.name))


def scores_moved(looked: Looked) -> ScoresMoved:
    """The probabilities of this date."""
    population: Population = looked.bundle.population
    reference = population.scores
    before, now = looked.before_probability, looked.scores["probability"]
    return ScoresMoved(
        accounts=len(now),
        mean=round(float(now.mean()), 6),
        mean_before=None if before is None or before.empty else round(float(before.mean()), 6),
        mean_training=None if reference is None else population.mean_probability,
        spread=None
        if reference is None
        else _moved(reference, now, before, accounts=population.scored, weight=1.0, seen=set()),
    )


def weights_of(scores: pd.DataFrame) -> dict[str, float]:
    """The share of each feature in all contributions to the scores.

    >>> weights_of(pd.DataFrame({"account_id": ["a", "b"], "shap_plan": [0.1, -0.2], "shap_seats": [0.6, 0.3]}))
    {'plan': 0.25, 'seats': 0.75}
    """
    sizes = scores.filter(like=CONTRIBUTION).abs().mean()
    whole = float(sizes.sum()) or 1.0
    return {str(name).removeprefix(CONTRIBUTION): round(float(size) / whole, _DIGITS) for name, size in sizes.items()}


def _moved(
    spread: Spread,
    now: "pd.Series[Any]",
    before: "pd.Series[Any] | None",
    *,
    accounts: int,
    weight: float,
    seen: set[str],
) -> Moved:
    counts, bins = spread.counts(now), len(spread.shares)
    earlier = None if before is None or before.empty else spread.counts(before)
    learned = accounts * (1 - spread.missing)
    return Moved(
        name=spread.name,
        weight=weight,
        index=_index(_reference(spread), counts),
        chance=_finite(by_chance(bins, learned, counts.sum())),
        usual=spread.usual,
        index_before=None if earlier is None else _index(earlier, counts),
        chance_before=None if earlier is None else _finite(by_chance(bins, earlier.sum(), counts.sum())),
        missing=_missing(now),
        missing_training=round(spread.missing, _DIGITS),
        missing_before=None if before is None or before.empty else _missing(before),
        unseen=round(float((now.notna() & ~now.isin(seen)).mean()), _DIGITS) if seen else None,
    )


def _reference(spread: Spread) -> Numbers:
    """Shares as counts of so many rows that the half added to each does not matter."""
    return 1e6 * np.array(spread.shares)


def _index(reference: Numbers, counts: Numbers) -> float:
    return round(stability(reference, counts), _DIGITS)


def _finite(limit: float) -> float:
    """JSON has no infinity; no index ever gets near this."""
    return round(min(limit, 1e6), _DIGITS)


def _missing(values: "pd.Series[Any]") -> float:
    return round(float(values.isna().mean()), _DIGITS)
