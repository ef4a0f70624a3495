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

from forecasting.series_file import FloatArray
from milepost.forecast.methods.interface import Forecast
from milepost.forecast.methods.line import FittedLine, fit_line
from milepost.science.student import student_cdf

PUBLISHED_SEED = "milepost made targets 2025"
DRAWS = 20
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


def chances_by_line(line: FittedLine, target: MadeTarget) -> dict[str, float]:
    """Give the chance by the straight line: with its residual error (normal), with its prediction error (Student)."""
    middle, spread = float(line.points[target.step - 1]), float(line.spread[target.step - 1])
    by_prediction = float(middle >= target.threshold)
    if spread > 0:
        by_prediction = 1 - student_cdf((target.threshold - middle) / spread, line.freedom)
    return {
        "line, residual error": normal_chance(middle, line.residual, target.threshold),
        "line, prediction error": by_prediction,
    }


def line_of(y: FloatArray, h: int) -> FittedLine:
    """Give the straight line through the last ten values."""
    return fit_line(y, h)
