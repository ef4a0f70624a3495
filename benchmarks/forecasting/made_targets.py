"""Targets are made here by one fixed law, and the chance of each is given by several forecasters.

Threshold = last value + k x standard deviation of first differences (training only) x sqrt(h); the event is a
value at or above it, h periods ahead. k and h come from a hash of the series' id and a published seed, so
nobody chooses them. Nothing here knows what came true.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import erf, sqrt
from statistics import NormalDist

import numpy as np

from forecasting.series_file import FloatArray, Series
from milepost.forecast.methods.interface import Forecast
from milepost.forecast.methods.line import FittedLine, fit_line
from milepost.forecast.predictive import Predictive
from milepost.science.student import student_cdf

PUBLISHED_SEED = "milepost made targets 2025"
DRAWS = 20
LINES = ("line, residual error", "line, prediction error")
LAWS = {"k in (-1, 1)": (-1.0, 1.0), "k in (0, 1)": (0.0, 1.0)}


@dataclass(frozen=True)
class MadeTarget:
    """A threshold in the series' unit, `step` periods ahead (1 to h), made by `law` with `draw` and `k`."""

    law: str
    draw: int
    k: float
    step: int
    threshold: float


def make_targets(series_id: str, y: FloatArray, h: int) -> Iterator[MadeTarget]:
    """Give the targets of a series, twenty by each law; the horizon of a draw is the same under both laws."""
    spread = float(np.diff(y).std(ddof=1)) if y.size > 2 else 0.0
    for draw in range(DRAWS):
        digest = hashlib.sha256(f"{PUBLISHED_SEED}|{draw}|{series_id}".encode()).digest()
        of_k, of_h = (int.from_bytes(digest[i : i + 8], "big") / 2**64 for i in (0, 8))
        step = 1 + int(of_h * h)
        for law, (low, high) in LAWS.items():
            k = low + (high - low) * of_k
            yield MadeTarget(law, draw, k, step, float(y[-1]) + k * spread * sqrt(step))


def normal_chance(middle: float, spread: float, threshold: float) -> float:
    """Give the chance of a normal value at or above the threshold; without spread it is sure."""
    if spread <= 0:
        return float(middle >= threshold)
    return 0.5 * (1 - erf((threshold - middle) / spread / sqrt(2)))


def chance_by_own_interval(said: Forecast, widest: float, target: MadeTarget) -> float:
    """Give the chance by a method's points and its own central interval of probability `widest`, taken as normal."""
    assert said.quantiles is not None
    row, z = said.quantiles[target.step - 1], NormalDist().inv_cdf((1 + widest) / 2)
    spread = float(row[-1] - row[0]) / 2 / z
    return normal_chance(float(said.points[target.step - 1]), spread, target.threshold)


def chances_by_line(line: FittedLine, target: MadeTarget) -> tuple[float, float]:
    """Give the chance by the line through the last values with its residual error, and with its prediction error.

    The first is taken as normal, the second as Student's; without spread both are sure.
    """
    middle, spread = float(line.points[target.step - 1]), float(line.spread[target.step - 1])
    by_residual = normal_chance(middle, line.residual, target.threshold)
    if spread <= 0:
        return by_residual, float(middle >= target.threshold)
    return by_residual, 1 - student_cdf((target.threshold - middle) / spread, line.freedom)


@dataclass(frozen=True)
class Given:
    """The chances given to one series' made targets: `chances` [targets, forecasters], in the order of `names`."""

    targets: tuple[MadeTarget, ...]
    names: tuple[str, ...]
    chances: FloatArray


def give_chances(
    series: Series, y: FloatArray, ours: str, forecasts: dict[str, Forecast], predictive: Predictive, widest: float
) -> Given:
    """Give every forecaster's chance of each made target: ours, the line's two, and each method's own interval."""
    line = fit_line(y, series.h)
    others = [
        name for name, said in forecasts.items() if name not in (ours, "straight line") and said.quantiles is not None
    ]
    targets = tuple(make_targets(series.id, series.y, series.h))
    chances = [
        [
            predictive.chance_at_least(target.threshold, target.step),
            *chances_by_line(line, target),
            *(chance_by_own_interval(forecasts[name], widest, target) for name in others),
        ]
        for target in targets
    ]
    return Given(targets, (ours, *LINES, *others), np.array(chances))
