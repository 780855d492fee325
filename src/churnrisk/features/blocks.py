"""Blocks of accounts: which snapshots each has, its features, and the processes that share the work.

Blocks don't know of each other, so they may be computed in any order and anywhere. What compares accounts with their
peers comes afterwards, when all of a date are there (`features.peers`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.errors import ParamsError
from churnrisk.features.compute import compute_all
from churnrisk.features.configured import features_of_company, settings_of
from churnrisk.features.registry import Feature, needs_of
from churnrisk.params import Params
from churnrisk.past.company import Company
from churnrisk.past.past import Block
from churnrisk.store.catalogue.featurize import FeatureDescription, FeaturesReport

_SNAPSHOTS_AN_ACCOUNT = 26
"""Fixed memory cost of an account, in snapshots: its weekly arrays span the whole history, however few it has."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be computed of which snapshots, in blocks.

    `on` are the features that the company's tables and settings switch on, `off` the others with the reason.
    `snapshots` have `account_id`, `as_of` and `spell_started_on`, of one date or of many; `block`, (snapshots,), is the
    number of each one's block.
    """

    company: Company
    on: list[Feature]
    off: Mapping[str, str]
    settings: Mapping[str, Any]
    snapshots: pd.DataFrame
    block: npt.NDArray[np.int64]

    @classmethod
    def of(cls, company: Company, snapshots: pd.DataFrame, params: Params, own: Collection[Feature] = ()) -> "Plan":
        """The plan for some snapshots of a company, by its params and its `own` features."""
        on, off = features_of_company(company, params, own)
        block = plan_blocks(snapshots["account_id"], params.features.block_accounts)
        return cls(company=company, on=on, off=off, settings=settings_of(params), snapshots=snapshots, block=block)

    @property
    def blocks(self) -> range:
        """The numbers of all blocks."""
        return range(int(self.block.max()) + 1)

    @property
    def compared(self) -> list[Feature]:
        """The features that compare accounts with their peers."""
        return [each for each in self.on if each.base]

    @property
    def of_words(self) -> list[str]:
        """The names of the features whose values are words."""
        return [each.name for each in self.on if each.unit == "category"]

    @property
    def account_words(self) -> list[str]:
        """The columns of `accounts` whose values are words, as they are known at any date."""
        return self.company.ledgers["accounts"].words

    def read(self, number: int) -> Block:
        """A block, with the views that the features need."""
        return Block.read(self.company, self.snapshots[self.block == number], needs_of(self.on))

    def features_of(self, block: Block) -> pd.DataFrame:
        """The features of a block's snapshots, one row each, but for those that compare with peers."""
        return compute_all([each for each in self.on if not each.base], block, self.settings)

    def report(self, unknown_events: Iterable[str], unknown_plans: Iterable[str]) -> FeaturesReport:
        """The features that are on, with what readers need to know of each, those that are off, and what is configured
        and not there.
        """
        on = [
            FeatureDescription(
                name=each.name,
                theme=each.theme,
                fact=each.fact.name,
                unit=each.unit,
                meaning=each.meaning,
                missing=each.missing,
            )
            for each in self.on
        ]
        return FeaturesReport(
            features=on,
            off=dict(self.off),
            unknown_events=list(unknown_events),
            unknown_plans=list(unknown_plans),
            account_words=self.account_words,
        )


def plan_blocks(account_id: "pd.Series[str]", accounts: int) -> npt.NDArray[np.int64]:
    """The block of each snapshot, (snapshots,): `accounts` a block on average, whole accounts, in order of their ids.

    Blocks have about as many snapshots as each other, because it is these that cost memory and time.

    >>> plan_blocks(pd.Series(["a", "a", "b", "c"]), accounts=2).tolist()
    [0, 0, 0, 1]
    """
    code, ids = pd.factorize(account_id, sort=True)
    blocks = block_count(len(ids), accounts)
    cost = np.bincount(code) + _SNAPSHOTS_AN_ACCOUNT
    # unique, since a block may be left without accounts where these are few and their costs uneven.
    return np.unique(((np.cumsum(cost) - cost) * blocks // cost.sum())[code], return_inverse=True)[1]


def block_count(accounts: int, block_accounts: int) -> int:
    """How many blocks some accounts make, at the most."""
    return -(-accounts // block_accounts)


@contextmanager
def other_processes(work: Callable[[slice], None], workers: int) -> Iterator[None]:
    """Let `workers` - 1 other processes do their shares of the blocks while this one does the first.

    `work` is given the share of each as a slice of the blocks: every `workers`-th from 1, 2 and so on. The share from 0
    is this process's own. `work` must be a module's function, or a partial of one.

    Processes and not threads: most of the time goes into numpy calls on small arrays, and threads would wait for each
    other between them.

    Raises what a process raises, and ParamsError where one is killed.
    """
    # Spawned and not forked: DuckDB's and Arrow's threads don't survive a fork.
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
