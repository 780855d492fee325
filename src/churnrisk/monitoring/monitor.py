"""The monitor of one date, for `dvc repro` and a scheduled run alike."""

from churnrisk.clock import day
from churnrisk.model.bundle import Bundle
from churnrisk.monitoring.check import Subject
from churnrisk.monitoring.looked import read_looked
from churnrisk.monitoring.origin import keep_origin
from churnrisk.monitoring.page import page
from churnrisk.monitoring.past import of_model, past_lists, past_rows
from churnrisk.monitoring.report import drift, report
from churnrisk.params import Params
from churnrisk.store.catalogue.gate import GateReport
from churnrisk.store.catalogue.monitor import DRIFT, MONITOR, MONITOR_PAGE, Drift, Monitor
from churnrisk.store.workspace import Workspace


def monitor(workspace: Workspace, params: Params) -> Monitor:
    """Watch the run of the date of the list; writes the drift, which DVC keeps, and what the archive adds to it.

    It reads data/features (of that date and the one before), data/scores, data/tables, data/usage, models/bundle,
    reports/feeds.json and the archive, and neither labels nor training data. Raises SourceError where a file is missing
    or damaged, and ModelError where the scores are not those of the bundle.
    """
    looked = read_looked(workspace, params)
    made = drift(looked, params)
    DRIFT.write(made, workspace)
    return publish(workspace, params, made, looked.gate, looked.bundle)


def publish(workspace: Workspace, params: Params, made: Drift, gate: GateReport, bundle: Bundle) -> Monitor:
    """Add what the archive knew before the date: past lists, and every rule's state. The same archive before the date
    gives the same bytes.
    """
    rows = past_rows(workspace, params, as_of=day(made.as_of))
    subject = Subject(
        drift=made,
        gate=gate,
        past=of_model(rows, made.lineage),
        bundle=bundle,
        refit_after_weeks=params.monitor.refit_after_weeks,
    )
    whole = report(subject, past_lists(rows))
    MONITOR.write(whole, workspace)
    MONITOR_PAGE.write(page(whole, params.risk_list.currency), workspace)
    keep_origin(workspace, bundle, day(made.as_of))
    return whole
