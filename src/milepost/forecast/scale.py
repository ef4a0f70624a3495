"""Where a path moves freely: amounts on a log scale, shares of a whole on a logit scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from milepost.registers.indicator import Indicator

Floats = NDArray[np.float64]
_LEAST_REMAINDER = 0.1
_NEAR_THE_END = 0.0025


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


def whole_of(indicator: Indicator) -> float | None:
    """Give the whole that a share cannot pass, in the indicator's unit; None for what is no share."""
    if indicator.scale != "logit":
        return None
    return 100.0 if indicator.unit == "percent" else 1.0


def _logit(unit: float, values: list[float]) -> Scale:
    """Give a logit scale on which a step of 0.01 is one per cent of a share as large as the middle of `values`."""

    def inside(value: float) -> float:
        # Nothing and the whole are published for what is nearer than half a per cent to them.
        return _NEAR_THE_END * unit if value <= 0.0 else (1.0 - _NEAR_THE_END) * unit if value >= unit else value

    def relative(value: float) -> float:
        # A share of 99.9 per cent is not wrong by one per cent of itself: what remains counts as a tenth at least.
        return unit / max(unit - value, _LEAST_REMAINDER * unit)

    step = float(np.median([relative(value) for value in values])) if values else 1.0
    return Scale(
        lambda value: float(np.log(inside(value) / (unit - inside(value)))) / step,
        lambda path: unit / (1.0 + np.exp(-step * path)),
        lambda value: relative(value) / step,
        lambda value: unit / (inside(value) * (unit - inside(value))) / step,
        lambda value: 0.0 <= value <= unit,
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
    """Give the scale of an indicator; `values` set the size of a step on real and logit scales."""
    whole = whole_of(indicator)
    if whole is not None:
        return _logit(whole, values)
    if indicator.scale == "real":
        return _real(float(np.median(np.abs(values))) or 1.0 if values else 1.0)
    return log_scale()
