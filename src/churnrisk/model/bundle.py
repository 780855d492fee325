"""A trained model as it is kept: LightGBM's text and one JSON file. Loading it never runs code."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from churnrisk.errors import ModelError, SourceError
from churnrisk.model.boosted import Numbers, contributions, raw_score
from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import Column, matrix
from churnrisk.store.workspace import read_json, write_json, write_text

TOLERANCE = 1e-6


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
    """A calibrated booster with the columns that it wants.

    `ladder` has an intercept and a slope on the main log-odds for every further horizon. `lineage` is the one id that
    stands in the model, the scores, the list and the MLflow run.
    """

    booster: lgb.Booster
    columns: tuple[Column, ...]
    horizon_days: int
    ladder: dict[int, tuple[float, float]]
    trained: Trained
    lineage: str
    data_hash: str
    params_hash: str

    def score(self, features: pd.DataFrame) -> pd.DataFrame:
        """Score and explain rows of features, from one and the same matrix.

        Returns one row each: `account_id`, `as_of`, `horizon_days`, `probability`, `raw_score` (its log-odds),
        `base_value`, `probability_<days>d` for every horizon, `shap_<feature>` in log-odds. Raises ModelError unless
        the base and the contributions add up to the raw score in every row.
        """
        x = matrix(features, self.columns)
        raw = raw_score(self.booster, x)
        values, base = contributions(self.booster, x)
        gap = np.abs(base + values.sum(axis=1) - raw).max(initial=0.0)
        if gap > TOLERANCE:
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

    def probabilities(self, features: pd.DataFrame) -> Numbers:
        """Probability of each row, without the reasons."""
        return probability(raw_score(self.booster, matrix(features, self.columns)))

    def ladder_of(self, raw: Numbers) -> dict[str, Numbers]:
        """Probabilities of all horizons from the main log-odds; a longer horizon never has the smaller one."""
        steps = {days: probability(a + b * raw) for days, (a, b) in self.ladder.items()} | {
            self.horizon_days: probability(raw)
        }
        days = sorted(steps)
        main = days.index(self.horizon_days)
        for shorter in range(main - 1, -1, -1):
            steps[days[shorter]] = np.minimum(steps[days[shorter]], steps[days[shorter + 1]])
        for longer in range(main + 1, len(days)):
            steps[days[longer]] = np.maximum(steps[days[longer]], steps[days[longer - 1]])
        return {f"probability_{each}d": steps[each] for each in days}

    def save(self, folder: Path) -> None:
        """Write `model.txt` and `model.json`."""
        trees = self.booster.model_to_string()
        write_text(trees, folder / "model.txt")
        facts = {
            name: value for name, value in vars(self).items() if name not in ("booster", "columns", "trained", "ladder")
        }
        columns = [asdict(column) for column in self.columns]
        ladder = {str(days): list(line) for days, line in self.ladder.items()}
        write_json(
            {**facts, "sha256": _hash(trees), "ladder": ladder, "trained": asdict(self.trained), "columns": columns},
            folder / "model.json",
        )

    @classmethod
    def load(cls, folder: Path) -> "RiskModel":
        """Read a model back; raises ModelError where its files don't belong together."""
        if not (folder / "model.json").exists():
            raise ModelError("there is no model", where=str(folder), fix="train one, with `dvc repro train`")
        try:
            facts: dict[str, Any] = read_json(folder / "model.json")
            trees = (folder / "model.txt").read_text(encoding="utf-8")
            # LightGBM ends the process on a text that is cut off, so it is never shown one.
            if _hash(trees) != facts.pop("sha256"):
                raise ModelError("model.txt is not the one that was saved", where=str(folder), fix="train again")
            booster = lgb.Booster(model_str=trees)
            columns = tuple(
                Column(each["name"], None if each["categories"] is None else tuple(each["categories"]))
                for each in facts.pop("columns")
            )
            ladder = {int(days): (line[0], line[1]) for days, line in facts.pop("ladder").items()}
            model = cls(booster, columns, ladder=ladder, trained=Trained(**facts.pop("trained")), **facts)
        except (lgb.basic.LightGBMError, SourceError, OSError, KeyError, TypeError) as error:
            raise ModelError(
                f"not a model ({error})", where=str(folder), fix="train again, with `dvc repro train`"
            ) from error
        if booster.feature_name() != [column.name for column in columns]:
            raise ModelError("model.txt and model.json name different columns", where=str(folder), fix="train again")
        return model


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
