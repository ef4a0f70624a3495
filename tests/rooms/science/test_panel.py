"""Growth of a changing panel, against the profits the statistics bureau published for January to May 2018."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.science.panel import REASONS, growth, implied_base, panel_change


def test_profits_of_2018_fell_and_grew():
    found = implied_base(29047.6, 27298.3, 0.165)
    assert round(100 * found.nominal, 2) == -6.02
    assert round(found.base, 1) == 23432.0
    assert round(found.left, 1) == 5615.6
    assert round(100 * found.left_share, 1) == 19.3
    assert found.low < found.base < found.high
    assert round(found.left_low, 1) == 5605.5 and round(found.left_high, 1) == 5625.6


def test_a_growth_of_nothing_is_refused():
    for start, end, rate in ((0, 1, 0.1), (1, 0, 0.1), (1, 1, -1)):
        with pytest.raises(ValueError):
            implied_base(start, end, rate)


def test_three_growths_of_a_small_panel():
    """Two stay, one grows in from below the threshold, one closes."""
    start = [100, 50, 8, 60]
    end = [110, 60, 30, np.nan]
    found = growth(start, end, np.array([1, 1, 0, 1], bool), np.array([1, 1, 1, 0], bool))
    assert (found.start, found.end) == (210, 200)
    assert found.nominal == pytest.approx(200 / 210 - 1)
    assert found.comparable == pytest.approx(200 / 158 - 1)
    assert found.fixed == pytest.approx(170 / 150 - 1)
    assert found.without_base == 0


def test_an_enterprise_without_a_past_is_counted():
    found = growth([10, np.nan], [10, 5], np.array([True, False]), np.array([True, True]))
    assert found.without_base == 1 and found.comparable == pytest.approx(0.5)


def test_an_enterprise_in_the_panel_without_an_amount_is_refused():
    with pytest.raises(ValueError, match="no amount"):
        growth([np.nan], [1.0], np.array([True]), np.array([True]))


def test_change_is_divided_by_what_happened():
    start = np.array([100.0, 50, 0, 40, 30, 20, 10, 0])
    end = np.array([120.0, 45, 25, 0, 0, 0, 0, 7])
    was, now = start > 0, end > 0
    reasons = [None, None, "grown_in", "closed", "reclassified", "duplicate", None, "who knows"]
    found = panel_change(start, end, was, now, reasons, comparable_end=[110.0] + [np.nan] * 7)
    assert found.totals == {
        "volume": 5.0,
        "price": 10.0,
        "entry": 25.0,
        "exit": -40.0,
        "reclassified": -30.0,
        "duplicates": -20.0,
        "unexplained": -3.0,
    }
    assert sum(found.totals.values()) == end.sum() - start.sum()


def test_a_reason_of_the_wrong_direction_explains_nothing():
    found = panel_change([5.0], [0.0], np.array([True]), np.array([False]), ["new"])
    assert found.totals["unexplained"] == -5


firm = some.tuples(
    some.floats(-100, 1000), some.floats(-100, 1000), some.booleans(), some.booleans(),
    some.sampled_from([*REASONS, None, "other"]), some.floats(0.5, 2),
)  # fmt: skip


@given(some.lists(firm, min_size=1, max_size=30))
def test_parts_always_sum_to_the_change(firms):
    start, end, was, now, reasons, price = (np.array(values, dtype=object) for values in zip(*firms, strict=True))
    start, end, was, now = start.astype(float), end.astype(float), was.astype(bool), now.astype(bool)
    found = panel_change(start, end, was, now, list(reasons), comparable_end=end / price.astype(float))
    assert sum(found.totals.values()) == pytest.approx(end[now].sum() - start[was].sum(), abs=1e-6)
