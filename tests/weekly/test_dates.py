import datetime as dt
import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from churnrisk.cli import app
from churnrisk.clock import Day, Grid, days
from churnrisk.errors import ParamsError, StaleFeedError
from churnrisk.feeds.reach import Reach
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.dates import due, require_reached
from churnrisk.weekly.run import Asked, next_date, plan

from .. import company

GRID = Grid(Day("2025-01-06"))


def weeks(*numbers: int) -> list[Day]:
    return [GRID.anchor + days(7 * number) for number in numbers]


@pytest.mark.parametrize(
    ("out", "latest", "as_of", "catch_up", "expected"),
    [
        ([], 5, None, False, [5]),
        ([], 5, None, True, [5]),
        ([2], 5, None, False, [5]),
        ([2], 5, None, True, [3, 4, 5]),
        ([2, 4], 5, None, True, [3, 5]),
        ([5], 5, None, False, [5]),
        ([5], 5, None, True, [5]),
        ([2], 5, 4, True, [3, 4]),
        ([5], 5, 1, False, [1]),
    ],
)
def test_the_dates_that_are_due(out, latest, as_of, catch_up, expected):
    asked = None if as_of is None else weeks(as_of)[0]
    assert due(GRID, weeks(latest)[0] + days(3), weeks(*out), as_of=asked, catch_up=catch_up) == weeks(*expected)


@pytest.mark.parametrize(("unfinished", "expected"), [([], 5), ([4], 4), ([3], 5)])
def test_a_simulated_company_finishes_its_last_list_before_it_goes_on(unfinished, expected):
    """Otherwise a run that was cut off after its list would be followed by the list of another week."""
    settings = company.Params.model_validate(company.root_params())
    assert next_date(settings, Asked(), weeks(3, 4), weeks(*unfinished)) == weeks(expected)[0]


def test_a_list_that_went_out_and_was_not_finished_is_due_again():
    out = weeks(2, 3, 4)
    for unfinished, expected in ((weeks(), weeks(5)), (weeks(2), weeks(2, 5)), (weeks(3, 4), weeks(3, 4, 5))):
        assert due(GRID, weeks(5)[0], out, catch_up=True, unfinished=unfinished) == expected
    assert due(GRID, weeks(5)[0], out, unfinished=weeks(2)) == weeks(5)


@pytest.mark.parametrize(
    ("out", "as_of", "says"), [([], 6, "the feeds do not reach 2025-02-17 yet"), ([6], None, "reach only 2025-02-10")]
)
def test_what_the_feeds_do_not_allow_is_refused(out, as_of, says):
    with pytest.raises(StaleFeedError, match=says):
        due(GRID, weeks(5)[0], weeks(*out), as_of=None if as_of is None else weeks(as_of)[0])


def reach(usage: str, subscriptions: str, latest: str) -> Reach:
    ends = {"usage": Day(usage), "subscriptions": Day(subscriptions)}
    return Reach(first_day=GRID.anchor, covered_until=min(ends.values()), settled=ends, latest=Day(latest))


@pytest.mark.parametrize(
    ("reached", "says"),
    [
        # The list of Monday, 10 February is due.
        (reach("2025-02-10", "2025-02-10", "2025-02-10"), None),
        # An empty Sunday that is ordinary: it needn't be waited for.
        (reach("2025-02-09", "2025-02-10", "2025-02-10"), None),
        (
            reach("2025-02-03", "2025-02-08", "2025-02-03"),
            "the feeds reach only 2025-02-03 (usage only 2025-02-03, subscriptions only 2025-02-08). Fix: run again"
            " once they are whole, or name a date up to 2025-02-03 with --as-of",
        ),
        (reach("2025-02-05", "2025-02-11", "2025-02-05"), "only 2025-02-05 (usage only 2025-02-05)."),
        (reach("2025-02-11", "2025-02-11", "2025-02-09"), "the feeds reach only 2025-02-09. Fix:"),
    ],
)
def test_feeds_that_do_not_reach_the_list_that_is_due_are_named(reached, says):
    if says is None:
        require_reached(reached, GRID, Day("2025-02-10"))
        return
    with pytest.raises(StaleFeedError, match=re.escape(says)) as error:
        require_reached(reached, GRID, Day("2025-02-10"))
    assert str(error.value).startswith("feeds: the list of 2025-02-10 is due, and ")


def of_files(folder: Path) -> Workspace:
    workspace = company.make(folder)
    content = yaml.safe_load(workspace.params.read_text())
    workspace.params.write_text(yaml.safe_dump(content | {"source": {"kind": "files", "folder": "source"}}))
    return workspace


@pytest.mark.parametrize(
    ("source", "as_of", "on", "asks_for"),
    [
        ("files", None, "2025-05-05", "2025-05-05"),
        ("files", None, "2025-05-11", "2025-05-05"),
        ("files", None, None, None),
        ("files", None, "2024-03-31", None),  # before the first list
        ("files", "2025-04-28", "2025-05-05", None),
        ("simulator", None, "2025-05-05", None),
    ],
)
def test_the_list_that_is_due_is_that_of_the_newest_date_up_to_the_day_of_the_run(
    source, as_of, on, asks_for, tmp_path
):
    workspace = company.make(tmp_path) if source == "simulator" else of_files(tmp_path)
    asked = Asked(None if as_of is None else Day(as_of), on=None if on is None else Day(on))
    found = re.search(r"which has to be (\S+) at least", plan(workspace, company.load(workspace), asked))
    assert (found and found[1]) == asks_for


def test_the_command_takes_the_day_of_an_option_or_of_today(tmp_path):
    words = ["weekly", "--dry-run", "--workspace", str(of_files(tmp_path).root)]
    assert "has to be 2025-05-05 at least" in CliRunner().invoke(app, [*words, "--at", "2025-05-06"]).output
    newest = re.search(r"has to be (\S+) at least", CliRunner().invoke(app, words).output)
    assert 0 <= (dt.datetime.now(dt.UTC).date() - dt.date.fromisoformat(newest[1])).days < 7
    assert isinstance(CliRunner().invoke(app, [*words, "--at", "soon"]).exception, ParamsError)
