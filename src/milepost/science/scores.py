"""How good forecasts and chances were: published scores as pure functions on arrays.

Every score is the better the smaller, but for the skills and the coverage. Nothing is averaged here over
series unless the function says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def smape(actual: ArrayLike, forecast: ArrayLike) -> FloatArray:
    """Give each value's symmetric absolute percentage error [%], 0 to 200, in the arrays' common shape.

    200 |y - f| / (|y| + |f|), and 0 where both are zero.
    Reference: Makridakis & Hibon (2000), International Journal of Forecasting 16(4).

    >>> smape([100.0, 0.0], [110.0, 0.0]).round(4).tolist()
    [9.5238, 0.0]
    """
    y, f = _pair(actual, forecast)
    size = np.abs(y) + np.abs(f)
    return 200 * np.abs(y - f) / np.where(size > 0, size, 1.0)


def seasonal_scale(past: ArrayLike, m: int) -> float:
    """Give the mean absolute difference of `past` [n] over `m` steps, in its unit; nan where there is none.

    A series not longer than `m` is measured over one step. This is the denominator of MASE and MSIS.
    """
    y = np.asarray(past, dtype=np.float64)
    lag = m if y.size > m else 1
    return float(np.abs(y[lag:] - y[:-lag]).mean()) if y.size > lag else float("nan")


def mase(actual: ArrayLike, forecast: ArrayLike, scale: float) -> float:
    """Give the mean absolute scaled error [1] of one series: mean |y - f| over `scale`; nan where scale is 0.

    Reference: Hyndman & Koehler (2006), International Journal of Forecasting 22(4).

    >>> mase([12.0, 14.0], [11.0, 11.0], scale=2.0)
    1.0
    """
    y, f = _pair(actual, forecast)
    return float(np.abs(y - f).mean() / scale) if scale > 0 else float("nan")


def interval_score(actual: ArrayLike, low: ArrayLike, high: ArrayLike, level: float) -> FloatArray:
    """Give each central interval's score in the values' unit: width plus 2 / (1 - level) times the miss.

    `level` is the interval's probability (0.95), above 0 and below 1.
    Reference: Gneiting & Raftery (2007), Journal of the American Statistical Association 102(477), eq. 43.

    >>> interval_score([1.0, 5.0], [0.0, 0.0], [4.0, 4.0], 0.8).round(6).tolist()
    [4.0, 14.0]
    """
    y, (a, b) = np.asarray(actual, dtype=np.float64), _pair(low, high)
    penalty = 2 / (1 - level)
    return b - a + penalty * (np.maximum(a - y, 0) + np.maximum(y - b, 0))


def msis(actual: ArrayLike, low: ArrayLike, high: ArrayLike, level: float, scale: float) -> float:
    """Give the mean scaled interval score [1] of one series; nan where `scale` is 0.

    Reference: Makridakis, Spiliotis & Assimakopoulos (2020), International Journal of Forecasting 36(1).

    >>> round(msis([1.0, 5.0], [0.0, 0.0], [4.0, 4.0], 0.8, scale=3.0), 6)
    3.0
    """
    return float(interval_score(actual, low, high, level).mean() / scale) if scale > 0 else float("nan")


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Give the share [0 to 1] of values inside their intervals, the ends included.

    >>> coverage([1.0, 2.0, 3.0, 9.0], [0.0] * 4, [3.0] * 4)
    0.75
    """
    y, (a, b) = np.asarray(actual, dtype=np.float64), _pair(low, high)
    return float(np.mean((y >= a) & (y <= b)))


def brier(chance: ArrayLike, came_true: ArrayLike) -> FloatArray:
    """Give each chance's squared distance [0 to 1] from what happened (1 came true, 0 did not).

    Reference: Brier (1950), Monthly Weather Review 78(1), in its form for two classes, halved.

    >>> brier([0.9, 0.2], [1, 1]).round(6).tolist()
    [0.01, 0.64]
    """
    p, y = _pair(chance, came_true)
    return (p - y) ** 2


def skill(score: float, reference: float) -> float:
    """Give the share of a reference's mean score that is saved: 1 - score / reference; nan where that is 0.

    >>> round(skill(0.15, 0.25), 6)
    0.4
    """
    return 1 - score / reference if reference > 0 else float("nan")


def log_score(chance: ArrayLike, came_true: ArrayLike) -> FloatArray:
    """Give each chance's surprise [nats], -ln of the chance given to what happened; infinite for a sure miss.

    Reference: Good (1952), Journal of the Royal Statistical Society B 14(1).

    >>> log_score([0.5, 0.9], [1, 0]).round(4).tolist()
    [0.6931, 2.3026]
    """
    p, y = _pair(chance, came_true)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(np.where(y > 0.5, p, 1 - p)))


def crps_of_samples(actual: ArrayLike, samples: ArrayLike) -> FloatArray:
    """Give each value's continuous ranked probability score, in its unit, from draws [..., draws].

    Mean |x - y| less half the mean distance between two draws, all pairs (the empirical distribution's own).
    Reference: Gneiting & Raftery (2007), Journal of the American Statistical Association 102(477), eq. 21.

    >>> crps_of_samples([1.0], [[0.0, 2.0]]).tolist()
    [0.5]
    """
    y, x = np.asarray(actual, dtype=np.float64), np.sort(np.asarray(samples, dtype=np.float64), axis=-1)
    draws = x.shape[-1]
    order = 2 * np.arange(1, draws + 1) - draws - 1
    half_distance = (x * order).sum(axis=-1) / draws**2
    return np.asarray(np.abs(x - y[..., None]).mean(axis=-1) - half_distance)


def crps_of_quantiles(actual: ArrayLike, quantiles: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    """Give each value's continuous ranked probability score, in its unit, from quantiles [..., probabilities].

    Twice the mean pinball loss, each probability weighted by the stretch of (0, 1) nearest to it.
    Reference: Laio & Tamea (2007), Hydrology and Earth System Sciences 11(4).

    >>> p = (np.arange(1000) + 0.5) / 1000
    >>> crps_of_quantiles([0.5], [p], p).round(4).tolist()
    [0.0833]
    """
    y, q = np.asarray(actual, dtype=np.float64)[..., None], np.asarray(quantiles, dtype=np.float64)
    p = np.asarray(probabilities, dtype=np.float64)
    edges = np.concatenate([[0.0], (p[1:] + p[:-1]) / 2, [1.0]])
    pinball = np.where(y >= q, p * (y - q), (1 - p) * (q - y))
    return np.asarray(2 * (pinball * np.diff(edges)).sum(axis=-1))


@dataclass(frozen=True)
class ReliabilityBin:
    """The chances between `low` and `high`: how many, their mean, and the share that came true."""

    low: float
    high: float
    count: int
    mean_chance: float
    share_came_true: float


def reliability(chance: ArrayLike, came_true: ArrayLike, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Give the reliability table: chances in `bins` equal parts of 0 to 1; empty parts are left out.

    Reference: Murphy & Winkler (1977), Applied Statistics 26(1).

    >>> [(b.count, b.mean_chance, b.share_came_true) for b in reliability([0.2, 0.2, 1.0], [0, 1, 1], bins=2)]
    [(2, 0.2, 0.5), (1, 1.0, 1.0)]
    """
    p, y = _pair(chance, came_true)
    part = np.minimum((p * bins).astype(np.int64), bins - 1)
    count = np.bincount(part, minlength=bins)
    chances, successes = np.bincount(part, p, bins), np.bincount(part, y, bins)
    return tuple(
        ReliabilityBin(i / bins, (i + 1) / bins, int(n), float(chances[i] / n), float(successes[i] / n))
        for i, n in enumerate(count)
        if n
    )


def expected_calibration_error(chance: ArrayLike, came_true: ArrayLike, bins: int = 10) -> float:
    """Give the mean distance [0 to 1] of the mean chance from the share that came true, weighted by count.

    Reference: Naeini, Cooper & Hauskrecht (2015), AAAI 29.

    >>> round(expected_calibration_error([0.2, 0.2, 1.0], [0, 1, 1], bins=2), 6)
    0.2
    """
    table = reliability(chance, came_true, bins)
    total = sum(part.count for part in table)
    return sum(part.count * abs(part.mean_chance - part.share_came_true) for part in table) / total


def _pair(one: ArrayLike, other: ArrayLike) -> tuple[FloatArray, FloatArray]:
    return np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
