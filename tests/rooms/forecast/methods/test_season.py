"""A planted season is found, none is seen in noise, and a weak one is shrunk."""

import numpy as np

from milepost.forecast.methods.season import LIKELY, NO_SEASON, find_season

FACTORS = np.array([0.7, 1.0, 1.1, 1.2])
TREND = 100 + 2.0 * np.arange(40)


def test_planted_ratios_are_found():
    season = find_season(TREND * np.tile(FACTORS, 10), 4)
    assert season.is_ratio
    np.testing.assert_allclose(season.factors, FACTORS / FACTORS.mean(), atol=0.01)


def test_a_series_across_zero_has_differences():
    shifts = np.array([-3.0, 1, 1, 1])
    season = find_season(np.linspace(-5, 5, 40) + np.tile(shifts, 10), 4)
    assert not season.is_ratio
    np.testing.assert_allclose(season.factors, shifts, atol=1e-6)


def test_noise_has_no_season():
    found = [find_season(np.random.default_rng(seed).normal(100, 5, 60), 12) is not NO_SEASON for seed in range(200)]
    assert np.mean(found) < 0.12


def test_taking_out_and_putting_back_changes_nothing():
    y = TREND * np.tile(FACTORS, 10)
    season = find_season(y, 4)
    np.testing.assert_allclose(season.on(season.without(y), 0), y)
    assert season.on(np.ones(3), 41).tolist() == [season.factors[1], season.factors[2], season.factors[3]]


def test_shrinking_keeps_a_strong_season_and_weakens_a_doubtful_one():
    random = np.random.default_rng(3)
    strong = TREND * np.tile(FACTORS, 10) * random.normal(1, 0.01, 40)
    doubtful = TREND * np.tile(1 + (FACTORS - 1) / 20, 10) * random.normal(1, 0.1, 40)
    for y, least, most in ((strong, 0.98, 1.0), (doubtful, 0.0, 0.8)):
        plain, shrunk = find_season(y, 4, evidence=-1), find_season(y, 4, evidence=-1, is_shrunk=True)
        kept = np.abs(shrunk.factors - 1).sum() / np.abs(plain.factors - 1).sum()
        assert least <= kept <= most


def test_fewer_than_three_cycles_have_no_season():
    assert find_season(np.tile(FACTORS, 2)[:7] * 100, 4, LIKELY) is NO_SEASON


def test_any_length_of_cycle_can_be_taken_out():
    for m in (2, 5, 7, 24, 52):
        wave = 10 + 3 * np.cos(2 * np.pi * np.arange(8 * m) / m)
        adjusted = find_season(wave, m).without(wave)
        assert adjusted.std() < 0.35 * wave.std()
