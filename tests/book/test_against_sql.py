"""Every movement of every period, beside SQL that was written independently."""

import os
from pathlib import Path

import numpy as np
import pytest

from churnrisk.book.gather import gather
from churnrisk.book.inputs import Inputs
from churnrisk.feeds.list_date import list_date
from churnrisk.intake.conform import conform
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace

from ..company import ROOT, load
from .company import NO_PREDICTIONS, NOTHING_ARCHIVED, SETTINGS, all_periods, made_company
from .sql import NAMES, movements


def same(company: Inputs, first: str, every: int = 1) -> int:
    """Compare all or some periods; returns how many."""
    periods, totals = all_periods(company, first)
    dates = np.arange(np.datetime64(first, "M"), np.datetime64(company.as_of, "M") + 1).astype("M8[D]")
    accounts, subscriptions = (company.ledgers[name]._rows for name in ("accounts", "subscriptions"))
    chosen = list(range(0, len(periods), every))
    for at in chosen:
        start, stop = dates[periods[at].start], dates[periods[at].stop]
        wanted = movements(accounts, subscriptions, start, stop, company.as_of)
        found = np.array([getattr(totals, name)[at] for name in NAMES]).T
        np.testing.assert_array_equal(found, wanted.to_numpy(), err_msg=periods[at].name)
    return len(chosen)


@pytest.mark.parametrize("seed", range(6))
def test_random_companies_with_all_that_can_happen(seed: int) -> None:
    assert same(made_company(seed, accounts=40), "2023-07-01", every=4) > 10


def test_the_simulated_company(small: Workspace) -> None:
    company = gather(small, load(small), list_date(small))
    assert same(company, "2023-01-01", every=4) > 10


def test_ravenstack(tmp_path: Path, missing) -> None:
    data = Path(os.environ.get("CHURNRISK_DATA", ROOT.parent / "shared" / "data")) / "ravenstack"
    if not data.is_dir():
        missing("the tables of RavenStack are not there: CHURNRISK_DATA")
    workspace = Workspace(tmp_path)
    pull(ROOT / "examples" / "ravenstack" / "queries", data, workspace)
    conform(workspace, max_rejected_share=0.01)
    company = Inputs(
        as_of=np.datetime64("2024-12-30"),
        settings=SETTINGS,
        ledgers={name: read_ledger(workspace, name) for name in ("accounts", "subscriptions")},
        activity=None,
        scores=NO_PREDICTIONS,
        backtest=NO_PREDICTIONS,
        archived=NOTHING_ARCHIVED,
    )
    assert same(company, "2023-01-01", every=3) > 10
