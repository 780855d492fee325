"""Champion against challenger on the same later periods: by how much each figure differs, and how far to trust it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.evaluation.intervals import BLOCK_DATES, FEWEST_DATES
from churnrisk.metrics.catalogue import METRICS
from churnrisk.metrics.metric import LOWER, Numbers, Predictions
from churnrisk.metrics.ranking import found

FIGURES = ("log_loss", "auc", "ap", "ece")
"""Quality of the probabilities and of the order."""

CAPACITY = "found at capacity"
RESAMPLES = 400
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
    """Each figure of both, with an interval over blocks of dates; none where there are fewer than `FEWEST_DATES`.

    Dates in a row are drawn together, as in `churnrisk.metrics.ranking.resampled_in_time`. `length` is how many
    accounts a team can call in a week; the figure at capacity is the share of churns that stand on lists of so many.
    """
    dates, when = np.unique(rows["as_of"].to_numpy(), return_inverse=True)
    if len(dates) < FEWEST_DATES:
        return []
    by_date = [np.flatnonzero(when == number) for number in range(len(dates))]
    own = {name: _figures(rows, name, np.arange(len(rows)), length) for name in ("champion", "challenger")}
    random, drawn = np.random.default_rng(SEED), []
    for _ in range(RESAMPLES):
        starts = random.integers(0, len(dates), -(-len(dates) // BLOCK_DATES))
        picked = ((starts[:, None] + np.arange(BLOCK_DATES)).ravel() % len(dates))[: len(dates)]
        index = np.concatenate([by_date[each] for each in picked])
        if 0 < rows["label"].to_numpy()[index].sum() < len(index):
            ahead, behind = (_figures(rows, name, index, length) for name in ("challenger", "champion"))
            drawn.append([ahead[name] - behind[name] for name in own["champion"]])
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
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


def _figures(rows: pd.DataFrame, system: str, index: np.ndarray, length: int) -> dict[str, float]:
    label, score = rows["label"].to_numpy(float)[index], rows[system].to_numpy(float)[index]
    as_of = rows["as_of"].to_numpy()[index]
    figures = METRICS.figures(FIGURES, Predictions(label, score, as_of))
    return figures | {CAPACITY: _found_share(label, score, as_of, length)}


def _found_share(label: Numbers, score: Numbers, as_of: np.ndarray, length: int) -> float:
    """Share of the churns that stand on the lists of their dates; equal scores at the border count in expectation."""
    _, when = np.unique(as_of, return_inverse=True)
    dates = (when == number for number in range(int(when.max()) + 1))
    hits = sum(found(label[each], score[each], min(length, int(each.sum()))).random for each in dates)
    return float(hits / label.sum())
