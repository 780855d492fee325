"""A starting configuration, from a few hand-made accounts."""

import pandas as pd
import pytest
import yaml

from churnrisk.cli import app
from churnrisk.doctor import proposal
from churnrisk.doctor.proposal import as_yaml, propose
from churnrisk.params import Features, Params
from churnrisk.rollup.build import rollup
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_table

from .. import company
from ..feeds.files import full

START = pd.Timestamp("2025-01-06")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Four accounts that begin on the first day: all report on day 5, one uses the API, a macro comes out in spring."""
    monkeypatch.setattr(proposal, "_FEWEST", 1)
    habits = {  # event: who does it, and on which days
        "login": ("abcd", range(0, 200, 2)),
        "report made": ("abcd", [5, 40]),
        "api_call": ("a", range(10, 30)),
        "webinar_joined": ("ab", [20]),
        "macro": ("ab", [90]),
    }
    usage = pd.DataFrame(
        [
            {"account_id": who, "day": START + pd.Timedelta(days=day), "event": event, "quantity": 1.0}
            for event, (accounts, days) in habits.items()
            for who in accounts
            for day in days
        ]
    )
    usage = usage.assign(user_id=None, known_at=usage["day"])
    workspace = Workspace(tmp_path)
    write_table(usage.astype({"user_id": "str"}), workspace.tables / "usage" / "2025-01.parquet")
    rollup(workspace)
    sold = {
        "subscription_id": list("1234"),
        "account_id": list("abcd"),
        "known_at": START,
        "started_on": START,
        "plan": ["pro", "pro", "basic", "basic"],
        "seats": 2.0,
    }
    sold = pd.DataFrame(sold | {"mrr": [90.0, 80.0, 20.0, 10.0]})
    TABLE["subscriptions"].write(full("subscriptions", sold), workspace)
    return workspace


def settings(**changes):
    """The repository's params, with changes section by section; usage here ends after 200 days."""
    content = company.root_params() | {"clock": company.root_params()["clock"] | {"first_as_of": "2025-01-13"}}
    for section, values in changes.items():
        content[section] = content[section] | values
    return Params.model_validate(content)


def test_what_a_company_did_says_what_could_be_configured(workspace):
    found = propose(workspace, settings()).features
    assert {key: value for key, value in found.items() if value} == {
        "milestones": {
            "first_report_made": {"event": "report made", "times": 1, "target_days": 5},
            "first_macro": {"event": "macro", "times": 1, "target_days": 90},
        },
        "key_events": ["login", "report made", "macro", "webinar_joined"],
        "integration_events": ["api_call"],
        "education_events": ["webinar_joined"],
        "new_events": {"macro": "2025-04-06"},
        "plan_order": ["basic", "pro"],
        "cadence_days": 1,
    }


def test_params_take_it_as_it_is_printed(workspace):
    printed = yaml.safe_load(as_yaml(propose(workspace, settings())))["features"]
    assert Features.model_validate(printed | {"block_accounts": 4096}).milestones["first_report_made"].target_days == 5


def test_what_nothing_was_found_for_is_said(workspace):
    assert "# nothing found for advanced_events, help_events" in as_yaml(propose(workspace, settings()))


@pytest.mark.parametrize(("every", "cadence"), [(1, 1), (5, 7), (21, 30)])
def test_the_cadence_is_that_of_most_gaps(workspace, every, cadence):
    days = [START + pd.Timedelta(days=day) for day in range(0, 200, every)]
    rows = pd.DataFrame({"account_id": "a", "day": days, "event": "login", "quantity": 1.0, "known_on": days})
    write_table(rows, workspace.usage / "daily" / "2025-01.parquet")
    assert propose(workspace, settings()).features["cadence_days"] == cadence


def test_the_verb_prints_it_before_any_feature_is_made(workspace, capsys):
    workspace.params.write_text((company.ROOT / "params.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        app(["doctor", "--propose", "--workspace", str(workspace.root)])
    assert ended.value.code == 0
    assert yaml.safe_load(capsys.readouterr().out)["features"]["cadence_days"] == 1
