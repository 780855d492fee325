"""Checks of past lists against what happened, of what the newest should turn out to be, and of the model's age."""

from churnrisk.clock import day, days
from churnrisk.evaluation.calibration import FAR_OFF
from churnrisk.evaluation.verdict import FEWEST_CHURNED
from churnrisk.monitoring.check import Answer, Subject, nothing
from churnrisk.store.catalogue.monitor import PastLists, State

NO_LIST = "no list of this model is mature yet"
_FEW = f"fewer than {FEWEST_CHURNED} accounts of this model's lists churned"
_ERRORS = 3.0
"""Standard errors by which a list has to fall short, because it is looked at anew each week."""

_WARMER = 0.8
"""Share of the age at which a model is due to be trained again from which it is watched."""


def better_than_lot(subject: Subject) -> Answer:
    """Lists that find no more than one drawn by lot."""
    past = subject.past
    if past is None:
        return nothing(NO_LIST)
    if past.churned < FEWEST_CHURNED:
        return nothing(_FEW)
    if not past.listed:
        # A model that ranks no better than chance makes lists without accounts, which find as many as by lot: none.
        return nothing("the lists of this model had no account to call")
    said = f"{_found(past)}; by lot it would be {past.found_by_lot:.0f}"
    return Answer("alarm" if past.found <= past.found_by_lot else "fine", said)


def as_many_as_expected(subject: Subject) -> Answer:
    """Lists that found fewer than their probabilities said."""
    past = subject.past
    if past is None:
        return nothing(NO_LIST)
    if past.found_expected < FEWEST_CHURNED:
        return nothing(f"lists of this model expected fewer than {FEWEST_CHURNED} churns")
    # Rows of one account repeat each other from list to list, so the spread is that of so many lists' worth of one.
    error = (past.found_expected * past.lists) ** 0.5
    short = past.found_expected - past.found > _ERRORS * error
    said = f"{_found(past)}; by their probabilities it would be {past.found_expected:.0f}"
    return Answer("watch" if short else "fine", said)


def _found(past: PastLists) -> str:
    return f"{past.found:,} of {past.listed:,} places on {past.lists:,} lists were accounts that churned"


def calibrated(subject: Subject) -> Answer:
    """Probabilities that no longer agree with what happens."""
    past = subject.past
    if past is None:
        return nothing(NO_LIST)
    if past.ratio is None or past.ratio_low is None or past.ratio_high is None:
        return nothing(_FEW)
    said = f"churn was {past.ratio:.2f} times as frequent as predicted ({past.ratio_low:.2f} to {past.ratio_high:.2f})"
    if past.ratio_low > FAR_OFF or past.ratio_high < 1 / FAR_OFF:
        return Answer("alarm", said)
    return Answer("watch" if past.ratio_low > 1 or past.ratio_high < 1 else "fine", said)


def ranked_as_on_the_test(subject: Subject) -> Answer:
    """A ranking that is worse than on the test."""
    past = subject.past
    if past is None:
        return nothing(NO_LIST)
    if past.auc is None or past.auc_high is None:
        return nothing(_FEW)
    low = subject.drift.expected.auc_of_test_low
    said = f"the AUC of past lists is {past.auc:.2f} ({past.auc_low:.2f} to {past.auc_high:.2f})"
    said = f"{said}; on the test it was {subject.drift.expected.auc_of_test:.2f}, and at least {low:.2f}"
    if past.auc_high < low:
        return Answer("alarm", said)
    return Answer("watch" if past.auc < low else "fine", said)


def expected_as_on_the_test(subject: Subject) -> Answer:
    """A list that can't rank as well as on the test, even if every probability is right."""
    expected = subject.drift.expected
    if expected.auc is None:
        return nothing("every account has the same fate by its probability")
    low = expected.auc_of_test_low
    said = f"the AUC to expect is {expected.auc:.2f}; on the test it was {expected.auc_of_test:.2f}, at least {low:.2f}"
    return Answer("watch" if expected.auc < low else "fine", said)


def age(subject: Subject) -> Answer:
    """A model that learned long ago."""
    learned = day(subject.bundle.model.trained.known_until)
    weeks = int((day(subject.drift.as_of) - learned) // days(7))
    said = f"the model knows what happened until {learned}, {weeks} weeks before the list"
    limit = subject.refit_after_weeks
    state: State = "alarm" if weeks >= limit else "watch" if weeks >= _WARMER * limit else "fine"
    return Answer(state, f"{said}; it is due again after {limit}")
