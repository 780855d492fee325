"""The simulated company, which every week asks for anew, is made up once for each number of its weeks."""

from collections.abc import Iterator
from functools import cache

import pytest

from churnrisk import simulator


@pytest.fixture(scope="package", autouse=True)
def remembered_company() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulator, "simulate", cache(simulator.simulate))
        yield
