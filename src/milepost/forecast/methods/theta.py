"""The Theta method: half a straight line, half simple smoothing of the series bent twice as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.drift import Drift
from milepost.forecast.methods.interface import FloatArray, Forecast, normal
from milepost.forecast.methods.season import find_season
from milepost.forecast.methods.smoothing import fit_level

_LEAST_VALUES = 4


@dataclass(frozen=True)
class Theta:
    """The standard Theta method, which is simple exponential smoothing with half the line's slope as drift.

    Fewer than four values are continued with their drift. Quantiles are normal, with the variance of the
    smoothing, σ² (1 + (h - 1) α²). References: Assimakopoulos & Nikolopoulos (2000), International Journal of
    Forecasting 16(4); Hyndman & Billah (2003), the same journal 19(2).
    """

    name: str = "Theta"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the two theta lines' mean; the unit is the series'."""
        if y.size < _LEAST_VALUES:
            return Drift().forecast(y, m, h, probabilities)
        season = find_season(y, m)
        return season.on_forecast(continue_adjusted(season.without(y), h, probabilities), y.size)


def continue_adjusted(y: FloatArray, h: int, probabilities: Sequence[float] = ()) -> Forecast:
    """Give the Theta forecast of a series [n >= 3] without season."""
    n = y.size
    t = np.arange(n) - (n - 1) / 2
    slope = float(t @ y) / float(t @ t)
    line = y.mean() + slope * t
    bent = fit_level(2 * y - line)
    carried_on = y.mean() + slope * (np.arange(1, h + 1) + (n - 1) / 2)
    spread = bent.spread(h) / 2  # the errors of the mean of both lines are half those of the bent one
    said = normal((carried_on + bent.points(h)) / 2, spread, probabilities)
    return Forecast(said.points, said.quantiles, spread=spread)
