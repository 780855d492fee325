"""Events that are configured and that no usage has."""

from pathlib import Path

import pandas as pd
import pytest

from churnrisk.errors import ParamsError
from churnrisk.params import Params
from churnrisk.past.usage.activity import read_activity
from churnrisk.rollup.events import events_by_key, events_of, unknown_events
from churnrisk.stages import label, snapshot

from ..company import load

KNOWN = ["line", "purchase", "return"]


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    """A rollup in two files."""
    (tmp_path / "daily").mkdir()
    days = pd.to_datetime(["2025-03-01", "2025-03-02"])
    for number, events in enumerate((["purchase", "line"], ["return", "line"])):
        rows = pd.DataFrame({"account_id": "a", "day": days, "event": events, "known_on": days})
        rows.to_parquet(tmp_path / "daily" / f"{number}.parquet")
    return tmp_path


def test_every_event_of_the_rollup_once(usage):
    assert events_of(usage) == KNOWN


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("purchase", None),
        ("purchas", "did you mean 'purchase'?"),
        ("Purchase", "did you mean 'purchase'?"),
        ("xyz", "name an event of the usage"),
    ],
)
def test_an_event_that_is_not_there(event, says):
    found = [str(each) for each in unknown_events({"features.key_events": ["line", event]}, KNOWN)]
    begins = f"params.yaml, features.key_events: no usage has the event '{event}'. Allowed: line, purchase, return. "
    assert found == ([] if says is None else [f"{begins}Fix: {says}."])


def test_of_many_events_some_are_shown():
    (error,) = unknown_events({"churn.activity_events": ["x"]}, [f"event{number:02}" for number in range(22)])
    assert "event19 and 2 more." in str(error)
    assert "event20" not in str(error)


@pytest.mark.parametrize(
    ("events", "days"), [((), 2), (("purchase",), 1), (("line", "return"), 2)], ids=["every event", "one", "two"]
)
def test_what_is_activity(usage, events, days):
    assert len(read_activity(usage, events).before(pd.Timestamp("2025-04-01").to_datetime64())) == days


def test_a_misspelt_event_of_activity_is_refused(usage):
    with pytest.raises(ParamsError, match=r"churn\.activity_events: no usage has the event 'purchas'"):
        read_activity(usage, ["line", "purchas"])


def silent(params: Params, events: tuple[str, ...]) -> Params:
    """The same company, where leaving is inactivity."""
    churn = params.churn.model_copy(update={"kind": "inactivity", "inactive_days": 21, "activity_events": events})
    return params.model_copy(update={"churn": churn})


@pytest.mark.parametrize("stage", [snapshot, label])
def test_the_stages_that_read_activity_refuse_it(small, stage):
    with pytest.raises(ParamsError, match=r"no usage has the event 'logn'.*did you mean 'login'"):
        stage.run(small, silent(load(small), ("logn",)))


def test_events_of_features_have_many_keys(small):
    features = load(small).features
    assert unknown_events(events_by_key(features), events_of(small.usage)) == []
    step = next(iter(features.milestones))
    milestones = {step: features.milestones[step].model_copy(update={"event": "logn"})}
    wrong = features.model_copy(update={"advanced_events": ("automation_rum",), "milestones": milestones})
    errors = [str(each) for each in unknown_events(events_by_key(wrong), events_of(small.usage))]
    assert [each.split(":")[0] for each in errors] == [
        "params.yaml, features.advanced_events",
        f"params.yaml, features.milestones.{step}.event",
    ]
