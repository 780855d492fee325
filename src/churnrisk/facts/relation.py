"""What we say to each other: surveys and contacts."""

from churnrisk.facts.account import Account, many
from churnrisk.facts.fact import Fact, particular

LOW, HIGH = 6, 9
"""Scores of detractors and promoters. Source: F. Reichheld, The one number you need to grow, 2003."""

FEW_ANSWERS = 3
"""Surveys or contacts in a row without an answer that are told: two may be chance."""

OLD_DAYS = 365
"""An answer that is older says nothing of today."""

LONG_DAYS, RECENT_DAYS = 60, 30
"""Days without a conversation that are told, and days within which one is."""


@particular()
def surveys_sent(surveys):
    """Surveys sent so far."""
    return surveys.count()


@particular()
def days_since_survey(surveys):
    """Days since a survey was last sent."""
    return surveys.days_since()


@particular()
def days_since_contact(touchpoints):
    """Days since we were last in touch, answered or not."""
    return touchpoints.days_since()


def low_score(account: Account) -> str | None:
    """The latest answer is low."""
    score, days = account["survey_score"], account["days_since_survey_answer"]
    if score is None or days is None or score > LOW or days > OLD_DAYS:
        return None
    since = account["surveys_unanswered"]
    quiet = f"; {_unanswered(since)}" if since else ""
    return f"Gave us {score:.0f} of 10 on {account.ago(days)}{quiet}."


def stopped_answering(account: Account) -> str | None:
    """It answered once, and not lately."""
    since, days = account["surveys_unanswered"], account["days_since_survey_answer"]
    if since is None or since < FEW_ANSWERS or days is None:
        return None
    return f"Has not answered our last {since:.0f} surveys, since its answer of {account.ago(days)}."


def never_answered(account: Account) -> str | None:
    """It has not answered any survey."""
    sent, days = account["surveys_sent"], account["days_since_survey"]
    if sent is None or sent < FEW_ANSWERS or days is None or account["days_since_survey_answer"] is not None:
        return None
    return f"Has answered none of our {sent:.0f} surveys, the last of them sent on {account.ago(days)}."


def high_score(account: Account) -> str | None:
    """The latest answer is high."""
    score, days = account["survey_score"], account["days_since_survey_answer"]
    if score is None or days is None or score < HIGH or days > OLD_DAYS:
        return None
    return f"Gave us {score:.0f} of 10 on {account.ago(days)}."


def no_answer(account: Account) -> str | None:
    """Several contacts in a row had no answer."""
    count, days = account["contacts_unanswered"], account["days_since_contact"]
    if count is None or count < FEW_ANSWERS or days is None:
        return None
    return f"Our last {count:.0f} contacts had no answer, the latest on {account.ago(days)}."


def long_ago(account: Account) -> str | None:
    """The last conversation is long ago."""
    days = account["days_since_conversation"]
    if days is None or days < LONG_DAYS:
        return None
    return f"Our last call or meeting was on {account.ago(days)} ({many(days, 'day')} ago)."


def spoke(account: Account) -> str | None:
    """We spoke lately."""
    days = account["days_since_conversation"]
    if days is None or days > RECENT_DAYS:
        return None
    return f"We spoke on {account.ago(days)} ({many(days, 'day')} ago)."


def _unanswered(count: float) -> str:
    return "has not answered the survey since" if count == 1 else f"has not answered {count:.0f} surveys since"


SURVEYS = Fact(
    name="surveys",
    about="surveys",
    kind="relation",
    reads=("survey_score", "days_since_survey_answer", "surveys_unanswered"),
    particulars=(surveys_sent, days_since_survey),
    raises=(low_score, stopped_answering, never_answered),
    lowers=(high_score,),
)
CONTACTS = Fact(
    name="contacts",
    about="our contacts",
    kind="relation",
    reads=("contacts_unanswered", "days_since_conversation", "contacts_last_fortnight"),
    particulars=(days_since_contact,),
    raises=(no_answer, long_ago),
    lowers=(spoke,),
)
