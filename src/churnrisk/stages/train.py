"""What precedes leaving? One model up to the test, which is judged, and one on every mature row for the list."""

import hashlib
import json

import numpy as np
import pandas as pd

from churnrisk.clock import day
from churnrisk.model.split import prove_gap, require_earlier, test_dates
from churnrisk.model.training import Examples, Recipe, choose, fit_all, require_both
from churnrisk.params import Params
from churnrisk.registry import mlflow_runs as tracking
from churnrisk.stages.rows import data_hash, list_date, read_ladder, read_mature
from churnrisk.store.workspace import Workspace, whole_folder, write_json


def run(workspace: Workspace, params: Params) -> None:
    tracking.require_server(workspace.root, params.tracking.experiment)
    features, labels = read_mature(workspace, params.churn.horizon_days)
    ladder = read_ladder(workspace, labels, [h for h in params.churn.horizons if h != params.churn.horizon_days])
    examples = Examples(features, labels, ladder, params.churn.horizon_days, data_hash(workspace))
    folds = params.folds
    named = tuple(day(each) for each in folds.test_as_of)
    dates = test_dates(labels["as_of"].to_numpy("M8[D]"), named=named, weeks=folds.test_weeks)
    recipe = _recipe(params)

    as_of = list_date(workspace)
    as_ofs, matures = (labels[name].to_numpy("M8[D]") for name in ("as_of", "matures_on"))
    # Neither the test nor the list may be of a date that had a part in the choice.
    first = min(dates.min(), as_of)
    require_earlier(as_ofs, matures, examples.label, first, folds.embargo_days)
    earlier, test = examples.known_by(first, folds.embargo_days), examples.on(dates)
    prove_gap(earlier.labels, test.labels)
    require_both(test.label, "the test")
    choice, chosen_on, by_account = choose(earlier, recipe)
    plain = fit_all(earlier, choice, recipe)
    judged = plain.calibrated(chosen_on, recipe)

    # The test, as far as it was known on the list's own date, is the latest time that there is to calibrate on.
    known, known_test = examples.known_by(as_of), test.known_by(as_of)
    both = len(np.unique(known_test.label)) == 2
    later = plain.out_of_time(known_test) if both else chosen_on
    final = fit_all(known, choice, recipe).calibrated(later, recipe)

    report = {
        "trials": choice.tried,
        "trees": choice.trees,
        "log_loss": round(choice.log_loss, 6),
        "settings": dict(choice.settings),
        "chosen_on": f"other accounts, not later time: {by_account}" if by_account else "later time",
    }
    for name, model in (("backtest", judged), ("final", final)):
        with whole_folder(workspace.models / name) as folder:
            model.save(folder)
    write_json(report, workspace.models / "choice.json")
    tracking.record_training(
        workspace.root,
        params.tracking.experiment,
        params.tracking.registered_model,
        booster=final.booster,
        tags={"lineage": final.lineage, "data_hash": final.data_hash, "params_hash": final.params_hash},
        params={
            **choice.settings,
            "trees": choice.trees,
            "horizon_days": final.horizon_days,
            "lead_days": params.churn.lead_days,
        },
        metrics={"validation_log_loss": choice.log_loss, "rows": final.trained.rows, "churned": final.trained.churned},
        rows=_learned_from(known.labels),
    )


def _recipe(params: Params) -> Recipe:
    train, folds = params.train, params.folds
    told = [params.churn, folds, train]
    content = json.dumps([each.model_dump(mode="json") for each in told], sort_keys=True)
    return Recipe(
        params.churn.horizon_days,
        train.trials,
        train.max_trees,
        train.learning_rate,
        folds.validation_folds,
        folds.fold_weeks,
        train.seed,
        train.threads,
        hashlib.sha256(content.encode()).hexdigest(),
    )


def _learned_from(labels: pd.DataFrame) -> pd.DataFrame:
    return labels[["account_id", "as_of", "label"]].reset_index(drop=True)
