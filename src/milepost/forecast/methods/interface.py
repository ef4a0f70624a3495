"""What every forecasting method takes and gives. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Native:
    """What one model takes for its own distribution: normal with mean `points` [h] and sd `spread` [h], in the
    series' unit.
    """

    points: FloatArray
    spread: FloatArray


@dataclass(frozen=True)
class Forecast:
    """What a method says about the next h periods, in the series' unit.

    `points` [h]. `quantiles` [h, probabilities] are the method's own, rising along the second axis as the
    probabilities rise; None where the method has none or none were asked for. `disagreement` [h] is the
    standard deviation between the members of a combined method, None for a single one; `spread` [h] what the
    method itself takes for the standard deviation of its errors, None where it does not tell it. `native` is the
    word of one fitted model that a combined method lets speak beside its points.
    """

    points: FloatArray
    quantiles: FloatArray | None = None
    disagreement: FloatArray | None = None
    spread: FloatArray | None = None
    native: Native | None = None


class Method(Protocol):
    """A way to continue a series.

    `forecast` takes the values in the order of time, without gaps, [n >= 1], the number `m` of values a cycle
    (1: no season), the number `h >= 1` of periods ahead and the probabilities of the quantiles wanted
    (0 to 1, rising). It answers every finite series, a constant or a single value included; it never looks
    at anything but `y`.
    """

    @property
    def name(self) -> str:
        """The name under which the method is shown and chosen."""
        ...

    def forecast(self, y: FloatArray, m: int, h: int, probabilities: Sequence[float] = ()) -> Forecast:
        """Give points and, where asked for and known, quantiles."""
        ...


def normal(points: FloatArray, spread: FloatArray, probabilities: Sequence[float]) -> Forecast:
    """Give a forecast with normal quantiles: `points` [h] and standard deviations `spread` [h]."""
    if not probabilities:
        return Forecast(points)
    z = np.array([NormalDist().inv_cdf(p) for p in probabilities])
    return Forecast(points, points[:, None] + spread[:, None] * z)
