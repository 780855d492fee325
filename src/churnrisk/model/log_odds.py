"""Logistic regression that gives the same bits on every processor.

BLAS adds in an order that depends on the processor, and numpy and the C library have an `exp` for each generation of
them: the last digits differ. Here sums are exact, and `exp` is made of operations that IEEE 754 rounds correctly.
"""

from collections.abc import Sequence
from math import fsum

import numpy as np
import numpy.typing as npt

from churnrisk.model.matrix import Numbers

# ln 2 in two parts: the first has so few digits that its product with a whole number is exact (fdlibm, e_exp.c).
_LN2, _LN2_REST = 6.93147180369123816490e-01, 1.90821492927058770002e-10

_TERMS = 13
"""Terms of the series of exp: up to ln 2 / 2 the next one is below a hundredth of the last digit."""

_LARGEST = 700.0
"""exp of more than 709 is not a number that floats can hold."""

_SMALL_STEP = 1e-9
"""A step of the log-odds below which the fit ends: the error left is its square, so another would change nothing."""

_MOST_STEPS = 100
"""A fit takes about ten."""

_SEPARATED = 1e-6
"""Mean distance of probability and label below which the fit ends: a slope would grow for ever where a column separates
the labels completely.
"""

_INDEPENDENT = 1e-12
"""The least part of a column that those before it don't explain; below it the rest is rounding."""


def exp(x: npt.ArrayLike) -> Numbers:
    """e to the power of x, from -700 to 700; exact to about the last digit, and the same on every processor.

    >>> exp([0.0, 1.0, -1.0])
    array([1.        , 2.71828183, 0.36787944])
    """
    power: Numbers = np.clip(np.asarray(x, float), -_LARGEST, _LARGEST)
    doublings = np.rint(power / _LN2)
    rest = (power - doublings * _LN2) - doublings * _LN2_REST
    series = np.ones_like(rest)
    for term in range(_TERMS, 0, -1):
        series = 1 + series * rest / term
    return np.asarray(np.ldexp(series, doublings.astype(np.int32)))


def log1p(x: npt.ArrayLike) -> Numbers:
    """log(1 + x), rounded to twelve decimals because its last digits depend on the processor.

    >>> log1p([0.0, 1.0])
    array([0.        , 0.69314718])
    """
    return np.asarray(np.log1p(x).round(12))


def probability(log_odds: npt.ArrayLike) -> Numbers:
    """Probability of log-odds.

    >>> probability([0.0, 2.0]).round(3)
    array([0.5  , 0.881])
    """
    return np.asarray(1 / (1 + exp(-np.asarray(log_odds, float))))


def fit_logistic(columns: Sequence[Numbers], label: Numbers, penalty: float = 0.0) -> list[float]:
    """Intercept, then the slope of each column, with the greatest likelihood less `penalty / 2` times squared slopes.

    Newton's method. A full step may overshoot; shortened by 1 + d/2, where d is the most that it moves any row's
    log-odds, it always improves the fit, and near the end it is a full step again. Where a column is the sum of
    others, or constant, the fit ends where it stands: at slopes of 0.

    Source: T. Sun, Q. Tran-Dinh, Generalized self-concordant functions, Mathematical Programming, 2019.

    >>> [round(each, 6) for each in fit_logistic([], np.array([1.0, 0, 0, 0]))]  # ln 1/3
    [-1.098612]
    """
    design = [np.ones(len(label)), *columns]
    shrink = [0.0, *[penalty] * len(columns)]
    coefficients = [0.0] * len(design)
    for _ in range(_MOST_STEPS):
        expected = probability(_weighted(coefficients, design))
        pull, weight = label - expected, expected * (1 - expected)
        slope = [_sum(pull * each) - less * now for each, less, now in zip(design, shrink, coefficients, strict=True)]
        curve = _curvature(design, weight)
        for index, less in enumerate(shrink):
            curve[index][index] += less
        step = _solved(curve, slope)
        if step is None:
            break
        most = float(np.abs(_weighted(step, design)).max())
        coefficients = [now + each / (1 + most / 2) for now, each in zip(coefficients, step, strict=True)]
        if most <= _SMALL_STEP or _sum(np.abs(pull)) <= _SEPARATED * len(label):
            break
    return coefficients


def fit_offset(log_odds: Numbers, label: Numbers, penalty: float = 0.0) -> float:
    """What to add to given log-odds: the greatest likelihood, less `penalty / 2` times the square of what is added.

    >>> round(fit_offset(np.zeros(4), np.array([1.0, 0, 0, 0])), 6)  # ln 1/3
    -1.098612
    >>> round(fit_offset(np.zeros(4), np.array([1.0, 0, 0, 0]), penalty=100.0), 6)
    -0.009901
    """
    offset = 0.0
    for _ in range(_MOST_STEPS):
        expected = probability(log_odds + offset)
        pull = _sum(label - expected) - penalty * offset
        curve = _sum(expected * (1 - expected)) + penalty
        if curve <= _INDEPENDENT:
            break
        # Shortened as in fit_logistic, so that a step never overshoots.
        step = pull / curve
        offset += step / (1 + abs(step) / 2)
        if abs(step) <= _SMALL_STEP:
            break
    return offset


def _curvature(design: Sequence[Numbers], weight: Numbers) -> list[list[float]]:
    """Sums of weight times one column times another; symmetric, so that half of them are added up."""
    curve = [[0.0] * len(design) for _ in design]
    for one in range(len(design)):
        for other in range(one, len(design)):
            curve[one][other] = curve[other][one] = _sum(weight * design[one] * design[other])
    return curve


def _weighted(factors: Sequence[float], columns: Sequence[Numbers]) -> Numbers:
    """Sum of factor times column, added in this order; `@` leaves the order to BLAS."""
    return np.asarray(sum(factor * column for factor, column in zip(factors, columns, strict=True)))


def _sum(values: Numbers) -> float:
    """The exact sum, rounded once, so its order doesn't matter."""
    return fsum(values.tolist())


def _solved(matrix: list[list[float]], right: list[float]) -> list[float] | None:
    """Solution of symmetric, positive definite equations by elimination; None where they leave it open."""
    rows = [[*row, each] for row, each in zip(matrix, right, strict=True)]
    for index, row in enumerate(rows):
        if row[index] <= _INDEPENDENT * matrix[index][index]:
            return None
        for later in rows[index + 1 :]:
            factor = later[index] / row[index]
            later[index:] = [mine - factor * its for mine, its in zip(later[index:], row[index:], strict=True)]
    solution = [0.0] * len(rows)
    for index in reversed(range(len(rows))):
        known = sum(rows[index][other] * solution[other] for other in range(index + 1, len(rows)))
        solution[index] = (rows[index][-1] - known) / rows[index][index]
    return solution
