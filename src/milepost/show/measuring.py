"""Figures computed from the zone's own records: which may leave, and which may speak of a promise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from milepost.measure.figures import is_complete, is_whole, measured_readings
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.records import REGISTER
from milepost.show.walk import store_of


def from_records(zone: Zone, known_on: date) -> tuple[tuple[Reading, ...], int]:
    """Give the readings of the zone's records as known on a day, and how many are withheld.

    Withheld is what fewer than LEAST_CONTRIBUTORS stand behind, unless the zone says that the register is public. A
    zone that keeps published figures only is not asked.
    """
    store = store_of(zone)
    if all(name == REGISTER for name in store.registers()):
        return (), 0
    from milepost.engines.engine import open_engine

    with open_engine() as engine:
        found = [one for one in measured_readings(engine, zone, store, known_on) if is_complete(one)]
    told = tuple(one for one in found if may_be_told(one))
    return told, len(found) - len(told)


def may_be_told(reading: Reading) -> bool:
    """Do enough persons or firms stand behind a computed reading, or is what it rests on public?"""
    is_public = reading.made is not None and reading.made.is_public
    return is_public or (reading.contributors or 0) >= LEAST_CONTRIBUTORS


def evidence(zone: Zone, readings: Iterable[Reading]) -> list[Reading]:
    """Give what computed readings say of promises: undivided figures of whole years, each once.

    Months and quarters of the same rows would say the same again.
    """
    found = []
    for one in readings:
        undivided = one.made is not None and not one.made.dimensions
        if undivided and one.period.is_year and is_whole(one, zone.indicators[one.indicator].kind):
            found.append(one)
    return found
