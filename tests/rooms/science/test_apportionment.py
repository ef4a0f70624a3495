"""Whole parts that sum to the whole, whatever the shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.science.apportionment import WHOLE, apportioned, divided

amounts = some.lists(some.integers(0, 9 * 10**15), min_size=1, max_size=8)


@given(amounts, some.data())
def test_parts_of_shares_that_make_a_whole_sum_to_the_amount(values, data):
    owners, shares = [], []
    for owner in range(len(values)):
        cuts = sorted({0, WHOLE, *data.draw(some.lists(some.integers(0, WHOLE), max_size=4))})
        shares += list(np.diff(cuts))
        owners += [owner] * (len(cuts) - 1)
    order = data.draw(some.permutations(range(len(owners))))
    owners, shares = np.array(owners)[list(order)], np.array(shares)[list(order)]
    parts = apportioned(np.array(values), owners, shares)
    sums = [int(parts[owners == owner].sum()) for owner in range(len(values))]
    assert sums == values
    exact = np.array([values[o] * int(s) for o, s in zip(owners, shares, strict=True)], dtype=object)
    assert all(abs(int(part) * WHOLE - one) < WHOLE for part, one in zip(parts, exact, strict=True))


def test_shares_that_are_less_or_more_than_a_whole():
    parts = apportioned(np.array([101, 101]), np.array([0, 1, 1]), np.array([500_000, 1_000_000, 500_000]))
    assert parts.tolist() == [51, 101, 51]


def test_an_owner_without_a_share_and_no_share_at_all():
    assert apportioned(np.array([5, 7]), np.array([1]), np.array([WHOLE])).tolist() == [7]
    assert apportioned(np.array([5]), np.array([], dtype=np.int64), np.array([], dtype=np.int64)).tolist() == []


def test_what_cannot_be_exact_is_refused():
    with pytest.raises(ValueError, match="too large"):
        apportioned(np.array([10**16]), np.array([0]), np.array([1]))
    with pytest.raises(ValueError, match="outside"):
        apportioned(np.array([1]), np.array([0]), np.array([WHOLE + 1]))
    with pytest.raises(ValueError, match="weights"):
        divided(5, [0, 0])


@given(some.integers(0, 10**15), some.lists(some.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_weights_divide_exactly(amount, weights):
    parts = divided(amount, weights)
    assert sum(parts) == amount
    assert all(
        abs(part * sum(weights) - amount * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )
