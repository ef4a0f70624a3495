"""Scores held against closed forms, printed values and another program."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from milepost.science import scores

NORMAL = NormalDist()


def crps_of_normal(z: float) -> float:
    """Gneiting & Raftery (2007), below eq. 21, for the standard normal."""
    return z * (2 * NORMAL.cdf(z) - 1) + 2 * NORMAL.pdf(z) - 1 / math.sqrt(math.pi)


@pytest.fixture(scope="module")
def losses():
    return pytest.importorskip("utilsforecast.losses", reason="the extra `forecast` brings the other program")


@pytest.fixture(scope="module")
def frames():
    pandas = pytest.importorskip("pandas")
    random = np.random.default_rng(0)
    y, past = random.normal(50, 10, 24), random.normal(50, 10, 60)
    test = pandas.DataFrame({"unique_id": "a", "ds": range(60, 84), "y": y, "m": y + random.normal(0, 4, 24)})
    test["m-lo-80"], test["m-hi-80"] = test["m"] - 5, test["m"] + 5
    train = pandas.DataFrame({"unique_id": "a", "ds": range(60), "y": past})
    return test, train


@pytest.mark.parametrize("z", [-2.5, -1.0, 0.0, 0.3, 2.0])
def test_crps_of_many_normal_quantiles_is_the_closed_form(z):
    p = (np.arange(20_000) + 0.5) / 20_000
    x = np.array([NORMAL.inv_cdf(float(each)) for each in p])
    assert scores.crps_of_quantiles([z], [x], p)[0] == pytest.approx(crps_of_normal(z), abs=1e-3)
    assert scores.crps_of_samples([z], [x])[0] == pytest.approx(crps_of_normal(z), abs=1e-3)


def test_crps_of_one_draw_is_the_absolute_error():
    assert scores.crps_of_samples([3.0, 5.0], [[1.0], [9.0]]).tolist() == [2.0, 4.0]


def test_crps_counts_every_pair_of_draws():
    random = np.random.default_rng(1)
    x, y = random.normal(size=(4, 7)), random.normal(size=4)
    pairs = np.abs(x[:, :, None] - x[:, None, :]).mean(axis=(1, 2))
    np.testing.assert_allclose(scores.crps_of_samples(y, x), np.abs(x - y[:, None]).mean(axis=1) - pairs / 2)


def test_smape_agrees_with_another_program(losses, frames):
    test, _ = frames
    theirs = losses.smape(test, ["m"])["m"].iloc[0]  # theirs is a fraction of |y| + |f|
    assert scores.smape(test["y"], test["m"]).mean() == pytest.approx(200 * theirs)


def test_mase_agrees_with_another_program(losses, frames):
    test, train = frames
    theirs = losses.mase(test, ["m"], seasonality=12, train_df=train)["m"].iloc[0]
    ours = scores.mase(test["y"], test["m"], scores.seasonal_scale(train["y"], 12))
    assert ours == pytest.approx(theirs)


def test_coverage_agrees_with_another_program(losses, frames):
    test, _ = frames
    theirs = losses.coverage(test, ["m"], level=80)["m"].iloc[0]
    assert scores.coverage(test["y"], test["m-lo-80"], test["m-hi-80"]) == pytest.approx(theirs)


def test_interval_score_is_the_two_pinball_losses():
    # Gneiting & Raftery (2007): (2 / alpha) times the sum of the quantile losses at alpha/2 and 1 - alpha/2.
    random = np.random.default_rng(2)
    y, a = random.normal(size=50), random.normal(-1, 1, 50)
    b = a + random.uniform(0, 3, 50)
    pinball = np.where(y >= a, 0.1 * (y - a), 0.9 * (a - y)) + np.where(y >= b, 0.9 * (y - b), 0.1 * (b - y))
    np.testing.assert_allclose(scores.interval_score(y, a, b, 0.8), 2 / 0.2 * pinball)


def test_msis_is_the_published_formula():
    # Makridakis et al. (2020): mean of (U - L) + 2/a (L - y) [y < L] + 2/a (y - U) [y > U], over the seasonal scale.
    assert scores.msis([10, 30, 5], [8, 8, 8], [20, 20, 20], 0.95, 4.0) == pytest.approx(
        (12 * 3 + 40 * (10 + 3)) / 3 / 4
    )


def test_brier_splits_into_reliability_resolution_and_uncertainty():
    # Murphy (1973): with chances equal inside each bin, Brier = reliability - resolution + uncertainty.
    random = np.random.default_rng(3)
    p = random.choice([0.05, 0.35, 0.65, 0.95], 4000)
    y = (random.random(4000) < 0.8 * p + 0.05).astype(float)
    table = scores.reliability(p, y, bins=10)
    reliability = sum(b.count * (b.mean_chance - b.share_came_true) ** 2 for b in table) / 4000
    resolution = sum(b.count * (b.share_came_true - y.mean()) ** 2 for b in table) / 4000
    assert scores.brier(p, y).mean() == pytest.approx(reliability - resolution + y.mean() * (1 - y.mean()))


def test_a_calibrated_forecaster_has_little_calibration_error_and_an_overconfident_one_much():
    random = np.random.default_rng(4)
    p = random.random(20_000)
    y = random.random(20_000) < p
    assert scores.expected_calibration_error(p, y) < 0.015
    sure = np.where(p > 0.5, 0.99, 0.01)
    assert scores.expected_calibration_error(sure, y) == pytest.approx(0.24, abs=0.02)


def test_log_score_of_a_sure_miss_is_infinite():
    assert scores.log_score([1.0], [0])[0] == math.inf
    assert scores.log_score([1.0], [1])[0] == 0


def test_scores_without_a_scale_are_not_numbers():
    assert math.isnan(scores.mase([1.0], [2.0], 0.0))
    assert math.isnan(scores.seasonal_scale([1.0], 12))
    assert math.isnan(scores.skill(0.1, 0.0))
    assert scores.seasonal_scale([1.0, 4.0], 12) == 3.0
