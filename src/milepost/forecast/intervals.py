"""How wrong a method was at past origins becomes what it may be wrong by now: calibrated distributions.

Every series is forecast again from origins inside its own past. The errors, in units of the series' own
mean absolute (seasonal) difference, are pooled over all series of one frequency. From the pool come a
scale (which series, which horizon), the share of the drift the method leaves out, and the signed
quantiles of what remains. Where the method also tells what one model says of itself, the quantiles of both are
averaged, and the longer a series is, the more weight its own model has. Intervals and chances are read from one
and the same distribution. Nothing here reads a value after the last one it is given; methods stand in
`forecast.methods`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.interface import FloatArray, Forecast, Method, Native
from milepost.forecast.predictive import GRID, Predictive
from milepost.science.student import student_quantile

LEAST_VALUES = 6  # an origin needs as many values before it
_FLOOR = 0.05  # of the series' size: below it disagreement and movement say nothing
_LARGEST_ERROR = 20.0  # in sizes: what lies beyond informs the tails, not the scale
_PRIOR_WEIGHT = 20.0  # errors' worth of belief in the square-root law before any error is seen
_ENOUGH = 200  # errors for a horizon to stand alone; with fewer its neighbours are asked too
_TRAITS = 4
_POOL_WORTH = 80.0  # own values: the pool counts as many beside the distribution a series has by itself
_LARGEST_SHARE = 0.5  # of the native distribution: what was learned from errors keeps at least half
_TAIL_FROM = 5  # steps of the grid from its end: the mean excess beyond the 2.5 % quantile shapes the tail


@dataclass(frozen=True)
class Origin:
    """What is known at the end of a series: forecast, last value, and the series' own measures.

    `size` is the mean absolute difference over one cycle (over one step where that is zero or unknown), in
    the series' unit; `drift` [h] the drift's movement from the last value, in the series' unit; `traits`
    [h, 4] dimensionless: logs of the one-step spread, of members' disagreement and of movement, each over
    `size`, and of the spread's growth since the first step.
    `count` is the number of values before the origin; `native` what one model says of itself, if the method gives it.
    """

    points: FloatArray
    drift: FloatArray
    size: float
    traits: FloatArray
    count: int
    native: Native | None = None


def stand_at_end(y: FloatArray, m: int, h: int, method: Method) -> Origin:
    """Give the origin at the end of `y` [n >= 1], with `m` values a cycle, `h` periods ahead."""
    return _origin(y, m, method.forecast(y, m, h))


def _origin(y: FloatArray, m: int, said: Forecast) -> Origin:
    h, steps = said.points.size, np.diff(y)
    size = mean_absolute_difference(y, m)
    mean_step = float(steps.mean()) if steps.size else 0.0
    drift = mean_step * np.arange(1.0, h + 1)
    if size == 0:
        return Origin(said.points, drift, 0.0, np.zeros((h, _TRAITS)), y.size)
    spread = said.spread if said.spread is not None else np.full(h, steps.std(ddof=1) if steps.size > 1 else size)
    apart = said.disagreement if said.disagreement is not None else np.abs(said.points - y[-1] - drift) / 2
    sizes = [np.full(h, spread[0]), apart, np.abs(said.points - y[-1])]
    growth = spread / spread[0] if spread[0] > 0 else np.ones(h)
    traits = np.column_stack([np.log(np.stack(sizes, axis=1) / size + _FLOOR), np.log(growth)])
    return Origin(said.points, drift, size, traits, y.size, said.native)


def mean_absolute_difference(y: FloatArray, m: int) -> float:
    """Give the mean absolute difference of `y` over `m` steps, over one step where that is zero or unknown."""
    for lag in (m, 1):
        if y.size > lag and (size := float(np.abs(y[lag:] - y[:-lag]).mean())) > 0:
            return size
    return 0.0


def past_errors(y: FloatArray, m: int, h: int, method: Method, most: int) -> Iterator[tuple[Origin, FloatArray]]:
    """Give up to `most` origins inside `y`, latest first, each with the errors that followed [1 to h].

    The latest stands one block of `h` before the end, the others half a block apart before it; where the
    series is short it stands later and fewer errors follow. An error is value less forecast.
    """
    latest = y.size - h if y.size - h >= LEAST_VALUES else min(LEAST_VALUES, y.size - 1)
    step = max((h + 1) // 2, 1)
    for end in range(latest, LEAST_VALUES - 1, -step)[:most]:
        origin = stand_at_end(y[:end], m, h, method)
        after = y[end : end + h]
        yield origin, after - origin.points[: after.size]


@dataclass(frozen=True)
class Calibration:
    """What a pool of past errors taught: `weights` of the scale, the `drift_share` left out, the `shape`.

    `centre` [4] are the traits' means in the pool, `errors` the number of errors in it. With no errors the
    scale is size times √horizon and the shape Student's with five degrees of freedom.
    """

    weights: FloatArray
    centre: FloatArray
    drift_share: float
    shape: FloatArray
    tails: FloatArray
    errors: int

    def predict(self, origin: Origin) -> Predictive:
        """Give the distribution of the values after `origin`, which has at most the pool's horizon."""
        h = origin.points.size
        scale = origin.size * np.exp(_regressors(origin.traits, self.centre) @ self.weights)
        location = origin.points + self.drift_share * origin.drift
        pooled = Predictive(location, scale, self.shape[:h], self.tails[:h], origin.count)
        return pooled.beside(origin.native, _native_share(origin.count)) if origin.native else pooled


def _native_share(count: int) -> float:
    """Give the weight of what a series says of itself by its own `count` values, beside what all say together."""
    return min(count / (count + _POOL_WORTH), _LARGEST_SHARE)


def calibrate(past: Iterable[tuple[Origin, FloatArray]], h: int) -> Calibration:
    """Give the calibration of one frequency for horizons 1 to `h`, from origins with the errors that followed.

    The scale is a gamma regression of the absolute errors with a log link (McCullagh & Nelder 1989, chapter
    8), the drift's share a least-absolute-deviation fit, both held back by a prior worth twenty errors.
    Series without variation teach nothing.
    """
    rows = [(origin, errors / origin.size) for origin, errors in past if origin.size > 0 and errors.size]
    if not rows:
        return Calibration(_prior_weights(), np.zeros(_TRAITS), 0.0, *_shape(np.empty(0), np.empty(0, int), h), 0)
    traits = np.concatenate([origin.traits[: errors.size] for origin, errors in rows])
    steps = np.concatenate([np.arange(errors.size) for _, errors in rows])
    errors = np.concatenate([errors for _, errors in rows])
    drift = np.concatenate([origin.drift[: errors.size] / origin.size for origin, errors in rows])
    centre = traits.mean(axis=0)
    regressors = np.column_stack([np.ones(steps.size), np.log(steps + 1.0), traits - centre])
    weights = _scale_weights(regressors, np.minimum(np.abs(errors), _LARGEST_ERROR))
    scale = np.exp(regressors @ weights)
    share = _drift_share(drift / scale, errors / scale)
    standard = (errors - share * drift) / scale
    return Calibration(weights, centre, share, *_shape(standard, steps, h), errors.size)


def _regressors(traits: FloatArray, centre: FloatArray) -> FloatArray:
    steps = np.log(np.arange(1, len(traits) + 1))
    return np.column_stack([np.ones(steps.size), steps, traits - centre])


def _prior_weights() -> FloatArray:
    return np.array([0.0, 0.5, *[0.0] * _TRAITS])


def _scale_weights(regressors: FloatArray, sizes: FloatArray) -> FloatArray:
    """Newton's method on the gamma likelihood with shape one, which is convex in the weights."""
    prior = weights = _prior_weights()
    penalty = np.diag([_PRIOR_WEIGHT / 4, *[_PRIOR_WEIGHT] * (prior.size - 1)])
    for _ in range(100):
        ratio = sizes / np.exp(regressors @ weights)
        slope = regressors.T @ (1 - ratio) + penalty @ (weights - prior)
        step = np.linalg.solve((regressors * ratio[:, None]).T @ regressors + penalty, slope)
        weights = weights - step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < 1e-9:
            break
    return weights


def _drift_share(drift: FloatArray, errors: FloatArray) -> float:
    """Least absolute deviations by reweighted least squares, drawn to zero by the prior."""
    share = 0.0
    for _ in range(50):
        weight = 1 / np.maximum(np.abs(errors - share * drift), _FLOOR)
        share = float((weight * drift) @ errors / ((weight * drift) @ drift + _PRIOR_WEIGHT))
    return share


def _shape(standard: FloatArray, steps: FloatArray, h: int) -> tuple[FloatArray, FloatArray]:
    """Quantiles [h, 199] and tails' mean excess [h, 2] of each horizon's errors, the prior's twenty added."""
    prior = np.array([student_quantile((i + 0.5) / _PRIOR_WEIGHT, 5) for i in range(int(_PRIOR_WEIGHT))])
    prior = prior / np.abs(prior).mean()
    shape, tails = np.empty((h, GRID.size)), np.empty((h, 2))
    for row in range(h):
        errors = np.concatenate([_near(standard, steps, row, h), prior])
        shape[row] = np.quantile(errors, GRID, method="hazen")
        low, high = float(shape[row, _TAIL_FROM - 1]), float(shape[row, -_TAIL_FROM])
        tails[row] = _mean_excess(-errors, -low), _mean_excess(errors, high)
    return shape, tails


def _mean_excess(errors: FloatArray, edge: float) -> float:
    """How far errors beyond `edge` lie beyond it; with none there, how far those above the median lie above it."""
    if not (errors > edge).any():
        edge = float(np.median(errors))
    return float(np.mean(errors[errors > edge] - edge))


def _near(standard: FloatArray, steps: FloatArray, row: int, h: int) -> FloatArray:
    for reach in range(h):
        near = standard[np.abs(steps - row) <= reach]
        if near.size >= _ENOUGH:
            return near
    return standard
