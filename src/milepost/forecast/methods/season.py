"""A season is found here and taken out of a series: classical decomposition, kept only when it is evident.

The methods that know no season work on the adjusted series, and the season is put back on their forecasts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from milepost.forecast.methods.interface import FloatArray, Forecast

EVIDENT = 1.645  # the convention of the M competitions' seasonality test (90 %, two-sided)
LIKELY = 1.0  # about two in three: enough where weak factors are shrunk
_LEAST_FACTOR = 0.01


@dataclass(frozen=True)
class Season:
    """A season of `factors` [m], the first for the first value of the series; ratio or difference to the level.

    No season at all is one factor of zero that is added.
    """

    factors: FloatArray
    is_ratio: bool

    def without(self, y: FloatArray) -> FloatArray:
        """Give the series `y` [n] with the season taken out."""
        factors = self._at(0, y.size)
        return y / factors if self.is_ratio else y - factors

    def on(self, adjusted: FloatArray, start: int) -> FloatArray:
        """Give `adjusted` [h, ...] with the season put back, its first value being number `start` of the series."""
        factors = self._at(start, len(adjusted)).reshape(-1, *[1] * (adjusted.ndim - 1))
        return adjusted * factors if self.is_ratio else adjusted + factors

    def on_forecast(self, adjusted: Forecast, start: int) -> Forecast:
        """Give the forecast of the adjusted series with the season put back."""
        quantiles = None if adjusted.quantiles is None else self.on(adjusted.quantiles, start)
        return Forecast(self.on(adjusted.points, start), quantiles)

    def _at(self, start: int, count: int) -> FloatArray:
        return self.factors[np.arange(start, start + count) % self.factors.size]


NO_SEASON = Season(np.zeros(1), False)


def find_season(y: FloatArray, m: int, evidence: float = EVIDENT, is_shrunk: bool = False) -> Season:
    """Give the season of `y` [n] with `m` values a cycle, or none where it is not evident.

    A season needs three full cycles and an autocorrelation at lag `m` above `evidence` standard errors
    (Bartlett's formula), as in Assimakopoulos & Nikolopoulos (2000). Factors are means over the cycles of
    ratios (all values above zero) or differences to a centred moving average; they average to one or to
    zero. `is_shrunk` draws them towards no season by the James-Stein weight of Miller & Williams (2003),
    International Journal of Forecasting 19(4).
    """
    if m < 2 or y.size < 3 * m or not _is_evident(y, m, evidence):
        return NO_SEASON
    is_ratio = bool(np.min(y) > 0)
    factors = _factors(y, m, is_ratio, is_shrunk)
    if is_ratio and np.min(factors) <= _LEAST_FACTOR:
        return Season(_factors(y, m, False, is_shrunk), False)
    return Season(factors, is_ratio)


def _is_evident(y: FloatArray, m: int, evidence: float) -> bool:
    centred = y - y.mean()
    power = float(centred @ centred)
    if power <= 1e-20 * float(y @ y):
        return False
    r = np.array([float(centred[lag:] @ centred[:-lag]) / power for lag in range(1, m + 1)])
    bound = np.sqrt((1 + 2 * float(r[:-1] @ r[:-1])) / y.size)
    return bool(abs(r[-1]) > evidence * bound)


def _factors(y: FloatArray, m: int, is_ratio: bool, is_shrunk: bool) -> FloatArray:
    weights = np.full(m, 1 / m) if m % 2 else np.r_[0.5, np.ones(m - 1), 0.5] / m
    trend = np.convolve(y, weights, mode="valid")
    skipped = (y.size - trend.size) // 2
    middle = y[skipped : skipped + trend.size]
    detrended = middle / trend if is_ratio else middle - trend
    position = (np.arange(trend.size) + skipped) % m
    groups = [detrended[position == place] for place in range(m)]
    factors = np.array([group.mean() for group in groups])
    factors = np.asarray(factors / factors.mean() if is_ratio else factors - factors.mean())
    if not is_shrunk or m <= 3:
        return factors
    neutral = 1.0 if is_ratio else 0.0
    noise = float(np.mean([group.var(ddof=1) / group.size for group in groups]))
    signal = max(float(np.sum((factors - neutral) ** 2)) / (m - 1) - noise, 0.0)
    weight = (m - 3) / (m - 1) * noise / (noise + signal) if noise + signal > 0 else 0.0
    return np.asarray(neutral + (1 - weight) * (factors - neutral))
