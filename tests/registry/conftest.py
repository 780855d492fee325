"""Tests of this room record in a store of their own, in their folder."""

import pytest

from ..mlflow_store import with_store


@pytest.fixture
def own_store(monkeypatch, tmp_path):
    """The file is there already."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with_store(tmp_path)
