"""A seeded search for settings beyond the menu, for those who want one; it can be interrupted and taken up again."""

import hashlib
import json
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from tqdm import tqdm

from churnrisk.errors import ModelError
from churnrisk.model.examples import Examples
from churnrisk.model.scorer import Settings
from churnrisk.model.split import Fold
from churnrisk.model.tune import loss_of
from churnrisk.params.sections import Train
from churnrisk.store.lock import alone

DIGITS = 10
"""Significant digits of a setting. The last digits of what Optuna draws depend on the exp and log of the processor, and
no fit needs them.
"""


def search(earlier: Examples, folds: list[Fold], settings: Train, journal: Path) -> dict[str, Settings]:
    """The settings of each trial by name, `train.search` of them; each is drawn by what the ones before it gave.

    Trials that are done stand in the `journal`, a file for each state of the data, under the hash of what they were
    drawn with; so a run that was interrupted goes on where it stopped and ends as one that was not.

    Raises LockedError where another search writes to the journal: each would draw what the other has drawn. Raises
    ModelError where the file is not a journal.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.touch()
    with alone(journal, "another search is under way", str(journal)):
        _cut_torn(journal)
        study = _study(settings, journal)
        done = len(_done(study))
        for number in tqdm(
            range(done, settings.search), initial=done, total=settings.search, desc="search", disable=None
        ):
            # Seeded anew for each trial: a sampler's own state is lost where a run is interrupted.
            study.sampler = optuna.samplers.TPESampler(seed=settings.seed + number)
            study.optimize(lambda trial: loss_of(_draw(trial), earlier, folds, settings), n_trials=1)
        trials = _done(study)[: settings.search]
    # Optuna's own numbers count trials that were interrupted.
    return {f"trial {number}": trial.user_attrs["settings"] for number, trial in enumerate(trials)}


def _cut_torn(journal: Path) -> None:
    """Cut off a line that was not written to its end, because the next one would be added to it."""
    whole = journal.read_bytes().rpartition(b"\n")
    if whole[2]:
        journal.write_bytes(whole[0] + whole[1])


def _study(settings: Train, journal: Path) -> optuna.Study:
    """The trials so far, of the same seed and kind."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    drawn_with = json.dumps([settings.seed, settings.max_trees, settings.learning_rate])
    try:
        return optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(journal))),
            study_name=hashlib.sha256(drawn_with.encode()).hexdigest()[:16],
            load_if_exists=True,
        )
    except (ValueError, KeyError, TypeError) as error:
        # A JSONDecodeError is a ValueError.
        raise ModelError(
            f"it is not the journal of a search ({error!r})",
            where=str(journal),
            fix="delete the file, and the search begins anew",
        ) from error


def _done(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    trials: list[optuna.trial.FrozenTrial] = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    return trials


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
