"""What was known of them then? Never reads labels."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from churnrisk.errors import ParamsError
from churnrisk.features.compute import compute_all
from churnrisk.features.configured import company_of, features_of_company, told
from churnrisk.features.peers import beside, needed, usual
from churnrisk.features.registry import Feature
from churnrisk.params import Params
from churnrisk.past.past import Block, Company
from churnrisk.rollup.events import events_by_key, events_of, unknown_events
from churnrisk.store.blocks import KEYS, block_file, block_files, peers_file, write_features
from churnrisk.store.workspace import Workspace, read_table, whole_folder, write_json, write_table

_SNAPSHOTS_AN_ACCOUNT = 26
"""An account takes about as much memory as so many snapshots of it, as its weeks are laid out however few it has."""


def run(workspace: Workspace, params: Params) -> None:
    accounts = read_table(workspace.snapshots / "snapshots.parquet", ["account_id"])["account_id"].nunique()
    workers = min(params.features.workers, -(-accounts // params.features.block_accounts))
    with whole_folder(workspace.features) as folder:
        with _others(partial(_write, workspace, params, folder), workers):
            work = _Work.of(workspace, params)
            work.write(folder, slice(0, None, workers))
            unknown = [str(each) for each in unknown_events(events_by_key(params.features), events_of(workspace.usage))]
            about = {"features": [_described(each) for each in work.on], "off": work.off, "unknown_events": unknown}
            write_json(about, folder / "features.json")
        _compare([each for each in work.on if each.base], folder)


@contextmanager
def _others(work: Callable[[slice], None], workers: int) -> Iterator[None]:
    """Let other processes do their shares while this one does the first. Threads would wait for each other."""
    with ProcessPoolExecutor(max(workers - 1, 1), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work, slice(first, None, workers)) for first in range(1, workers)]
        yield
        try:
            for each in running:
                each.result()
        except BrokenProcessPool as error:
            raise ParamsError(
                f"one of {workers} workers was ended from outside, as happens where memory is short",
                where="params.yaml, features.workers",
                fix="lower it, or features.block_accounts",
            ) from error


def _write(workspace: Workspace, params: Params, folder: Path, share: slice) -> None:
    _Work.of(workspace, params).write(folder, share)


@dataclass(frozen=True)
class _Work:
    """What is to be done: the features that are on, of the snapshots of a company, of which each is in a `block`."""

    company: Company
    on: list[Feature]
    off: dict[str, str]
    configured: Mapping[str, Any]
    snapshots: pd.DataFrame
    block: npt.NDArray[np.int64]

    @classmethod
    def of(cls, workspace: Workspace, params: Params) -> "_Work":
        company = company_of(workspace, params)
        on, off = features_of_company(company, params.features)
        snapshots = read_table(workspace.snapshots / "snapshots.parquet")
        block = _blocks(snapshots["account_id"], params.features.block_accounts)
        return cls(company, on, off, told(params.features), snapshots, block)

    def write(self, folder: Path, share: slice) -> None:
        """Write what can be told of each account of some blocks by itself."""
        own = [each for each in self.on if not each.base]
        for number in range(self.block.max() + 1)[share]:
            rows = compute_all(own, Block(self.company, self.snapshots[self.block == number]), self.configured)
            write_features(rows, block_file(folder, number))


def _blocks(account_id: "pd.Series[str]", accounts: int) -> npt.NDArray[np.int64]:
    """The block of each snapshot: so many accounts on average, and about as many snapshots, which is what it costs."""
    code, ids = pd.factorize(account_id, sort=True)
    blocks = -(-len(ids) // accounts)
    cost = np.bincount(code) + _SNAPSHOTS_AN_ACCOUNT
    return np.unique(((np.cumsum(cost) - cost) * blocks // cost.sum())[code], return_inverse=True)[1]


def _compare(features: list[Feature], folder: Path) -> None:
    """Write beside each block what can be told only when all accounts of a date are there."""
    blocks = block_files(folder)
    columns = needed(features, pq.read_schema(blocks[0]).names)
    table = usual(features, pd.concat([read_table(block, columns) for block in blocks], ignore_index=True))
    write_table(table, folder / "usual.parquet")
    for block in blocks:
        rows = read_table(block, [*KEYS, *columns[1:]])
        write_features(rows[KEYS].join(beside(features, rows, table)), peers_file(block))


def _described(each: Feature) -> dict[str, str]:
    return {name: str(getattr(each, name)) for name in ("name", "theme", "unit", "meaning", "missing", "reason")}
