"""Writes a simulated company as files, as a company's own export might be found in a folder."""

from pathlib import Path

from churnrisk.errors import ParamsError
from churnrisk.simulator.company import SimulatedCompany
from churnrisk.store.writes import whole_folder, write_table, write_text

MARK = "SIMULATED.txt"
"""The file that marks a folder as the simulator's own. Any other folder may hold a real company's only copy."""

_NOTE = "The simulator of churnrisk made the files in this folder. It replaces all of them when it runs again.\n"


def write(company: SimulatedCompany, folder: Path, truth: Path) -> None:
    """One file a table in `folder`, all Parquet but `subscriptions.csv`; the truth as Parquet at `truth`, elsewhere.

    One table is CSV so that both kinds of file are read in every run. The folder is replaced as a whole, so that a run
    that is interrupted leaves the files of the previous one. Raises ParamsError, and changes nothing, unless the folder
    is new, empty, or holds only files that the simulator made.
    """
    names = {name: f"{name}.csv" if name == "subscriptions" else f"{name}.parquet" for name in company.tables}
    _require_own(folder, {MARK, *names.values()})
    with whole_folder(folder) as partial:
        for name, rows in company.tables.items():
            if name == "subscriptions":
                rows.to_csv(partial / names[name], index=False, lineterminator="\n")
            else:
                write_table(rows, partial / names[name])
        write_text(_NOTE, partial / MARK)
    write_table(company.truth, truth)


def _require_own(folder: Path, own: set[str]) -> None:
    there = sorted(each.name for each in folder.iterdir()) if folder.exists() else []
    foreign = [name for name in there if name not in own or MARK not in there]
    if foreign:
        raise ParamsError(
            f"the folder holds {foreign[0]}, and everything in it would be replaced by a simulated company",
            where=str(folder),
            allowed="a new or empty folder, or one that the simulator made",
            fix="name another folder (source.folder in params.yaml, or --out)",
        )
