"""A seeded search for settings beyond the menu, for those who want one; it can be interrupted and taken up again."""

import hashlib
import json
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from tqdm import tqdm

from churnrisk.model.examples import Examples
from churnrisk.model.scorer import Settings
from churnrisk.model.split import Fold
from churnrisk.model.tune import loss_of
from churnrisk.params.sections import Train

DIGITS = 10
"""Significant digits of a setting. The last digits of what Optuna draws depend on the exp and log of the processor, and
no fit needs them.
"""


def search(earlier: Examples, folds: list[Fold], settings: Train, journal: Path) -> dict[str, Settings]:
    """The settings of each trial by name, `train.search` of them; each is drawn by what the ones before it gave.

    Trials that are done stand in the `journal`, a file for each state of the data, under the hash of what they were
    drawn with; so a run that was interrupted goes on where it stopped and ends as one that was not.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    drawn_with = json.dumps([settings.seed, settings.max_trees, settings.learning_rate])
    study = optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(journal))),
        study_name=hashlib.sha256(drawn_with.encode()).hexdigest()[:16],
        load_if_exists=True,
    )
    done = len(study.get_trials(states=[optuna.trial.TrialState.COMPLETE]))
    for number in tqdm(range(done, settings.search), initial=done, total=settings.search, desc="search", disable=None):
        # Seeded anew for each trial: a sampler's own state is lost where a run is interrupted.
        study.sampler = optuna.samplers.TPESampler(seed=settings.seed + number)
        study.optimize(lambda trial: loss_of(_draw(trial), earlier, folds, settings), n_trials=1)
    trials = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])[: settings.search]
    return {f"trial {trial.number}": trial.user_attrs["settings"] for trial in trials}


def _draw(trial: optuna.Trial) -> Settings:
    """Ranges from nearly additive trees (4 leaves, the best on the simulated company) to deep ones, and from hardly any
    shrinkage to more than a few hundred churns can overcome. What acts by its order of magnitude is drawn by its
    logarithm.
    """
    drawn = {
        "num_leaves": trial.suggest_int("num_leaves", 4, 63, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 20, 500, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.2, 0.9),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.4, 0.9),
        "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 100.0, log=True),
        "extra_trees": trial.suggest_categorical("extra_trees", [False, True]),
    }
    settings = {
        name: float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value for name, value in drawn.items()
    }
    trial.set_user_attr("settings", settings)
    return settings
