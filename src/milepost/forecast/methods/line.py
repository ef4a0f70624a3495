"""A straight line through the last values, carried on: what most status reports do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.interface import FloatArray, Forecast
from milepost.science.student import student_quantile

LAST_VALUES = 10


@dataclass(frozen=True)
class FittedLine:
    """A least-squares line: `points` [h], the residual error `residual` and the prediction errors `spread` [h].

    `freedom` is the number of values less two; where it is zero both errors are zero, not known.
    """

    points: FloatArray
    residual: float
    spread: FloatArray
    freedom: int


def fit_line(y: FloatArray, h: int, last: int = LAST_VALUES) -> FittedLine:
    """Give the line through the `last` values of `y` [n >= 1], carried on `h` periods; the unit is the series'.

    Prediction error: s √(1 + 1/n + (t - t̄)² / Σ(t - t̄)²).
    Reference: any textbook of regression, such as Weisberg (2014), Applied Linear Regression, section 2.8.
    """
    recent = y[-last:]
    n = recent.size
    if n < 2:
        return FittedLine(np.full(h, recent[-1]), 0.0, np.zeros(h), 0)
    t = np.arange(n) - (n - 1) / 2
    ahead = np.arange(1, h + 1) + (n - 1) / 2
    squares = float(t @ t)
    slope = float(t @ recent) / squares
    errors = recent - recent.mean() - slope * t
    residual = float(np.sqrt(errors @ errors / (n - 2))) if n > 2 else 0.0
    return FittedLine(
        recent.mean() + slope * ahead, residual, residual * np.sqrt(1 + 1 / n + ahead**2 / squares), n - 2
    )


@dataclass(frozen=True)
class Line:
    """The straight line through the last ten values, with Student's prediction interval."""

    name: str = "straight line"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the line's continuation and its prediction quantiles; the unit is the series'."""
        line = fit_line(y, h)
        if not probabilities:
            return Forecast(line.points)
        t = np.array([student_quantile(p, max(line.freedom, 1)) for p in probabilities])
        return Forecast(line.points, line.points[:, None] + line.spread[:, None] * t)
