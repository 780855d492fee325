"""Sentiment: what they say when asked, and whether they still say anything."""

import numpy as np

from churnrisk.features.registry import feature
from churnrisk.past.tables.records import once


@once
def _answered(surveys):
    """Surveys with a score, in the order of the answers."""
    return surveys.where(~np.isnan(surveys["score"])).by("answered_on")


@feature(
    fact="surveys", unit="score", missing="never answered a survey", columns=("surveys.score", "surveys.answered_on")
)
def survey_score(surveys):
    """Latest answer to how likely they are to recommend us, 0 to 10."""
    return _answered(surveys).last("score")


@feature(
    fact="surveys", unit="score", missing="fewer than two answers", columns=("surveys.score", "surveys.answered_on")
)
def survey_score_change(surveys):
    """Latest score less the mean of all scores so far."""
    answered = _answered(surveys)
    change = answered.last("score") - answered.mean(answered["score"])
    return np.where(answered.count() > 1, change, np.nan)


@feature(
    fact="surveys", unit="days", missing="never answered a survey", columns=("surveys.score", "surveys.answered_on")
)
def days_since_survey_answer(surveys):
    """Days since a survey was last answered."""
    return _answered(surveys).days_since()


@feature(fact="surveys", unit="count", missing="no survey was sent", columns=("surveys.answered_on",))
def surveys_unanswered(surveys):
    """Surveys in a row, up to the last, without an answer."""
    return np.where(surveys.count() > 0, surveys.in_a_row(np.isnat(surveys["answered_on"])), np.nan)
