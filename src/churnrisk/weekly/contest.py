"""Champion against challenger on the same later periods: by how much each figure differs, and how far to trust it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.evaluation.intervals import BLOCK_DATES, FEWEST_DATES
from churnrisk.metrics.catalogue import METRICS
from churnrisk.metrics.metric import LOWER, Numbers, Predictions
from churnrisk.metrics.ranking import found, resampled_in_time
from churnrisk.metrics.reliability import expected_calibration_error

FIGURES = ("log_loss", "auc", "ap", "ece")
"""Quality of the probabilities and of the order."""

CAPACITY = "share of churns on the list"
"""How good a list of the configured length is. Churns count and not their ARR, so that a company without prices is
compared like any other, and one large account does not decide. At one length it says the same as precision.
"""
RESAMPLES = 200
SEED = 7

KEYS = ["account_id", "as_of", "horizon_days"]


@dataclass(frozen=True)
class Compared:
    """A figure of both on the same rows, and the 95 % interval of the challenger's less the champion's."""

    name: str
    champion: float
    challenger: float
    low: float
    high: float
    lower_is_better: bool

    @property
    def is_worse(self) -> bool:
        """Is the challenger shown to be worse? Then the whole interval lies on that side of 0."""
        return self.low > 0 if self.lower_is_better else self.high < 0

    @property
    def words(self) -> str:
        """The figure in a sentence.

        >>> Compared("auc", 0.71, 0.74, 0.01, 0.05, lower_is_better=False).words
        'auc 0.740 against 0.710, a difference of +0.030 (+0.010 to +0.050)'
        """
        difference = f"{self.challenger - self.champion:+.3f} ({self.low:+.3f} to {self.high:+.3f})"
        return f"{self.name} {self.challenger:.3f} against {self.champion:.3f}, a difference of {difference}"


def paired_rows(champion: pd.DataFrame, challenger: pd.DataFrame) -> pd.DataFrame:
    """Snapshots that both backtests have with the same outcome: `as_of`, `label` and a column of probabilities each.

    What is compared are the backtests, which are predictions by models that had not seen the period. The final model of
    an older champion would be at a disadvantage on dates that only the challenger's training has reached, and the
    final model of a younger one at an advantage on dates that it was trained on; the backtests of the same dates are
    both out of time. Rows whose outcome was corrected in between are left out, because one of the two was judged by
    what turned out to be wrong.
    """
    columns = [*KEYS, "probability", "label"]
    both = champion[columns].merge(challenger[columns], on=KEYS, suffixes=("_champion", "_challenger"))
    both = both[both["label_champion"] == both["label_challenger"]].sort_values(["as_of", "account_id"])
    kept = both.rename(columns={"label_champion": "label", "probability_champion": "champion"})
    kept = kept.rename(columns={"probability_challenger": "challenger"})
    return kept[["account_id", "as_of", "label", "champion", "challenger"]].reset_index(drop=True)


def compare(rows: pd.DataFrame, length: int) -> list[Compared]:
    """Each figure of both, with an interval over blocks of dates; none where there are fewer than `FEWEST_DATES`, or
    where all outcomes are alike, by which no order is better than another, or a probability is missing.

    Dates in a row are drawn together, as in `churnrisk.metrics.ranking.resampled_in_time`. `length` is how many
    accounts a team can call in a week; the figure at capacity is the share of churns that stand on lists of so many.
    """
    as_of = rows["as_of"].to_numpy()
    known = np.isfinite(rows[["champion", "challenger"]].to_numpy(float)).all()
    if len(np.unique(as_of)) < FEWEST_DATES or rows["label"].nunique() < 2 or not known:
        return []
    own, drawn = {}, {}
    for name in ("champion", "challenger"):
        label, score = rows["label"].to_numpy(float), rows[name].to_numpy(float)
        own[name] = _figures(Predictions(label, score, as_of), length)
        drawn[name] = _drawn(Predictions(label, score, as_of), length)
    low, high = np.nanquantile(drawn["challenger"] - drawn["champion"], [0.025, 0.975], axis=0)
    return [
        Compared(
            name=name,
            champion=own["champion"][name],
            challenger=own["challenger"][name],
            low=float(low[number]),
            high=float(high[number]),
            lower_is_better=name in METRICS and METRICS[name].better == LOWER,
        )
        for number, name in enumerate(own["champion"])
    ]


def _figures(given: Predictions, length: int) -> dict[str, float]:
    hits, churns, _, _ = _by_date(given, length)
    return METRICS.figures(FIGURES, given) | {CAPACITY: float(hits.sum() / churns.sum())}


def _drawn(given: Predictions, length: int) -> Numbers:
    """The figures of every resample of blocks of dates, in the order of `_figures`; every score has the same."""
    hits, churns, losses, rows = _by_date(given, length)
    dates, when = np.unique(given.as_of, return_inverse=True)
    ranking = resampled_in_time(given.label, given.score, given.as_of, BLOCK_DATES, RESAMPLES, SEED)
    random, count, others = np.random.default_rng(SEED), len(dates), []
    of_date = [np.flatnonzero(when == number) for number in range(count)]
    for _ in range(RESAMPLES):
        # As resampled_in_time draws them, so that one resample is one set of dates for all figures.
        starts = random.integers(0, count, -(-count // BLOCK_DATES))
        picked = ((starts[:, None] + np.arange(BLOCK_DATES)).ravel() % count)[:count]
        index = np.concatenate([of_date[each] for each in picked])
        ece = expected_calibration_error(given.label[index], given.score[index])
        found_share = hits[picked].sum() / churns[picked].sum() if churns[picked].any() else np.nan
        others.append([losses[picked].sum() / rows[picked].sum(), ece, found_share])
    log_loss, ece, share = np.array(others).T
    return np.column_stack([log_loss, ranking, ece, share])


def _by_date(given: Predictions, length: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """For each date: churns on a list of `length`, with equal scores at the border in expectation; churns in all; the
    sum of log losses; rows.
    """
    inside = np.clip(given.score, 1e-15, 1 - 1e-15)
    loss = -np.log(np.where(given.label == 1, inside, 1 - inside))
    masks = [given.as_of == date for date in np.unique(given.as_of)]
    hits = [found(given.label[each], given.score[each], min(length, int(each.sum()))).random for each in masks]
    sums = [[given.label[each].sum(), loss[each].sum(), each.sum()] for each in masks]
    churns, losses, rows = np.array(sums, float).T
    return np.array(hits), churns, losses, rows
