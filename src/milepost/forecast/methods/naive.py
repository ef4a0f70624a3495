"""The last value stays as it is: the yardstick of every other method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.interface import FloatArray, Forecast, normal


@dataclass(frozen=True)
class Naive:
    """The last value, with the spread of a random walk: the differences' root mean square times √h.

    Reference: Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, sections 5.2 and 5.5.
    """

    name: str = "naive"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the last value `h` times, with normal quantiles; the unit is the series'."""
        steps = np.diff(y)
        sigma = float(np.sqrt(np.mean(steps**2))) if steps.size else 0.0
        return normal(np.full(h, y[-1]), sigma * np.sqrt(np.arange(1, h + 1)), probabilities)
