"""The model card: what the model is, what it was tested on, and how far to trust it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from churnrisk.evaluation.backtest import Evaluation
from churnrisk.evaluation.judge import FEWEST_CHURNS
from churnrisk.intake.sentences import sentences
from churnrisk.metrics.catalogue import METRICS
from churnrisk.model.matrix import taken_together
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import FEWEST_CHURNED
from churnrisk.model.systems import FEW_CHURNED
from churnrisk.params import Churn
from churnrisk.store.catalogue.conform import Intake
from churnrisk.store.catalogue.featurize import FeaturesReport
from churnrisk.store.catalogue.label import CohortReport
from churnrisk.store.catalogue.train import Choice


@dataclass(frozen=True)
class Background:
    """What the stages before wrote that a card quotes: of the features (`features.json`), of the cohort and its labels
    (`cohort.json`), and how the model was chosen (`choice.json`).
    """

    features: FeaturesReport
    cohort: CohortReport
    intake: Intake
    choice: Choice


def model_card(final: RiskModel, evaluation: Evaluation, background: Background, churn: Churn) -> str:
    """The card as Markdown."""
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        # A name that the template uses and nobody gives is an error, not an empty space on the card.
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shown = _of_model(final, churn) | _of_test(evaluation) | _of_background(background, final.horizon_days)
    return engine.get_template("model_card.md.j2").render(shown)


def _of_model(final: RiskModel, churn: Churn) -> dict[str, Any]:
    return {
        "lineage": final.lineage,
        "trained": final.trained,
        "kind": final.scorer.words,
        "lead_days": churn.lead_days,
        "horizon_days": final.horizon_days,
        "churns_when": churns_when(churn),
        "taken_together": taken_together(final.columns),
    }


def _of_test(evaluation: Evaluation) -> dict[str, Any]:
    figures, slices = evaluation.figures, evaluation.slices[evaluation.slices["slice"] != "as_of"]
    shown = slices.round(3).astype(object)
    return {
        "verdict": evaluation.verdict,
        "test": figures["test"],
        "systems": {name: value for name, value in figures.items() if name != "test"},
        "warning": evaluation.early_warning.to_dict("records"),
        "slices": shown.where(shown.notna(), "").to_dict("records"),
        "fewest": FEWEST_CHURNS,
        "metrics": METRICS,
    }


def _of_background(background: Background, horizon_days: int) -> dict[str, Any]:
    (labels,) = [each for each in background.cohort.labels if each.horizon_days == horizon_days]
    return {
        "cohort": background.cohort,
        "labels": labels,
        "choice": background.choice,
        "few": FEW_CHURNED,
        "fewest_to_choose": FEWEST_CHURNED,
        "features_on": len(background.features.features),
        "features_off": background.features.off,
        "unknown_events": background.features.unknown_events,
        "set_aside": sentences(background.intake),
    }


def churns_when(churn: Churn) -> str:
    """When an account counts as churned, in words that follow "An account churns when"."""
    if churn.contraction_share is not None:
        return f"its MRR falls by {churn.contraction_share:.0%} or more"
    if churn.inactive_days is not None:
        return f"{churn.inactive_days} days in a row without activity are over"
    return "all its subscriptions have ended"
