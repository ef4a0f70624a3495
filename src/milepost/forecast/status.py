"""Status rules that others publish are read from `status_rules.yaml` and applied to a path of yearly figures.

Pure functions: figures in, a word and its number out. Whether a figure may be used, and the chance that a
target is met, are decided elsewhere.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import Text

FloatArray = NDArray[np.float64]
Measure = Literal["growth_ratio", "remaining_miss", "linear_pace"]
Status = Literal["met", "on course", "at risk", "behind", "wrong way", "missed", "no answer"]
_GERMAN_POINTS = 6


@dataclass(frozen=True)
class Band:
    """A word for measures up to `until` (itself only if `is_included`); the last band has no end."""

    status: Status
    label: Text
    until: float | None = None
    is_included: bool = False


@dataclass(frozen=True)
class StatusRule:
    """A published rule: its measure, its bands in rising order, and where it is published."""

    name: Text
    measure: Measure
    reads: Text
    source: str
    bands: tuple[Band, ...]

    def band(self, measure: float) -> Band:
        """Give the band a measure falls in."""
        for band in self.bands[:-1]:
            if band.until is None or measure < band.until or (band.is_included and measure == band.until):
                return band
        return self.bands[-1]


@dataclass(frozen=True)
class Course:
    """Yearly figures towards a goal: `years` and `values` [n], rising in time, the first one the base.

    Years may be fractions; `goal` is in the values' unit, `goal_year` the year in which it is due;
    `more_is_better` says which side of the goal is wanted.
    """

    years: FloatArray
    values: FloatArray
    goal: float
    goal_year: float
    more_is_better: bool = True

    @classmethod
    def of(
        cls, years: ArrayLike, values: ArrayLike, goal: float, goal_year: float, more_is_better: bool = True
    ) -> Course:
        """Give the course, sorted in time; raises ValueError where it is empty, not finite or a year stands twice."""
        t, y = np.asarray(years, dtype=np.float64), np.asarray(values, dtype=np.float64)
        order = np.argsort(t)
        if not t.size or t.shape != y.shape or not (np.isfinite(t).all() and np.isfinite(y).all()):
            raise ValueError("a course needs as many finite years as values, at least one")
        if (np.diff(t[order]) <= 0).any():
            raise ValueError("a year stands twice")
        return cls(t[order], y[order], goal, goal_year, more_is_better)

    @property
    def is_reached(self) -> bool:
        """Is the last figure at the goal or beyond it?"""
        return bool(self.values[-1] >= self.goal if self.more_is_better else self.values[-1] <= self.goal)


@dataclass(frozen=True)
class Judgement:
    """What a rule says: the status, the measure behind it (None where there is none), and why, as a message key."""

    rule: str
    status: Status
    measure: float | None
    because: str


def judge(rule_id: str, course: Course) -> Judgement:
    """Give what the rule `rule_id` of status_rules.yaml says of a course; raises KeyError for another name.

    A goal that is reached is met, one whose year has come without being reached is missed; both before any
    measure. Where the rule has no answer, `because` says what is lacking.
    """
    rule = status_rules()[rule_id]
    if course.is_reached:
        return Judgement(rule_id, "met", None, "goal_reached")
    if course.years[-1] >= course.goal_year:
        return Judgement(rule_id, "missed", None, "goal_year_has_come")
    measured = _MEASURES[rule.measure](course)
    if isinstance(measured, str):
        return Judgement(rule_id, "no answer", None, measured)
    return Judgement(rule_id, rule.band(measured).status, measured, "measure_in_band")


def growth_ratio(course: Course) -> float | str:
    """Give actual over required compound growth a year [1], both since the first figure, or what is lacking.

    Negative where the indicator moves away from its goal. Growth has no meaning across zero.
    """
    base, last = float(course.values[0]), float(course.values[-1])
    if course.years.size < 2:
        return "needs_two_figures"
    if not (base * last > 0 and base * course.goal > 0):
        return "growth_across_zero"
    if not _has_way_to_go(course):
        return "base_is_past_goal"
    required = (course.goal / base) ** (1 / (course.goal_year - course.years[0])) - 1
    actual = (last / base) ** (1 / (course.years[-1] - course.years[0])) - 1
    return float(actual / required)


def remaining_miss(course: Course) -> float | str:
    """Give what would be missing in the goal's year, as a share [1] of today's gap, or what is lacking.

    The mean yearly change of the last six figures is carried on; 0 and less means reached, 1 and more means
    that the gap does not close.
    """
    if course.years.size < _GERMAN_POINTS:
        return "needs_six_figures"
    span = course.years[-1] - course.years[-_GERMAN_POINTS]
    change = (course.values[-1] - course.values[-_GERMAN_POINTS]) / span
    gap = course.goal - course.values[-1]
    return float(1 - change * (course.goal_year - course.years[-1]) / gap)


def linear_pace(course: Course) -> float | str:
    """Give the share of the way covered over the share of the time passed [1], or what is lacking."""
    if course.years.size < 2:
        return "needs_two_figures"
    if not _has_way_to_go(course):
        return "base_is_past_goal"
    covered = (course.values[-1] - course.values[0]) / (course.goal - course.values[0])
    passed = (course.years[-1] - course.years[0]) / (course.goal_year - course.years[0])
    return float(covered / passed)


_MEASURES: dict[Measure, Callable[[Course], float | str]] = {
    "growth_ratio": growth_ratio,
    "remaining_miss": remaining_miss,
    "linear_pace": linear_pace,
}


def _has_way_to_go(course: Course) -> bool:
    way = course.goal - course.values[0]
    return bool(way > 0 if course.more_is_better else way < 0)


@functools.cache
def status_rules() -> dict[str, StatusRule]:
    """Give every published rule by its id; raises YoursToMend where status_rules.yaml is not well formed."""
    with resources.as_file(resources.files("milepost.forecast") / "status_rules.yaml") as path:
        node = read_yaml(Path(path), "status_rules.yaml")
    troubles: list[Trouble] = []
    rules = {name: build(StatusRule, child, troubles) for name, _, child in node.items()}
    if troubles:
        raise YoursToMend(troubles)
    return {name: rule for name, rule in rules.items() if rule is not None}
