"""What the chart of a target shows: marks for published figures, the path, the promise; nothing is drawn here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from milepost.basics.period import Period
from milepost.forecast.copies import half_unit
from milepost.forecast.outlook import Outlook, PathPoint
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.show.figure import reading_words
from milepost.show.number import period_words
from milepost.show.web.axis import year_place
from milepost.show.wording import Wording

_LEVELS = ("actual", "preliminary", "approx", "at_least")
_LONGEST_YEARS = 12


@dataclass(frozen=True)
class Mark:
    """A published figure in the chart: its place, its kind, half its rounding, its words and its row."""

    at: float
    value: float
    half: float
    kind: str
    is_other_area: bool
    is_aside: bool
    title: str
    link: str


@dataclass(frozen=True)
class Chart:
    """Everything a chart shows, in `unit`; `goal` is the promised number.

    `left_out` counts figures that are no levels, `earlier` those before the chart, `elsewhere` those of
    areas that say nothing of the target's.
    """

    target: Target
    unit: str
    goal: float | None
    marks: tuple[Mark, ...]
    path: tuple[PathPoint, ...]
    known_on: date
    left_out: int
    earlier: int
    elsewhere: int

    @property
    def kinds(self) -> list[str]:
        """The kinds of marks that are there, for the legend."""
        found = [kind for kind in _LEVELS if any(mark.kind == kind for mark in self.marks)]
        found += ["other_area"] if any(mark.is_other_area for mark in self.marks) and not self.is_all_other else []
        found += ["aside"] if any(mark.is_aside for mark in self.marks) else []
        return found + (["path", "fan"] if self.path else [])

    @property
    def is_all_other(self) -> bool:
        """Are all marks of an area that is not the target's?"""
        return bool(self.marks) and all(mark.is_other_area for mark in self.marks)


def chart_of(
    target: Target,
    unit: str,
    goal: float | None,
    outlook: Outlook,
    known_on: date,
    words: Wording,
    link: Callable[[Reading], str],
) -> Chart:
    """Give the chart of a target: the levels of its own indicator, each figure once, however often repeated.

    `unit` is the one that figures, path and `goal` are in.
    """
    aside = {reading.id for reading, _ in outlook.unused}
    areas = {target.area, *(reading.area for reading in outlook.evidence)}
    known = [
        reading
        for reading in (*outlook.evidence, *(reading for reading, _ in outlook.unused))
        if reading.indicator == target.indicator and reading.is_evidence
    ]
    own = [reading for reading in known if reading.area in areas]
    levels = [reading for reading in own if reading.kind in _LEVELS and reading.period.end is not None]
    first_year = (target.deadline or known_on).year - _LONGEST_YEARS
    recent = [reading for reading in levels if _end(reading.period) > first_year]
    once = {(one.period.end, one.value, one.kind, one.area): one for one in reversed(recent)}
    marks = tuple(
        Mark(
            at=_end(one.period),
            value=one.value,
            half=half_unit(one) if one.kind == "approx" else 0.0,
            kind=one.kind,
            is_other_area=one.area != target.area,
            is_aside=one.id in aside,
            title=f"{period_words(one.period)[words.language]}: {reading_words(one, words)}",
            link=link(one),
        )
        for one in once.values()
    )
    path = tuple(point for point in outlook.path if point.year > first_year)
    counts = (len(own) - len(levels), len(levels) - len(recent), len(known) - len(own))
    return Chart(target, unit, goal, marks, path, known_on, *counts)


def _end(period: Period) -> float:
    assert period.end is not None
    return year_place(period.end)
