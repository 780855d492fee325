"""Accounts as plays see them."""

from churnrisk.clock import day
from churnrisk.facts.account import Account
from churnrisk.params.plays import Plays
from churnrisk.plays.case import Case
from churnrisk.plays.play import Play

AS_OF = day("2025-12-29")
SETTINGS = Plays(cool_down_days=5, urgent_days=14, contacts_in_two_weeks=4, again_after_days=28, steps_per_owner=None)


def case(values=None, row=None, **changes) -> Case:
    account = Account(as_of=AS_OF, values=values or {}, currency="$")
    return Case(account=account, row=row or {}, **changes)


def play(name="call", **changes) -> Play:
    plain = {"play": name, "practice": "S8", "kind": "call", "say": "Call", "due_days": 7, "opening": "How is it?"}
    return Play(**(plain | changes))
