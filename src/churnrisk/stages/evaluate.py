"""Would past lists have been right? The model is judged, and with its figures and verdict it becomes a bundle."""

from dataclasses import asdict

from churnrisk.evaluation.backtest import Evaluation, evaluate
from churnrisk.evaluation.card import Background, model_card
from churnrisk.evaluation.curves import picture, write_curves
from churnrisk.model.bundle import Bundle, phrases_of
from churnrisk.model.examples import read_examples
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split
from churnrisk.params import Params
from churnrisk.registry import mlflow_runs
from churnrisk.store.workspace import Workspace, read_json, whole_folder, write_json, write_table, write_text


def run(workspace: Workspace, params: Params) -> None:
    """Judge models/backtest; write the reports, and models/bundle of models/final."""
    examples = read_examples(workspace, params.churn.horizon_days)
    split = Split.of_record(read_json(workspace.models / "split.json"))
    judged, final = (RiskModel.load(workspace.models / name) for name in ("backtest", "final"))
    evaluation = evaluate(examples, split, judged, slices=params.evaluate.slices, resamples=params.evaluate.resamples)
    background = _background(workspace)
    bundle = Bundle(
        model=final,
        figures=evaluation.figures,
        verdict=evaluation.verdict,
        phrases=phrases_of(background.features["features"]),
        card=model_card(final, evaluation, background, params.churn),
    )
    _write(workspace, evaluation, bundle)
    _record(workspace, params, evaluation, bundle)


def _background(workspace: Workspace) -> Background:
    return Background(
        features=read_json(workspace.features / "features.json"),
        cohort=read_json(workspace.reports / "cohort.json"),
        chosen_on=read_json(workspace.models / "choice.json")["chosen_on"],
    )


def _write(workspace: Workspace, evaluation: Evaluation, bundle: Bundle) -> None:
    """The reports for people and `dvc metrics`, and the bundle for the stages after."""
    reports = workspace.reports
    write_table(evaluation.backtest, reports / "backtest.parquet")
    write_json(evaluation.figures, reports / "metrics.json")
    write_json(asdict(evaluation.verdict), reports / "verdict.json")
    evaluation.slices.to_csv(reports / "slices.csv", index=False, lineterminator="\n")
    with whole_folder(reports / "plots") as folder:
        write_curves(evaluation.curves, folder)
    write_text(bundle.card, reports / "model_card.md")
    with whole_folder(workspace.models / "bundle") as folder:
        bundle.save(folder)


def _record(workspace: Workspace, params: Params, evaluation: Evaluation, bundle: Bundle) -> None:
    mlflow_runs.record_evaluation(
        workspace.root,
        params.tracking.experiment,
        bundle=bundle,
        pictures={name: picture(name, points) for name, points in evaluation.curves.items()},
        folder=workspace.models / "bundle",
    )
