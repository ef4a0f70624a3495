"""What was said is held against what came true: the tables of points, of intervals and of chances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.made_targets import Given
from forecasting.series_file import FloatArray, Series
from forecasting.work import LEVELS, PROBABILITIES
from milepost.forecast.methods.interface import Forecast
from milepost.science import scores

OURS = "Milepost"
BASE, SIGNED_BASE = "base rate", "base rate by the sign of k"
_RESAMPLES = 500
_CLIPPED = 0.001


def score_series(series: Series, said: dict[str, Forecast], actual: FloatArray) -> dict[str, dict[str, float]]:
    """Give each method's scores on one series: sums over its values for sMAPE and coverage, means for the others."""
    known = np.isfinite(actual)
    scale = scores.seasonal_scale(series.y, series.m)
    return {name: _scored(forecast, actual, known, scale) for name, forecast in said.items()} if known.any() else {}


def _scored(forecast: Forecast, actual: FloatArray, known: FloatArray, scale: float) -> dict[str, float]:
    y = actual[known]
    row = {
        "values": float(y.size),
        "smape": float(scores.smape(y, forecast.points[known]).sum()),
        "mase": scores.mase(y, forecast.points[known], scale),
    }
    if forecast.quantiles is not None:
        quantiles = forecast.quantiles[known]
        for level, (low, high) in LEVELS.items():
            row[f"coverage {level:.0%}"] = scores.coverage(y, quantiles[:, low], quantiles[:, high]) * y.size
        row["msis"] = scores.msis(y, quantiles[:, 0], quantiles[:, -1], 0.95, scale)
        crps = float(scores.crps_of_quantiles(y, quantiles, PROBABILITIES).mean())
        row["crps"] = crps / scale if scale > 0 else float("nan")
    return row


def table_of_methods(rows: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Give for each method: sMAPE [%] and coverage [%] over all values, MASE, MSIS and CRPS [1] over series.

    Series that never vary in training have no scale and are left out of the scaled means.
    """
    table: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        of_method = [row[name] for row in rows if name in row]
        values = sum(row["values"] for row in of_method)
        line = {}
        for score in dict.fromkeys(score for row in of_method for score in row if score != "values"):
            column = np.array([row.get(score, np.nan) for row in of_method])
            if score == "smape":
                line[score] = float(column.sum() / values)
            elif score.startswith("coverage"):
                line[score] = float(100 * column.sum() / values)
            else:
                line[score] = float(np.nanmean(column)) if np.isfinite(column).any() else float("nan")
        table[name] = line
    return table


@dataclass(frozen=True)
class Judged:
    """One law's made targets of many series, each judged: at or above the threshold came true.

    `owner` [n] numbers the series, `k` [n] the law's draw, `came_true` [n] is 0 or 1, `chances` maps each
    forecaster to [n].
    """

    owner: NDArray[np.int64]
    k: FloatArray
    came_true: FloatArray
    chances: dict[str, FloatArray]


def judge(law: str, given: Sequence[Given], actual: Sequence[FloatArray]) -> Judged | None:
    """Give a law's targets that can be judged (their period has a value), or None where there are none."""
    owner, k, came_true, chances = [], [], [], []
    for number, (one, values) in enumerate(zip(given, actual, strict=True)):
        for target, row in zip(one.targets, one.chances, strict=True):
            if target.law == law and np.isfinite(values[target.step - 1]):
                owner.append(number)
                k.append(target.k)
                came_true.append(float(values[target.step - 1] >= target.threshold))
                chances.append(row)
    if not owner:
        return None
    columns = np.array(chances).T
    by_name = dict(zip(given[0].names, columns, strict=True))
    return Judged(np.unique(owner, return_inverse=True)[1], np.array(k), np.array(came_true), by_name)


def table_of_chances(judged: Judged, seed: int = 0) -> dict[str, Any]:
    """Give one law's scores: Brier, log score, calibration error by forecaster, our skill over each with its range.

    The base rates are those that really occurred among these targets, which no forecaster could know.
    The ranges hold 95 % of 500 bootstrap samples of series.
    """
    y, chances, owners, positive = judged.came_true, judged.chances, judged.owner, judged.k >= 0
    weights = _resampled(owners, seed)
    squares = {name: weights @ np.bincount(owners, scores.brier(p, y)) for name, p in chances.items()}
    squares[BASE] = _base(owners, y, weights, np.ones(y.size, dtype=bool))
    squares[SIGNED_BASE] = _base(owners, y, weights, positive) + _base(owners, y, weights, ~positive)
    counts = weights @ np.bincount(owners).astype(np.float64)
    clipped = {name: np.clip(p, _CLIPPED, 1 - _CLIPPED) for name, p in chances.items()}
    ours = squares[OURS]
    return {
        "targets": y.size,
        "came_true": float(y.mean()),
        "brier": {name: float(column[0] / counts[0]) for name, column in squares.items()},
        "log_score": {name: float(scores.log_score(p, y).mean()) for name, p in clipped.items()},
        "ece": {name: scores.expected_calibration_error(p, y) for name, p in chances.items()},
        "skill_over": {name: _skill(ours, column) for name, column in squares.items() if name != OURS},
        "reliability": [
            [part.count, part.mean_chance, part.share_came_true] for part in scores.reliability(chances[OURS], y)
        ],
    }


def _resampled(owners: NDArray[Any], seed: int) -> FloatArray:
    """How often each series is drawn: first row each once, then bootstrap samples."""
    series = int(owners.max()) + 1
    draw = np.random.default_rng(seed)
    samples = [np.bincount(draw.integers(0, series, series), minlength=series) for _ in range(_RESAMPLES)]
    return np.stack([np.ones(series), *samples]).astype(np.float64)


def _base(owners: NDArray[Any], y: FloatArray, weights: FloatArray, chosen: NDArray[Any]) -> FloatArray:
    """Sum of squares of the base rate among the chosen targets, in each sample."""
    count = weights @ np.bincount(owners, chosen.astype(np.float64))
    true = weights @ np.bincount(owners, y * chosen)
    return np.asarray(true * (1 - true / np.maximum(count, 1)))


def _skill(ours: FloatArray, other: FloatArray) -> list[float]:
    skill = 1 - ours / np.where(other > 0, other, np.nan)
    if not np.isfinite(skill).any():
        return [float("nan")] * 3
    return [float(skill[0]), *(float(edge) for edge in np.nanquantile(skill[1:], (0.025, 0.975)))]


def by_frequency(series: list[Series]) -> dict[str, list[int]]:
    """Give the numbers of the series of each frequency, in the file's order, and of all together where several."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(series):
        groups[one.period].append(number)
    return {**groups, "ALL": list(range(len(series)))} if len(groups) > 1 else dict(groups)
