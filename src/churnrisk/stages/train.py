"""What precedes churn? One model up to the test, which is judged, and one on every mature row for the list."""

import hashlib
import json

from churnrisk.evaluation.slices import require_groups
from churnrisk.feeds.list_date import list_date
from churnrisk.model.examples import data_hash, read_examples, read_short_examples, read_short_labels
from churnrisk.model.split import make_split
from churnrisk.model.training import Origin, report, train
from churnrisk.params import Params
from churnrisk.registry import mlflow_runs
from churnrisk.registry.server import require_server
from churnrisk.store.catalogue.featurize import FEATURES
from churnrisk.store.catalogue.train import BACKTEST_MODEL, CHOICE, FINAL_MODEL, OUT_OF_TIME, SPLIT
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    """Write models/backtest, models/final, models/split.json and models/choice.json; record a run in MLflow.

    Raises ParamsError for a slice or a fairness column that there is not, before anything is fitted.
    """
    features = FEATURES.read(workspace)
    require_groups(params.evaluate, features.of_words, features.account_words)
    # Before anything else, so that an hour of training is not lost where the server is down.
    require_server(workspace.root, params.tracking.experiment)
    examples, as_of = read_examples(workspace, params.churn.horizon_days, params.churn.horizons), list_date(workspace)
    split = make_split(examples.labels, as_of, params.folds, params.train.seed, read_short_labels(workspace))
    short = read_short_examples(workspace) if split.short_validation else None
    origin = _origin(workspace, params)
    journal = workspace.models / "search" / f"{origin.data_hash[:12]}.log"
    training = train(examples, split, params.train, as_of, origin, journal=journal, short=short)
    with rewriting(workspace, *BACKTEST_MODEL, *FINAL_MODEL) as draft:
        training.judged.save(draft.path("models/backtest"))
        training.final.save(draft.path("models/final"))
    OUT_OF_TIME.write(training.out_of_time.sort_values(["as_of", "account_id"], ignore_index=True), workspace)
    SPLIT.write(split.record(), workspace)
    CHOICE.write(report(training, split, params.train), workspace)
    mlflow_runs.record_training(workspace.root, params, training=training)


def _origin(workspace: Workspace, params: Params) -> Origin:
    """Hashes of the data, and of all params that the model depends on."""
    sections = [params.churn, params.folds, params.train]
    content = json.dumps([each.model_dump(mode="json") for each in sections], sort_keys=True)
    return Origin(data_hash(workspace), hashlib.sha256(content.encode()).hexdigest())
