"""The words of a play: a text with the names of values in braces, each said in a way that people read.

{contacts_unanswered}          a number
{days_since_complaint:ago}     the day so many days before the date of the list
{days_to_decide:ahead}         the day so many days after it
{overdue_amount:money}         an amount
{seats_in_use:share}           a percentage
"""

from collections.abc import Callable, Collection
from string import Formatter

from churnrisk import words
from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.facts.account import Account
from churnrisk.plays.case import Case

WAYS: dict[str, Callable[[Account, float], str]] = {
    "": lambda _, value: words.number(value, ",.0f"),
    "ago": lambda account, value: account.ago(value),
    "ahead": lambda account, value: account.ahead(value),
    "money": lambda account, value: account.money(value),
    "share": lambda _, value: words.percent(value),
}
"""How a value is said, by what stands behind the colon."""


def asked_for(text: str, values: Collection[str], where: str) -> list[str]:
    """The names of the values that a text asks for.

    >>> asked_for("No answer to {contacts_unanswered}", ["contacts_unanswered"], "here")
    ['contacts_unanswered']

    Raises ParamsError for a brace that is not closed, an unknown value and an unknown way to say it.
    """
    try:
        parts = [(name, way or "") for _, name, way, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise ParamsError(
            f"{text!r} can't be read ({error})", where=where, fix="close every brace, or double it: {{"
        ) from error
    for name, way in parts:
        if name not in values:
            raise unknown(name, values, where, "value")
        if way not in WAYS:
            raise unknown(way, [each for each in WAYS if each], where, "way to say a value")
    return [name for name, _ in parts]


def said(text: str, case: Case) -> str | None:
    """A text with its values filled in; None where one of them is not known."""
    out = []
    for before, name, way, _ in Formatter().parse(text):
        out.append(before)
        if name is not None:
            value = case.value(name)
            if value is None:
                return None
            out.append(WAYS[way or ""](case.account, value))
    return "".join(out)


def unknown(name: str, known: Collection[str], where: str, what: str) -> ParamsError:
    """The error for a name that is not one of those there are."""
    return ParamsError(
        f"{name!r} is no {what}",
        where=where,
        allowed=", ".join(sorted(known)),
        fix=did_you_mean(name, known) or "use one of these",
    )
