"""Several methods at once, taken as their plain mean or median.

The season is taken out once, weak factors shrunk, and amounts above zero are continued on the scale of
their logarithms where a member grows by ratios. What stands here was chosen on the last block inside the
training part of public series, never on a test part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from milepost.forecast.methods.drift import Drift
from milepost.forecast.methods.dynamic_theta import DynamicTheta
from milepost.forecast.methods.ets import Ets
from milepost.forecast.methods.interface import FloatArray, Forecast, Method, Native
from milepost.forecast.methods.library import has_library
from milepost.forecast.methods.season import LIKELY, Season, find_season
from milepost.forecast.methods.smoothing import fit_damped_trend
from milepost.forecast.methods.theta import continue_adjusted

_LEAST_VALUES = 5
_ONE_SD = tuple(NormalDist().cdf(z) for z in (-1.0, 0.0, 1.0))


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

    Where every value is above zero, Theta runs on logarithms, and so does the damped trend of a frequency
    with a cycle. Without the extra `forecast` the dynamic Theta is left out, and the name says so. Fewer
    than five values are continued with their drift. It has no quantiles of its own: `forecast.intervals`
    gives them, and lets AutoETS of the adjusted series (a few milliseconds; not without the extra) have a say.
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
        season = find_season(y, m, LIKELY, is_shrunk=True)
        adjusted = season.without(y)
        theta, spread = _theta_by_ratios(adjusted, h)
        adjusted_said = [theta, _damped(adjusted, h, is_by_ratios=m > 1)]
        if self.has_dynamic_theta:
            adjusted_said.append(DynamicTheta().forecast(adjusted, 1, h).points)
        said = np.stack([season.on(points, y.size) for points in adjusted_said])
        native = self._native(season, adjusted, h)
        return Forecast(said.mean(axis=0), disagreement=said.std(axis=0), spread=spread, native=native)

    def _native(self, season: Season, y: FloatArray, h: int) -> Native | None:
        """Give the word of the smoothing model chosen for the adjusted series, on which the season is put back."""
        if not self.has_dynamic_theta:
            return None
        said = season.on_forecast(Ets().forecast(y, 1, h, _ONE_SD), y.size).quantiles
        return None if said is None else Native(said[:, 1], (said[:, 2] - said[:, 0]) / 2)


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


def _theta_by_ratios(y: FloatArray, h: int) -> tuple[FloatArray, FloatArray]:
    """Theta's points and spread in the series' unit, found on logarithms where the series is above zero."""
    is_positive = bool(np.min(y) > 0)
    said = continue_adjusted(np.log(y) if is_positive else y, h)
    spread = np.zeros(h) if said.spread is None else said.spread
    return (np.exp(said.points), spread * float(y[-1])) if is_positive else (said.points, spread)


def _damped(y: FloatArray, h: int, is_by_ratios: bool) -> FloatArray:
    if is_by_ratios and np.min(y) > 0:
        return np.exp(fit_damped_trend(np.log(y)).points(h))
    return fit_damped_trend(y).points(h)
