"""A model as one bundle: everything that scoring and the list need to know of it, under one seal.

A list made by a bundle takes the probabilities, the facts, the figures and the verdict from the same place, so that
no list can show one model's scores with another model's verdict, wherever the bundle came from.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from churnrisk.errors import ModelError
from churnrisk.model.population import Population
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.seal import read_sealed, write_sealed
from churnrisk.store.catalogue.evaluate import Verdict
from churnrisk.store.catalogue.featurize import FeaturesReport

SEAL, FORMAT = "bundle.json", "churnrisk bundle 5"
FIGURES, VERDICT, FACTS, CARD = "figures.json", "verdict.json", "facts.json", "model_card.md"
POPULATION = "population.json"
AGAIN = "make it again, with `dvc repro evaluate`, or fetch a whole copy"

Figures = dict[str, Any]
"""Figures by system (`model`, and each baseline) and name, and what they were measured on (`test`)."""


@dataclass(frozen=True)
class Bundle:
    """A fitted model with its figures, verdict and card from the test, and the population that it learned from; `facts`
    has the fact of each of its columns, by name.
    """

    model: RiskModel
    figures: Figures
    verdict: Verdict
    facts: dict[str, str]
    card: str
    population: Population

    def __post_init__(self) -> None:
        speechless = sorted({column.name for column in self.model.columns} - set(self.facts))
        if speechless:
            raise ModelError(
                f"{len(speechless)} columns of the model belong to no fact, such as {speechless[0]}",
                where="bundle",
                fix="assemble it from the features that the model was trained on, with `dvc repro`",
            )

    def require_made(self, lineage: str, where: str) -> None:
        """Raise ModelError unless something, such as the scores `where`, was made by the model of this bundle."""
        if lineage != self.model.lineage:
            raise ModelError(
                f"made by the model {lineage}, not by the bundle's own, {self.model.lineage}",
                where=where,
                fix="score again with this bundle, with `dvc repro score`",
            )

    def save(self, folder: Path) -> None:
        """Write it into a folder, under a seal."""
        own = {
            FIGURES: _json(self.figures),
            VERDICT: _json(self.verdict.model_dump()),
            FACTS: _json(self.facts),
            CARD: self.card,
            POPULATION: self.population.dumps(),
        }
        write_sealed(folder, SEAL, FORMAT, self.model.files() | own)

    @classmethod
    def load(cls, folder: Path) -> "Bundle":
        """Read a bundle; raises ModelError where it is incomplete, altered, or of another format."""
        files = read_sealed(folder, SEAL, FORMAT, fix=AGAIN)
        try:
            return cls(
                model=RiskModel.of_files(files, str(folder)),
                figures=json.loads(files[FIGURES]),
                verdict=Verdict(**json.loads(files[VERDICT])),
                facts=_texts(json.loads(files[FACTS])),
                card=files[CARD],
                population=Population.loads(files[POPULATION]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"not a bundle ({error!r})", where=str(folder), fix=AGAIN) from error


def facts_of(report: FeaturesReport) -> dict[str, str]:
    """The fact of each feature, by name, from what the stage of features wrote of it."""
    return {each.name: each.fact for each in report.features}


def _texts(facts: Any) -> dict[str, str]:
    if not all(isinstance(fact, str) for fact in facts.values()):
        raise ValueError(f"{FACTS} names no fact for each feature")
    return dict(facts)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, allow_nan=False) + "\n"
