"""The last cycle repeats itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.interface import FloatArray, Forecast, normal
from milepost.forecast.methods.naive import Naive


@dataclass(frozen=True)
class SeasonalNaive:
    """The value one cycle ago; the naive method where there is no season or not one full cycle.

    Reference: Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, sections 5.2 and 5.5.
    """

    name: str = "seasonal naive"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the last cycle again and again, with normal quantiles; the unit is the series'."""
        if m < 2 or y.size <= m:
            return Naive().forecast(y, m, h, probabilities)
        ahead = np.arange(h)
        sigma = float(np.sqrt(np.mean((y[m:] - y[:-m]) ** 2)))
        return normal(y[y.size - m + ahead % m], sigma * np.sqrt(ahead // m + 1), probabilities)
