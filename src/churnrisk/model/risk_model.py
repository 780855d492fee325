"""A fitted model: a scorer, calibrated, with the horizons of its ladder, what it was trained on, and its lineage."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from churnrisk.clock import Day
from churnrisk.errors import ModelError
from churnrisk.model.boosted import Boosted
from churnrisk.model.log_odds import probability
from churnrisk.model.logistic import Logistic
from churnrisk.model.matrix import Column, Numbers, matrix
from churnrisk.model.mixture import Mixture
from churnrisk.model.offsets import SEGMENT, Offsets, fit_offsets, refit_offsets
from churnrisk.model.rule import LastActivity
from churnrisk.model.scorer import Scorer
from churnrisk.model.seal import read_sealed, write_sealed

SCORERS: dict[str, type[Scorer]] = {each.kind: each for each in (Boosted, Logistic, Mixture, LastActivity)}
"""Every kind of scorer that a saved model may name."""

SEAL, FORMAT = "fitted.json", "churnrisk fitted model 4"
SCORER, FACTS = "scorer.txt", "model.json"
AGAIN = "train again, with `dvc repro train`"

TOLERANCE = 1e-6
"""How far base and contributions may miss the log-odds. Rounding makes them differ by about 1e-14 with two hundred
trees; a column or a tree left out would miss by far more."""


@dataclass(frozen=True)
class Trained:
    """What a model was trained on."""

    rows: int
    churned: int
    first_as_of: str
    last_as_of: str
    known_until: str


@dataclass(frozen=True)
class RiskModel:
    """A calibrated scorer with everything that scoring needs; it is one part of a bundle.

    `ladder` has an intercept and a slope on the main log-odds for every further horizon. `lineage` is the one id that
    stands in the model, the scores, the list and the MLflow run.
    """

    scorer: Scorer
    horizon_days: int
    ladder: dict[int, tuple[float, float]]
    offsets: Offsets | None
    trained: Trained
    lineage: str
    data_hash: str
    params_hash: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of features that it wants, in order."""
        return self.scorer.columns

    def score(self, features: pd.DataFrame) -> pd.DataFrame:
        """Score and explain rows of features, from one and the same matrix.

        Returns one row each: `account_id`, `as_of`, `horizon_days`, `probability`, `raw_score` (its log-odds),
        `base_value`, `probability_<days>d` for every horizon, `shap_<feature>` in log-odds. Raises ModelError unless
        the base and the contributions add up to the raw score in every row.
        """
        x = matrix(features, self.columns)
        offset = self._offset(features)
        raw = self.scorer.log_odds(x) + offset
        values, base = self.scorer.contributions(x)
        if self.offsets:
            values[:, [column.name for column in self.columns].index(SEGMENT)] += offset - self.offsets.mean
            base = base + self.offsets.mean
        gap = np.abs(base + values.sum(axis=1) - raw).max(initial=0.0)
        # Asked this way round because NaN is not greater than anything.
        if not gap <= TOLERANCE:
            raise ModelError(f"contributions miss the raw score by {gap:.2g}", where="score", fix="train again")
        keys = features[["account_id", "as_of"]].reset_index(drop=True)
        scores = keys.assign(
            horizon_days=self.horizon_days,
            probability=probability(raw),
            raw_score=raw,
            base_value=base,
            **self.ladder_of(raw),
        )
        shap = pd.DataFrame(values, columns=[f"shap_{column.name}" for column in self.columns])
        return pd.concat([scores, shap], axis=1)

    def halves(self) -> "tuple[RiskModel, RiskModel] | None":
        """The same model by each half of its trees; None where it is not of boosters alone."""
        if not isinstance(self.scorer, Boosted):
            return None
        first, second = (replace(self, scorer=half) for half in self.scorer.halves())
        return first, second

    def probabilities(self, features: pd.DataFrame) -> Numbers:
        """Probability of each row, without the reasons."""
        return probability(self.log_odds(features))

    def log_odds(self, features: pd.DataFrame) -> Numbers:
        """Log-odds of each row, with the level of its segment."""
        return self.scorer.log_odds(matrix(features, self.columns)) + self._offset(features)

    def levels(self, features: pd.DataFrame) -> dict[str, Any]:
        """What `segment` of each row has a level, an empty text where none has, and that `level` itself, a part of the
        log-odds.
        """
        segment = features[SEGMENT].astype(object).fillna("").to_numpy() if self.offsets else ""
        return {"segment": segment, "level": self._offset(features)}

    def _offset(self, features: pd.DataFrame) -> Numbers:
        return self.offsets.of(features[SEGMENT]) if self.offsets else np.zeros(len(features))

    def with_levels(self, scored: pd.DataFrame, until: Day, penalty: float | None) -> "RiskModel":
        """The same model with the levels of segments by labels that were mature by a day.

        `scored` are out-of-time scores without any level (`churnrisk.model.offsets.fit_offsets`); the trees and the
        intercept stay as they are. Without a `penalty` no segment has a level.
        """
        return replace(self, offsets=None if penalty is None else fit_offsets(scored, until, penalty))

    def recalibrated(self, scored: pd.DataFrame, until: Day) -> "RiskModel":
        """The same model with its levels moved by labels that have matured since (`offsets.refit_offsets`).

        It keeps its lineage, which names what was trained; the levels are named by their day, `Offsets.until`. A model
        without levels stays as it is.
        """
        return replace(self, offsets=self.offsets and refit_offsets(self.offsets, scored, until))

    def ladder_of(self, raw: Numbers) -> dict[str, Numbers]:
        """Probabilities of all horizons from the main log-odds; a longer horizon never has the smaller one."""
        steps = {days: probability(a + b * raw) for days, (a, b) in self.ladder.items()} | {
            self.horizon_days: probability(raw)
        }
        days = sorted(steps)
        main = days.index(self.horizon_days)
        # The main horizon is the one that was judged, so the others give way to it.
        for shorter in range(main - 1, -1, -1):
            steps[days[shorter]] = np.minimum(steps[days[shorter]], steps[days[shorter + 1]])
        for longer in range(main + 1, len(days)):
            steps[days[longer]] = np.maximum(steps[days[longer]], steps[days[longer - 1]])
        return {f"probability_{each}d": steps[each] for each in days}

    def files(self) -> dict[str, str]:
        """The texts that it is kept as, by file name."""
        facts = {
            "kind": self.scorer.kind,
            "horizon_days": self.horizon_days,
            "lineage": self.lineage,
            "data_hash": self.data_hash,
            "params_hash": self.params_hash,
            "offsets": None if self.offsets is None else asdict(self.offsets),
            "ladder": {str(days): list(line) for days, line in self.ladder.items()},
            "trained": asdict(self.trained),
            "columns": [asdict(column) for column in self.columns],
        }
        return {SCORER: self.scorer.dumps(), FACTS: json.dumps(facts, indent=2, allow_nan=False) + "\n"}

    @classmethod
    def of_files(cls, files: Mapping[str, str], where: str) -> "RiskModel":
        """The model that `files` wrote; raises ModelError where they are not those of one."""
        try:
            facts: dict[str, Any] = json.loads(files[FACTS])
            columns = tuple(
                Column(
                    name=each["name"],
                    categories=None if each["categories"] is None else tuple(each["categories"]),
                    rare=tuple(each["rare"]),
                )
                for each in facts.pop("columns")
            )
            kind = facts.pop("kind")
            if kind not in SCORERS:
                raise ModelError(f"no scorer is named {kind!r}", where=where, allowed=", ".join(SCORERS), fix=AGAIN)
            scorer = SCORERS[kind].loads(files[SCORER], columns)
            ladder = {int(days): (line[0], line[1]) for days, line in facts.pop("ladder").items()}
            offsets = facts.pop("offsets")
            offsets = Offsets(**offsets) if offsets else None
            return cls(scorer=scorer, ladder=ladder, offsets=offsets, trained=Trained(**facts.pop("trained")), **facts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"not a model ({error!r})", where=where, fix=AGAIN) from error

    def save(self, folder: Path) -> None:
        """Write its files into a folder, under a seal."""
        write_sealed(folder, SEAL, FORMAT, self.files())

    @classmethod
    def load(cls, folder: Path) -> "RiskModel":
        """Read a model back; raises ModelError where a file is missing, altered, or not of a model."""
        return cls.of_files(read_sealed(folder, SEAL, FORMAT, fix=AGAIN), str(folder))


def lineage_of(data_hash: str, params_hash: str, scorer: Scorer) -> str:
    """The id of a model by its content: what it was trained on, how, and what came out."""
    return _short_hash("".join([data_hash, params_hash, scorer.dumps()]))


def _short_hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:12]
