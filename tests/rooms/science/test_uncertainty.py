"""Uncertainty: the printed IPCC example, simulation against it, and factors that are shared."""

from __future__ import annotations

import numpy as np
import pytest

from milepost.science.uncertainty import Sources, approach_1, of_product, of_sum, simulate


def sources(count: int, activity: float, factor: float, shared: bool) -> Sources:
    ones = np.ones(count)
    ids = ["grid"] * count if shared else []
    return Sources(100 * ones, activity * ones, 0.6 * ones, factor * ones, ids)


def test_the_three_sources_are_as_computed_by_hand():
    each = [of_product(pair) for pair in ([5, 10], [2, 5], [10, 30])]
    assert each == pytest.approx([11.18, 5.39, 31.62], abs=5e-3)
    assert of_sum([1000, 500, 300], each) == pytest.approx(8.28, abs=5e-3)
    found = approach_1(
        Sources(np.array([1000.0, 500, 300]), np.array([5.0, 2, 10]), np.ones(3), np.array([10.0, 5, 30]))
    )
    assert found.total == 1800
    assert found.percent == pytest.approx(8.28, abs=5e-3) == found.percent_if_independent


def test_one_grid_factor_in_two_hundred_factories_does_not_average_out():
    shared, own = approach_1(sources(200, 5, 10, True)), approach_1(sources(200, 5, 10, False))
    assert own.percent == pytest.approx(np.hypot(5, 10) / np.sqrt(200))
    assert shared.percent == pytest.approx(np.sqrt(25 / 200 + 100))
    assert shared.percent_if_independent == own.percent


@pytest.mark.parametrize("shared", [True, False])
def test_simulation_agrees_with_propagation_where_errors_are_small(shared):
    given = sources(60, 4, 8, shared)
    found, expected = simulate(given, draws=40_000, seed=3), approach_1(given)
    assert found.mean == pytest.approx(expected.total, rel=2e-3)
    assert found.percent == pytest.approx(expected.percent, rel=0.03)


def test_a_large_uncertainty_is_lopsided_and_never_negative():
    given = Sources(np.array([10.0]), np.array([0.0]), np.array([1.0]), np.array([150.0]))
    found = simulate(given, draws=50_000, seed=1)
    assert found.mean == pytest.approx(10, rel=0.02)
    assert 0 < found.low < 10
    assert found.high - 10 > 10 - found.low


def test_the_same_seed_gives_the_same_answer_and_another_does_not():
    given = sources(5, 5, 10, True)
    assert simulate(given, 1000, 4) == simulate(given, 1000, 4)
    assert simulate(given, 1000, 4) != simulate(given, 1000, 5)


def test_missing_stays_missing_and_a_total_of_zero_has_no_share():
    given = Sources(np.array([1.0, np.nan]), np.ones(2), np.ones(2), np.ones(2))
    assert np.isnan(approach_1(given).total)
    assert np.isnan(approach_1(given).percent)
    assert np.isnan(of_sum([0, 0], [5, 5]))


def test_sources_that_disagree_about_their_factor_are_refused():
    given = Sources(np.ones(2), np.ones(2), np.array([1.0, 2.0]), np.ones(2), ["grid", "grid"])
    with pytest.raises(ValueError, match="one factor"):
        simulate(given)
    with pytest.raises(ValueError, match="length"):
        approach_1(Sources(np.ones(2), np.ones(1), np.ones(2), np.ones(2)))
