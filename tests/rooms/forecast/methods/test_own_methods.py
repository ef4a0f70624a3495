"""The methods that need no library, held against hand calculations and against another program."""

import numpy as np
import pytest

from milepost.forecast.methods.damped import DampedTrend
from milepost.forecast.methods.drift import Drift
from milepost.forecast.methods.ensemble import Blend, Ensemble
from milepost.forecast.methods.line import Line, fit_line
from milepost.forecast.methods.naive import Naive
from milepost.forecast.methods.seasonal_naive import SeasonalNaive
from milepost.forecast.methods.smoothing import fit_damped_trend, fit_level, fit_trend
from milepost.forecast.methods.theta import Theta

# Annual flow of the Nile at Aswan, 1871-1900 [10^8 m3]: a published series without trend or season.
NILE = np.array(
    [
        *[1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020],
        *[960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840],
    ],
    dtype=float,
)
ALL_OWN = [Naive(), SeasonalNaive(), Drift(), Line(), DampedTrend(), Theta(), Blend(has_dynamic_theta=False)]
SERIES = {
    "one value": [5.0],
    "two values": [5.0, 7.0],
    "four values": [5.0, 7.0, 4.0, 8.0],
    "constant": [3.0] * 30,
    "zeros": [0.0] * 12,
    "zeros and ones": [0.0, 1.0] * 10,
    "across zero": list(np.linspace(-4, 5, 25)),
    "negative": list(-NILE),
    "huge": list(NILE * 1e12),
    "tiny": list(NILE * 1e-12),
    "one jump": [1.0] * 20 + [1000.0],
}
PROBABILITIES = (0.025, 0.25, 0.5, 0.75, 0.975)


def test_naive_repeats_the_last_value_with_a_random_walk_spread():
    said = Naive().forecast(np.array([1.0, 2.0, 4.0]), 1, 4, (0.5, 0.841344746))
    assert said.points.tolist() == [4.0] * 4
    spread = said.quantiles[:, 1] - said.quantiles[:, 0]
    np.testing.assert_allclose(spread, np.sqrt(2.5) * np.sqrt([1, 2, 3, 4]), rtol=1e-6)


def test_seasonal_naive_repeats_the_last_cycle_across_two_cycles():
    y = np.array([1.0, 2, 3, 4, 11, 12, 13, 14])
    assert SeasonalNaive().forecast(y, 4, 6).points.tolist() == [11, 12, 13, 14, 11, 12]


def test_drift_is_the_line_through_first_and_last():
    assert Drift().forecast(np.array([2.0, 9.0, 8.0]), 1, 2).points.tolist() == [11.0, 14.0]


def test_the_line_uses_the_last_ten_values_only():
    y = np.concatenate([[900.0, -900.0], np.arange(10.0)])
    np.testing.assert_allclose(Line().forecast(y, 1, 3).points, [10, 11, 12], atol=1e-9)


def test_the_lines_prediction_error_is_that_of_regression():
    # Anscombe's first set: slope 0.5001, residual standard error 1.2366; the next x by the textbook's formula.
    y = np.array([4.26, 5.68, 7.24, 4.82, 6.95, 8.81, 8.04, 8.33, 10.84, 7.58, 9.96])
    line = fit_line(y, 1, last=11)
    assert line.residual == pytest.approx(1.2366, abs=5e-5)
    assert line.points[0] == pytest.approx(3.0001 + 0.50009 * 15, abs=2e-3)
    assert line.spread[0] == pytest.approx(1.2366 * np.sqrt(1 + 1 / 11 + 36 / 110), abs=1e-4)
    assert line.freedom == 9


@pytest.mark.parametrize("method", ALL_OWN, ids=lambda method: method.name)
@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("m", [1, 4])
def test_every_finite_series_is_answered(method, series, m):
    said = method.forecast(np.array(SERIES[series]), m, 5, PROBABILITIES)
    assert said.points.shape == (5,)
    assert np.isfinite(said.points).all()
    if said.quantiles is not None:
        assert said.quantiles.shape == (5, 5)
        assert np.isfinite(said.quantiles).all()
        assert (np.diff(said.quantiles, axis=1) >= 0).all()


@pytest.mark.parametrize("method", ALL_OWN, ids=lambda method: method.name)
def test_a_constant_stays_constant(method):
    said = method.forecast(np.full(20, 7.0), 4, 6)
    np.testing.assert_allclose(said.points, 7.0, rtol=1e-9)


@pytest.mark.parametrize("method", ALL_OWN, ids=lambda method: method.name)
def test_units_change_nothing(method):
    in_units = method.forecast(NILE, 1, 6, PROBABILITIES)
    in_thousands = method.forecast(NILE / 1000, 1, 6, PROBABILITIES)
    np.testing.assert_allclose(in_units.points, in_thousands.points * 1000, rtol=1e-6)
    if in_units.quantiles is not None:
        np.testing.assert_allclose(in_units.quantiles, in_thousands.quantiles * 1000, rtol=1e-6)


def test_theta_is_smoothing_with_half_the_slope_as_drift():
    # Hyndman & Billah (2003): with the same smoothing, Theta = smoothing + drift of half the slope.
    y = NILE + 12 * np.arange(NILE.size)
    n, t = y.size, np.arange(NILE.size)
    slope, start = np.polyfit(t, y, 1)
    bent = fit_level(2 * y - (start + slope * t))
    by_hand = (start + slope * np.arange(n, n + 5) + bent.points(5)) / 2
    said = Theta().forecast(y, 1, 5)
    np.testing.assert_allclose(said.points, by_hand, rtol=1e-9)
    np.testing.assert_allclose(np.diff(said.points), slope / 2, rtol=1e-6)


def test_a_damped_trend_is_recovered_from_its_own_path():
    steps = 5 * 0.9 ** np.arange(60)
    y = 100 + np.cumsum(steps)
    fitted = fit_damped_trend(y)
    assert fitted.phi == pytest.approx(0.9, abs=0.01)
    np.testing.assert_allclose(fitted.points(5), y[-1] + np.cumsum(5 * 0.9 ** np.arange(60, 65)), rtol=1e-4)


def test_a_straight_line_is_carried_on_exactly():
    np.testing.assert_allclose(fit_trend(np.arange(20.0)).points(3), [20, 21, 22], atol=1e-6)


def test_smoothing_of_the_whole_nile_agrees_with_the_published_gain():
    # Durbin & Koopman (2012), chapter 2: the local level model of the 100 years settles at a gain of 0.27.
    datasets = pytest.importorskip("statsmodels.datasets", reason="the extra `forecast` brings the whole series")
    flow = np.asarray(datasets.nile.load_pandas().data["volume"], dtype=float)
    assert fit_level(flow).alpha == pytest.approx(0.27, abs=0.03)


def test_spread_of_smoothing_is_that_of_the_textbook():
    # ETS(A,N,N): variance at h = sigma^2 (1 + (h - 1) alpha^2)
    fitted = fit_level(np.cumsum(np.sin(np.arange(40.0))))
    spread = fitted.spread(4)
    np.testing.assert_allclose((spread / spread[0]) ** 2, 1 + np.arange(4) * fitted.alpha**2, rtol=1e-9)


def test_an_ensemble_is_its_members_mean_or_median():
    members = (Naive(), Drift(), Line())
    each = np.stack([member.forecast(NILE, 1, 4, PROBABILITIES).quantiles for member in members])
    mean = Ensemble(members).forecast(NILE, 1, 4, PROBABILITIES)
    median = Ensemble(members, "median", is_median=True).forecast(NILE, 1, 4, PROBABILITIES)
    np.testing.assert_allclose(mean.quantiles, each.mean(axis=0))
    np.testing.assert_allclose(median.quantiles, np.median(each, axis=0))


def test_nothing_after_the_last_value_is_seen():
    for method in ALL_OWN:
        whole = NILE.copy()
        before = method.forecast(whole[:20], 1, 5).points
        whole[20:] = 1e9
        np.testing.assert_array_equal(method.forecast(whole[:20], 1, 5).points, before)
