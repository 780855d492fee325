"""Which system makes the list: joined boosters, a logistic regression, both together, or a rule.

A model must never be behind what it is compared with. So the simple systems that a test compares it with are candidates
themselves, and are compared on the same later time on which settings are chosen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from churnrisk.errors import ModelError
from churnrisk.metrics.paired import Difference, log_losses, paired
from churnrisk.model.baselines import fit_rfv
from churnrisk.model.calibration import level, line
from churnrisk.model.examples import Examples
from churnrisk.model.joined import fit_joined
from churnrisk.model.logistic import Logistic
from churnrisk.model.matrix import Numbers, columns_of, matrix
from churnrisk.model.mixture import Mixture
from churnrisk.model.rule import LAST_ACTIVITY, LastActivity
from churnrisk.model.scorer import Scorer
from churnrisk.model.split import FEWEST_CHURNED, Fold, churned_accounts
from churnrisk.model.tune import Choice
from churnrisk.params.sections import Train

BOOSTERS, LOGISTIC, BOTH, RULE = "boosters", "logistic", "boosters and logistic", "last activity"

FEW_CHURNED = 100
"""Churned accounts below which boosters and logistic together make the list unless another is shown to be better.

So few say little on later time of which system is better: of 100 simulated accounts, the one that was chosen against
the logistic as the usual one had an AUC of 0.748 on average where both together have 0.765 (0.683 against 0.759 at the
worst); of 60 customers of online retail 0.712 against 0.721. Together they were never more than 0.018 behind the best
of 20 draws of three companies, boosters alone 0.030 and the logistic alone 0.077.
"""

SHOWN = 1.0
"""Paired standard errors by account by which a system must be better than the usual one to take its place. All four are
of use; two errors would keep the usual one where another is better 19 times of 20."""


@dataclass(frozen=True)
class Compared:
    """A system on later time: its log loss there, and how much better it is than the usual one."""

    name: str
    log_loss: float
    gain: Difference


@dataclass(frozen=True)
class System:
    """The system that makes the list, what it was compared with, and its log-odds on the later time of the folds."""

    name: str
    compared: tuple[Compared, ...]
    raw: Numbers
    few_churned: bool

    def fit(self, examples: Examples, choice: Choice, settings: Train) -> Scorer:
        """The system fitted to `examples`, not calibrated yet."""
        if self.name in _SIMPLE:
            return _SIMPLE[self.name](examples)
        boosters = fit_joined(examples, choice, settings)
        return boosters if self.name == BOOSTERS else Mixture.mean([boosters, _logistic(examples)])


def unchosen_system(earlier: Examples, folds: list[Fold]) -> tuple[Choice, System]:
    """The system that makes the list where too few accounts churned to choose anything on.

    It is the logistic regression, with its log-odds for accounts that it had not seen. Without folds it is the rule: as
    that learns nothing from labels, it has seen none. Raises ModelError where usage gives neither anything to look at.
    """
    if LAST_ACTIVITY not in earlier.features:
        raise ModelError(
            f"{churned_accounts(earlier.labels)} accounts churned before the test, too few to choose a model on, and"
            f" the simple ones need the feature {LAST_ACTIVITY}",
            where="labels",
            allowed=f"{FEWEST_CHURNED} or more",
            fix="give a longer history, or lessen folds.test_weeks",
        )
    name = LOGISTIC if folds else RULE
    rows = np.concatenate([np.flatnonzero(fold.validation) for fold in folds] or [np.arange(len(earlier.label))])
    every = np.ones(len(earlier.label), bool)
    raw = _scored_later(_SIMPLE[name], earlier, folds or [Fold(train=every, validation=every)])
    loss = float(log_losses(_calibrated(name, raw, earlier.label[rows]), earlier.label[rows]).mean())
    return Choice(chosen=(), tried=(), log_loss=loss, raw=raw, rows=rows), System(name, (), raw, few_churned=True)


def choose_system(earlier: Examples, folds: list[Fold], choice: Choice) -> System:
    """The usual system, or the best of those that are shown to be better on the later time of the folds."""
    raw = _out_of_time(earlier, folds, choice)
    label, account = earlier.label[choice.rows], earlier.accounts[choice.rows]
    few = churned_accounts(earlier.labels) < FEW_CHURNED
    usual = BOTH if few and BOTH in raw else BOOSTERS
    losses = {name: log_losses(_calibrated(name, each, label), label) for name, each in raw.items()}
    gains = {name: paired(losses[usual], each, account) for name, each in losses.items()}
    better = [name for name, gain in gains.items() if name != usual and gain.exceeds(SHOWN)]
    chosen = max(better, key=lambda name: gains[name].mean, default=usual)
    compared = tuple(Compared(name, float(losses[name].mean()), gains[name]) for name in raw)
    return System(chosen, compared, raw[chosen], few)


def _out_of_time(earlier: Examples, folds: list[Fold], choice: Choice) -> dict[str, Numbers]:
    """Log-odds of the later rows of all folds by each system that can be fitted to these features."""
    raw = {BOOSTERS: choice.raw}
    for name, fit in (_SIMPLE if LAST_ACTIVITY in earlier.features else {}).items():
        raw[name] = _scored_later(fit, earlier, folds)
    if LOGISTIC in raw:
        raw[BOTH] = (raw[BOOSTERS] + raw[LOGISTIC]) / 2
    return raw


def _scored_later(fit: Callable[[Examples], Scorer], earlier: Examples, folds: list[Fold]) -> Numbers:
    """Log-odds of the rows to validate on of all folds, one fold after the other."""
    scored = []
    for fold in folds:
        scorer = fit(earlier.rows(fold.train))
        scored.append(scorer.log_odds(matrix(earlier.rows(fold.validation).features, scorer.columns)))
    return np.concatenate(scored)


def _calibrated(name: str, raw: Numbers, label: Numbers) -> Numbers:
    intercept, slope = line(raw, label) if name == RULE else level(raw, label)
    return np.asarray(intercept + slope * raw)


def _logistic(examples: Examples) -> Logistic:
    columns = columns_of(examples.features)
    return fit_rfv(matrix(examples.features, columns), examples.label, columns)


def _rule(examples: Examples) -> LastActivity:
    columns = columns_of(examples.features)
    return LastActivity.fit(matrix(examples.features, columns), examples.label, columns, {})


_SIMPLE: dict[str, Callable[[Examples], Scorer]] = {LOGISTIC: _logistic, RULE: _rule}
