"""The library's methods behind our interface, and our own held against the library's."""

import csv
import gzip

import numpy as np
import pytest

from milepost.basics.errors import YoursToMend
from milepost.forecast.methods import library
from milepost.forecast.methods.arima import Arima
from milepost.forecast.methods.dynamic_theta import DynamicTheta
from milepost.forecast.methods.ensemble import Blend
from milepost.forecast.methods.ets import Ets
from milepost.forecast.methods.smoothing import fit_damped_trend, fit_level, fit_trend
from milepost.forecast.methods.theta import Theta
from milepost.science.scores import smape

needs_library = pytest.mark.skipif(not library.has_library(), reason="the extra `forecast` is not installed")
PROBABILITIES = (0.025, 0.1, 0.5, 0.9, 0.975)


def monthly(seed: int, n: int = 72) -> np.ndarray:
    random = np.random.default_rng(seed)
    season = 1 + 0.2 * np.sin(2 * np.pi * np.arange(n) / 12)
    return np.exp(4 + np.cumsum(random.normal(0.004, 0.02, n))) * season


def test_without_the_library_the_method_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "statsforecast.models", None)
    monkeypatch.setitem(__import__("sys").modules, "statsforecast", None)
    with pytest.raises(YoursToMend) as caught:
        Ets().forecast(np.arange(10.0), 1, 3)
    assert caught.value.troubles[0].code == "F101"


@needs_library
@pytest.mark.parametrize("method", [DynamicTheta(), Ets(), Blend()], ids=lambda method: method.name)
@pytest.mark.parametrize("y", [[4.0], [4.0, 5.0, 6.0], [0.0] * 20, [7.0] * 30, list(np.linspace(-3, 3, 30))])
def test_every_finite_series_is_answered(method, y):
    said = method.forecast(np.array(y), 4, 6, PROBABILITIES)
    assert np.isfinite(said.points).all()
    assert said.points.shape == (6,)


@needs_library
def test_points_and_quantiles_are_the_librarys_own():
    model = library.models().AutoETS(season_length=12)
    theirs = model.forecast(y=monthly(1), h=6, level=[80, 95])
    ours = Ets().forecast(monthly(1), 12, 6, PROBABILITIES)
    np.testing.assert_allclose(ours.points, theirs["mean"])
    columns = (theirs["lo-95"], theirs["lo-80"], theirs["mean"], theirs["hi-80"], theirs["hi-95"])
    np.testing.assert_allclose(ours.quantiles, np.stack(columns, axis=1))


@needs_library
def test_a_long_season_is_taken_out_before_the_library_sees_it():
    n = 5 * 52
    y = 100 + 30 * np.sin(2 * np.pi * np.arange(n) / 52) + np.random.default_rng(2).normal(0, 1, n)
    ahead = 100 + 30 * np.sin(2 * np.pi * np.arange(n, n + 26) / 52)
    assert np.abs(Ets().forecast(y, 52, 26).points - ahead).mean() < 6


@needs_library
def test_our_theta_agrees_with_the_librarys():
    model = library.models().Theta(season_length=1)
    gaps = []
    for seed in range(8):
        y = monthly(seed)
        theirs = model.forecast(y=y, h=12)["mean"]
        gaps.append(np.abs(Theta().forecast(y, 1, 12).points / theirs - 1).max())
    # The library bounds the weight of smoothing below by 0.1 and averages the level otherwise: close, not equal.
    assert np.median(gaps) < 0.005
    assert max(gaps) < 0.03


@needs_library
def test_our_smoothing_fits_at_least_as_well_as_the_librarys():
    from statsforecast.ets import ets_f

    forms = (("ANN", False, fit_level), ("AAN", False, fit_trend), ("AAN", True, fit_damped_trend))
    for seed in range(6):
        y = monthly(seed)
        for form, is_damped, fit in forms:
            theirs = ets_f(y, m=1, model=form, damped=is_damped)
            residuals = np.asarray(theirs["residuals"], dtype=float)
            assert fit(y).sse <= float(residuals @ residuals) * 1.005, (seed, form, is_damped)


@needs_library
@pytest.mark.slow
def test_arima_answers_a_monthly_series():
    said = Arima().forecast(monthly(3), 12, 12, PROBABILITIES)
    assert np.isfinite(said.points).all()
    assert (np.diff(said.quantiles, axis=1) >= 0).all()


H = {"YEARLY": 6, "QUARTERLY": 8, "MONTHLY": 18, "OTHER": 8}
M = {"YEARLY": 1, "QUARTERLY": 4, "MONTHLY": 12, "OTHER": 1}


@pytest.mark.slow
def test_our_theta_reaches_the_competitions_theta(shared):
    """M3's winner: sMAPE 13.05 over all 37,014 forecasts, recomputed from the entrants' own files."""
    with gzip.open(shared / "data/m3/M3_long.csv.gz", "rt", encoding="utf-8") as file:
        parts: dict[tuple[str, str], dict[str, list[float]]] = {}
        for row in csv.DictReader(file):
            of_series = parts.setdefault((row["series"], row["period"]), {"train": [], "test": []})
            of_series[row["part"]].append(float(row["value"]))
    errors: dict[str, list[float]] = {period: [] for period in H}
    for (_, period), values in parts.items():
        said = Theta().forecast(np.array(values["train"]), M[period], H[period])
        errors[period].extend(smape(values["test"], said.points))
    everything = np.concatenate(list(errors.values()))
    assert everything.size == 37_014
    assert float(everything.mean()) == pytest.approx(13.05, abs=0.25)
    published = {"YEARLY": 16.97, "QUARTERLY": 8.96, "MONTHLY": 13.89, "OTHER": 4.41}
    for period, theirs in published.items():
        assert float(np.mean(errors[period])) == pytest.approx(theirs, abs=0.6), period
