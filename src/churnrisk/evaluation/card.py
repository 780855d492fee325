"""The model card: what the model is, what it was tested on, and how far to trust it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from churnrisk.evaluation.backtest import Evaluation
from churnrisk.evaluation.calibration import CONFIDENCE, disagreeing
from churnrisk.evaluation.intervals import BLOCK_DATES
from churnrisk.evaluation.judge import FEWEST_CHURNS
from churnrisk.evaluation.leading import MOST_LED
from churnrisk.evaluation.steadiness import WEEKS
from churnrisk.evaluation.verdict import FEWEST_CHURNED
from churnrisk.intake.sentences import sentences
from churnrisk.metrics.catalogue import METRICS
from churnrisk.model.matrix import taken_together
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import FEWEST_CHURNED as FEWEST_TO_CHOOSE
from churnrisk.model.systems import FEW_CHURNED
from churnrisk.params import Churn
from churnrisk.store.catalogue.conform import Intake
from churnrisk.store.catalogue.featurize import FeaturesReport
from churnrisk.store.catalogue.label import CohortReport
from churnrisk.store.catalogue.train import Choice
from churnrisk.words import in_markdown

HEAVIEST = 15
"""Features that the card shows with their weight; all are in the MLflow run."""

MOST_SHOWN = 12
"""Values of a slice on the card: as many as regions, plans and stages of life have at most companies."""


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
        # Every value, because segments, events and columns have the names that a company gives them.
        finalize=lambda value: in_markdown(value) if isinstance(value, str) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    engine.filters |= FORMATS
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
    figures, tables = evaluation.figures, evaluation.tables
    slices, more_slices = most(tables["slices"].query("slice != 'as_of'"), "slice", by="churned")
    fairness, more_fairness = most(tables["fairness"], "column", by="rows")
    return {
        "verdict": evaluation.verdict,
        "test": figures["test"],
        "systems": {name: value for name, value in figures.items() if name != "test"},
        "over_time": {row["system"]: row for row in _records(tables["intervals"])},
        "block_dates": BLOCK_DATES,
        "capacity": by_list(tables["capacity"]),
        "warning": _records(tables["early_warning"]),
        "slices": _records(slices),
        "more_slices": more_slices,
        "fewest": FEWEST_CHURNS,
        "metrics": METRICS,
        "heaviest": list(evaluation.importance.head(HEAVIEST).items()),
        "fairness": _records(fairness),
        "more_fairness": more_fairness,
        "leading": evaluation.leading,
        "most_led": MOST_LED,
        "steady": evaluation.steady,
        "flicker_weeks": WEEKS,
        **_of_calibration(evaluation),
    }


def _of_calibration(evaluation: Evaluation) -> dict[str, Any]:
    groups, by_age = (evaluation.tables[name] for name in ("calibration_by_group", "calibration_by_age"))
    disagree, judged = disagreeing(groups)
    return {
        "groups": _records(groups),
        "disagree": disagree,
        "judged": judged,
        "by_luck": (1 - CONFIDENCE) * judged,
        "fewest_accounts": FEWEST_CHURNED,
        "by_age": _records(by_age),
        "stays_calibrated": evaluation.stays_calibrated,
        "horizons": _records(evaluation.tables["horizons"]),
    }


def most(rows: pd.DataFrame, group: str, by: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows of each `group` that the card shows, those with most of `by` in their order, and how many more it has.

    A company has tens of owners, and nobody would read a card of them all.

    >>> rows = pd.DataFrame({"slice": "owner", "value": [f"o{each}" for each in range(14)], "churned": range(14)})
    >>> shown, more = most(rows, "slice", by="churned")
    >>> shown["value"].tolist()[:2], len(shown), more
    (['o2', 'o3'], 12, {'owner': 2})
    """
    place = rows.groupby(group)[by].rank(method="first", ascending=False)
    left_out = rows.loc[place > MOST_SHOWN, group].value_counts(sort=False)
    return rows[place <= MOST_SHOWN], {str(name): int(count) for name, count in left_out.items()}


def by_list(capacity: pd.DataFrame) -> list[dict[str, Any]]:
    """One row a list and system: figures with equal scores in random order, and `found_worst` and `found_best`."""
    ends = capacity.pivot(index=["system", "list"], columns="ties", values="found").add_prefix("found_")
    at_random = capacity[capacity["ties"] == "random"]
    return _records(at_random.join(ends[["found_worst", "found_best"]], on=["system", "list"]))


def _of_background(background: Background, horizon_days: int) -> dict[str, Any]:
    (labels,) = [each for each in background.cohort.labels if each.horizon_days == horizon_days]
    return {
        "cohort": background.cohort,
        "labels": labels,
        "choice": background.choice,
        "few": FEW_CHURNED,
        "fewest_to_choose": FEWEST_TO_CHOOSE,
        "features_on": len(background.features.features),
        "features_off": background.features.off,
        "unknown_events": background.features.unknown_events,
        "unknown_plans": background.features.unknown_plans,
        "set_aside": sentences(background.intake),
    }


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _shown(pattern: str) -> Callable[[float | None], str]:
    """A filter that writes a number by a pattern, and nothing where it could not be told."""
    return lambda value: "" if value is None or pd.isna(value) else pattern.format(value)


FORMATS = {
    "percent": _shown("{:.1%}"),
    "whole": _shown("{:,.0f}"),
    "two": _shown("{:.2f}"),
    "three": _shown("{:.3f}"),
    "four": _shown("{:.4f}"),
}
"""How the card writes shares, counts and figures."""


def churns_when(churn: Churn) -> str:
    """When an account counts as churned, in words that follow "An account churns when"."""
    if churn.contraction_share is not None:
        return f"its MRR falls by {churn.contraction_share:.0%} or more"
    if churn.inactive_days is not None:
        return f"{churn.inactive_days} days in a row without activity are over"
    return "all its subscriptions have ended"
