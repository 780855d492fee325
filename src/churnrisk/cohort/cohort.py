"""The cohort of a date: who is at risk, and by which rule every other account is left out."""

import pandas as pd

from churnrisk.clock import Day, LabelWindow
from churnrisk.cohort import rules
from churnrisk.cohort.rules import AT_RISK, Candidates, Watch
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.spells import NEVER
from churnrisk.rules import first_that_holds


def cohort(accounts: Ledger, subscriptions: Ledger, as_of: Day, window: LabelWindow, watch: Watch) -> pd.DataFrame:
    """Every account known at `as_of`, with the rule that keeps it out of the cohort, or `AT_RISK`.

    Returns one row an account, in order: `account_id`, `as_of`, `spell_started_on` (NaT before the first spell),
    `ended_on` (NaT while no end is known), `rule` (the name of one of `cohort.rules.RULES`, or `AT_RISK`).
    """
    here = Candidates.of(accounts.before(as_of), subscriptions.before(as_of), as_of, window, watch)
    rows = here.accounts
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "as_of": as_of.astype("M8[us]"),
            "spell_started_on": rows["started_on"],
            "ended_on": rows["ended_on"].where(rows["ended_on"] < NEVER),
            "rule": first_that_holds(rules.RULES, here, AT_RISK),
        }
    )
