"""Vintages: what was published of the same thing at different times, side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from milepost.measure.reading import FigureKind, Reading

Subject = tuple[str, str, tuple[str, date | None, date | None, str], FigureKind, bool]


def subject(reading: Reading) -> Subject:
    """Give what a reading speaks of: indicator, area, period, kind, and whether it is growth.

    Two spellings of one dated period are the same; undated periods differ by their words.
    """
    period = reading.period
    when = (period.shape, period.start, period.end, "" if period.start else period.text)
    return reading.indicator, reading.area, when, reading.kind, reading.is_growth


def vintages(readings: Iterable[Reading]) -> dict[Subject, tuple[Reading, ...]]:
    """Give the readings of each subject in the order they were known; all are kept, repeats too."""
    groups: dict[Subject, list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[subject(reading)].append(reading)
    return {key: tuple(sorted(group, key=_when)) for key, group in groups.items()}


def supersedes(readings: Iterable[Reading]) -> dict[str, tuple[str, ...]]:
    """Give for the newest reading of each subject the ids of the earlier ones whose value it revises.

    A repeat of the same value revises nothing, nor does a later rounding of it (38,400 for 38,415.9). Where
    two values were known on one day neither is newer: both stand, and both revise the earlier ones.
    """
    found: dict[str, tuple[str, ...]] = {}
    for group in vintages(readings).values():
        for newest in (r for r in group if r.known_on == group[-1].known_on):
            older = tuple(r.id for r in group if r.known_on < newest.known_on and not repeats(newest, r))
            if older:
                found[newest.id] = older
    return found


def repeats(later: Reading, earlier: Reading) -> bool:
    """Does a later figure say what an earlier one said, in the same or in fewer digits?

    Fewer digits repeat the earlier figure where they lie within half a unit of their last digit that is
    not zero, and within 1 % of it: beyond that a round number is taken for a revision.
    """
    if later.value == earlier.value:
        return True
    if later.published_unit != earlier.published_unit:
        return False
    said, before = Decimal(later.published_text), Decimal(earlier.published_text)
    apart = abs(said - before)
    exponent = said.normalize().as_tuple().exponent
    return isinstance(exponent, int) and apart <= Decimal(5).scaleb(exponent - 1) and apart <= abs(before) / 100


def _when(reading: Reading) -> tuple[date, int, int]:
    return reading.known_on, reading.row.version, reading.row.line
