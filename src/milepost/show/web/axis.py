"""Scales of a chart: where a date or a value stands, and which ticks are round."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Scale:
    """A straight scale from values to points of the picture."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the place of a value in points."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def clamped(self, value: float) -> float:
        """Give the place of a value, kept within the scale."""
        return self(min(max(value, self.low), self.high))


def year_place(day: date) -> float:
    """Give a day as a year number; the last day of a year is that year exactly.

    A figure of a whole year thus stands over its year, and one of a day at its place on the way there.

    >>> year_place(date(2022, 12, 31)), round(year_place(date(2022, 6, 30)), 2)
    (2022.0, 2021.5)
    """
    days = 366 if calendar.isleap(day.year) else 365
    return day.year - 1 + day.timetuple().tm_yday / days


def round_ticks(low: float, high: float, about: int, whole: bool = False) -> list[float]:
    """Give round numbers from `low` to `high`, nearly `about` of them; `whole` allows whole numbers only.

    >>> round_ticks(0, 2500, 5)
    [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0]
    """
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    if whole:
        step = max(1.0, math.ceil(step))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def apart(places: list[float], room: float, low: float, high: float) -> list[float]:
    """Move labels so that no two stand closer than `room`, in order and within the bounds.

    >>> apart([10.0, 12.0, 60.0], 10, 0, 100)
    [6.0, 16.0, 60.0]
    """
    groups = [[place, 1.0] for place in sorted(places)]
    settled: list[list[float]] = []
    for centre, count in groups:
        settled.append([centre, count])
        while len(settled) > 1 and _overlap(settled[-2], settled[-1], room):
            (c1, n1), (c2, n2) = settled[-2], settled[-1]
            settled[-2:] = [[(c1 * n1 + c2 * n2) / (n1 + n2), n1 + n2]]
    moved: list[float] = []
    for centre, count in settled:
        half = (count - 1) * room / 2
        centre = min(max(centre, low + half), high - half)
        moved += [centre - half + room * place for place in range(int(count))]
    return moved


def _overlap(first: list[float], second: list[float], room: float) -> bool:
    return second[0] - first[0] < room * (first[1] + second[1]) / 2
