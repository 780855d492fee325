"""What was done for an account before holds its next step back."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.params.plays import Plays
from churnrisk.plays.play import Play
from churnrisk.risk_list.inputs import DISPOSITION

from .company import inputs_of, risk_list

CALL = Play(play="ring", practice="S8", kind="call", say="Ring", due_days=7, opening="Hello")
COMPANY = inputs_of(
    """
    account  probability  mrr
    a        0.9          10
    """
)
SNOOZE = "Snoozed until 20 Jan: new contact."


def done(text):
    """Dispositions, one a line: play, outcome, snoozed until, known at; `-` is nothing. The list is of 6 Jan 2025."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    frame = pd.DataFrame(rows, columns=["play", "outcome", "snooze_until", "known_at"]).replace("-", None)
    times = {name: pd.to_datetime(frame[name]) for name in ("snooze_until", "known_at")}
    return frame.assign(account_id="a", reason="new contact", as_of=times["known_at"], **times).reindex(
        columns=DISPOSITION
    )


@pytest.mark.parametrize(
    ("dispositions", "held", "rule"),
    [
        ("", "", ""),
        ("ring done - 2024-12-20", "This was done lately; see first what comes of it.", "done"),
        ("ring not_needed - 2024-12-20", "This was done lately; see first what comes of it.", "done"),
        ("ring done - 2024-12-01", "", ""),
        ("ring no_answer - 2024-12-20", "", ""),
        ("write done - 2024-12-20", "", ""),
        ("- talked - 2025-01-03", "We were in touch a few days ago.", "cool-down"),
        ("- no_answer - 2025-01-03", "", ""),
        ("- snoozed 2025-01-20 2024-12-20", SNOOZE, "snoozed"),
        ("- snoozed 2025-01-06 2024-12-20", "", ""),
        ("- snoozed 2025-01-20 2024-12-20\n- no_answer - 2025-01-02", "", ""),  # the last word counts
        ("- snoozed 2025-01-20 2024-12-20\n- - - 2025-01-02", SNOOZE, "snoozed"),  # a verdict alone is none
        ("- no_answer - 2024-12-20\n- snoozed 2025-01-20 2025-01-02", SNOOZE, "snoozed"),
    ],
)
def test_what_was_done_before(dispositions, held, rule):
    made = risk_list(COMPANY, plays=(CALL,), holds=Plays(), dispositions=done(dispositions))
    step = made.rows[0].next_step
    assert (step.held, step.rule) == (held, rule)
    assert made.held_back == (((rule, 1),) if rule else ())


def test_an_account_that_has_given_notice_is_asked_for_nothing():
    leaving = pd.DataFrame({"account_id": ["a"], "name": "A", "owner": None, "arr": np.nan, "ended_on": pd.NaT})
    (row,) = risk_list(COMPANY, plays=(CALL,), in_notice=leaving).rows
    assert row.next_step.rule == "in notice"
    (row,) = risk_list(COMPANY, plays=(CALL,)).rows
    assert row.next_step.rule == ""
