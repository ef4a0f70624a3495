"""A trend that fades: Gardner and McKenzie's damped trend on the series without its season."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.forecast.methods.drift import Drift
from milepost.forecast.methods.interface import FloatArray, Forecast, normal
from milepost.forecast.methods.season import find_season
from milepost.forecast.methods.smoothing import fit_damped_trend

_LEAST_VALUES = 5


@dataclass(frozen=True)
class DampedTrend:
    """Level and damped trend, first values solved and weights searched by least squares.

    Fewer than five values are continued with their drift. Quantiles are normal, with the variances of
    ETS(A,Ad,N). Reference: Gardner & McKenzie (1985), Management Science 31(10).
    """

    name: str = "damped trend"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the damped trend's continuation; the unit is the series'."""
        if y.size < _LEAST_VALUES:
            return Drift().forecast(y, m, h, probabilities)
        season = find_season(y, m)
        fitted = fit_damped_trend(season.without(y))
        adjusted = normal(fitted.points(h), fitted.spread(h), probabilities)
        return season.on_forecast(adjusted, y.size)
