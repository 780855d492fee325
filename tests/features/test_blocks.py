"""How blocks are planned, and what happens to those who compute them beside this process."""

import os
import signal

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import ParamsError, SourceError
from churnrisk.features.blocks import other_processes, plan_blocks


@pytest.mark.parametrize("accounts", [1, 2, 5, 100])
def test_blocks_are_of_whole_accounts_and_none_is_empty(accounts: int) -> None:
    many = [1, 100, 1, 1, 40, 3, 3, 90]
    account = pd.Series([f"a{number}" for number, n in enumerate(many) for _ in range(n)])
    block = plan_blocks(account, accounts)
    assert np.unique(block).tolist() == list(range(block.max() + 1))
    assert (pd.Series(block).groupby(account.to_numpy()).nunique() == 1).all()
    assert (np.diff(block) >= 0).all()
    assert len(np.unique(block)) <= -(-len(many) // accounts)


def end_of_the_other(share: slice) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_is_said_to_be() -> None:
    message = r"one of 2 workers was ended .* Fix: lower it, or features.block_accounts"
    with pytest.raises(ParamsError, match=message), other_processes(end_of_the_other, workers=2):
        pass


def no_usage(share: slice) -> None:
    raise SourceError("usage is not there", where="data/usage", fix="run the stages before")


def test_what_a_worker_has_to_say_is_said_in_its_words() -> None:
    message = r"data/usage: usage is not there. Fix: run"
    with pytest.raises(SourceError, match=message), other_processes(no_usage, workers=2):
        pass
