"""Contributions sum to the change, and leaving one out is what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.science.contributions import movers, ratio_change, ratio_movers

amounts = some.floats(0.0, 1e6)
firms = some.lists(some.tuples(amounts, amounts, some.floats(1, 1e4), some.floats(1, 1e4)), min_size=1, max_size=20)


@given(firms)
def test_parts_of_a_ratio_sum_to_its_change(rows):
    found = ratio_change(*(np.array(values) for values in zip(*rows, strict=True)))
    total = found.numerator.sum() + found.denominator.sum()
    assert total == pytest.approx(found.end - found.start, rel=1e-9, abs=1e-6)


def test_productivity_rises_by_value_added_and_falls_by_people():
    found = ratio_change([600.0], [700.0], [10.0], [14.0])
    assert found.numerator[0] == pytest.approx(100 * (1 / 10 + 1 / 14) / 2)
    assert found.denominator[0] == pytest.approx(700 / 14 - 60 - found.numerator[0])
    assert found.denominator[0] < 0 < found.numerator[0]


def test_a_ratio_without_a_denominator_is_refused():
    with pytest.raises(ValueError, match="no denominator"):
        ratio_change([1.0], [1.0], [0.0], [1.0])


def test_leaving_one_out_is_the_growth_of_the_others():
    start, end = np.array([50.0, 30, 20]), np.array([80.0, 31, 10])
    found = movers(start, end)
    for place, firm in enumerate(found.order):
        rest = np.arange(3) != firm
        assert found.without[place] == pytest.approx(end[rest].sum() / start[rest].sum() - 1)


def test_leaving_one_out_of_a_ratio():
    n0, n1, d0, d1 = [10.0, 6, 4], [9.0, 12, 4], [2.0, 2, 1], [2.0, 1, 1]
    found = ratio_movers(n0, n1, d0, d1, most=3)
    whole = 25 / 4 - 20 / 5
    for place, firm in enumerate(found.order):
        rest = np.arange(3) != firm
        before, after = (np.array(n)[rest].sum() / np.array(d)[rest].sum() for n, d in ((n0, d0), (n1, d1)))
        assert found.change[place] == pytest.approx(whole - (after - before))
        assert found.without[place] == pytest.approx(after / before - 1)
    assert np.isnan(ratio_movers([1.0], [2.0], [1.0], [1.0]).change[0])
