"""The files of a company that grow from week to week, and what the stages up to the rollup make of them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from churnrisk.intake.conform import conform
from churnrisk.rollup.build import rollup
from churnrisk.sources.files import pull
from churnrisk.sources.usage import Overlap
from churnrisk.store.workspace import Workspace

from ..intake.raw import contents

COLUMNS = ["account_id", "day", "event", "quantity", "known_at"]
FOLDERS = ("raw", "tables", "rejected", "usage")
OVERLAP = Overlap(days=31)


@dataclass
class Source:
    """A folder with the files of a company. All values of usage are texts, as in a CSV file."""

    folder: Path
    usage: pd.DataFrame
    accounts: tuple[str, ...] = ("a", "b")
    query: str = "SELECT * FROM '{folder}/usage.parquet'"

    def write(self) -> None:
        """The files as they are now."""
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "queries").mkdir(parents=True)
        for name in ("accounts", "subscriptions"):
            (self.folder / "queries" / f"{name}.sql").write_text(f"SELECT * FROM '{{folder}}/{name}.parquet'")
        (self.folder / "queries" / "usage.sql").write_text(self.query)
        accounts = pd.DataFrame({"account_id": self.accounts, "created_on": "2024-12-01"})
        accounts.to_parquet(self.folder / "accounts.parquet", index=False)
        subscriptions = accounts.assign(subscription_id=accounts["account_id"], started_on="2025-01-05")
        subscriptions.drop(columns="created_on").to_parquet(self.folder / "subscriptions.parquet", index=False)
        self.usage.to_parquet(self.folder / "usage.parquet", index=False)

    def read(self, workspace: Workspace, overlap: Overlap | None = OVERLAP) -> dict[str, bytes]:
        """All that pull, conform and rollup leave in a workspace; without an overlap as `dvc repro` runs them."""
        self.write()
        pull(self.folder / "queries", self.folder, workspace, overlap=overlap)
        conform(workspace, max_rejected_share=0.9, carried=overlap is not None)
        rollup(workspace, carried=overlap is not None)
        return everything(workspace)


def everything(workspace: Workspace) -> dict[str, bytes]:
    """Every file of the folders that carry months over, and the report of the intake, by path."""
    files = {f"{top}/{name}": each for top in FOLDERS for name, each in contents(workspace.data / top).items()}
    return files | {"intake.json": (workspace.reports / "intake.json").read_bytes()}


def rows(text: str) -> pd.DataFrame:
    """Rows of usage from a table; `-` is empty."""
    lines = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(lines, columns=COLUMNS, dtype="str").replace("-", None)
