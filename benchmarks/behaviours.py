"""How honest the intervals of "points apart" are, on made-up companies whose true difference is known.

Each account is watched for 4 to 59 weeks; the last 13 snapshots of one that leaves say so. By luck alone, no more than
2.5 % of the intervals may lie above 0. With a real difference 95 % must hold it, and should be short.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product, repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.behaviours.apart import END, apart
from churnrisk.behaviours.rates import Counts, count

RESULT = Path(__file__).parent / "results" / "behaviours.json"
COMPANIES = 200
SHORTEST, LONGEST, SAYING = 4, 59, 13
"""Weeks that an account is watched, at least and at most, and how many of its last snapshots say that it leaves."""

SIZES: dict[str, list[float]] = {
    "two": [0.5] * 2,
    "five": [0.2] * 5,
    "ten": [0.1] * 10,
    "one of 70 %, three of 10 %": [0.7, 0.1, 0.1, 0.1],
}
DIFFERENCES: dict[str, Any] = {
    "rising by little": lambda place: 0.8 + 0.4 * place,
    "rising by much": lambda place: 0.3 + 1.4 * place,
    "one group worse": lambda place: np.where(place == 1, 2.5, 1.0),
}
"""Churn rates of groups, by their place from 0, the safest, to 1, up to a factor."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A kind of company: `sizes` and churn `rates` of the groups, and how snapshots fall into them.

    `own`: an account stays in its group, such as a plan. `moving`: every snapshot falls by itself, as activity does.
    `habit`: an account prefers some groups, whoever leaves. `age`: the older an account, the later the group; rates
    follow from when accounts leave, and only the mean of `rates` counts, as with `habit`.
    """

    kind: str
    accounts: int
    sizes: Sequence[float]
    rates: Sequence[float]


def company(made: Made, random: np.random.Generator) -> Counts:
    """One company of that kind, counted."""
    sizes, rates = np.asarray(made.sizes), np.asarray(made.rates)
    weeks = random.integers(SHORTEST, LONGEST + 1, made.accounts)
    account = np.repeat(np.arange(made.accounts), weeks)
    week = np.concatenate([np.arange(each) for each in weeks])
    home = random.choice(len(sizes), made.accounts, p=sizes)
    usual = rates[home] if made.kind == "own" else (sizes * rates).sum()
    churned = ((random.random(made.accounts) < usual / _saying())[account]) & (weeks[account] - week <= SAYING)
    if made.kind == "own":
        group = home[account]
    elif made.kind == "age":
        start = random.integers(0, LONGEST, made.accounts)
        group = np.searchsorted(np.cumsum(sizes)[:-1], (start[account] + week) / (2 * LONGEST))
    else:
        share = sizes * np.where(churned[:, None], rates, 1 - rates)
        if made.kind == "habit":
            share = random.dirichlet(2 * sizes, made.accounts)[account]
        share = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
        group = (share[:, :-1] < random.random(len(account))[:, None]).sum(axis=1)
    return count(account, group, churned.astype(float), accounts=made.accounts, groups=len(sizes))


def _saying() -> float:
    """The share of the snapshots of an account that leaves which say so."""
    weeks = np.arange(SHORTEST, LONGEST + 1)
    return float(np.minimum(weeks, SAYING).sum() / weeks.sum())


def true_difference(made: Made) -> float:
    """By how much the churn rates of the truly riskiest and the truly safest fifth differ.

    >>> true_difference(Made(kind="own", accounts=9, sizes=[0.3, 0.6, 0.1], rates=[0.1, 0.3, 0.5]))
    0.3
    """
    sizes, rates = np.asarray(made.sizes), np.asarray(made.rates)
    if made.kind == "age":
        many = company(Made(kind="age", accounts=40_000, sizes=sizes, rates=rates), np.random.default_rng(0))
        snapshots = many.snapshots.sum(axis=0)
        sizes, rates = snapshots / snapshots.sum(), many.churned.sum(axis=0) / snapshots
    if made.kind == "habit":
        return 0.0
    order = np.argsort(rates)
    safest, riskiest = (_rate_of_first(sizes[each], rates[each]) for each in (order, order[::-1]))
    return round(riskiest - safest, 12)


def _rate_of_first(sizes: Numbers, rates: Numbers) -> float:
    ends = np.minimum(np.cumsum(sizes), END)
    return float((np.diff(ends, prepend=0.0) * rates).sum() / END)


def measured(made: Made, companies: int = COMPANIES, seed: int = 1) -> dict[str, float]:
    """Of companies of a kind: the share of intervals above 0, the share that holds the truth, and their mean length."""
    random, truth = np.random.default_rng(seed), true_difference(made)
    found = [apart(company(made, random)) for _ in range(companies)]
    ends = np.array([(each.low, each.high) for each in found if each.low is not None])
    low, high = ends.T
    return {
        "above_0": float((low > 0).mean()),
        "holds_truth": float(((low <= truth) & (truth <= high)).mean()),
        "length": float((high - low).mean()),
    }


def by_luck() -> list[Made]:
    """Kinds of companies without any difference."""
    cells = product(("own", "moving", "habit"), (60, 300, 1000), SIZES.values(), (0.03, 0.1, 0.3))
    return [
        Made(kind=kind, accounts=accounts, sizes=sizes, rates=[rate] * len(sizes))
        for kind, accounts, sizes, rate in cells
    ]


def with_a_difference() -> list[Made]:
    """Kinds of companies with one."""
    cells = product(("own", "moving", "age"), (100, 300, 1000), SIZES.values(), (0.03, 0.1), DIFFERENCES.values())
    return [
        Made(kind=kind, accounts=accounts, sizes=sizes, rates=_rates(sizes, rate, shape))
        for kind, accounts, sizes, rate, shape in cells
    ]


def _rates(sizes: Sequence[float], rate: float, shape: Any) -> list[float]:
    raw = np.asarray(shape(np.linspace(0, 1, len(sizes))), float)
    return [float(each) for each in raw * rate / (raw * sizes).sum()]


def _summary(
    cells: Sequence[Made],
    results: Sequence[dict[str, float]],
    key: str,
    by: Callable[[Made], str] = lambda made: made.kind,
) -> dict[str, float]:
    """The mean over cells that are alike in one thing."""
    alike: dict[str, list[float]] = {}
    for made, found in zip(cells, results, strict=True):
        alike.setdefault(by(made), []).append(found[key])
    return {name: round(float(np.mean(found)), 4) for name, found in alike.items()}


def _worst(cells: Sequence[Made], shares: list[float], which: Callable[..., float]) -> dict[str, Any]:
    share = which(shares)
    return {"share": share, **asdict(cells[shares.index(share)])}


def main() -> None:
    """Measure, print one JSON object and write it."""
    luck, real = by_luck(), with_a_difference()
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(measured, luck + real, repeat(COMPANIES), range(len(luck + real))))
    found_luck, found_real = found[: len(luck)], found[len(luck) :]
    result = {
        "companies_by_luck": COMPANIES * len(luck),
        "above_0_by_luck": _summary(luck, found_luck, "above_0"),
        "above_0_by_luck_by_rate": _summary(luck, found_luck, "above_0", by=lambda made: str(made.rates[0])),
        "above_0_by_luck_worst": _worst(luck, [each["above_0"] for each in found_luck], max),
        "companies_with_a_difference": COMPANIES * len(real),
        "holds_the_difference": _summary(real, found_real, "holds_truth"),
        "holds_the_difference_worst": _worst(real, [each["holds_truth"] for each in found_real], min),
        "length": _summary(real, found_real, "length"),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


if __name__ == "__main__":
    main()
