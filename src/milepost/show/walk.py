"""The whole walk of a zone: records are taken in, read as of a date, and every target gets its outlook.

Only here do the rooms meet: receive, check and keep (by `intake`), measure, forecast.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from milepost.basics.errors import Trouble, YoursToMend
from milepost.forecast.chance import outlooks
from milepost.forecast.outlook import Outlook
from milepost.keep.store import REFUSED, Store
from milepost.keep.version import Version
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.show.catalogue import find_wings
from milepost.show.records import REGISTER, record_files
from milepost.show.today import today_in

if TYPE_CHECKING:
    from milepost.keep.holds import Hold
    from milepost.show.measuring import FromRecords

Progress = Callable[[str, int, int], None]
"""Told the step's name, how much of it is done, and of how much."""


@dataclass(frozen=True)
class Walk:
    """A zone walked on one known-on date: versions read, readings known, and one outlook for each target.

    `refused_count` is the number of rows that wait to be mended; `troubles` tells of files that could not be
    read at all and of kept rows that the zone's declarations no longer explain. `withheld_count` is the number of
    computed readings behind which too few stand; `held_back` are those, without their values, that rest on rows which
    wait for a decision.
    """

    zone: Zone
    known_on: date
    versions: tuple[Version, ...]
    readings: tuple[Reading, ...]
    outlooks: dict[str, Outlook]
    refused_count: int
    troubles: tuple[Trouble, ...] = ()
    withheld_count: int = 0
    held_back: tuple[Reading, ...] = ()


def walk(zone: Zone, known_on: date | None = None, progress: Progress | None = None, today: date | None = None) -> Walk:
    """Walk a zone as known on a date, today by default.

    Records are always taken in as of today; the date only decides which of them may be used. Raises
    YoursToMend (W001) for a date in the future, and what the rooms raise.
    """
    today = today or today_in(zone)
    known_on = known_on or today
    if known_on > today:
        mend = f"Take a date up to {today.isoformat()}"
        raise YoursToMend(Trouble("W001", "nobody knows yet what will be known on a later day", mend))
    refused, troubles = take_in_records(zone, today, progress)
    versions, readings = read_figures(zone, troubles)
    known = tuple(reading for reading in readings if reading.known_on <= known_on)
    known += own_figures(zone, known_on)
    measured, speaking = _from_records(zone, known_on)
    troubles += _held_back(measured)
    found: dict[str, Outlook] = {}
    targets = len(list(zone.plan.targets()))
    for outlook in outlooks(zone, (*known, *speaking), known_on):
        found[outlook.target_id] = outlook
        if progress:
            progress("forecast", len(found), targets)
    told, back = (*known, *measured.told), measured.held_back
    return Walk(zone, known_on, versions, told, found, refused, tuple(troubles), measured.withheld, back)


def _from_records(zone: Zone, known_on: date) -> tuple[FromRecords, list[Reading]]:
    """Give what is computed from unit records, and what of it speaks of promises."""
    from milepost.show.measuring import evidence, from_records

    measured = from_records(zone, known_on)
    return measured, evidence(zone, measured.told)


def _held_back(measured: FromRecords) -> list[Trouble]:
    """Say which rows keep figures from being published."""
    found: dict[tuple[str, str], list[Hold]] = {}
    for hold in measured.holds:
        found.setdefault((hold.register, hold.rule), []).append(hold)
    return [
        Trouble(
            "K009",
            f"figures of {register} are held back: {sum(one.rows for one in waiting)} rows break {rule}",
            f"Correct the rows, or answer for them: milepost accept ZONE {register} {waiting[-1].version} {rule}",
        )
        for (register, rule), waiting in found.items()
        if measured.held_back
    ]


def own_figures(zone: Zone, known_on: date) -> tuple[Reading, ...]:
    """Give the figures that the zone's own services make; none where it has neither such a service nor a ledger."""
    if not has_ledger(zone) and not any((zone.folder / wing.id).is_dir() for wing in find_wings()):
        return ()
    from milepost.show.computed import computed_readings

    return tuple(computed_readings(zone, known_on))


def take_in_records(zone: Zone, today: date, progress: Progress | None = None) -> tuple[int, list[Trouble]]:
    """Take in what the zone ships with; give the count of rows that wait, and the troubles of unreadable files."""
    from milepost.show.intake import take_in

    refused = 0
    troubles: list[Trouble] = []
    files = record_files(zone)
    for number, (path, register) in enumerate(files, start=1):
        try:
            refused += take_in(zone, store_of(zone), path, register, today, "the zone's records").refused
        except YoursToMend as error:
            troubles.extend(error.troubles)
        if progress:
            progress("receive", number, len(files))
    return refused, troubles


def read_figures(zone: Zone, troubles: list[Trouble]) -> tuple[tuple[Version, ...], list[Reading]]:
    """Give the versions of the figures kept and all readings of the newest; rows without meaning join `troubles`."""
    from milepost.engines.embedded import Engine
    from milepost.measure.published import published_readings

    store = store_of(zone)
    with Engine() as engine:
        figures = published_readings(engine, zone, store, troubles=troubles)
    newest = (store.versions(name)[-1:] for name in store.registers() if name != REGISTER)
    return (*store.versions(REGISTER), *itertools.chain.from_iterable(newest)), figures


def source_row(zone: Zone, reading_id: str) -> dict[str, str]:
    """Give the row a reading comes from: its place and every column as received. Raises YoursToMend (M002)."""
    from milepost.engines.embedded import Engine
    from milepost.measure.published import lineage
    from milepost.show.computed import computed_row, is_computed

    if is_computed(reading_id):
        return computed_row(zone, reading_id)
    with Engine() as engine:
        return lineage(engine, store_of(zone), reading_id)


def data_folder(zone: Zone) -> Path:
    """Give the folder that holds all the zone's data."""
    return zone.folder / "data"


def ledger_url(zone: Zone) -> str:
    """Give where the ledger of a zone is: MILEPOST_LEDGER, or a file in the zone's data."""
    return os.environ.get("MILEPOST_LEDGER") or str(data_folder(zone) / "ledger" / "ledger.sqlite")


def has_ledger(zone: Zone) -> bool:
    """Was a ledger begun? One on a server is taken to be there."""
    url = ledger_url(zone)
    return "://" in url or Path(url).is_file()


def refused_folder(zone: Zone) -> Path:
    """Give the folder in which refused rows wait, register by register."""
    return data_folder(zone) / REFUSED


def store_of(zone: Zone) -> Store:
    """Give the store of a zone's registers."""
    return Store(data_folder(zone), zone.time_zone)
