"""Would past lists have been right? Judged on dates that had no part in making the model, beside rules and simple
models.
"""

from dataclasses import asdict

import pandas as pd

from churnrisk.clock import day
from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.evaluation.card import model_card
from churnrisk.evaluation.curves import curves, picture, write_curves
from churnrisk.evaluation.judge import FEWEST, Figures, judge, judge_slices
from churnrisk.evaluation.verdict import verdict
from churnrisk.model.baselines import last_login_rule, two_feature_logistic
from churnrisk.model.bundle import RiskModel
from churnrisk.model.split import before, prove_gap, test_dates
from churnrisk.params import Churn, Params
from churnrisk.registry import mlflow_runs as tracking
from churnrisk.stages.rows import read_mature
from churnrisk.store.workspace import Workspace, read_json, whole_folder, write_json, write_table, write_text


def run(workspace: Workspace, params: Params) -> None:
    features, labels = read_mature(workspace, params.churn.horizon_days)
    named, folds = tuple(day(each) for each in params.folds.test_as_of), params.folds
    dates = test_dates(labels["as_of"].to_numpy("M8[D]"), named=named, weeks=folds.test_weeks)
    earlier = before(labels["matures_on"].to_numpy("M8[D]"), dates.min(), folds.embargo_days)
    test = labels["as_of"].isin(dates.astype("M8[us]"))
    prove_gap(labels[earlier], labels[test])

    judged, final = (RiskModel.load(workspace.models / name) for name in ("backtest", "final"))
    backtest = (
        labels.loc[test, ["account_id", "as_of"]]
        .assign(
            horizon_days=judged.horizon_days,
            probability=judged.probabilities(features[test]),
            label=labels.loc[test, "label"],
        )
        .reset_index(drop=True)
    )
    baselines = {
        "last_login_rule": last_login_rule(features[test]),
        "two_feature_logistic": two_feature_logistic(
            features[earlier], labels.loc[earlier, "label"].to_numpy(), features[test]
        ),
    }
    figures = judge(backtest, baselines, params.evaluate.resamples)
    slices = judge_slices(backtest, _slices(features[test], params.evaluate.slices))
    points = curves(backtest["label"].to_numpy(), backtest["probability"].to_numpy())
    found = verdict(figures)
    card = model_card(_facts(workspace, params, final, figures, slices) | {"verdict": found})

    write_table(backtest, workspace.reports / "backtest.parquet")
    write_json(figures, workspace.reports / "metrics.json")
    write_json(asdict(found), workspace.reports / "verdict.json")
    slices.to_csv(workspace.reports / "slices.csv", index=False, lineterminator="\n")
    with whole_folder(workspace.reports / "plots") as folder:
        write_curves(points, folder)
    write_text(card, workspace.reports / "model_card.md")
    tracking.record_evaluation(
        workspace.root,
        params.tracking.experiment,
        lineage=final.lineage,
        metrics=tracking.flat(figures),
        card=card,
        figures={name: picture(name, table) for name, table in points.items()},
    )


def _slices(features: pd.DataFrame, names: tuple[str, ...]) -> dict[str, "pd.Series[str]"]:
    words = [str(name) for name in features if pd.api.types.is_string_dtype(features[name]) and name != "account_id"]
    for name in (each for each in names if each not in words):
        raise ParamsError(
            f"no feature of words is named '{name}'",
            where="params.yaml, evaluate.slices",
            allowed=", ".join(words) or "none",
            fix=did_you_mean(name, words),
        )
    return {name: features[name].reset_index(drop=True) for name in names}


def _facts(workspace: Workspace, params: Params, final: RiskModel, figures: Figures, slices: pd.DataFrame) -> Figures:
    """What the model card says."""
    described = read_json(workspace.features / "features.json")
    cohort = read_json(workspace.reports / "cohort.json")
    main = [each for each in cohort["labels"] if each["horizon_days"] == final.horizon_days]
    shown = slices[slices["slice"] != "as_of"].round(3).astype(object)
    shown = shown.where(shown.notna(), "")
    return {
        "lineage": final.lineage,
        "trained": final.trained,
        "lead_days": params.churn.lead_days,
        "horizon_days": final.horizon_days,
        "test": figures["test"],
        "systems": {name: value for name, value in figures.items() if name != "test"},
        "slices": shown.to_dict("records"),
        "fewest": FEWEST,
        "cohort": cohort,
        "labels": main[0],
        "chosen_on": read_json(workspace.models / "choice.json")["chosen_on"],
        "leaving": _leaving(params.churn),
        "features_on": len(described["features"]),
        "features_off": described["off"],
        "unknown_events": described["unknown_events"],
    }


def _leaving(churn: Churn) -> str:
    """What leaving is, in words."""
    if churn.contraction_share is not None:
        return f"its MRR falls by {churn.contraction_share:.0%} or more"
    if churn.inactive_days is not None:
        return f"{churn.inactive_days} days in a row without activity are over"
    return "all its subscriptions have ended"
