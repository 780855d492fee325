"""Sentiment, its silence, and how often we speak."""

import numpy as np

from churnrisk.features.registry import feature


def _answered(surveys):
    """Surveys with a score, in the order of the answers."""
    return surveys.where(~np.isnan(surveys["score"])).by("answered_on")


@feature(unit="score", missing="never answered a survey", reason="the latest survey score is {value:.0f} of 10")
def survey_score(surveys):
    """Latest answer to how likely they are to recommend us, 0 to 10."""
    return _answered(surveys).last("score")


@feature(
    unit="score", missing="fewer than two answers", reason="the survey score moved by {value:+.1f} against their usual"
)
def survey_score_change(surveys):
    """Latest score less the mean of all scores so far."""
    answered = _answered(surveys)
    change = answered.last("score") - answered.mean(answered["score"])
    return np.where(answered.count() > 1, change, np.nan)


@feature(unit="days", missing="never answered a survey", reason="the latest survey answer is {value:.0f} days old")
def days_since_survey_answer(surveys):
    """Days since a survey was last answered."""
    return _answered(surveys).days_since()


@feature(unit="count", missing="no survey was sent", reason="the last {value:.0f} surveys went unanswered")
def surveys_unanswered(surveys):
    """Surveys in a row, up to the last, without an answer."""
    return surveys.in_a_row(np.isnat(surveys["answered_on"]))


@feature(unit="days", missing="nobody has spoken with them", reason="the last conversation was {value:.0f} days ago")
def days_since_conversation(touchpoints):
    """Days since a call, meeting or review in which they took part."""
    return touchpoints.where((touchpoints["kind"] != "email") & touchpoints["answered"].astype(bool)).days_since()


@feature(unit="count", missing="contacts not recorded", reason="{value:.0f} contacts in the last 30 days")
def contacts_last_month(touchpoints):
    """Contacts of any kind in the last 30 days."""
    return touchpoints.within(days=30).count()


@feature(unit="count", missing="contacts not recorded", reason="the last {value:.0f} contacts went unanswered")
def contacts_unanswered(touchpoints):
    """Contacts in a row, up to the last, without an answer."""
    return touchpoints.in_a_row(~touchpoints["answered"].astype(bool))
