"""Figures computed from the zone's own records: which may leave, and which may speak of a promise."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from milepost.keep.holds import Hold, holds
from milepost.measure.atoms import parts_of
from milepost.measure.figures import is_complete, is_whole, measured_readings
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.registers.meaning import indicator_formula
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.records import REGISTER
from milepost.show.walk import store_of


@dataclass(frozen=True)
class FromRecords:
    """What the zone's records say: the readings that may be told, how many are withheld because too few stand behind
    them, and those that are held back because they rest on rows that wait for a decision (`holds`), without value.
    """

    told: tuple[Reading, ...] = ()
    withheld: int = 0
    held_back: tuple[Reading, ...] = ()
    holds: tuple[Hold, ...] = ()


def from_records(zone: Zone, known_on: date) -> FromRecords:
    """Give the readings of the zone's records as known on a day.

    Withheld is what fewer than LEAST_CONTRIBUTORS stand behind, unless the zone says that the register is public; held
    back is what rests on rows that break a rule of the severity hold and that nobody answered for by that day. A zone
    that keeps published figures only is not asked.
    """
    store = store_of(zone)
    if all(name == REGISTER for name in store.registers()):
        return FromRecords()
    from milepost.engines.embedded import Engine
    from milepost.engines.engine import open_engine

    with open_engine() as engine:
        found = [one for one in measured_readings(engine, zone, store, known_on) if is_complete(one)]
    with Engine() as engine:
        held = [holds(engine, store, zone.registers[name], number, known_on) for name, number in _read(found)]
    free = [one for one in found if not is_held_back(one)]
    told = tuple(one for one in free if may_be_told(one))
    back = tuple(without_value(one) for one in found if is_held_back(one))
    return FromRecords(told, len(free) - len(told), back, tuple(hold for one in held for hold in one))


def _read(readings: Iterable[Reading]) -> list[tuple[str, int]]:
    """The registers that readings were computed from, each at its version."""
    return sorted({one for reading in readings if reading.made for one in reading.made.versions})


def is_held_back(reading: Reading) -> bool:
    """Does it rest on rows that wait for a decision?"""
    return reading.made is not None and reading.made.held_count > 0


def without_value(reading: Reading) -> Reading:
    """Give the reading as a place that is known and whose figure is not told."""
    return replace(reading, value=math.nan, published_text="", contributors=None, item_response=1.0)


def may_be_told(reading: Reading) -> bool:
    """Do enough persons or firms stand behind a computed reading, or is what it rests on public?

    Never where rows it rests on wait for a decision.
    """
    if is_held_back(reading):
        return False
    is_public = reading.made is not None and reading.made.is_public
    return is_public or (reading.contributors or 0) >= LEAST_CONTRIBUTORS


def evidence(zone: Zone, readings: Iterable[Reading]) -> list[Reading]:
    """Give what computed readings say of promises: undivided figures of whole years, each once.

    Months and quarters of the same rows would say the same again. Where cells of the rows are empty a sum is a bound.
    """
    found = []
    for one in readings:
        undivided = one.made is not None and not one.made.dimensions
        if undivided and one.period.is_year and is_whole(one, zone.indicators[one.indicator].kind):
            found += _as_answered(zone, one)
    return found


def _as_answered(zone: Zone, reading: Reading) -> list[Reading]:
    """A figure as evidence: as it is where every cell is filled; else at least that, where it is one sum of amounts.

    A mean or a ratio of the filled cells alone says nothing certain of all of them.
    """
    indicator = zone.indicators[reading.indicator]
    if reading.item_response == 1:
        return [reading]
    if indicator.register is None or indicator.scale == "real":
        return []
    parts = parts_of(*indicator_formula(indicator, zone.registers, zone.indicators))
    return [replace(reading, kind="at_least")] if parts.is_one_sum else []
