"""Is what the monitor says of a model true? By the probabilities of the simulator, which no stage reads."""

import pandas as pd

from churnrisk.clock import day
from churnrisk.evaluation.calibration import FAR_OFF
from churnrisk.monitoring.past import past_rows
from churnrisk.params import Params
from churnrisk.store.catalogue.monitor import MONITOR, Alert
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.view import view


def is_true(alert: Alert, workspace: Workspace, params: Params, truth: pd.DataFrame) -> bool:
    """Does the `truth` (`account_id`, `as_of`, `true`) bear out an alert of the newest report of a weekly run?

    Only an alert on calibration can be borne out: what the others say, the simulator does not know.
    """
    report = MONITOR.read(workspace)
    if alert.check != "calibration off" or report.past is None or report.past.ratio is None:
        return False
    rows = past_rows(view(workspace), params, day(report.as_of))
    return bears_out(rows[rows["lineage"] == report.past.lineage], truth, report.past.ratio)


def bears_out(rows: pd.DataFrame, truth: pd.DataFrame, ratio: float) -> bool:
    """Are the probabilities of `rows` (`account_id`, `as_of`, `probability`) off by more than the monitor calls far, on
    the side of the `ratio` of churn over them that it found?

    Accounts that gave notice, or came back, have no truth, and are left out on both sides.

    >>> rows = pd.DataFrame({"account_id": ["a", "b"], "as_of": 0, "probability": [0.06, 0.06]})
    >>> truth = pd.DataFrame({"account_id": ["a", "b"], "as_of": 0, "true": [0.01, 0.03]})
    >>> bears_out(rows, truth, ratio=0.3), bears_out(rows, truth, ratio=3.0)
    (True, False)
    """
    known = rows.merge(truth, on=["account_id", "as_of"])
    off = float(known["true"].sum() / known["probability"].sum())
    return off < 1 / FAR_OFF if ratio < 1 else off > FAR_OFF
