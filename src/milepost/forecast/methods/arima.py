"""ARIMA, its orders chosen by AICc, of the library statsforecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.forecast.methods.drift import Drift
from milepost.forecast.methods.ets import LONGEST_SEASON
from milepost.forecast.methods.interface import FloatArray, Forecast
from milepost.forecast.methods.library import continue_with, models
from milepost.forecast.methods.season import NO_SEASON, find_season


@dataclass(frozen=True)
class Arima:
    """AutoARIMA. A season of more than twelve values is taken out before and put back after.

    The random walk with drift answers where the library cannot fit. Needs the extra `forecast`.
    Reference: Hyndman & Khandakar (2008), Journal of Statistical Software 27(3).
    """

    name: str = "ARIMA"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the chosen orders' continuation and quantiles; the unit is the series'."""
        season = find_season(y, m) if m > LONGEST_SEASON else NO_SEASON
        model = models().AutoARIMA(season_length=m if m <= LONGEST_SEASON else 1)
        said = continue_with(model, season.without(y), h, probabilities)
        return season.on_forecast(said, y.size) if said else Drift().forecast(y, m, h, probabilities)
