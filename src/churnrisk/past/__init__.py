"""The past as it was known at `as_of`: facts, subscriptions, usage and people.

Tables: `ledger` (all rows, when each was known and corrected), `entries` (what a date, or each of many snapshots, knows
of them), `facts` (the view). Usage: `daily` (rows of the rollup), `weeks` (laid out by week), `track` (running totals,
less what was not known yet), `usage` and `people` (the views). `past.Block` makes all of them.

A view only looks back: a snapshot has the rows of a table that were known before its `as_of`, and of usage nothing can
be asked for that lies after it or was not known then. So whoever receives one can't see later ones, however it is
written. `fell_on` and `silent_on` go on from a date by what their caller knows: for labels what came later, for the
cohort what was known at the date.
"""
