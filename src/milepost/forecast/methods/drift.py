"""The last value, moved on by the mean change: a random walk with drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.interface import FloatArray, Forecast, normal


@dataclass(frozen=True)
class Drift:
    """The line from the first value through the last; its spread counts the drift's own error.

    Spread at h: s √(h (1 + h / (n - 1))), s the standard deviation of the differences.
    Reference: Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, sections 5.2 and 5.5.
    """

    name: str = "drift"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give last value plus h times the mean change, with normal quantiles; the unit is the series'."""
        steps, ahead = np.diff(y), np.arange(1, h + 1)
        drift = float(steps.mean()) if steps.size else 0.0
        sigma = float(steps.std(ddof=1)) if steps.size > 1 else 0.0
        return normal(y[-1] + drift * ahead, sigma * np.sqrt(ahead * (1 + ahead / max(steps.size, 1))), probabilities)
