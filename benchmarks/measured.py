"""What a call costs, in a process of its own, so that its memory is its own."""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of processor and most memory in GB.

    >>> typical([Cost(2.0, 3.0, 0.5), Cost(1.0, 2.0, 0.7), Cost(9.0, 2.5, 0.6)])
    Cost(seconds=2.0, cpu_seconds=2.5, peak_gb=0.7)
    """

    seconds: float
    cpu_seconds: float
    peak_gb: float


def measured(call: Callable[..., object], *arguments: Any) -> Cost:
    """The cost of one call; `call` is a function of a module, so that a fresh process finds it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_timed, call, arguments).result()


def typical(costs: list[Cost]) -> Cost:
    """The median of the times, and the most memory."""
    seconds, cpu = (median(getattr(cost, name) for cost in costs) for name in ("seconds", "cpu_seconds"))
    return Cost(seconds, cpu, max(cost.peak_gb for cost in costs))


def _timed(call: Callable[..., object], arguments: tuple[Any, ...]) -> Cost:
    call_began, cpu_began = time.perf_counter(), _cpu_seconds()
    call(*arguments)
    return Cost(time.perf_counter() - call_began, _cpu_seconds() - cpu_began, _peak_gb())


def _cpu_seconds() -> float:
    """Of this process, and of those that it started and that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _peak_gb() -> float:
    """Of this process, and of the largest of those that it started."""
    # What getrusage tells of this process holds the memory of the one that started it.
    own = Path("/proc/self/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]
    return (int(own) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 2**20
