"""From mature snapshots to a calibrated model: choose on later time, calibrate on it, then fit on everything."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.model.calibration import level, line
from churnrisk.model.examples import Examples, require_both, require_sound
from churnrisk.model.matrix import Numbers, matrix, says_nothing
from churnrisk.model.menu import menu_for
from churnrisk.model.offsets import SEGMENT, choose_penalty
from churnrisk.model.risk_model import RiskModel, Trained, lineage_of
from churnrisk.model.scorer import Scorer
from churnrisk.model.search import search
from churnrisk.model.split import Fold, Split, churned_accounts, prove_gap
from churnrisk.model.systems import System, choose_system, unchosen_system
from churnrisk.model.tune import Choice, Chosen, tune
from churnrisk.params.sections import Train
from churnrisk.store.catalogue.train import BoosterRecord, SystemRecord, TriedRecord
from churnrisk.store.catalogue.train import Choice as ChoiceRecord
from churnrisk.store.columns import KEYS


@dataclass(frozen=True)
class Origin:
    """Hashes of the data that a model learned from, and of the params by which it was made."""

    data_hash: str
    params_hash: str


@dataclass(frozen=True)
class OutOfTime:
    """Log-odds given to snapshots by a model that had learned only from earlier ones; calibration needs these."""

    raw: Numbers
    examples: Examples

    def moved(self, intercept: float, slope: float) -> "OutOfTime":
        """The same scores after calibration."""
        return OutOfTime(np.asarray(intercept + slope * self.raw), self.examples)

    def frame(self) -> pd.DataFrame:
        """As levels of segments are fitted to (`Examples.scored`)."""
        return self.examples.scored(self.examples.labels[KEYS].assign(raw=self.raw))


@dataclass(frozen=True)
class Uncalibrated:
    """A scorer before calibration, and what it learned from."""

    scorer: Scorer
    learned: Examples

    def out_of_time(self, later: Examples) -> OutOfTime:
        """The scores that it gives to later snapshots."""
        return OutOfTime(self.scorer.log_odds(matrix(later.features, self.scorer.columns)), later)

    def calibrated(self, later: OutOfTime, origin: Origin) -> RiskModel:
        """The model to keep: calibrated on `later`, with the id that it is known by."""
        intercept, slope = self.calibration(later)
        scorer = self.scorer.calibrated(intercept, slope)
        return RiskModel(
            scorer=scorer,
            horizon_days=self.learned.horizon_days,
            ladder=_ladder(later.moved(intercept, slope)),
            offsets=None,
            trained=_trained(self.learned.labels),
            lineage=lineage_of(origin.data_hash, origin.params_hash, scorer),
            data_hash=origin.data_hash,
            params_hash=origin.params_hash,
        )

    def calibration(self, later: OutOfTime) -> tuple[float, float]:
        """Intercept and slope on later time."""
        return (level if self.scorer.in_log_odds else line)(later.raw, later.examples.label)


@dataclass(frozen=True)
class Training:
    """What a training makes: a model to be `judged` on the test, the `final` one for the list, and the choice that both
    are made by. `out_of_time` are log-odds of the later rows of the folds, calibrated as the judged model is; levels of
    segments shrink by `penalty` (None: there are none); `learned_from` are the labels of the final model, in whose rows
    the features `says_nothing` have one value, or none.
    """

    judged: RiskModel
    final: RiskModel
    choice: Choice
    system: System
    penalty: float | None
    out_of_time: pd.DataFrame
    learned_from: pd.DataFrame
    says_nothing: list[str]


def train(
    examples: Examples,
    split: Split,
    settings: Train,
    as_of: Day,
    origin: Origin,
    *,
    journal: Path | None = None,
    short: Examples | None = None,
) -> Training:
    """Two models by one choice of settings: one that learned nothing of the test, and one of all that is known `as_of`.

    `journal` is the file of a search, where one is asked for. `short` are the snapshots with labels of half the
    horizon, where the split has periods of them to choose on. Raises ModelError where there is too little to learn
    from, and where a label reaches into the test.
    """
    require_sound(examples)
    earlier, test = examples.known_by(split.cut, split.embargo_days), examples.on(split.dates)
    prove_gap(earlier.labels, test.labels)
    require_both(test.label, "the test")
    require_both(earlier.label)
    folds = split.folds(earlier.labels)
    may_choose = split.may_choose(earlier.labels)
    if may_choose and short is not None and split.short_validation:
        choice, system = _choose_on_short(short, split, earlier, folds, settings, journal)
    elif may_choose:
        choice, system = choose(earlier, folds, settings, journal)
    else:
        choice, system = unchosen_system(earlier, folds)
    chosen_on = earlier_out_of_time(earlier, choice, system)
    plain = Uncalibrated(system.fit(earlier, choice, settings), earlier)
    known, known_test = examples.known_by(as_of), test.known_by(as_of)
    # The test, as far as it was known on the list's own date, is the latest time that there is to calibrate on.
    later = plain.out_of_time(known_test) if len(np.unique(known_test.label)) == 2 else chosen_on
    final = Uncalibrated(system.fit(known, choice, settings), known)
    moved = chosen_on.moved(*plain.calibration(chosen_on)).frame()
    # Where nothing could be chosen, a level for each segment would be too much to learn as well.
    penalty = choose_penalty(moved) if SEGMENT in moved and may_choose else None
    return Training(
        judged=plain.calibrated(chosen_on, origin).with_levels(moved, split.cut, penalty),
        final=final.calibrated(later, origin).with_levels(
            later.moved(*final.calibration(later)).frame(), as_of, penalty
        ),
        choice=choice,
        system=system,
        penalty=penalty,
        out_of_time=moved[["account_id", "as_of", "raw"]],
        learned_from=known.labels[["account_id", "as_of", "label"]].reset_index(drop=True),
        says_nothing=says_nothing(known.features),
    )


def choose(earlier: Examples, folds: list[Fold], settings: Train, journal: Path | None = None) -> tuple[Choice, System]:
    """The settings that do best on the folds, and the system that does; with a `journal`, a search adds to the menu."""
    choice = _choose_settings(earlier, folds, settings, journal)
    return choice, choose_system(earlier, folds, choice)


def _choose_settings(earlier: Examples, folds: list[Fold], settings: Train, journal: Path | None) -> Choice:
    require_both(earlier.label)
    menu = menu_for(churned_accounts(earlier.labels), settings.settings)
    if settings.search and journal:
        menu |= search(earlier, folds, settings, journal)
    return tune(earlier, folds, menu, settings)


def _choose_on_short(
    short: Examples, split: Split, earlier: Examples, folds: list[Fold], settings: Train, journal: Path | None
) -> tuple[Choice, System]:
    """Settings by labels of half the horizon on later time; all else by the main label on other accounts.

    How many trees, which system and what to calibrate on depend on the level of churn, which is another one in half the
    time; which settings carry over to later time does not. `docs/results.md` has the evidence, of Online Retail.
    """
    known = short.known_by(split.cut, split.embargo_days)
    tried = _choose_settings(known, split.short_folds(known.labels), settings, journal).tried
    best_first = sorted((each for each in tried if each.kept), key=lambda each: each.log_loss)
    kept = {each.name: each.settings for each in best_first}
    choice = replace(tune(earlier, folds, kept, settings, list(kept)), tried=tried)
    return choice, choose_system(earlier, folds, choice)


def earlier_out_of_time(earlier: Examples, choice: Choice, system: System) -> OutOfTime:
    """The scores that the chosen system gave to the later rows of the folds."""
    return OutOfTime(system.raw, earlier.rows(choice.rows))


def report(training: Training, split: Split, settings: Train) -> ChoiceRecord:
    """What was chosen, and on what."""
    choice, system = training.choice, training.system
    return ChoiceRecord(
        offsets_penalty=training.penalty,
        system=system.name,
        few_churned=system.few_churned,
        systems=[
            SystemRecord(
                name=each.name,
                log_loss=round(each.log_loss, 6),
                gain=round(each.gain.mean, 6),
                error=round(each.gain.error, 6),
            )
            for each in system.compared
        ],
        log_loss=round(choice.log_loss, 6),
        tried=[
            TriedRecord(name=each.name, log_loss=round(each.log_loss, 6), kept=each.kept, settings=dict(each.settings))
            for each in choice.tried
        ],
        boosters=[
            _booster(each, each.trees_for(training.final.trained.rows, settings.max_trees)) for each in choice.chosen
        ],
        says_nothing=training.says_nothing,
        chosen_on=_chosen_on(training, split),
    )


def _chosen_on(training: Training, split: Split) -> str:
    if not split.by_account:
        return "later time"
    if split.short_validation and training.choice.chosen:
        return f"later time by labels of half the horizon, and for the rest other accounts: {split.by_account}"
    where = "other accounts, not later time" if training.choice.chosen else "nothing, for too few accounts churned"
    return f"{where}: {split.by_account}"


def _booster(chosen: Chosen, trees: int) -> BoosterRecord:
    return BoosterRecord(boosters=chosen.boosters, trees=trees, settings=dict(chosen.settings))


def _ladder(later: OutOfTime) -> dict[int, tuple[float, float]]:
    """Calibration of the main log-odds for each further horizon, where there is churn and staying to fit it to."""
    lines = {}
    for days in later.examples.ladder:
        label = later.examples.ladder[days].to_numpy(float)
        mature = ~np.isnan(label)
        if len(np.unique(label[mature])) == 2:
            lines[int(str(days))] = line(later.raw[mature], label[mature])
    return lines


def _trained(labels: pd.DataFrame) -> Trained:
    return Trained(
        rows=len(labels),
        churned=int(labels["label"].sum()),
        first_as_of=str(day(labels["as_of"].min())),
        last_as_of=str(day(labels["as_of"].max())),
        known_until=str(day(labels["matures_on"].max())),
    )
