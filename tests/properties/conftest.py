"""Companies of a handful of accounts, in which a few say what is usual among peers."""

from collections.abc import Iterator

import pytest

from churnrisk.features import peers


@pytest.fixture(scope="package", autouse=True)
def few_peers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(peers, "FEWEST", 2)
        yield
