"""The digest of each owner: a mail of their part of the list, as HTML and as a message that a mail program opens.

Nothing is sent. The messages are drafts, to be sent by hand or by whatever sends mail; without an address in the
accounts (`owner_email`) they have no receiver yet.
"""

import datetime as dt
import hashlib
import re
import unicodedata
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from churnrisk import words
from churnrisk.errors import printable
from churnrisk.pages.page import page
from churnrisk.risk_list.outputs.view import Header, first_name, groups, headers, was_right
from churnrisk.risk_list.structure import RiskList, Row

FOLDER = "digests"
_TEMPLATE = Path(__file__).with_name("digest.html.j2")
_LONGEST_NAME = 40
"""Letters of an owner in the name of a file: enough to find oneself, and short for any file system."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
"""One address without a name or comment: nothing in it can name another receiver or begin another header."""


def digests(risk_list: RiskList) -> dict[str, bytes]:
    """The digest of every owner who has accounts, as `digests/<owner>.html` and `.eml`.

    The same list gives the same bytes: the message is of the list's date, and its parts are divided by its own content.
    """
    made = {}
    for each in headers(risk_list)[1:]:
        name = f"{FOLDER}/{file_name(each.owner)}"
        html = _html(risk_list, each)
        made[f"{name}.html"] = html.encode()
        made[f"{name}.eml"] = _message(risk_list, each, html)
    return made


def file_name(owner: str) -> str:
    """A name of a file for an owner: readable, and not that of another owner.

    >>> file_name("Chloé Martin"), file_name("../..")
    ('chloe-martin-0a09e9', 'owner-0cfd1c')
    """
    plain = unicodedata.normalize("NFKD", owner).encode("ascii", "ignore").decode().lower()
    short = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME] or "owner"
    return f"{short}-{hashlib.sha256(owner.encode()).hexdigest()[:6]}"


def subject(risk_list: RiskList, owner: str) -> str:
    """What the mail is about: how many to call and whom first."""
    called, prepared = (each["rows"] for each in _of(risk_list, owner))
    who = first_name(owner)
    if not called and not prepared:
        return f"{who}: nobody to call this week"
    first = f", {called[0].name} first" if called else ""
    renewals = f"{len(prepared)} {'renewal' if len(prepared) == 1 else 'renewals'} to prepare"
    parts = [f"{len(called)} to call{first}" if called else "", renewals if prepared else ""]
    # A name with a line break in it would begin another header.
    return printable(" ".join(f"{who}: {'; '.join(filter(None, parts))}".split()))


def _of(risk_list: RiskList, owner: str) -> list[dict[str, Any]]:
    """The two groups of the list, of one owner."""
    return [{**each, "rows": [row for row in each["rows"] if row.owner == owner]} for each in groups(risk_list)]


def _html(risk_list: RiskList, header: Header) -> str:
    return page(
        _TEMPLATE,
        list=risk_list,
        header=header,
        groups=_of(risk_list, header.owner),
        subject=subject(risk_list, header.owner),
        was_right=was_right(risk_list),
    )


def _message(risk_list: RiskList, header: Header, html: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(risk_list, header.owner)
    address = _address(risk_list, header.owner)
    if address:
        message["To"] = address
    message["Date"] = format_datetime(dt.datetime.combine(risk_list.as_of, dt.time(), dt.UTC))
    message["X-Unsent"] = "1"  # mail programs open it as a draft
    message.set_content(_text(risk_list, header), cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{hashlib.sha256(html.encode()).hexdigest()[:32]}")
    return message.as_bytes()


def _address(risk_list: RiskList, owner: str) -> str:
    """The owner's address; empty where it is not known, or is more than one plain address."""
    known = {each.owner: each.owner_email for each in risk_list.owners}
    address = known.get(owner, "")
    return address if _ADDRESS.fullmatch(address) else ""


def _text(risk_list: RiskList, header: Header) -> str:
    """The same in plain text, for whoever reads mail so."""
    lines = [f"{header.before}{header.account}{header.after}", header.lede, ""]
    for group in _of(risk_list, header.owner):
        lines += [group["title"], ""] if group["rows"] else []
        for row in group["rows"]:
            lines += [
                f"{row.rank}. {row.name}, {words.percent(row.probability)}{_moved(row)}",
                *(f"   {each.sentence}" for each in row.reasons),
                *([f"   {row.done}"] if row.done else []),
            ]
            if row.next_step:
                lines += [
                    f"   -> {row.next_step.words} {row.next_step.held or f'By {words.date(row.next_step.due_on)}.'}"
                ]
            lines += [f"   Can leave until: {row.can_leave}" if row.can_leave else "", ""]
    if header.happened and risk_list.previous_as_of:
        happened = ", ".join(f"{count} {what}" for count, what in header.happened)
        lines += [f"Since {words.date(risk_list.previous_as_of)}: {happened}", ""]
    lines += [f"Was it right? {was_right(risk_list)}", ""]
    # A name may hold a line break or a terminal's command; a line of the mail is a line.
    return "\n".join(printable(line.replace("\n", " ")) for line in lines)


def _moved(row: Row) -> str:
    return "" if row.change is None else f" ({words.points(row.change)})"
