"""Exponential smoothing in state-space form, its form chosen by AICc, of the library statsforecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.forecast.methods.damped import DampedTrend
from milepost.forecast.methods.interface import FloatArray, Forecast
from milepost.forecast.methods.library import continue_with, models
from milepost.forecast.methods.season import NO_SEASON, find_season

LONGEST_SEASON = 12  # beyond it the library needs seconds a series, and above 24 it drops the season


@dataclass(frozen=True)
class Ets:
    """AutoETS. A season of more than twelve values is taken out before and put back after.

    The damped trend answers where the library cannot fit. Needs the extra `forecast`.
    Reference: Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing.
    """

    name: str = "ETS"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the chosen form's continuation and quantiles; the unit is the series'."""
        season = find_season(y, m) if m > LONGEST_SEASON else NO_SEASON
        model = models().AutoETS(season_length=m if m <= LONGEST_SEASON else 1)
        said = continue_with(model, season.without(y), h, probabilities)
        return season.on_forecast(said, y.size) if said else DampedTrend().forecast(y, m, h, probabilities)
