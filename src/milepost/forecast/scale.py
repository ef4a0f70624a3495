"""Where a path moves freely: amounts on a log scale, shares of a whole on a logit scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from milepost.registers.indicator import Indicator

Floats = NDArray[np.float64]
_LEAST_REMAINDER = 0.1


@dataclass(frozen=True)
class Scale:
    """Both ways between a value in the indicator's unit and its path, and how errors carry over.

    `stretch` gives the error on the path of a relative error of one at a value, `slope` the change of the path
    for a change of the value by one unit. `allows` says whether a value can stand on the scale at all;
    `has_growth` whether a growth rate is a difference of the path.
    """

    to_path: Callable[[float], float]
    from_path: Callable[[Floats], Floats]
    stretch: Callable[[float], float]
    slope: Callable[[float], float]
    allows: Callable[[float], bool]
    has_growth: bool = False


def _logit(unit: float) -> Scale:
    return Scale(
        lambda value: float(np.log(value / (unit - value))),
        lambda path: unit / (1.0 + np.exp(-path)),
        # A share of 99.9 per cent is not wrong by one per cent of itself: what remains counts as a tenth at least.
        lambda value: unit / max(unit - value, _LEAST_REMAINDER * unit),
        lambda value: unit / (value * (unit - value)),
        lambda value: 0.0 < value < unit,
    )


def _real(size: float) -> Scale:
    return Scale(
        lambda value: value / size,
        lambda path: path * size,
        lambda value: max(abs(value) / size, 0.1),
        lambda value: 1.0 / size,
        lambda value: bool(np.isfinite(value)),
    )


def log_scale(unit: float = 1.0) -> Scale:
    """Give a log scale; `unit` multiplies a value on its way in and divides it on its way out."""
    return Scale(
        lambda value: float(np.log(value * unit)),
        lambda path: np.exp(path) / unit,
        lambda value: 1.0,
        lambda value: 1.0 / value,
        lambda value: value > 0.0,
        has_growth=True,
    )


def scale_of(indicator: Indicator, values: list[float]) -> Scale:
    """Give the scale of an indicator; `values` set the size of a real scale, which has no unit of its own."""
    if indicator.scale == "logit":
        return _logit(100.0 if indicator.unit == "percent" else 1.0)
    if indicator.scale == "real":
        return _real(float(np.median(np.abs(values))) or 1.0 if values else 1.0)
    return log_scale()
