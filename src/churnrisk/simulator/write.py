"""A simulated company as files, the way a company's own export might lie in a folder."""

from pathlib import Path

from churnrisk.simulator.company import Company
from churnrisk.store.workspace import whole_folder, write_table


def write(company: Company, folder: Path, truth: Path) -> None:
    """One file a table in `folder`, all Parquet but `subscriptions.csv`; the truth as Parquet at `truth`, elsewhere.

    The folder is replaced as a whole, so that a run that is broken off leaves the files of the run before.
    """
    with whole_folder(folder) as partial:
        for name, rows in company.tables.items():
            if name == "subscriptions":
                rows.to_csv(partial / f"{name}.csv", index=False, lineterminator="\n")
            else:
                write_table(rows, partial / f"{name}.parquet")
    write_table(company.truth, truth)
