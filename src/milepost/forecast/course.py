"""What others would read from the same figures: the yearly course, the pace still needed, and the year in progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.forecast.outlook import Outlook, PathPoint
from milepost.forecast.status import Course
from milepost.forecast.verdict import threshold
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.registers.indicator import Indicator

_LEVELS = ("actual", "preliminary", "approx", "at_least")


def course_of(outlook: Outlook, target: Target, indicator: Indicator) -> Course | None:
    """Give the figures of a target as a course towards its goal, or None where it has no number or no figure.

    One figure for each last day, the newest published; a bound counts as its number, for so the published
    rules read it. A total of several years has no course of yearly figures.
    """
    if target.value is None or target.deadline is None or target.sum_from is not None:
        return None
    newest: dict[date, Reading] = {}
    figures = [r for r in outlook.evidence if r.indicator == indicator.id and r.kind in _LEVELS]
    for reading in sorted(figures, key=lambda r: (r.known_on, r.id)):
        if reading.period.end is not None:
            newest[reading.period.end] = reading
    if not newest:
        return None
    days = sorted(newest)
    values = [newest[day].value for day in days]
    goal = threshold(target, indicator)
    return Course.of([_year(day) for day in days], values, goal, _year(target.deadline), target.comparison != "at_most")


@dataclass(frozen=True)
class Nowcast:
    """The year not yet complete, or not yet published: its estimate, and the figures of that year it rests on."""

    year: int
    estimate: PathPoint
    figures: tuple[Reading, ...]


def nowcast(outlook: Outlook, known_on: date, target: Target, indicator: Indicator) -> Nowcast | None:
    """Give the estimate of the year in progress (of the deadline's year once that has passed).

    None where the path does not reach it, or an exact figure of the whole year is known.
    """
    year = min(known_on.year, target.deadline.year if target.deadline else known_on.year)
    point = next((one for one in outlook.path if one.year == year), None)
    is_known = any(
        r.indicator == indicator.id
        and r.area == target.area
        and r.kind == "actual"
        and r.period.end == date(year, 12, 31)
        for r in outlook.evidence
    )
    if point is None or is_known:
        return None
    return Nowcast(year, point, tuple(r for r in outlook.evidence if r.period.end and r.period.end.year == year))


def _year(day: date) -> float:
    """A day as a number of years; the last day of 2025 is nearly 2026."""
    return day.year + day.timetuple().tm_yday / 365.25
