"""The change of a total divided among its factors by the logarithmic mean Divisia index (LMDI).

A total is the sum over sectors of a product of factors, V = sum_i x_1i * x_2i * ... * x_ni: emissions as output
times the share of a product, energy per output, share of a fuel, emissions per energy. The parts add up (or
multiply) to the change without a residual, in any order of sectors and factors.

A zero is handled by its analytical limit, never by a small number put in its place. A factor that has no value
because another factor of the same sector is zero (the intensity of a workshop that was not there) may be missing;
any other missing value makes the parts missing.

References: B. W. Ang, Energy Policy 33 (2005) 867-871 (LMDI-I); B. W. Ang, Energy Policy 86 (2015) 233-238 (LMDI-II and
which to choose); R. Wood, M. Lenzen, Energy Policy 34 (2006) 1326-1331 (limits for zeros).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Method = Literal["LMDI-I", "LMDI-II"]


@dataclass(frozen=True)
class Parts:
    """What each factor contributed to the change of a total.

    `change` is V(after) - V(before) [unit of V] of an additive division, V(after) / V(before) [1] of a
    multiplicative one. `by_factor` has one part for each factor; `by_sector` (sectors by factors) sums
    (additive) or multiplies (multiplicative) to it. `residual` is what is left: rounding only.
    """

    change: float
    by_factor: Floats
    by_sector: Floats
    residual: float


def log_mean(after: ArrayLike, before: ArrayLike) -> Floats:
    """Give the logarithmic mean (a - b) / ln(a / b) of two arrays that are not negative, element by element.

    It is a where a equals b, and 0 where either is 0; it is missing where either is missing.

    >>> [round(float(mean), 6) for mean in log_mean([2.0, 3.0, 5.0], [1.0, 3.0, 0.0])]
    [1.442695, 3.0, 0.0]
    """
    a, b = np.broadcast_arrays(np.asarray(after, dtype=np.float64), np.asarray(before, dtype=np.float64))
    found = np.where(np.isnan(a) | np.isnan(b), np.nan, 0.0)
    both = (a > 0) & (b > 0)
    same = both & (a == b)
    other = both & ~same
    found[same] = a[same]
    found[other] = (a[other] - b[other]) / _log_ratio(a[other], b[other])
    return found


def additive(before: ArrayLike, after: ArrayLike, method: Method = "LMDI-I") -> Parts:
    """Give the parts that add up to V(after) - V(before).

    `before` and `after` are arrays of sectors by factors, no value negative. Raises ValueError for other shapes
    and for negative values.

    Activity, structure and intensity of two sectors whose energy goes from 30 and 20 to 80 and 16:

    >>> parts = additive([[50, 0.2, 3], [50, 0.8, 0.5]], [[80, 0.5, 2], [80, 0.5, 0.4]])
    >>> round(parts.change, 6), [round(float(part), 4) for part in parts.by_factor]
    (46.0, [32.3846, 38.2849, -24.6695])
    """
    x0, x1 = _factors(before, after)
    v0, v1 = _products(x0), _products(x1)
    cells = _cells(x0, x1, v0, v1)
    if method == "LMDI-II":
        cells = _shares(cells, v0, v1) * float(log_mean(v1.sum(), v0.sum()))
    change = float(v1.sum() - v0.sum())
    by_factor = cells.sum(axis=0)
    return Parts(change, by_factor, cells, change - float(by_factor.sum()))


def multiplicative(before: ArrayLike, after: ArrayLike, method: Method = "LMDI-I") -> Parts:
    """Give the parts that multiply to V(after) / V(before).

    `before` and `after` are as in `additive`. Raises ValueError as there, and where a total is zero: then
    there is no ratio.
    """
    x0, x1 = _factors(before, after)
    v0, v1 = _products(x0), _products(x1)
    if v0.sum() == 0 or v1.sum() == 0:
        raise ValueError("a total of zero has no ratio: divide the difference instead")
    cells = _cells(x0, x1, v0, v1)
    weighed = _shares(cells, v0, v1) if method == "LMDI-II" else cells / log_mean(v1.sum(), v0.sum())
    by_factor = np.exp(weighed.sum(axis=0))
    change = float(v1.sum() / v0.sum())
    return Parts(change, by_factor, np.exp(weighed), change - float(np.prod(by_factor)))


def chained(
    periods: Sequence[ArrayLike], form: Literal["additive", "multiplicative"] = "additive", method: Method = "LMDI-I"
) -> tuple[tuple[Parts, ...], Parts]:
    """Give the parts of each step from one period to the next, and of the whole way.

    The whole is the sum (additive) or product (multiplicative) of the steps: it follows the path that was
    taken, and differs from a division of the ends alone. Sectors may appear and vanish (as zeros), their
    number stays. Raises ValueError for fewer than two periods, and as `additive` and `multiplicative`.
    """
    if len(periods) < 2:
        raise ValueError("a chain needs two periods or more")
    divide = additive if form == "additive" else multiplicative
    steps = tuple(divide(before, after, method) for before, after in pairwise(periods))
    if form == "additive":
        change = sum(step.change for step in steps)
        by_factor, cells = sum(s.by_factor for s in steps), sum(s.by_sector for s in steps)
        return steps, Parts(change, np.asarray(by_factor), np.asarray(cells), change - float(np.sum(by_factor)))
    change = float(np.prod([step.change for step in steps]))
    product = np.prod([step.by_factor for step in steps], axis=0)
    cells = np.prod([step.by_sector for step in steps], axis=0)
    return steps, Parts(change, product, cells, change - float(np.prod(product)))


def _factors(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    x0, x1 = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if x0.ndim != 2 or x0.shape != x1.shape:
        raise ValueError("the factors are two arrays of the same sectors by the same factors")
    if (x0 < 0).any() or (x1 < 0).any():
        raise ValueError("a factor is negative: its logarithm is not defined")
    return x0, x1


def _products(x: Floats) -> Floats:
    """The total of each sector; zero where a factor is zero, whatever is missing beside it."""
    totals: Floats = np.where((x == 0).any(axis=1), 0.0, x.prod(axis=1))
    return totals


def _log_ratio(a: Floats, b: Floats) -> Floats:
    """ln(a / b), exact also where the two are close."""
    close = np.abs(a - b) < 0.5 * b
    return np.where(close, np.log1p(np.where(close, a - b, 0.0) / b), np.log(a) - np.log(b))


def _cells(x0: Floats, x1: Floats, v0: Floats, v1: Floats) -> Floats:
    """The additive LMDI-I part of each sector and factor, L(v1, v0) * ln(x1 / x0), zeros by their limits."""
    means = log_mean(v1, v0)[:, None]
    here = (x0 > 0) & (x1 > 0)
    logs = np.where(np.isnan(x0) | np.isnan(x1), np.nan, 0.0)
    logs[here] = _log_ratio(x1[here], x0[here])
    cells = np.where(means == 0, 0.0, means * logs)
    for x, v, sign in ((x0, v1, 1.0), (x1, v0, -1.0)):
        # All that came (or went) is the part of the factors that were zero, in equal shares: the limit of
        # L * ln(x1 / e) as the e of every such factor goes to zero together; for the others L goes to zero.
        zeros = x == 0
        count = zeros.sum(axis=1)
        cells += np.where(zeros & (count > 0)[:, None], sign * (v / np.maximum(count, 1))[:, None], 0.0)
    return np.where(np.isnan(v0 + v1)[:, None], np.nan, cells)


def _shares(cells: Floats, v0: Floats, v1: Floats) -> Floats:
    """The log changes weighed as LMDI-II does: by the log mean of a sector's shares, made to sum to one."""
    if (v0 == 0).any() or (v1 == 0).any():
        raise ValueError("LMDI-II is not defined here for a sector that is zero: use LMDI-I")
    weights = log_mean(v1 / v1.sum(), v0 / v0.sum())
    logs: Floats = cells / log_mean(v1, v0)[:, None] * (weights / weights.sum())[:, None]
    return logs
