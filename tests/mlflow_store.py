"""MLflow's file, without any run: to have MLflow make it takes a second each time."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow

from churnrisk.registry.server import tracking


def with_store(folder: Path) -> None:
    """Put the file there, as MLflow makes it where there is none."""
    (folder / "mlflow.db").write_bytes(_empty())


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder, tracking(Path(folder), None):
        mlflow.search_experiments()
        return (Path(folder) / "mlflow.db").read_bytes()
