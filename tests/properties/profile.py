"""How many examples: the same few in every run, or as many as asked for, by chance.

`CHURNRISK_EXAMPLES=10 pytest tests/properties` tries ten times as many, others in each run.
"""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("CHURNRISK_EXAMPLES", "0"))


def examples(few: int) -> settings:
    """Settings of a property that is tried on `few` companies, always the same, unless more are asked for."""
    return settings(
        max_examples=few * max(TIMES, 1),
        derandomize=not TIMES,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


few, some = examples(3), examples(4)
