"""The digest of an owner, as their mail program reads it."""

import dataclasses
import email
import email.policy
import re

import pytest

from churnrisk.risk_list import publish, restore
from churnrisk.risk_list.outputs.digest import digests, file_name, subject
from churnrisk.store.workspace import Workspace
from churnrisk.words import date, points

from ...hostile import NAMES
from ..company import inputs_of, risk_list


def of(made, **changes):
    """A list whose first rows are changed, all of one owner."""
    rows = [dataclasses.replace(row, **{"owner": "Ana Silva", **changes}) for row in made.rows[:3]]
    return dataclasses.replace(made, rows=tuple(rows))


def message(made, owner="Ana Silva"):
    return email.message_from_bytes(digests(made)[f"digests/{file_name(owner)}.eml"], policy=email.policy.default)


FULL = of(risk_list())
CALL, PREPARE = {"group": "to_call"}, {"group": "to_prepare"}


def mixed(*groups):
    rows = [
        dataclasses.replace(row, group=group, name="Nord AG") for row, group in zip(FULL.rows, groups, strict=False)
    ]
    return dataclasses.replace(FULL, rows=tuple(rows))


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        (("to_call", "to_call", "to_prepare"), "Ana: 2 to call, Nord AG first; 1 renewal to prepare"),
        (("to_call",), "Ana: 1 to call, Nord AG first"),
        (("to_prepare", "to_prepare"), "Ana: 2 renewals to prepare"),
        ((), "Ana: nobody to call this week"),
    ],
)
def test_the_subject_says_how_many_and_whom_first(groups, says):
    made = mixed(*groups)
    assert subject(made, "Ana Silva") == says
    assert message(made)["Subject"] == says


def test_accounts_without_an_owner_are_nobodys_in_particular():
    made = of(risk_list(), owner="no owner", group="to_call", name="Nord AG")
    assert subject(made, "no owner") == "no owner: 3 to call, Nord AG first"
    text = message(made, "no owner").get_body(("plain",)).get_content()
    assert text.startswith("no owner, call Nord AG first")


@pytest.mark.parametrize("name", ["Nord\x00AG", "Nord\x1b[31mAG", "Nord\u202eAG", "Nord\nBcc: ana@example.org"])
def test_no_name_gives_commands_to_a_terminal_or_a_mail_program(name):
    made = of(risk_list(), name=name, group="to_call")
    told = message(made)
    assert "Bcc" not in told
    for text in (str(told["Subject"]), told.get_body(("plain",)).get_content()):
        assert not re.search("[\x00-\x08\x0e-\x1f\u202e]", text)


def test_a_mail_program_finds_both_parts_with_every_row_its_reasons_and_step():
    told = message(FULL)
    text, html = (told.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for row in FULL.rows:
        moved = [] if row.change is None else [points(row.change)]
        for words in (*(each.sentence for each in row.reasons), row.next_step.words, row.can_leave, *moved):
            assert words in text
            assert words in html.replace("&#39;", "'")
        assert (row.next_step.held or f"By {date(row.next_step.due_on)}.") in text
    assert str(told["Date"]).startswith("Mon, 06 Jan 2025 00:00:00")
    assert told["X-Unsent"] == "1"


def test_both_parts_say_what_happened_since_the_list_before():
    told = message(risk_list())
    for kind in ("plain", "html"):
        assert re.search(r"Since 30 Dec 2024\W.*came onto the list", told.get_body((kind,)).get_content())
    told = message(dataclasses.replace(risk_list(), previous_as_of=None))
    assert "Since" not in told.get_body(("plain",)).get_content()


def test_every_owner_has_one_and_it_has_their_accounts_alone():
    made = risk_list()
    files = digests(made)
    for owner in {row.owner for row in made.rows}:
        text = message(made, owner).get_body(("plain",)).get_content()
        ranks = [int(each) for each in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
        assert ranks == [row.rank for row in made.rows if row.owner == owner]
    assert len(files) == 2 * len({each.owner for each in made.owners} | {each.owner for each in made.in_notice})


def test_an_owner_with_nobody_is_told_so():
    made = dataclasses.replace(FULL, rows=tuple(dataclasses.replace(row, owner="Ben Okafor") for row in FULL.rows))
    text = message(made).get_body(("plain",)).get_content()
    assert text.startswith("Nobody to call this week; your ")


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_text_and_begins_no_header_and_no_element(name):
    made = of(risk_list(), name=name)
    told = message(made)
    assert set(told.keys()) == {"Subject", "To", "Date", "X-Unsent", "MIME-Version", "Content-Type"}
    html = told.get_body(("html",)).get_content()
    assert not re.search(r"<(script|img|iframe|svg|b)\b", html, re.IGNORECASE)
    assert "default-src 'none'" in html
    assert not re.search(r"<[^<>]*\b(src|href)\s*=", html)


@pytest.mark.parametrize("owner", [*NAMES, "Ana Silva", "ana silva", "../../etc", "CON", "x" * 300])
def test_a_name_of_a_file_is_safe_and_its_own(owner):
    assert re.fullmatch(r"[a-z0-9-]{8,50}", file_name(owner))
    assert file_name(owner) != file_name(owner + ".")


def test_the_same_list_gives_the_same_bytes_and_they_come_back_from_the_archive(tmp_path):
    made, workspace = risk_list(), Workspace(tmp_path)
    assert digests(made) == digests(risk_list())
    folder = publish(workspace, made, scores="s1")
    lost = folder / "digests" / f"{file_name('Ana Silva')}.eml"
    content = lost.read_bytes()
    lost.unlink()
    assert folder in restore(workspace)
    assert lost.read_bytes() == content


ADDRESSES = {  # what the accounts of an owner give, and to whom the mail goes
    "one": (["ana@example.com", "ana@example.com", ""], "ana@example.com"),
    "none": (["", "", ""], None),
    "several": (["ana@example.com", "ben@example.com", ""], None),
    "a list": (["ana@example.com, ben@example.com"], None),
    "with a name": (["Ana <ana@example.com>"], None),
    "another header": (["ana@example.com\r\nBcc: eve@example.com"], None),
    "no address": (["ana"], None),
}


@pytest.mark.parametrize(("given", "to"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_mail_goes_to_the_one_address_of_its_owner(given, to):
    source = inputs_of("account probability\n" + "\n".join(f"a{n} 0.5" for n in range(len(given))))
    source.accounts["owner"] = "Ana Silva"
    source.accounts["owner_email"] = given
    told = message(risk_list(source))
    assert told["To"] == to
    assert "Bcc" not in told


def test_a_digest_says_what_was_done():
    told = message(risk_list())
    for kind in ("plain", "html"):
        assert "Talked after the list of 30 Dec 2024 (Ana Silva)" in told.get_body((kind,)).get_content()
