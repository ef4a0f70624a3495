"""The distribution of one series' next values, from which both intervals and chances are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from milepost.forecast.methods.interface import FloatArray, Native

GRID = np.arange(1, 200) / 200
_NORMAL = np.array([NormalDist().inv_cdf(p) for p in GRID])
# How far a standard normal beyond the grid's end lies beyond it on average: density over tail, less the end itself.
_NORMAL_EXCESS = NormalDist().pdf(_NORMAL[-1]) / (1 - GRID[-1]) - _NORMAL[-1]
_NEAR = 2.0


@dataclass(frozen=True)
class Predictive:
    """The distribution of one series' next h values, in its own unit.

    Value = `location` + `scale` times a number whose quantiles at the probabilities 0.005 to 0.995 are
    `shape` [h, 199]; beyond them both tails are exponential with mean excess `tails` [h, 2]. A series
    without any variation has scale 0.
    """

    location: FloatArray
    scale: FloatArray
    shape: FloatArray
    tails: FloatArray
    count: int

    def quantiles(self, probabilities: Sequence[float] | FloatArray) -> FloatArray:
        """Give the quantiles [h, probabilities] in the series' unit; probabilities are above 0 and below 1."""
        p = np.asarray(probabilities, dtype=np.float64)
        inside = np.stack([np.interp(p, GRID, row) for row in self.shape])
        below = self.shape[:, :1] + self.tails[:, :1] * np.log(np.minimum(p / GRID[0], 1.0))
        above = self.shape[:, -1:] - self.tails[:, 1:] * np.log(np.minimum((1 - p) / (1 - GRID[-1]), 1.0))
        standard = np.where(p < GRID[0], below, np.where(p > GRID[-1], above, inside))
        return self.location[:, None] + self.scale[:, None] * standard

    def chance_at_least(self, threshold: float, step: int) -> float:
        """Give the chance that the value `step` periods ahead (1 to h) is `threshold` or more.

        Where the series never varied it is the rule of succession: (n + 1) / (n + 2) that it stays so.
        """
        row = step - 1
        if self.scale[row] == 0:
            stays = (self.count + 1) / (self.count + 2)
            return stays if self.location[row] >= threshold else 1 - stays
        z, shape = (threshold - self.location[row]) / self.scale[row], self.shape[row]
        if z < shape[0]:
            return float(1 - GRID[0] * np.exp((z - shape[0]) / self.tails[row, 0]))
        if z > shape[-1]:
            return float((1 - GRID[-1]) * np.exp((shape[-1] - z) / self.tails[row, 1]))
        return float(1 - np.interp(z, shape, GRID))

    def beside(self, native: Native, weight: float) -> Predictive:
        """Give the distribution whose every quantile is this one's and, by `weight` (0 to 1), the native one's.

        A native distribution far from what past errors say counts as one at the edge of what is near: its mean
        within two scales, its spread between a half and two.
        Reference: Lichtendahl, Grushka-Cockayne & Winkler (2013), Is it better to average probabilities or
        quantiles?, Management Science 59(7).
        """
        if weight == 0 or not (self.scale > 0).all():
            return self
        apart = np.clip((native.points - self.location) / self.scale, -_NEAR, _NEAR)
        ratio = np.clip(native.spread / self.scale, 1 / _NEAR, _NEAR)[:, None]
        return Predictive(
            self.location + weight * apart * self.scale,
            self.scale,
            (1 - weight) * self.shape + weight * ratio * _NORMAL,
            (1 - weight) * self.tails + weight * ratio * _NORMAL_EXCESS,
            self.count,
        )
