"""How a change of a sum or of a ratio is divided among those who make it, so that nothing is left over.

Arrays are over contributors [n] (enterprises, industries, nodes). Pure functions; the factors of a product are
divided elsewhere (LMDI).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RatioChange:
    """A change of N / D in parts by contributor [n], in the unit of the ratio.

    `numerator` is what each one's change of N did, `denominator` what its change of D did; together they sum to the
    change of the ratio.
    """

    start: float
    end: float
    numerator: FloatArray
    denominator: FloatArray


@dataclass(frozen=True)
class Movers:
    """The contributors that moved a total or ratio the most, by number, and what it had done without them.

    `order` [k] the numbers, largest first; `change` [k] what each one's leaving takes from the change; `without` [k]
    the growth [1] of the whole with that one left out at both times.
    """

    order: NDArray[np.int64]
    change: FloatArray
    without: FloatArray


def ratio_change(
    numerator_start: ArrayLike, numerator_end: ArrayLike, denominator_start: ArrayLike, denominator_end: ArrayLike
) -> RatioChange:
    """Give the change of a ratio of sums, divided into what numerators and denominators did, one by one.

    Exact and the same whichever of the two is moved first: the mean of both orders (Shapley value of two factors;
    Sun 1998, Energy Economics 20(1)). Zeros and signs are allowed; raises ValueError where a denominator's total is
    zero or something is nan.

    >>> found = ratio_change([6.0, 4.0], [9.0, 5.0], [1.0, 1.0], [1.0, 1.0])
    >>> found.numerator.tolist(), found.denominator.tolist()
    ([1.5, 0.5], [-0.0, -0.0])
    """
    n0, n1, d0, d1 = _given(numerator_start, numerator_end, denominator_start, denominator_end)
    top, later, base, last = n0.sum(), n1.sum(), d0.sum(), d1.sum()
    if base == 0 or last == 0:
        raise ValueError("a ratio has no denominator")
    by_top = (n1 - n0) * (1 / base + 1 / last) / 2
    by_base = -(d1 - d0) * (top + later) / (2 * base * last)
    return RatioChange(float(top / base), float(later / last), by_top, by_base)


def movers(start: ArrayLike, end: ArrayLike, most: int = 5) -> Movers:
    """Give the `most` contributors that changed a total the most, and the growth without each.

    Amounts of the contributors at both times [n]. Equal changes keep the order given. The growth is nan where
    nothing is left at the start.

    >>> found = movers([50.0, 30.0, 20.0], [80.0, 31.0, 10.0], most=2)
    >>> found.order.tolist(), found.change.tolist(), found.without.round(3).tolist()
    ([0, 2], [30.0, -10.0], [-0.18, 0.387])
    """
    first, last = _given(start, end)
    change = last - first
    order = np.argsort(-np.abs(change), kind="stable")[:most].astype(np.int64)
    return Movers(order, change[order], _growth_without(first, last, order))


def ratio_movers(
    numerator_start: ArrayLike,
    numerator_end: ArrayLike,
    denominator_start: ArrayLike,
    denominator_end: ArrayLike,
    most: int = 5,
) -> Movers:
    """Give the contributors whose leaving out at both times alters a ratio's change the most.

    `change` is the ratio's change with everybody less its change without the contributor. A contributor without
    whom nothing is left to divide by is nan and comes last.
    """
    n0, n1, d0, d1 = _given(numerator_start, numerator_end, denominator_start, denominator_end)
    start, end = n0.sum() / d0.sum(), n1.sum() / d1.sum()
    before, after = _without(n0, d0), _without(n1, d1)
    change = (end - start) - (after - before)
    rank = np.where(np.isnan(change), -1.0, np.abs(change))
    order = np.argsort(-rank, kind="stable")[:most].astype(np.int64)
    grown = np.where(before[order] != 0, after[order] / np.where(before[order] != 0, before[order], 1.0) - 1, np.nan)
    return Movers(order, change[order], grown)


def _growth_without(first: FloatArray, last: FloatArray, order: NDArray[np.int64]) -> FloatArray:
    base = first.sum() - first[order]
    with np.errstate(over="ignore"):  # a base of almost nothing has a growth beyond all numbers
        return np.where(base > 0, (last.sum() - last[order]) / np.where(base > 0, base, 1.0) - 1, np.nan)


def _without(top: FloatArray, base: FloatArray) -> FloatArray:
    rest = base.sum() - base
    return np.asarray((top.sum() - top) / np.where(rest != 0, rest, np.nan), dtype=np.float64)


def _given(*arrays: ArrayLike) -> tuple[FloatArray, ...]:
    found = tuple(np.asarray(array, dtype=np.float64) for array in arrays)
    if len({array.shape for array in found}) != 1 or not all(np.isfinite(array).all() for array in found):
        raise ValueError("the amounts must be given for every contributor")
    return found
