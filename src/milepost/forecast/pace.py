"""The pace a goal still asks for, beside what was ever achieved. No forecast and no chance is made here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from milepost.forecast.status import Course


@dataclass(frozen=True)
class RequiredPace:
    """The change a year that would still reach the goal, and the changes a year that were achieved.

    All paces are compound growth (a fraction, 0.05 for 5 %) where `is_growth`, else the values' unit a year.
    `best_year` is the best pace between neighbouring figures, `best_stretch` the best over a stretch of
    about as many years as are left (`stretch_years` long, the nearest there is), `mean` from first figure to
    last; None with a single figure. `share_as_fast` is the share of neighbouring steps at least as fast as
    needed.
    """

    needed: float
    is_growth: bool
    years_left: float
    more_is_better: bool = True
    best_year: float | None = None
    best_stretch: float | None = None
    stretch_years: float | None = None
    mean: float | None = None
    share_as_fast: float | None = None

    @property
    def is_beyond_all(self) -> bool:
        """Would the goal need a pace that no stretch of its length ever showed?"""
        if self.best_stretch is None:
            return False
        return self.best_stretch < self.needed if self.more_is_better else self.best_stretch > self.needed


def required_pace(course: Course) -> RequiredPace | None:
    """Give the pace still needed, or None where the goal is reached or its year has come.

    >>> pace = required_pace(Course.of([2020, 2021, 2022], [100, 110, 115], goal=144, goal_year=2024))
    >>> round(pace.needed, 4), round(pace.best_year, 4), pace.stretch_years, pace.is_beyond_all
    (0.119, 0.1, 2.0, True)
    """
    years_left = float(course.goal_year - course.years[-1])
    if course.is_reached or years_left <= 0:
        return None
    is_growth = bool((course.values > 0).all() and course.goal > 0)
    needed = _pace(float(course.values[-1]), course.goal, years_left, is_growth)
    if course.years.size < 2:
        return RequiredPace(needed, is_growth, years_left, course.more_is_better)
    steps = [_between(course, i, i + 1, is_growth) for i in range(course.years.size - 1)]
    span, stretches = _stretches(course, years_left, is_growth)
    best = max if course.more_is_better else min
    as_fast = [step >= needed if course.more_is_better else step <= needed for step in steps]
    return RequiredPace(
        needed=needed,
        is_growth=is_growth,
        years_left=years_left,
        more_is_better=course.more_is_better,
        best_year=best(steps),
        best_stretch=best(stretches),
        stretch_years=span,
        mean=_between(course, 0, course.years.size - 1, is_growth),
        share_as_fast=float(np.mean(as_fast)),
    )


def _pace(first: float, last: float, years: float, is_growth: bool) -> float:
    return (last / first) ** (1 / years) - 1 if is_growth else (last - first) / years


def _between(course: Course, i: int, j: int, is_growth: bool) -> float:
    years = float(course.years[j] - course.years[i])
    return _pace(float(course.values[i]), float(course.values[j]), years, is_growth)


def _stretches(course: Course, years_left: float, is_growth: bool) -> tuple[float, list[float]]:
    """The length of stretch nearest to the years left, and the pace of every stretch of that length."""
    count = course.years.size
    spans = {(i, j): float(course.years[j] - course.years[i]) for i in range(count) for j in range(i + 1, count)}
    nearest = min(spans.values(), key=lambda span: (abs(span - years_left), span))
    return nearest, [_between(course, i, j, is_growth) for (i, j), span in spans.items() if span == nearest]
