"""What a CSM would find wrong with the sentences of a list: one small check a fault, by what the list itself shows.

The checks read the published list (`risk_list.json`) alone and know nothing of the forms that made it, so that a form
can't be right by its own measure.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = rf"(\d{{1,2}}) ({'|'.join(MONTHS)})(?: (\d{{4}}))?"
_LATELY = 4
_ONBOARDING_DAYS = 120


@dataclass(frozen=True)
class Told:
    """One sentence of a list: its place among those of its row (0 is the first), the row, and the date of the list.

    `company`, (weeks,), is the mean of the accounts' weeks, each over its own mean; empty where not known.
    """

    sentence: str
    fact: str
    points: float
    place: int
    row: Mapping[str, Any]
    as_of: dt.date
    company: tuple[float, ...] = ()

    def dates(self, before: str) -> list[dt.date]:
        """The days that stand after a word, such as `until`; a day without a year is the one nearest to the date."""
        return [self._date(*each) for each in re.findall(rf"{before} {_DAY}", self.sentence)]

    def weeks(self) -> list[float]:
        """Its drawn weeks from the first whole one on."""
        known = [each for each in self.row["usage"] if each is not None]
        return known[1:] if len(known) < len(self.row["usage"]) else known

    def _date(self, day: str, month: str, year: str) -> dt.date:
        years = [int(year)] if year else [self.as_of.year + step for step in (-1, 0, 1)]
        found = []
        for each in years:
            try:
                found.append(dt.date(each, MONTHS.index(month) + 1, int(day)))
            except ValueError:  # 29 February
                continue
        return min(found, key=lambda each: abs((each - self.as_of).days))


Check = Callable[[Told], bool]


def _matches(pattern: str) -> Check:
    return lambda told: re.search(pattern, told.sentence) is not None


def _no_comparison(told: Told) -> bool:
    """A level without from-what or since when."""
    said = r"\b(from|since|until|of|ago|before|below|above|next|than|down|up|latest|last|after|ends|renews|failed)\b"
    return not re.search(said, told.sentence) or not re.search(r"\d", told.sentence)


def _ungrammatical(told: Told) -> bool:
    text = told.sentence
    plural = (
        r"(?<![\d.,])1 (days|actions|people|invoices|cases|seats|surveys|contacts|goals|months|payments|milestones)\b"
    )
    strange = rf"{plural}|nan|None|\{{|\}}|_|  |[+−-]\d|\.\."
    return not re.match(r"[A-Z0-9]", text) or not text.endswith(".") or bool(re.search(strange, text))


def _deadline_passed(told: Told) -> bool:
    ahead = [*told.dates("notice until"), *told.dates("next on"), *told.dates("renews on"), *told.dates("ends on")]
    return any(each < told.as_of for each in ahead)


def _against_contract(told: Told) -> bool:
    """Another day of renewal than the one that the list shows."""
    said = [*told.dates("renews on"), *told.dates("contract ends on"), *told.dates("next on")]
    shown = told.row["renews_on"]
    return bool(said) and (shown is None or any(each != dt.date.fromisoformat(shown) for each in said))


def _always_true(told: Told) -> bool:
    """A calendar fact of a monthly contract."""
    return "any month" in told.sentence


def _same_fact(told: Told) -> bool:
    facts = [each["fact"] for each in told.row["reasons"]]
    return facts.index(told.fact) < told.place


def _against_sign(told: Told) -> bool:
    good = r"\b(grew|growing|steady|on time|We spoke|(?:9|10) of 10)\b"
    return told.points <= 0 or ("though" not in told.sentence and re.search(good, told.sentence) is not None)


def _against_drawing(told: Told) -> bool:
    """Usage that the drawing shows otherwise."""
    weeks = told.weeks()
    if not weeks:
        return "Usage" in told.sentence
    lately, top = float(np.mean(weeks[-_LATELY:])), max(weeks)
    fell = re.search(r"Usage fell from ([\d,.k]+) to ([\d,.k]+) actions", told.sentence)
    if fell:
        before, after = (_amount(each) for each in fell.groups())
        earlier = float(np.mean(weeks[:-_LATELY])) if len(weeks) > _LATELY else lately
        return abs(after - lately) > 0.1 * lately + 0.6 or before > top or lately >= 0.9 * max(earlier, before)
    level = re.search(r"sed on \d+ of the last 28 days, about ([\d,.k]+) action", told.sentence)
    if level:
        return abs(_amount(level[1]) - lately) > 0.1 * lately + 0.6
    silent = told.dates("Nobody has used it since")
    if silent:
        whole = ((told.as_of - silent[0]).days - 1) // 7  # the day itself was active
        return any(weeks[len(weeks) - whole :]) if 0 < whole <= len(weeks) else False
    if "though growing" in told.sentence:
        return lately <= float(np.mean(weeks[:-_LATELY] or [0.0]))
    return False


def _season(told: Told) -> bool:
    """A fall that is hardly more than that of the whole company."""
    fell = re.search(r"Usage fell from ([\d,.k]+) to ([\d,.k]+) actions", told.sentence)
    if not fell or len(told.company) <= _LATELY:
        return False
    before, after = (_amount(each) for each in fell.groups())
    everybody = float(np.mean(told.company[-_LATELY:]) / np.mean(told.company[:-_LATELY]))
    return everybody < 0.9 and after / before > 0.9 * everybody


def _old_milestone(told: Told) -> bool:
    days = re.search(r"milestone.* (\d+) days after", told.sentence)
    return days is not None and int(days[1]) > _ONBOARDING_DAYS


FAULTS: Mapping[str, Check] = {
    "speaks of odds": _matches(r"\bodds\b|\d+(?:\.\d+)?x\b"),
    "names a theme or a feature": _matches(r"\b[a-z]+_[a-z_]+\b|\b(engagement|commercial|breadth|mastery)\b"),
    "who they are, which nobody can change": _matches(
        r"\b(industry|region|segment|acquisition|attribute) is\b|paid ads|at the stage|days since the start"
    ),
    "no number, or no from-what and since-when": _no_comparison,
    "ungrammatical": _ungrammatical,
    "a deadline that has passed": _deadline_passed,
    "against the contract": _against_contract,
    "always true of a monthly contract": _always_true,
    "two sentences of one fact": _same_fact,
    "against its sign": _against_sign,
    "against the drawing": _against_drawing,
    "a season told as decline": _season,
    "an old milestone": _old_milestone,
}
"""Checks by the fault that they find."""


def told_of(risk_list: Mapping[str, Any]) -> Iterator[Told]:
    """Every sentence of a list that says why."""
    as_of, company = dt.date.fromisoformat(risk_list["as_of"]), _company(risk_list["rows"])
    for row in risk_list["rows"]:
        for place, each in enumerate(row["reasons"]):
            yield Told(each["sentence"], each["fact"], each["points"], place, row, as_of, company)


def faults_of(told: Told) -> list[str]:
    """The faults of one sentence."""
    return [name for name, check in FAULTS.items() if check(told)]


def _company(rows: list[Mapping[str, Any]]) -> tuple[float, ...]:
    whole = [row["usage"] for row in rows if row["usage"] and None not in row["usage"] and sum(row["usage"]) > 0]
    if len(whole) < 20:
        return ()
    weeks = np.array(whole)
    return tuple((weeks / weeks.mean(axis=1, keepdims=True)).mean(axis=0))


def _amount(text: str) -> float:
    return float(text.replace(",", "").removesuffix("k")) * (1000 if text.endswith("k") else 1)
