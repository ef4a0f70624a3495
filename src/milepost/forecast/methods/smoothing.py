"""Additive exponential smoothing is fitted here: level, optional damped trend, by least squares.

For given smoothing weights the forecasts are linear in the first level and trend, so these are solved
exactly; only the weights are searched, on a grid that is made finer twice around its best point. The
whole grid runs through the series at once, so that one series takes about a millisecond without a
compiler. No season is handled here: the series comes already adjusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from milepost.forecast.methods.interface import FloatArray

_LEVEL = np.array([0.0001, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.9999])
_TREND_SHARE = np.array([0.0001, 0.05, 0.15, 0.35, 0.7, 0.9999])
_DAMPING = np.array([0.80, 0.86, 0.92, 0.98])
_DAMPING_LIMITS = (0.80, 0.98)
_FINER = (0.5, 0.25, 0.1)


@dataclass(frozen=True)
class Smoothing:
    """A fitted smoothing: last `level` and `trend`, weights, and the one-step errors [n].

    `alpha` is the weight of the level, `beta` of the trend (both 0 to 1), `phi` the damping (1: none).
    `parameters` counts what was estimated, the variance included.
    """

    level: float
    trend: float
    alpha: float
    beta: float
    phi: float
    errors: FloatArray
    parameters: int

    @property
    def sse(self) -> float:
        """Sum of squared one-step errors, in the series' unit squared."""
        return float(self.errors @ self.errors)

    def points(self, h: int) -> FloatArray:
        """Give the forecasts of the next `h` periods [h], in the series' unit."""
        return self.level + self.trend * np.cumsum(self.phi ** np.arange(1, h + 1))

    def spread(self, h: int) -> FloatArray:
        """Give the standard deviation of the forecast errors [h] (Hyndman et al. 2008, table 6.1, class 1)."""
        sigma = np.sqrt(self.sse / max(self.errors.size - self.parameters + 1, 1))
        weights = self.alpha + self.alpha * self.beta * np.cumsum(self.phi ** np.arange(1, h))
        return np.asarray(sigma * np.sqrt(1 + np.concatenate([[0.0], np.cumsum(weights**2)])))


def fit_level(y: FloatArray) -> Smoothing:
    """Give simple exponential smoothing of `y` [n >= 2], ETS(A,N,N)."""
    return _searched(y, [_LEVEL])


def fit_trend(y: FloatArray) -> Smoothing:
    """Give Holt's linear trend of `y` [n >= 3], ETS(A,A,N)."""
    return _searched(y, [_LEVEL, _TREND_SHARE])


def fit_damped_trend(y: FloatArray) -> Smoothing:
    """Give the damped trend of `y` [n >= 3], ETS(A,Ad,N), damping between 0.80 and 0.98."""
    return _searched(y, [_LEVEL, _TREND_SHARE, _DAMPING])


def _searched(y: FloatArray, axes: list[FloatArray]) -> Smoothing:
    """Search the grid spanned by `axes`, then finer grids around the best point."""
    has_trend = len(axes) > 1
    best = _best_point(y, np.array(list(product(*axes))), has_trend)
    for finer in _FINER:
        near = [_around(axis, value, finer, place) for place, (axis, value) in enumerate(zip(axes, best, strict=True))]
        best = _best_point(y, np.array(list(product(*near))), has_trend)
    weights = _weights(best[None, :])
    errors, states, _ = _run(y, *weights, has_trend)
    alpha, beta, phi = (float(weight[0]) for weight in weights)
    level, trend = float(states[0, 0]), float(states[1, 0]) if has_trend else 0.0
    return Smoothing(level, trend, alpha, beta, phi, errors[:, 0], 2 * len(axes[:2]) + len(axes[2:]) + 1)


def _around(axis: FloatArray, value: float, finer: float, place: int) -> FloatArray:
    """A few values close to `value`, a fraction of the grid's step apart, inside the axis' limits."""
    step = float(np.interp(value, axis[:-1], np.diff(axis))) * finer
    low, high = _DAMPING_LIMITS if place == 2 else (0.0001, 0.9999)
    return np.unique(np.clip(value + step * np.array([-1.0, 0.0, 1.0]), low, high))


def _weights(points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Columns of the search as alpha, beta (as a share of alpha) and phi, each [points]."""
    alpha = points[:, 0]
    beta = points[:, 1] if points.shape[1] > 1 else np.zeros_like(alpha)
    phi = points[:, 2] if points.shape[1] > 2 else np.ones_like(alpha)
    return alpha, beta, phi


def _best_point(y: FloatArray, points: FloatArray, has_trend: bool) -> FloatArray:
    _, _, sse = _run(y, *_weights(points), has_trend)
    return np.asarray(points[int(np.argmin(sse))])


def _run(
    y: FloatArray, alpha: FloatArray, beta: FloatArray, phi: FloatArray, has_trend: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Run every point of the grid through the series.

    Three responses are carried: to the data from nothing, to a first level of one, to a first trend of
    one. Gives the one-step errors [n, grid], the last level and trend [2, grid] and the sum of squares.
    """
    n, grid, width = y.size, alpha.size, 3 if has_trend else 2
    level, trend = np.zeros((width, grid)), np.zeros((width, grid))
    level[1] = 1.0
    if has_trend:
        trend[2] = 1.0
    errors = np.empty((n, width, grid))
    share = alpha * beta
    for t in range(n):
        damped = phi * trend if has_trend else trend
        ahead = level + damped
        error = errors[t]
        np.negative(ahead, out=error)
        error[0] += y[t]
        level = ahead + alpha * error
        if has_trend:
            trend = damped + share * error
    return _with_first_states(errors, np.stack([level, trend]), has_trend)


def _with_first_states(
    errors: FloatArray, states: FloatArray, has_trend: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Solve the first level (and trend) by least squares and combine the responses."""
    data, responses = errors[:, 0], errors[:, 1:]
    normal = np.einsum("tig,tjg->gij", responses, responses)
    scale = np.trace(normal, axis1=1, axis2=2)[:, None, None]
    normal = normal + np.eye(normal.shape[1]) * (1e-10 * scale + 1e-300)
    right = -np.einsum("tig,tg->gi", responses, data)
    first = np.linalg.solve(normal, right[..., None])[..., 0]
    combined = data + np.einsum("tig,gi->tg", responses, first)
    last = states[:, 0] + np.einsum("sig,gi->sg", states[:, 1:], first)
    return combined, last, np.einsum("tg,tg->g", combined, combined)
