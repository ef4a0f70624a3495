"""Whole amounts divided by shares so that the parts are whole and sum to what was divided: pure functions.

Money is counted in its smallest coin (fen), shares in millionths; no binary fraction is summed. The largest
remainders get the coins that rounding down leaves (Hamilton's method).
Reference: Balinski & Young (1982), Fair Representation, chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
WHOLE = 1_000_000
"""A share of one, in millionths."""

_LARGEST = 9 * 10**15


def apportioned(amounts: Numbers, owners: Numbers, shares: Numbers) -> Numbers:
    """Give the part of each share [m]: of `amounts` [n, coins] the amount of its owner, times its share [millionths].

    The parts of an owner sum to its amount times the sum of its shares, rounded half up; so they sum to the amount
    where the shares sum to `WHOLE`. Equal remainders go to the share named first. Amounts may be negative. Raises
    ValueError where an amount passes nine quadrillion coins or a share is not from 0 to `WHOLE`.

    >>> apportioned(np.array([100]), np.array([0, 0, 0]), np.array([333333, 333333, 333334])).tolist()
    [33, 33, 34]
    """
    if (np.abs(amounts) > _LARGEST).any():
        raise ValueError("an amount is too large to be divided exactly")
    if ((shares < 0) | (shares > WHOLE)).any():
        raise ValueError("a share lies outside 0 and 1")
    high, low = np.divmod(amounts, WHOLE)
    parts = high[owners] * shares + low[owners] * shares // WHOLE
    left = low[owners] * shares % WHOLE
    totals = np.bincount(owners, weights=shares, minlength=amounts.size).astype(np.int64)
    goal = high * totals + (low * totals + WHOLE // 2) // WHOLE
    floors = np.zeros(amounts.size, dtype=np.int64)
    np.add.at(floors, owners, parts)
    order = np.lexsort((np.arange(owners.size), -left, owners))
    first = np.searchsorted(owners[order], np.arange(amounts.size))
    rank = np.empty(owners.size, dtype=np.int64)
    rank[order] = np.arange(owners.size) - first[owners[order]]
    return np.asarray(parts + (rank < (goal - floors)[owners]), dtype=np.int64)


def divided(amount: int, weights: Sequence[int]) -> list[int]:
    """Give whole parts of an amount in proportion to weights; they sum to it exactly.

    Raises ValueError where a weight is negative or all are zero.

    >>> divided(100, [1, 1, 1])
    [34, 33, 33]
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and not all zero")
    parts = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place))
    for place in order[: amount - sum(parts)]:
        parts[place] += 1
    return parts
