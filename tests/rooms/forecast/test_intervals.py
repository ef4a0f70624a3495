"""Past errors become distributions: they cover what they say, see nothing later, and do not mind units or order."""

import dataclasses
from statistics import NormalDist

import numpy as np
import pytest

from milepost.forecast.intervals import (
    LEAST_VALUES,
    Calibration,
    calibrate,
    mean_absolute_difference,
    past_errors,
    stand_at_end,
)
from milepost.forecast.methods.ensemble import Blend
from milepost.forecast.methods.interface import Native
from milepost.forecast.methods.naive import Naive
from milepost.forecast.predictive import GRID, Predictive
from milepost.science.scores import coverage, expected_calibration_error
from milepost.science.student import student_quantile

H = 6
LEVELS = {0.5: (0.25, 0.75), 0.8: (0.1, 0.9), 0.95: (0.025, 0.975)}


def walks(count: int, seed: int, n: int = 40) -> list[np.ndarray]:
    """Random walks of very different size, with heavy-tailed steps."""
    random = np.random.default_rng(seed)
    return [100 + size * np.cumsum(random.standard_t(4, n)) for size in np.exp(random.normal(0, 2, count))]


def learned(series: list[np.ndarray], h: int = H, most: int = 3) -> Calibration:
    return calibrate((pair for y in series for pair in past_errors(y, 1, h, Naive(), most)), h)


@pytest.fixture(scope="module")
def pool() -> Calibration:
    return learned([y[:-H] for y in walks(400, 1)])


def test_intervals_cover_what_they_say(pool):
    for level, (low, high) in LEVELS.items():
        held = []
        for y in walks(400, 1):
            q = pool.predict(stand_at_end(y[:-H], 1, H, Naive())).quantiles((low, high))
            held.append(coverage(y[-H:], q[:, 0], q[:, 1]))
        assert float(np.mean(held)) == pytest.approx(level, abs=0.03), level


def test_chances_are_calibrated(pool):
    random = np.random.default_rng(5)
    chances, came_true = [], []
    for y in walks(400, 1):
        predictive, spread = pool.predict(stand_at_end(y[:-H], 1, H, Naive())), np.diff(y[:-H]).std()
        for step in range(1, H + 1):
            threshold = y[-H - 1] + random.uniform(-1, 1) * spread * np.sqrt(step)
            chances.append(predictive.chance_at_least(threshold, step))
            came_true.append(y[-H - 1 + step] >= threshold)
    assert expected_calibration_error(chances, came_true) < 0.03


def test_the_square_root_law_of_a_random_walk_is_learned(pool):
    predictive = pool.predict(stand_at_end(walks(1, 9)[0], 1, H, Naive()))
    width = np.diff(predictive.quantiles((0.1, 0.9)), axis=1)[:, 0]
    np.testing.assert_allclose(width / width[0], np.sqrt(np.arange(1, H + 1)), rtol=0.2)


def test_chance_and_quantile_are_one_distribution(pool):
    predictive = pool.predict(stand_at_end(walks(1, 2)[0], 1, H, Naive()))
    probabilities = (0.0005, 0.004, 0.03, 0.3, 0.5, 0.77, 0.96, 0.997, 0.9995)
    quantiles = predictive.quantiles(probabilities)
    assert (np.diff(quantiles, axis=1) > 0).all()
    for step in (1, H):
        for p, q in zip(probabilities, quantiles[step - 1], strict=True):
            assert predictive.chance_at_least(float(q), step) == pytest.approx(1 - p, abs=1e-9)


def test_a_higher_threshold_is_never_likelier(pool):
    y = walks(1, 2)[0]
    predictive = pool.predict(stand_at_end(y, 1, H, Naive()))
    thresholds = y[-1] + np.diff(y).std() * np.linspace(-15, 15, 500)
    chances = [predictive.chance_at_least(float(threshold), 3) for threshold in thresholds]
    assert (np.diff(chances) <= 0).all()
    assert 0 < min(chances) < max(chances) < 1


def test_units_change_nothing():
    series = walks(60, 4)
    one, other = learned(series), learned([y * 1e6 for y in series])
    y = series[0]
    here = one.predict(stand_at_end(y, 1, H, Blend(has_dynamic_theta=False)))
    there = other.predict(stand_at_end(y * 1e6, 1, H, Blend(has_dynamic_theta=False)))
    np.testing.assert_allclose(here.quantiles((0.1, 0.9)) * 1e6, there.quantiles((0.1, 0.9)), rtol=1e-6)
    assert here.chance_at_least(y[-1] + 1, 2) == pytest.approx(there.chance_at_least((y[-1] + 1) * 1e6, 2))


def test_order_of_series_does_not_matter():
    series = walks(50, 6)
    one, other = learned(series), learned(series[::-1])
    np.testing.assert_allclose(one.shape, other.shape, rtol=1e-7)
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-6)


def test_an_origin_sees_nothing_that_comes_after_it():
    y = walks(1, 7)[0]
    for changed in range(1, y.size):
        planted = y.copy()
        planted[changed:] = 1e9
        pairs = zip(past_errors(y, 1, H, Naive(), 5), past_errors(planted, 1, H, Naive(), 5), strict=True)
        for (before, _), (after, _) in pairs:
            if before.count <= changed:
                np.testing.assert_array_equal(before.points, after.points)
                np.testing.assert_array_equal(before.traits, after.traits)


def test_origins_leave_a_block_for_their_errors_and_stop_where_the_past_is_short():
    counts = [(origin.count, errors.size) for origin, errors in past_errors(np.arange(20.0), 1, 6, Naive(), 9)]
    assert counts == [(14, 6), (11, 6), (8, 6)]
    assert [(o.count, e.size) for o, e in past_errors(np.arange(9.0), 1, 6, Naive(), 9)] == [(LEAST_VALUES, 3)]
    assert list(past_errors(np.arange(5.0), 1, 6, Naive(), 9)) == []


def test_without_any_past_error_the_prior_speaks():
    nothing = calibrate([], H)
    assert nothing.errors == 0
    y = np.array([5.0, 7.0, 6.0])
    predictive = nothing.predict(stand_at_end(y, 1, H, Naive()))
    width = np.diff(predictive.quantiles((0.025, 0.975)), axis=1)[:, 0]
    assert (np.diff(width) > 0).all()
    assert 2 * 1.5 < width[0] < 8 * 1.5  # the mean absolute difference is 1.5


def test_a_few_errors_are_blended_with_the_prior_not_believed_alone():
    few = learned(walks(1, 8, n=20), most=1)
    assert 0 < few.errors <= H
    assert np.isfinite(few.shape).all()
    assert (few.tails > 0).all()


def test_a_series_that_never_varied_follows_the_rule_of_succession(pool):
    predictive = pool.predict(stand_at_end(np.full(8, 3.0), 1, H, Naive()))
    assert predictive.chance_at_least(3.0, 1) == pytest.approx(9 / 10)
    assert predictive.chance_at_least(3.1, 1) == pytest.approx(1 / 10)
    assert (predictive.quantiles((0.1, 0.9)) == 3.0).all()


def test_a_leaning_method_is_set_right_by_its_past_errors():
    random = np.random.default_rng(11)
    series = [np.cumsum(random.normal(1.0, 0.5, 40)) for _ in range(200)]  # naive leaves the whole drift out
    calibration = learned([y[:-H] for y in series])
    middle = [calibration.predict(stand_at_end(y[:-H], 1, H, Naive())).quantiles((0.5,))[:, 0] for y in series]
    lean = np.mean([y[-H:] - m for y, m in zip(series, middle, strict=True)], axis=0)
    assert np.abs(lean).max() < 0.35  # the naive method alone misses by 1 to 6


def test_size_falls_back_where_a_cycle_shows_no_difference():
    assert mean_absolute_difference(np.array([1.0, 2, 1, 2, 1, 2]), 2) == 1.0
    assert mean_absolute_difference(np.array([1.0, 4.0]), 12) == 3.0
    assert mean_absolute_difference(np.array([4.0]), 1) == 0.0


def test_a_calibration_is_frozen(pool):
    with pytest.raises(dataclasses.FrozenInstanceError):
        pool.drift_share = 2.0


def _predictive(count: int = 40) -> Predictive:
    shape = np.tile(2.0 * student_quantiles(), (2, 1))
    return Predictive(np.array([10.0, 20.0]), np.array([1.0, 3.0]), shape, np.full((2, 2), 0.5), count)


def student_quantiles() -> np.ndarray:
    return np.array([student_quantile(p, 5) for p in GRID])


def test_every_quantile_beside_a_native_one_is_their_weighted_mean():
    pooled, native = _predictive(), Native(np.array([11.0, 18.0]), np.array([1.5, 4.0]))
    levels = (0.025, 0.3, 0.5, 0.9, 0.975)
    normals = native.points[:, None] + native.spread[:, None] * [NormalDist().inv_cdf(p) for p in levels]
    mixed = pooled.beside(native, 0.3)
    assert mixed.quantiles(levels) == pytest.approx(0.7 * pooled.quantiles(levels) + 0.3 * normals, rel=1e-3)
    middle = float(mixed.quantiles((0.5,))[1, 0])
    assert mixed.chance_at_least(middle, 2) == pytest.approx(0.5, abs=1e-6)


def test_a_native_distribution_that_explodes_counts_as_one_at_the_edge_of_what_is_near():
    pooled = _predictive()
    wild = pooled.beside(Native(np.array([1e9, -1e9]), np.array([1e9, 1e-9])), 0.5)
    edge = pooled.beside(Native(np.array([12.0, 14.0]), np.array([2.0, 1.5])), 0.5)
    assert wild.quantiles((0.1, 0.9)) == pytest.approx(edge.quantiles((0.1, 0.9)))


def test_a_long_series_speaks_more_for_itself_than_a_short_one(pool):
    y = walks(1, 3, 200)[0]
    gaps = []
    for cut in (y[-12:], y):
        origin = stand_at_end(cut, 1, H, Naive())
        alone = pool.predict(origin)
        far = dataclasses.replace(origin, native=Native(alone.location + alone.scale, alone.scale))
        gaps.append(float(((pool.predict(far).location - alone.location) / alone.scale).mean()))
    assert gaps[0] == pytest.approx(12 / 92) and gaps[1] == pytest.approx(0.5)


def test_a_series_without_variation_keeps_its_certainty_beside_a_native_distribution():
    flat = dataclasses.replace(_predictive(), scale=np.zeros(2))
    assert flat.beside(Native(np.zeros(2), np.ones(2)), 0.5) is flat
