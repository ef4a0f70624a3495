"""The scoreboard of past chances: how often they came true, and whether simpler rules would have done as well.

Trials of one series lean on the same figures, so doubt is measured by drawing whole series again. A score
is better when it is lower; a skill is the share of another's score that is saved.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.status import Course, Measure, Status, judge
from milepost.forecast.trials import Trial
from milepost.science.scores import (
    ReliabilityBin,
    brier,
    crps_of_samples,
    expected_calibration_error,
    interval_score,
    log_score,
    reliability,
    skill,
)

Floats = NDArray[np.float64]
LEVELS = (0.5, 0.8, 0.95)
_RESAMPLES = 2_000
# A chance of 0 or 1 from a rule that knows no doubt would make the log score infinite.
_LEAST_CHANCE = 0.01


_CHANCE_OF_STATUS: dict[Status, float] = {
    "met": 1.0 - _LEAST_CHANCE, "on course": 1.0 - _LEAST_CHANCE, "at risk": 0.5, "no answer": 0.5,
    "behind": _LEAST_CHANCE, "wrong way": _LEAST_CHANCE, "missed": _LEAST_CHANCE,
}  # fmt: skip


@dataclass(frozen=True)
class Interval:
    """How an interval did: its level, the share of truths inside it, and its mean score relative to the truth."""

    level: float
    covered: float
    score: float


@dataclass(frozen=True)
class Rule:
    """How a rule's chances did; `skill` is the model's skill over it, with its 90 % range over series, all nan where
    the rule was never wrong.
    """

    name: str
    brier: float
    log_score: float
    skill: float
    skill_low: float
    skill_high: float


@dataclass(frozen=True)
class Scoreboard:
    """All scores of a set of trials.

    `crps` is the mean continuous ranked probability score relative to the truth; `calibration_error` the
    mean distance of chances from what came true; the first of `rules` is the model itself.
    """

    trials: int
    series: int
    share_came_true: float
    intervals: tuple[Interval, ...]
    crps: float
    calibration_error: float
    bins: tuple[ReliabilityBin, ...]
    rules: tuple[Rule, ...]


def scoreboard(trials: Sequence[Trial]) -> Scoreboard | None:
    """Give the scores of trials, None where there are none. The same trials give the same scoreboard."""
    if not trials:
        return None
    came_true = np.array([trial.came_true for trial in trials], dtype=np.float64)
    series = np.unique([f"{t.question.indicator} {t.question.area}" for t in trials], return_inverse=True)[1]
    chances = {name: np.array([rule(t) for t in trials]) for name, rule in _RULES.items()}
    chances["base rate"] = _base_rate(came_true, series)
    size = np.array([abs(t.question.truth.value) or 1.0 for t in trials])
    crps = np.array([float(crps_of_samples(t.question.truth.value, t.draws)) for t in trials])
    model = chances["model"]
    return Scoreboard(
        trials=len(trials),
        series=int(series.max()) + 1,
        share_came_true=float(came_true.mean()),
        intervals=tuple(_interval(level, trials, size) for level in LEVELS),
        crps=float((crps / size).mean()),
        calibration_error=expected_calibration_error(model, came_true),
        bins=reliability(model, came_true),
        rules=tuple(_rule(name, chance, model, came_true, series) for name, chance in chances.items()),
    )


def _interval(level: float, trials: Sequence[Trial], size: Floats) -> Interval:
    low = np.array([t.quantile(0.5 - level / 2) for t in trials])
    high = np.array([t.quantile(0.5 + level / 2) for t in trials])
    truth = np.array([t.question.truth.value for t in trials])
    inside = (truth >= low) & (truth <= high)
    return Interval(level, float(inside.mean()), float((interval_score(truth, low, high, level) / size).mean()))


def _rule(name: str, chance: Floats, model: Floats, came_true: Floats, series: NDArray[np.intp]) -> Rule:
    mine, its = brier(model, came_true), brier(chance, came_true)
    random = np.random.default_rng(20231122)
    members = [np.flatnonzero(series == one) for one in range(int(series.max()) + 1)]
    drawn = []
    for _ in range(_RESAMPLES):
        rows = np.concatenate([members[one] for one in random.integers(len(members), size=len(members))])
        drawn.append(skill(float(mine[rows].mean()), float(its[rows].mean())))
    finite = [one for one in drawn if math.isfinite(one)] or [math.nan]
    low, high = (float(quantile) for quantile in np.quantile(finite, (0.05, 0.95)))
    bounded = np.clip(chance, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    log = float(log_score(bounded, came_true).mean())
    return Rule(name, float(its.mean()), log, skill(float(mine.mean()), float(its.mean())), low, high)


def _base_rate(came_true: Floats, series: NDArray[np.intp]) -> Floats:
    """The share that came true among all other series: a series may not vote on itself."""
    total, count = came_true.sum(), came_true.size
    own = np.bincount(series, came_true)[series]
    size = np.bincount(series)[series]
    others = count - size
    return np.where(others > 0, (total - own) / np.maximum(others, 1), 0.5)


def line_chance(trial: Trial) -> float:
    """Give the chance by a straight line through the last ten yearly figures, with its prediction error.

    Under three figures a line has no error of its own: a tenth of the last figure stands for it, and a
    single figure is carried on level. Reference: Weisberg (2014), Applied Linear Regression, section 2.8.
    """
    years, values = np.array(trial.years[-10:], dtype=np.float64), trial.history[-10:]
    count, year = years.size, trial.question.year
    if count == 1:
        return _normal_chance(float(values[-1]), 0.1 * abs(float(values[-1])), trial.threshold)
    centre = years - years.mean()
    slope = float(centre @ values) / float(centre @ centre)
    point = float(values.mean()) + slope * (year - years.mean())
    errors = values - values.mean() - slope * centre
    residual = math.sqrt(float(errors @ errors) / (count - 2)) if count > 2 else 0.1 * abs(float(values[-1]))
    spread = residual * math.sqrt(1 + 1 / count + (year - years.mean()) ** 2 / float(centre @ centre))
    return _normal_chance(point, spread, trial.threshold)


def walk_chance(trial: Trial) -> float:
    """Give the chance by a random walk with drift through the yearly figures, gaps counted by their length.

    With fewer than three figures a tenth of the last one a year stands for the spread.
    Reference: Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, section 5.2.
    """
    values, last = trial.history, float(trial.history[-1])
    gaps = np.diff(np.array(trial.years, dtype=np.float64))
    ahead = max(1, trial.question.year - trial.years[-1])
    drift = float(values[-1] - values[0]) / float(gaps.sum()) if gaps.size else 0.0
    steps = (np.diff(values) - drift * gaps) / np.sqrt(gaps)
    spread = float(np.std(steps, ddof=1)) if steps.size > 1 else 0.1 * abs(last)
    return _normal_chance(last + drift * ahead, spread * math.sqrt(ahead), trial.threshold)


def status_chance(rule: str, trial: Trial) -> float:
    """Give what a published status rule says of the trial's yearly figures, as a chance.

    A rule gives a word and no chance: on course (or met) counts as nearly sure, at risk as even, anything else as
    nearly hopeless; where it has no answer, as even.
    """
    course = Course.of(trial.years, trial.history, trial.threshold, trial.question.year)
    return _CHANCE_OF_STATUS[judge(rule, course).status]


def _normal_chance(mean: float, spread: float, threshold: float) -> float:
    if spread <= 0.0:
        return float(mean >= threshold)
    return 1.0 - NormalDist(mean, spread).cdf(threshold)


_RULES: dict[str, Callable[[Trial], float]] = {
    "model": lambda trial: trial.chance,
    "straight line": line_chance,
    "random walk with drift": walk_chance,
    **{rule.replace("_", " "): functools.partial(status_chance, rule) for rule in get_args(Measure)},
}
