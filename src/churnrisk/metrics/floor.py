"""Who is called: where the floor of risk lies, who is above it, and who gets a place where there are not enough.

Whoever was there before has it easier to stay than others to come, so that nobody comes and goes every week.
"""

import numpy as np

from churnrisk.metrics.metric import Numbers
from churnrisk.past.arrays import Mask


def floor_of(probability: Numbers, call_from: float) -> float:
    """The floor among accounts of these probabilities, (accounts,): `call_from` times their mean, or `call_from` itself
    where it is below 1. It is never above 1, and 1 where there is nobody.

    >>> import numpy as np
    >>> risks = np.array([0.02, 0.04, 0.12])
    >>> round(floor_of(risks, 2.0), 4), floor_of(risks, 0.1), floor_of(risks[:0], 2.0)
    (0.12, 0.1, 1.0)
    """
    if call_from < 1:
        return call_from
    return min(call_from * float(probability.mean()), 1.0) if len(probability) else 1.0


def above(probability: Numbers, floor: float, was_above: Mask, keep_from: float) -> Mask:
    """Who is above the floor: who reaches it, and who was above it before and has at least `keep_from` of it,
    (accounts,).

    Two thresholds, because a risk that stays about the floor would otherwise come and go every week.

    >>> import numpy as np
    >>> above(np.array([0.2, 0.15, 0.15, 0.1]), 0.19, np.array([False, True, False, True]), 0.75)
    array([ True,  True, False, False])
    """
    return (probability >= floor) | (was_above & (probability >= keep_from * floor))


def worth_a_place(worth: Numbers, had_one: Mask, keep_from: float) -> Numbers:
    """What counts for a place on a list that is full, (accounts,): what an account is worth to it, and only `keep_from`
    of that where it had no place before.

    So an account gives its place only to one that is worth more than 1 / `keep_from` times as much.

    >>> import numpy as np
    >>> worth_a_place(np.array([100.0, 120.0, 140.0]), np.array([True, False, False]), 0.75)
    array([100.,  90., 105.])
    """
    return worth * np.where(had_one, 1.0, keep_from)


def kept_to_prepare(length: int, prepare_share: float) -> int:
    """Places of a list that are kept for renewals to prepare, if there are so many."""
    return round(prepare_share * length)
