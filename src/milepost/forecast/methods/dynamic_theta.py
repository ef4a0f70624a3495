"""The dynamic optimised Theta model, of the library statsforecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.forecast.methods.interface import FloatArray, Forecast
from milepost.forecast.methods.library import continue_with, models
from milepost.forecast.methods.theta import Theta


@dataclass(frozen=True)
class DynamicTheta:
    """DOTM: theta, smoothing and first level estimated, the line refitted at each step.

    Standard Theta answers where the library cannot fit. Needs the extra `forecast`.
    Reference: Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), International Journal of
    Forecasting 32(4).
    """

    name: str = "dynamic Theta"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the model's continuation and simulated quantiles; the unit is the series'."""
        model = models().DynamicOptimizedTheta(season_length=m)
        said = continue_with(model, y, h, probabilities)
        return said or Theta().forecast(y, m, h, probabilities)
