"""A company lives through many weeks twice: once undisturbed, and once with everything that goes wrong in a year.

Both have the same life, in which rows come late, quantities are corrected, and accounts come back; both train a
champion at the start and a challenger halfway. The other one also has faults in its feeds, runs that are killed, weeks
on which the scheduler did not start, damaged files, and a promotion that is taken back. In the end both must have
published and archived the same bytes, every fault must have been told when it was there, and nothing else. What the
monitor says of a model is no false alarm where it is true by the simulator's own probabilities: a model of so few
accounts can be off.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from rich.console import Console

from benchmarks import faults
from benchmarks.random_kills import environment
from benchmarks.small_run import ROOT, SMALL
from benchmarks.true_alarms import is_true
from churnrisk import simulator
from churnrisk.clock import Day, day, days
from churnrisk.errors import ChurnriskError
from churnrisk.monitoring.status import status
from churnrisk.params import Params, load
from churnrisk.store.catalogue.monitor import MONITOR
from churnrisk.store.lock import locked
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_table
from churnrisk.weekly.promote import promote, roll_back
from churnrisk.weekly.run import Asked, weekly

RESULT = ROOT / "benchmarks" / "results" / "soak.json"
ACCOUNTS, START, SEED = 150, "2024-01-01", 7
FIRST = 60
"""Weeks of history before the first list."""

LEARNED_BY = ("source", "pull", "conform", "rollup", "snapshot", "label", "featurize", "train", "evaluate")
COMPARED = ("reports/risk_list", "reports/monitor", "data/history", "data/weekly/scores", "data/weekly/features")
LATE_DAYS, CORRECTED_DAYS = 9, 12
TRUTH = "truth.parquet"

Tables = dict[str, pd.DataFrame]
Harm = Callable[[Path, Day], None]
Plan = dict[int, tuple[str, ...]]


@dataclass
class Lived:
    """What one of the two runs has seen: by week, what was told; and how long it took."""

    told: dict[str, list[str]] = field(default_factory=dict)
    alarms: dict[str, list[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    true: list[str] = field(default_factory=list)
    """Alarms on the model that the simulator bears out."""
    faults: int = 0
    kills: int = 0
    seconds: float = 10.0
    """What the last week took, which says when to kill the next one."""


def feeds(weeks: int) -> Tables:
    """The files as they stand after so many weeks, with the life that both runs share."""
    company = simulator.simulate(ACCOUNTS, day(START), weeks, SEED)
    usage = company.tables["usage"].reset_index(drop=True)
    end = pd.Timestamp(day(START) + days(7 * weeks))
    # By the row's own content, so that a row is late in every week alike.
    number = pd.util.hash_pandas_object(usage[["account_id", "day", "event", "user_id"]], index=False).to_numpy()
    late = number % 50 == 0
    known = usage["known_at"].mask(late, usage["day"] + pd.Timedelta(days=LATE_DAYS))
    corrected = usage[number % 50 == 1]
    more = corrected.assign(quantity=1.0, known_at=corrected["day"] + pd.Timedelta(days=CORRECTED_DAYS))
    whole = pd.concat([usage.assign(known_at=known), more], ignore_index=True)
    # A row that does not say when it became known came in on its day.
    return company.tables | {
        "usage": whole[~(whole["known_at"] >= end)],
        "subscriptions": _returned(company.tables, end),
    }


def _truth(weeks: int) -> pd.DataFrame:
    """The exact probability of churn, `true`, of each account at each date: within a month, as the lists say it.

    The simulator's month begins a week later than that of the lists, which moves the mean of many dates by nothing.
    """
    horizon = SMALL["churn"]["horizon_days"]
    truth = simulator.simulate(ACCOUNTS, day(START), FIRST + weeks, SEED, horizons=[horizon]).truth
    return truth.rename(columns={f"churn_probability_{horizon}d": "true"})[["account_id", "as_of", "true"]]


def _returned(tables: Tables, end: pd.Timestamp) -> pd.DataFrame:
    """A third of the accounts that left come back after ten weeks, on the terms that they had."""
    sold = tables["subscriptions"]
    last = sold.sort_values(["account_id", "started_on"]).groupby("account_id").tail(1)
    number = pd.util.hash_pandas_object(last["account_id"], index=False).to_numpy()
    back = last["ended_on"] + pd.Timedelta(weeks=10)
    again = last[(number % 3 == 0) & (back < end)]
    over = {"ended_on": pd.NaT, "end_known_at": pd.NaT, "end_reason": None, "planned_end_on": pd.NaT}
    came = again["ended_on"] + pd.Timedelta(weeks=10)
    return pd.concat(
        [sold, again.assign(subscription_id=again["subscription_id"] + "R", started_on=came, known_at=came, **over)],
        ignore_index=True,
    )


def write(tables: Tables, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        if name == "subscriptions":
            rows.to_csv(folder / "subscriptions.csv", index=False)
        else:
            write_table(rows, folder / f"{name}.parquet")


def _usage(change: faults.Fault) -> Harm:
    """A fault of the feed of usage that the gate must hold."""

    def harm(source: Path, as_of: Day) -> None:
        file = source / "usage.parquet"
        rows = pd.read_parquet(file).reset_index(drop=True)
        write_table(change(rows, pd.Timestamp(as_of), np.random.default_rng(SEED)), file)

    return harm


def _cut_off(source: Path, as_of: Day) -> None:
    file = source / "usage.parquet"
    os.truncate(file, file.stat().st_size // 2)


def _renamed_column(source: Path, as_of: Day) -> None:
    file = source / "accounts.parquet"
    write_table(pd.read_parquet(file).rename(columns={"account_id": "id"}), file)


def _gone(source: Path, as_of: Day) -> None:
    (source / "subscriptions.csv").unlink()


FAULTS: dict[str, tuple[Harm, set[int]]] = {
    # what goes wrong in the feeds -> how, and the exit codes that tell it
    "a tenth of the last workday on": (_usage(lambda *of: faults.keep_rows(*of, share=0.1, days=3)), {5}),
    "half of the accounts missing": (_usage(lambda *of: faults.lose_accounts(*of, share=0.5, days=7)), {5}),
    "logins are not tracked": (_usage(lambda *of: faults.lose_event(*of, event="login", days=7)), {5}),
    "the last three days came twice": (_usage(lambda *of: faults.load_twice(*of, days=3)), {5}),
    "rows of the future": (_usage(lambda *of: faults.future_dates(*of, share=0.01)), {5}),
    "usage stopped a week ago": (_usage(lambda *of: faults.stop(*of, days=7)), {5}),
    "usage stopped three weeks ago": (_usage(lambda *of: faults.stop(*of, days=21)), {5}),
    "a file is cut off": (_cut_off, {3}),
    "a column has another name": (_renamed_column, {3, 4}),
    "a file is gone": (_gone, {3}),
}
UNSTARTED, KILLED, TAKEN_BACK = "the scheduler did not start", "killed", "promoted and taken back"


def planned(weeks: int) -> Plan:
    """What goes wrong in which week: two things in two weeks of three, one after the other, and nothing in the last."""
    names = [*FAULTS, UNSTARTED, KILLED, TAKEN_BACK, KILLED]
    random = np.random.default_rng(SEED)
    order = [names[each] for _ in range(2 * weeks) for each in random.permutation(len(names))]
    plan: Plan = {}
    for week in range(1, weeks - 1):
        if week % 3:
            two = order.pop(), order.pop()
            # Where nothing was started, nothing else can go wrong.
            plan[week] = (UNSTARTED,) if UNSTARTED in two else two
    return plan


def lived(
    source: Path, folder: Path, weeks: int, plan: dict[int, tuple[str, ...]], trainings: tuple[int, ...]
) -> Lived:
    """One whole life; `source` has the files of each week, and in weeks of `trainings` a model is trained."""
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    workspace, seen = _made(folder), Lived()
    for week in range(weeks):
        _arrived(source, workspace, week)
        if week in trainings:
            _trained(workspace)
        _a_week(workspace, source, week, plan.get(week, ()), seen)
    return seen


def _a_week(workspace: Workspace, source: Path, week: int, wrongs: tuple[str, ...], seen: Lived) -> None:
    as_of = _date(week)
    for wrong in wrongs:
        seen.faults += 1
        _goes_wrong(workspace, week, as_of, wrong, seen)
        _arrived(source, workspace, week)
    if UNSTARTED in wrongs:
        return
    name, began = f"{as_of}: after {', '.join(wrongs) or 'nothing wrong'}", time.monotonic()
    code, said = _ran(workspace, as_of)
    seen.seconds = time.monotonic() - began
    if code:
        seen.false.append(f"{name}: ended with {code}: {said}")
        return
    _look(workspace, source, as_of, name, seen)


def _goes_wrong(workspace: Workspace, week: int, as_of: Day, wrong: str, seen: Lived) -> None:
    name = f"{as_of}: {wrong}"
    if wrong in FAULTS:
        harm, codes = FAULTS[wrong]
        harm(workspace.root / "source", as_of)
        code, said = _ran(workspace, as_of)
        seen.told[name] = [f"{code}: {said}"]
        if code not in codes:
            seen.missed.append(f"{name}: ended with {code}: {said}")
    elif wrong == UNSTARTED:
        _late_is_told(workspace, as_of, name, seen)
    elif wrong == KILLED:
        # From before it has read anything until its list is nearly out.
        seen.kills += _killed(workspace, as_of, seconds=3 + seen.seconds * (0.2 + 0.15 * (week % 6)))
    elif wrong == TAKEN_BACK:
        _taken_back(workspace)


def _look(workspace: Workspace, source: Path, as_of: Day, name: str, seen: Lived) -> None:
    """Nothing is wrong any more, so neither status nor monitor may say that anything is, but of the model."""
    params = load(workspace.params)
    found = status(workspace, params, as_of + days(4))
    if found.exit_code:
        seen.false.append(f"{name}: {found.line}")
    alarms = [each for each in MONITOR.read(workspace).alerts if each.state == "alarm"]
    seen.alarms[str(as_of)] = [f"{each.check}: {each.evidence}" for each in alarms]
    for each, said in zip(alarms, seen.alarms[str(as_of)], strict=True):
        borne_out = is_true(each, workspace, params, pd.read_parquet(source / TRUTH))
        (seen.true if borne_out else seen.false).append(f"{name}: {said}")


def _late_is_told(workspace: Workspace, as_of: Day, name: str, seen: Lived) -> None:
    found = status(workspace, load(workspace.params), as_of + days(4))
    seen.told[name] = [found.line]
    if not found.is_late:
        seen.missed.append(f"{name}: {found.line}")


def _ran(workspace: Workspace, on: Day) -> tuple[int, str]:
    try:
        with locked(workspace, "weekly"):
            weekly(workspace, load(workspace.params), Asked(catch_up=True, on=on), Console(file=io.StringIO()))
    except ChurnriskError as error:
        # The result is committed, so it names no folder of this machine.
        return error.exit_code, str(error).replace(f"{workspace.root.resolve()}/", "").replace(f"{workspace.root}/", "")
    return 0, ""


def _killed(workspace: Workspace, on: Day, seconds: float) -> bool:
    """Start the week in a process of its own and kill it; False where it had ended before."""
    command = [str(Path(sys.executable).with_name("churnrisk")), "weekly", "--catch-up", "--at", str(on)]
    process = subprocess.Popen(command, cwd=workspace.root, env=environment(), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def _taken_back(workspace: Workspace) -> None:
    """A challenger is promoted and taken back before the list; where none is left, the champion's own return."""
    params = load(workspace.params)
    try:
        roll_back(workspace, params, "a try")
        promote(workspace, params, force="a try")
    except ChurnriskError:
        # In the first half there is one version alone, and nothing to go back to.
        return


def _made(folder: Path) -> Workspace:
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for section, values in SMALL.items():
        content[section] |= values
    content["source"] = {"kind": "files", "folder": "source"}
    shutil.copytree(ROOT / "queries", folder / "queries")
    (folder / "features").mkdir()
    (folder / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return Workspace(folder)


def _arrived(source: Path, workspace: Workspace, week: int) -> None:
    shutil.rmtree(workspace.root / "source", ignore_errors=True)
    shutil.copytree(source / str(week), workspace.root / "source")


def _trained(workspace: Workspace) -> None:
    """Train and promote; the rails judge models, and not what is asked here, so they are passed."""
    params: Params = load(workspace.params)
    for stage in LEARNED_BY:
        import_module(f"churnrisk.stages.{stage}").run(workspace, params)
    promote(workspace, params, force="a soak")


def files(folder: Path) -> dict[str, bytes]:
    found = [file for top in COMPARED for file in (folder / top).rglob("*") if file.is_file()]
    found += [file for file in [folder / "reports" / "monitor.json"] if file.exists()]
    # The wall clock beside a list is no part of it.
    found = [file for file in found if ".latest.old" not in str(file) and file.name != "run.json"]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def _but_late_origins(found: dict[str, bytes], plan: Plan) -> dict[str, bytes]:
    """All files but the origins of lists that were made up for a week later, and no others.

    An origin names the tables that its list was made from: those of the day of the run, which are rightly others.
    """
    late = [_date(week) for week, wrongs in plan.items() if UNSTARTED in wrongs]
    left_out = tuple(f"data/history/origin/as_of={each}/" for each in late)
    return {name: content for name, content in found.items() if not name.startswith(left_out)}


def _date(week: int) -> Day:
    """The date of the list of a week."""
    return day(START) + days(7 * (FIRST + week))


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Live both lives, print the figures and write them."""
    asked = _asked(arguments)
    folder, began = asked.folder, time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    for week in range(asked.weeks):
        write(feeds(FIRST + week), folder / "feeds" / str(week))
    _truth(asked.weeks).to_parquet(folder / "feeds" / TRUTH)
    plan, trainings = planned(asked.weeks), (0,) if asked.one_training else (0, asked.weeks // 2)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        futures = [
            pool.submit(lived, folder / "feeds", folder / name, asked.weeks, wrong, trainings)
            for name, wrong in (("undisturbed", {}), ("disturbed", plan))
        ]
        calm, other = (each.result() for each in futures)
    ones, others = (_but_late_origins(files(folder / name), plan) for name in ("undisturbed", "disturbed"))
    differing = sorted(name for name in ones.keys() | others.keys() if ones.get(name) != others.get(name))
    figures = {
        "weeks": asked.weeks,
        "accounts": ACCOUNTS,
        "trainings": len(trainings),
        "faults": other.faults,
        "differing": len(differing),
        "false_alarms": len(calm.false) + len(other.false),
        "true_alarms": len(calm.true) + len(other.true),
        "missed_faults": len(other.missed),
        "kills": other.kills,
        "lists": len([name for name in ones if name.endswith("risk_list.json") and "/latest/" not in name]),
        "files_compared": len(ones.keys() | others.keys()),
        "plan": {str(week): what for week, what in plan.items()},
        "where": {"differing": differing[:40], "undisturbed": calm.false, **asdict(other)},
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps({name: value for name, value in figures.items() if name != "where"}) + "\n")
    return figures


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--one-training", action="store_true", help="no challenger halfway")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "benchmarks" / "soak")
    parser.add_argument("--out", type=Path, default=RESULT)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
