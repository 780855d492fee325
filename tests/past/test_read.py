"""A block reads no more usage than its views look at, and no value depends on what it left out."""

from pathlib import Path

import numpy as np
import pytest

from churnrisk.clock import Day
from churnrisk.params.sections import Milestone
from churnrisk.past.company import Company
from churnrisk.past.past import OF_USAGE, Block, Past
from churnrisk.past.snapshots import account_ids
from churnrisk.past.usage.many_events import MOST_LAID_OUT
from churnrisk.rollup.read import read_daily
from churnrisk.rollup.schema import DAILY, USERS

from .test_past import AB, company, snapshots

HEAD = "account_id user_id day event known_at\n"
LATELY = "a u 2025-01-20 login -\nb w 2025-01-21 report -\n"
MANY = "".join(f"a u 2024-{month:02}-10 e{month}{each} -\n" for month in (6, 10) for each in range(MOST_LAID_OUT))
USAGE = {
    "lately": LATELY,
    "an event that was seen before the axis only": LATELY + "a u 2024-06-03 fax -\n",
    "a late row in an old month": LATELY + "a v 2024-09-10 login 2025-01-29\na v 2024-06-03 login 2025-01-29\n",
    "on the first days that count": LATELY + "a v 2024-08-29 fax -\na v 2024-08-30 chat -\na v 2024-09-02 login -\n",
    "too many events to lay each one out": LATELY + MANY,
    "steps before the record": LATELY + "a u 2024-06-03 login -\na v 2024-06-04 report -\n",
    "users long ago only": "b w 2024-09-10 report -\nb x 2024-10-08 login -\n",
    "users before the axis only": "b w 2024-06-10 report -\n",
}
BEGAN = {"before the record": "2024-01-01", "on it": "2024-09-02", "since": "2024-09-10"}
MILESTONES = {"login": Milestone(event="login"), "team": Milestone(event="report", users=2)}
ASKED = {
    "total": lambda views: views["usage"].total(4),
    "since": lambda views: views["usage"].days_since(),
    "event": lambda views: views["usage"].days_since("fax"),
    "events": lambda views: views["usage"].events_used(30),
    "top": lambda views: views["usage"].top_share(30),
    "by week": lambda views: views["usage"].by_week(26),
    "first weeks": lambda views: views["usage"].since_start(4),
    "days": lambda views: views["rhythm"].active_days(),
    "gaps": lambda views: views["rhythm"].gap_mean(),
    "last gap": lambda views: views["rhythm"].last_gap(),
    "reached": lambda views: views["milestones"].reached,
    "share": lambda views: views["milestones"].reached_share(),
    "users": lambda views: views["users"].active(4),
    "users before": lambda views: views["users"].active(8, before=4),
    "lost": lambda views: views["users"].lost(4, of=8),
    "heaviest": lambda views: views["users"].heaviest_share(12),
    "silent": lambda views: views["users"].heaviest_silent_days(12),
    "users in a wider window": lambda views: views["users"].active(20),
    "lost in a wider window": lambda views: views["users"].lost(10, of=10),
    "heaviest in a wider window": lambda views: views["users"].heaviest_silent_days(20),
}


def its_company(tmp_path: Path, usage: str = LATELY, settle_days: int = 3, milestones=MILESTONES) -> Company:
    return company(
        tmp_path, AB, HEAD + usage, usage_from=Day("2024-09-02"), settle_days=settle_days, milestones=milestones
    )


def on_two_dates(started: str):
    return snapshots("abab", *["2025-01-27"] * 2, *["2025-02-03"] * 2, started=started)


def the_past(block: Block) -> Past:
    (past,) = block.spans()
    return past


@pytest.mark.parametrize("started", BEGAN.values(), ids=BEGAN)
@pytest.mark.parametrize("settle_days", [0, 3])
@pytest.mark.parametrize("usage", USAGE.values(), ids=USAGE)
def test_values_are_those_of_all_months(tmp_path, usage, settle_days, started):
    its, asked = its_company(tmp_path, usage, settle_days), on_two_dates(started)
    ids, folders = account_ids(asked), {"event": DAILY, "user_id": USERS}

    def every_row(by, since):
        return read_daily(its.usage / folders[by], ids, settle_days, by=by)

    read, whole = the_past(Block.read(its, asked)), the_past(Block.of(its, asked, every_row))
    for name, look in ASKED.items():
        np.testing.assert_array_equal(look(read.views), look(whole.views), err_msg=name)


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """What is read from here on: the folder, and since when."""
    made: list[str] = []

    def noted(files, *rest, since, **more):
        made.append(f"{files.name} {since}")
        return read_daily(files, *rest, since=since, **more)

    monkeypatch.setattr("churnrisk.past.past.read_daily", noted)
    return made


ALONE = {"login": Milestone(event="login")}
ALL_DAILY, ALL_USERS, RECENT_USERS = "daily 2024-08-30", "users 2024-08-30", "users 2024-11-01"
BOTH = [RECENT_USERS, ALL_USERS]


@pytest.mark.parametrize(
    ("needs", "milestones", "look", "expected"),
    [
        ({"accounts"}, MILESTONES, None, []),
        ({"users"}, MILESTONES, None, []),
        ({"users"}, MILESTONES, lambda users: users.active(12), [RECENT_USERS]),
        ({"users"}, MILESTONES, lambda users: (users.active(4), users.lost(4, of=8)), [RECENT_USERS]),
        ({"users"}, MILESTONES, lambda users: users.active(13), [ALL_USERS]),
        ({"users"}, MILESTONES, lambda users: (users.active(4), users.active(13), users.lost(9, of=9)), BOTH),
        ({"usage"}, MILESTONES, None, [ALL_DAILY]),
        ({"rhythm", "accounts"}, MILESTONES, None, [ALL_DAILY]),
        ({"milestones", "users"}, ALONE, lambda users: users.active(4), [ALL_DAILY, RECENT_USERS]),
        ({"milestones", "users"}, MILESTONES, lambda users: users.active(4), [ALL_DAILY, ALL_USERS]),
    ],
)  # fmt: skip
def test_nothing_is_read_that_no_view_looks_at(tmp_path, reads, needs, milestones, look, expected):
    its = its_company(tmp_path, milestones=milestones)
    views = the_past(Block.read(its, on_two_dates("2024-01-01"), needs)).views
    if look:
        look(views["users"])
    assert reads == expected
    assert set(views) & OF_USAGE == needs & OF_USAGE


def test_no_more_than_the_axis_is_read_of_users(tmp_path, reads):
    asked = snapshots("ab", *["2024-10-07"] * 2)
    the_past(Block.read(its_company(tmp_path), asked, {"users"})).views["users"].active(12)
    assert reads == [ALL_USERS]


def test_users_of_a_company_that_has_none_are_not_read(tmp_path, reads):
    its = company(tmp_path, AB, "account_id day event\na 2025-01-20 login")
    assert "users" not in the_past(Block.read(its, on_two_dates("2024-01-01"))).views
    assert [each.partition(" ")[0] for each in reads] == ["daily"]
