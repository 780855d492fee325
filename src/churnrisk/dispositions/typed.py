"""Texts of people as rows of the contract table, and what is wrong with those that can't be."""

import datetime as dt
import re
from collections.abc import Collection

import pandas as pd

from churnrisk.contract import OUTCOMES, TABLES, VERDICTS
from churnrisk.intake.faults import faults

_TABLE = TABLES["dispositions"]
_DATES = tuple(name for name in _TABLE.columns if _TABLE.kind(name) == "time" and name != "known_at")
_YES = frozenset({"yes", "y", "x", "✓", "✔", "ok", "true"})
_SNOOZE = re.compile(r"snoozed?(?: until)?(?: (?P<until>\S+))?")


def typed(texts: pd.DataFrame, accounts: Collection[str], lists: Collection[dt.date]) -> pd.DataFrame:
    """The rows in the types of the contract, with `fault`: what is wrong with a row, empty where nothing is.

    `texts` are those of `read_texts`, `accounts` the keys of all accounts, `lists` the dates of lists that went out. A
    row may stand there twice; two rows of one key that differ can't both be right, and the second is at fault.
    """
    rows = _meant(texts)
    unreadable = pd.Series("", index=rows.index)
    for name in _DATES:
        dates, wrong = _dates(rows[name])
        unreadable = unreadable.mask(unreadable.eq("") & wrong, name + " '" + rows[name] + "' is not a date")
        rows[name] = dates
    unreadable = unreadable.where(unreadable.eq(""), unreadable + " such as 2025-12-31")
    rows = rows.mask(rows == "").astype(_TABLE.empty().drop(columns="known_at").dtypes.to_dict())
    rows = rows.assign(known_at=pd.Series(pd.NaT, index=rows.index, dtype=_TABLE.empty()["known_at"].dtype))
    once = ~rows.duplicated()
    judged = rows[once].reset_index(drop=True)
    found = faults(
        judged.assign(
            fault=unreadable[once].to_numpy(), has_account=judged["account_id"].isin(list(accounts)).to_numpy()
        ),
        _TABLE,
    )
    unlisted = found.eq("") & ~judged["as_of"].dt.date.isin(list(lists))
    found = found.mask(unlisted, "no list of " + judged["as_of"].dt.strftime("%Y-%m-%d") + " went out")
    return rows.merge(judged.assign(fault=found), how="left", on=list(rows), validate="m:1")


def _meant(texts: pd.DataFrame) -> pd.DataFrame:
    """The same with outcome and verdict in the words of the contract, whichever of them a person wrote where."""
    rows = texts.copy()
    said = rows["outcome"].str.casefold().str.replace("_", " ").str.split().str.join(" ")
    verdict = rows["verdict"].str.casefold().str.replace("_", " ").str.split().str.join(" ")
    snoozed = said.str.extract(f"^{_SNOOZE.pattern}$")["until"]
    is_snoozed = said.str.fullmatch(_SNOOZE.pattern)
    rows["snooze_until"] = rows["snooze_until"].mask(rows["snooze_until"].eq("") & snoozed.notna(), snoozed)
    is_verdict = said.isin(VERDICTS) & verdict.eq("")
    rows["verdict"] = verdict.mask(is_verdict, said)
    words = {each.replace("_", " "): each for each in OUTCOMES} | dict.fromkeys(_YES, "done")
    outcome = said.map(words).fillna(rows["outcome"]).mask(is_snoozed, "snoozed").mask(is_verdict, "")
    rows["outcome"] = outcome.mask(outcome.eq("") & rows["snooze_until"].ne(""), "snoozed")
    return rows


def _dates(texts: "pd.Series[str]") -> "tuple[pd.Series[pd.Timestamp], pd.Series[bool]]":
    """Dates, and which texts are none. Only 2025-12-31 and 31.12.2025, which no country reads otherwise."""
    dates = pd.to_datetime(texts.str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    dates = dates.fillna(pd.to_datetime(texts, format="%d.%m.%Y", errors="coerce"))
    return dates, dates.isna() & texts.ne("")
