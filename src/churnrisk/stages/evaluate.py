"""Would past lists have been right? The model is judged, and with its figures and verdict it becomes a bundle."""

from collections.abc import Mapping

import pandas as pd

from churnrisk.evaluation.backtest import Evaluation, Silence, evaluate
from churnrisk.evaluation.card import Background, model_card
from churnrisk.evaluation.curves import picture
from churnrisk.evaluation.swarm import swarm_pictures
from churnrisk.model.bundle import Bundle, facts_of
from churnrisk.model.examples import Examples, read_examples
from churnrisk.model.population import Population
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split
from churnrisk.params import Churn, Params
from churnrisk.past.tables.ledger import Ledger, read_ledger
from churnrisk.past.usage.activity import read_activity
from churnrisk.registry import mlflow_runs
from churnrisk.store.blocks import read_features
from churnrisk.store.catalogue.conform import INTAKE, TABLE
from churnrisk.store.catalogue.evaluate import BACKTEST, BUNDLE, CARD, CURVE, METRICS, REPORT, VERDICT, Metrics
from churnrisk.store.catalogue.featurize import FEATURES
from churnrisk.store.catalogue.label import COHORT
from churnrisk.store.catalogue.train import CHOICE, OUT_OF_TIME, SPLIT
from churnrisk.store.columns import KEYS
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    """Judge models/backtest; write the reports, and models/bundle of models/final."""
    examples = read_examples(workspace, params.churn.horizon_days, params.churn.horizons)
    split = Split.of_record(SPLIT.read(workspace))
    judged, final = (RiskModel.load(workspace.models / name) for name in ("backtest", "final"))
    background = _background(workspace)
    evaluation = _evaluation(workspace, params, examples, split, judged, facts_of(background.features))
    bundle = Bundle(
        model=final,
        figures=evaluation.figures,
        verdict=evaluation.verdict,
        facts=facts_of(background.features),
        card=model_card(final, evaluation, background, params.churn),
        population=_population(workspace, examples, final),
    )
    _write(workspace, evaluation, bundle)
    _record(workspace, params, evaluation, bundle, examples.features)


def _evaluation(
    workspace: Workspace, params: Params, examples: Examples, split: Split, judged: RiskModel, facts: Mapping[str, str]
) -> Evaluation:
    return evaluate(
        examples,
        split,
        judged,
        OUT_OF_TIME.read(workspace),
        silence=_silence(workspace, params.churn),
        accounts=read_ledger(workspace, "accounts"),
        dispositions=_dispositions(workspace),
        stated=TABLE["subscriptions"].read(workspace, ["account_id", "ended_on", "end_reason"]),
        facts=facts,
        settings=params.evaluate,
        risk_list=params.risk_list,
    )


def _dispositions(workspace: Workspace) -> Ledger | None:
    """Those that the source offers; the archive has others, of which DVC does not know."""
    return read_ledger(workspace, "dispositions") if TABLE["dispositions"].at(workspace).exists() else None


def _silence(workspace: Workspace, churn: Churn) -> Silence | None:
    if churn.inactive_days is None:
        return None
    return Silence(read_activity(workspace.usage, churn.activity_events), churn.inactive_days)


def _population(workspace: Workspace, examples: Examples, model: RiskModel) -> Population:
    """The population that the final model learned from, and its probabilities for the dates since, but for the newest,
    of which nobody has asked yet whether its feeds are whole.
    """
    later = read_features(workspace, filters=[("as_of", ">", examples.features["as_of"].max())])
    later = later[later["as_of"] < later["as_of"].max()]
    return Population.of(examples.features, later[KEYS].assign(probability=model.probabilities(later)))


def _background(workspace: Workspace) -> Background:
    return Background(
        features=FEATURES.read(workspace),
        cohort=COHORT.read(workspace),
        intake=INTAKE.read(workspace),
        choice=CHOICE.read(workspace),
    )


def _write(workspace: Workspace, evaluation: Evaluation, bundle: Bundle) -> None:
    """The reports for people and `dvc metrics`, and the bundle for the stages after."""
    BACKTEST.write(evaluation.backtest, workspace)
    METRICS.write(Metrics.model_validate(evaluation.figures), workspace)
    VERDICT.write(evaluation.verdict, workspace)
    CARD.write(bundle.card, workspace)
    files = {REPORT[name]: rows for name, rows in evaluation.tables.items()}
    files |= {CURVE[name]: points for name, points in evaluation.curves.items()}
    for file, rows in files.items():
        file.write(rows.round(6).to_csv(index=False, lineterminator="\n"), workspace)
    with rewriting(workspace, *BUNDLE) as draft:
        bundle.save(draft.path("models/bundle"))


def _record(
    workspace: Workspace, params: Params, evaluation: Evaluation, bundle: Bundle, features: pd.DataFrame
) -> None:
    """Tell MLflow; the pictures of the model are of the newest date of `features`, on which each account is one dot."""
    newest = features[features["as_of"] == features["as_of"].max()]
    mlflow_runs.record_evaluation(
        workspace.root,
        params.tracking,
        bundle=bundle,
        pictures={name: picture(name, points) for name, points in evaluation.curves.items()}
        | swarm_pictures(bundle.model, newest),
        folder=workspace.models / "bundle",
        importance=evaluation.importance,
        evidence=[BACKTEST.at(workspace), REPORT["calibration_by_group"].at(workspace)],
    )
