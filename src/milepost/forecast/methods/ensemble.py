"""Several methods at once, taken as their plain mean or median.

The season is taken out once, weak factors shrunk, and amounts above zero are continued on the scale of
their logarithms where a member grows by ratios. What stands here was chosen on the last block inside the
training part of public series, never on a test part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.drift import Drift
from milepost.forecast.methods.dynamic_theta import DynamicTheta
from milepost.forecast.methods.interface import FloatArray, Forecast, Method
from milepost.forecast.methods.library import has_library
from milepost.forecast.methods.season import LIKELY, find_season
from milepost.forecast.methods.smoothing import fit_damped_trend
from milepost.forecast.methods.theta import continue_adjusted

_LEAST_VALUES = 5


@dataclass(frozen=True)
class Ensemble:
    """The mean (or median) of `members`, quantile by quantile where every member has quantiles.

    Reference: Bates & Granger (1969), Operational Research Quarterly 20(4); for the plain mean, Timmermann
    (2006), Handbook of Economic Forecasting 1, chapter 4.
    """

    members: tuple[Method, ...]
    name: str = "mean"
    is_median: bool = False

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the members' mean or median; the unit is the series'."""
        return combined([member.forecast(y, m, h, probabilities) for member in self.members], self.is_median)


@dataclass(frozen=True)
class Blend:
    """The method the project ships: dynamic Theta, Theta and damped trend of the adjusted series.

    Theta and the damped trend run on logarithms where every value is above zero. Without the extra
    `forecast` the dynamic Theta is left out, and the name says so. Fewer than five values are continued with
    their drift. It has no quantiles of its own: `forecast.intervals` gives them.
    """

    has_dynamic_theta: bool = True

    @property
    def name(self) -> str:
        """The name with or without the library's member."""
        return "blend" if self.has_dynamic_theta else "light blend"

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give the members' mean; the unit is the series'."""
        if y.size < _LEAST_VALUES:
            return Forecast(Drift().forecast(y, m, h).points)
        said = self.members(y, m, h)
        return Forecast(said.mean(axis=0), disagreement=said.std(axis=0))

    def members(self, y: FloatArray, m: int, h: int) -> FloatArray:
        """Give each member's points [members, h] of a series of at least five values."""
        season = find_season(y, m, LIKELY, is_shrunk=True)
        adjusted = season.without(y)
        said = [_by_ratios(continuation, adjusted, h) for continuation in (_theta, _damped)]
        if self.has_dynamic_theta:
            said.append(DynamicTheta().forecast(adjusted, 1, h).points)
        return np.stack([season.on(points, y.size) for points in said])


def shipped_blend() -> Blend:
    """Give the blend this installation can run."""
    return Blend(has_dynamic_theta=has_library())


def combined(said: Sequence[Forecast], is_median: bool = False) -> Forecast:
    """Give the mean (or median) of several forecasts of the same periods and probabilities."""
    middle: Callable[..., FloatArray] = np.median if is_median else np.mean
    quantiles = [forecast.quantiles for forecast in said if forecast.quantiles is not None]
    points = np.stack([forecast.points for forecast in said])
    together = middle(np.stack(quantiles), axis=0) if len(quantiles) == len(said) else None
    return Forecast(middle(points, axis=0), together, points.std(axis=0))


def _theta(y: FloatArray, h: int) -> FloatArray:
    return continue_adjusted(y, h).points


def _damped(y: FloatArray, h: int) -> FloatArray:
    return fit_damped_trend(y).points(h)


def _by_ratios(continuation: Callable[[FloatArray, int], FloatArray], y: FloatArray, h: int) -> FloatArray:
    return np.exp(continuation(np.log(y), h)) if np.min(y) > 0 else continuation(y, h)
