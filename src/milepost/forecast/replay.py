"""The chances of every target as they would have stood on past dates: nothing published later is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.period import month_end
from milepost.forecast.chance import outlooks
from milepost.forecast.outlook import Verdict
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone


@dataclass(frozen=True)
class Standing:
    """Where one target stood on one date."""

    known_on: date
    target_id: str
    verdict: Verdict
    chance: float | None
    chance_low: float | None
    chance_high: float | None


def quarter_ends(first: date, last: date) -> list[date]:
    """Give the last days of the quarters from `first` to `last`, both included.

    >>> [str(day) for day in quarter_ends(date(2023, 11, 1), date(2024, 3, 31))]
    ['2023-12-31', '2024-03-31']
    """
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ends = [month_end(month // 12, month % 12 + 1) for month in months if month % 3 == 2]
    return [day for day in ends if first <= day <= last]


def replay(
    zone: Zone, readings: Sequence[Reading], dates: Sequence[date], progress: Callable[[int, int], None] | None = None
) -> list[Standing]:
    """Give the standing of every target with a number or base year on each date, in the order of the dates."""
    found = []
    for number, day in enumerate(dates, start=1):
        for outlook in outlooks(zone, [r for r in readings if r.known_on <= day], day):
            if outlook.verdict != "no number promised":
                found.append(
                    Standing(
                        day, outlook.target_id, outlook.verdict, outlook.chance, outlook.chance_low, outlook.chance_high
                    )
                )
        if progress:
            progress(number, len(dates))
    return found
