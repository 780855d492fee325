"""Which account and which date are meant, and the rule by which an account was not scored."""

from collections.abc import Iterable

import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.cohort.rules import RULES
from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.store.catalogue.snapshot import LEFT_OUT, SNAPSHOTS
from churnrisk.store.workspace import Workspace

WHERE = "explain"


def require_date(workspace: Workspace, as_of: Day) -> list[Day]:
    """The dates of snapshots up to `as_of`, which must be one of them; raises ParamsError, with the nearest, else."""
    dates = sorted(day(each) for each in SNAPSHOTS.read(workspace, ["as_of"])["as_of"].drop_duplicates())
    if as_of not in dates:
        near = min(dates, key=lambda each: (abs(each - as_of), each))
        raise ParamsError(
            f"there are no snapshots of {as_of}",
            where="--as-of",
            allowed=f"a date of snapshots, from {dates[0]} to {dates[-1]}",
            fix=f"name {near}",
        )
    return [each for each in dates if each <= as_of]


def require_account(account: str, known: pd.DataFrame, as_of: Day) -> None:
    """Raise ParamsError, with the nearest, unless the `known` accounts (`account_id`, `name`) have that id."""
    if known["account_id"].eq(account).any():
        return
    raise ParamsError(
        f"no account {account!r} was known on {as_of}",
        where=WHERE,
        allowed="the id of an account, as the column `account_id` of the list has it",
        fix=_nearest(account, known) or "look it up in the list, or give a later --as-of",
    )


def _nearest(account: str, known: pd.DataFrame) -> str:
    """The account that is meant where its name was given, or the nearest id, or the nearest name with its id."""
    ids = dict(zip(known["name"].astype(str), known["account_id"].astype(str), strict=True))
    if account in ids:
        return f"{account!r} is the name of {ids[account]}"
    folded = _spelt_alike(account, known["account_id"].astype(str))
    if folded:
        return f"did you mean {folded!r}?"
    near = did_you_mean(account, known["account_id"].astype(str))
    named = _spelt_alike(account, ids) or did_you_mean(account, ids).removeprefix("did you mean '").removesuffix("'?")
    return near or (f"did you mean {named!r}, which is {ids[named]}?" if named in ids else "")


def _spelt_alike(account: str, there: Iterable[str]) -> str:
    """The one that differs in capitals and spaces alone; nothing where there is none."""
    return next((each for each in there if each.casefold().split() == account.casefold().split()), "")


def rule_of(workspace: Workspace, account: str, as_of: Day) -> str:
    """The rule that left an account out on a date, with what it means; raises ParamsError where none did."""
    rows = LEFT_OUT.read(
        workspace, ["account_id", "rule"], [("as_of", "==", pd.Timestamp(as_of)), ("account_id", "==", account)]
    )
    if rows.empty:
        raise ParamsError(
            f"{account} is neither watched nor left out on {as_of}",
            where=WHERE,
            fix="it became known after the snapshots were made: run `dvc repro snapshot`",
        )
    name = str(rows["rule"].iloc[0])
    return f"{name} ({RULES.words[name]})"
