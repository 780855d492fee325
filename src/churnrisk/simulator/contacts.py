"""Surveys and touchpoints: how an account is contacted, and whether it answers."""

import numpy as np
import pandas as pd

from churnrisk.simulator.lives import Lives, office_hours, repeated

_FIRST_SURVEY_WEEK, _SURVEY_EVERY_WEEKS = 8, 13
_ANSWERS = np.array([0.62, 0.46, 0.30, 0.14])  # share of surveys answered, by state
_SCORE = np.array([8.8, 6.8, 5.0, 3.4])  # mean, by state
_KINDS = ("email", "call", "meeting", "qbr")
_A_WEEK = np.array(
    [  # by kind and segment
        [0.20, 0.28, 0.40],
        [0.03, 0.07, 0.14],
        [0.004, 0.025, 0.08],
        [0.0, 0.055, 0.072],
    ]
)
_TAKES_PART = np.array([0.35, 0.55, 0.75, 0.80])  # by kind, at full engagement
_DETACHED = 0.12  # part of that at no engagement


def surveys_table(lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `surveys`: one after onboarding, then one a quarter. Unhappy accounts answer least."""
    age = np.arange(lives.time.weeks) - lives.of("begins")[:, None] // 7 - _FIRST_SURVEY_WEEK
    due = (age >= 0) & (age % _SURVEY_EVERY_WEEKS == 0) & (lives.state >= 0)
    spell, week = np.nonzero(due)
    sent = (7 * week + rng.integers(5, size=len(week))).astype(float)
    kept = lives.during(spell, sent)
    spell, week, sent = spell[kept], week[kept], sent[kept]
    state, count = np.maximum(lives.state[spell, week], 0), len(spell)
    answered = np.where(rng.random(count) < _ANSWERS[state], sent + rng.geometric(0.3, count) - 1, np.inf)
    answered = np.where(answered < lives.until[spell], answered, np.inf)
    score = (_SCORE[state] + rng.normal(0, 1.4, count)).round().clip(0, 10)
    return lives.table(
        "surveys",
        pd.DataFrame(
            {
                "account": lives.of("account")[spell],
                "sent_on": sent,
                "answered_on": answered,
                "score": np.where(np.isfinite(answered), score, np.nan),
            }
        ),
    )


def touchpoints_table(lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `touchpoints`: more for larger accounts, and quarterly reviews for all but small ones."""
    rates = _A_WEEK[:, lives.of("segment")]
    parts = [repeated(rate[:, None] * (lives.state >= 0), rng) for rate in rates]
    kind = np.repeat(np.arange(len(_KINDS)), [len(spell) for spell, _ in parts])
    spell, week = (np.concatenate(column) for column in zip(*parts, strict=True))
    moment = office_hours(week, rng)
    kept = lives.during(spell, moment)
    spell, week, kind, moment = spell[kept], week[kept], kind[kept], moment[kept]
    probability = _TAKES_PART[kind] * (_DETACHED + (1 - _DETACHED) * np.minimum(lives.level[spell, week], 1))
    return lives.table(
        "touchpoints",
        pd.DataFrame(
            {
                "account": lives.of("account")[spell],
                "happened_at": moment,
                "kind": np.array(_KINDS, object)[kind],
                "answered": rng.random(len(spell)) < probability,
            }
        ),
    )
