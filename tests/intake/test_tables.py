from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.errors import SourceError
from churnrisk.intake.tables import feed, read

from .raw import conform_in, write_raw


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    tickets = pd.DataFrame({"ticket_id": ["1"], "account_id": ["a"], "opened_at": ["2025-01-05"]})
    write_raw(tmp_path / "raw", tickets=tickets[:0], surveys=None)
    conform_in(tmp_path)
    return tmp_path


def test_a_table_is_read_where_it_is_offered(workspace: Path) -> None:
    rows = {name: read(workspace / "tables", name) for name in ("accounts", "tickets", "surveys")}
    assert [None if table is None else len(table) for table in rows.values()] == [2, 0, None]


def test_a_required_table_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"accounts\.parquet is not there"):
        read(tmp_path, "accounts")


def test_a_feed_knows_its_first_and_last_day(workspace: Path) -> None:
    assert feed(workspace / "intake.json") == (day("2025-01-02"), day("2025-02-03"))
    for nothing in ("tickets", "surveys"):
        assert np.isnat(feed(workspace / "intake.json", nothing)).all()
