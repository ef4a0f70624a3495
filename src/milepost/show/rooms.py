"""What the verbs of the command line call. Each room is imported when it is first asked for, so that
`milepost --help` answers at once; a test hands in its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from milepost.basics.errors import Trouble
    from milepost.keep.store import Store
    from milepost.plan.zone import Zone
    from milepost.show.intake import Intake
    from milepost.show.lineage import Lineage
    from milepost.show.walk import Walk

Progress = Callable[[str, int, int], None]


def _check_zone(folder: Path) -> tuple[Trouble, ...]:
    from milepost.show.catalogue import check_zone

    return check_zone(folder)


def _open_zone(folder: Path) -> Zone:
    from milepost.show.catalogue import open_zone

    return open_zone(folder)


def _store(zone: Zone) -> Store:
    from milepost.keep.store import Store

    return Store(zone.folder / "data")


def _take_in(zone: Zone, register: str, file: Path) -> Intake:
    from milepost.show.intake import take_in

    return take_in(zone, _store(zone), file, register, date.today(), _who())


def _who() -> str:
    """The name this machine knows the person by; a machine without accounts has none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _walk(zone: Zone, known_on: date | None, progress: Progress | None) -> Walk:
    from milepost.show.guard import let_out
    from milepost.show.walk import walk

    return let_out(walk(zone, known_on, progress))


def _source_row(zone: Zone, reading: str) -> dict[str, str]:
    from milepost.engines.embedded import Engine
    from milepost.measure.published import lineage

    with Engine() as engine:
        return lineage(engine, _store(zone), reading)


def _trace(zone: Zone, asked: str) -> Lineage:
    from milepost.basics.errors import YoursToMend
    from milepost.engines.embedded import Engine
    from milepost.measure.published import published_readings
    from milepost.show.lineage import Lineage

    row = _source_row(zone, asked)
    aside: list[Trouble] = []
    with Engine() as engine:
        readings = published_readings(engine, zone, _store(zone), troubles=aside)
    found = next((reading for reading in readings if reading.id == asked), None)
    if found is None:
        raise YoursToMend(aside)
    return Lineage(found, row)


def _plan_document(walk: Walk) -> dict[str, Any]:
    from milepost.show.document import plan_document

    return plan_document(walk)


def _serve(zone: Zone, port: int) -> None:
    from milepost.measure.published import REGISTER
    from milepost.show.web.serve import serve
    from milepost.show.web.site import make_app

    app = make_app(
        walk_on=lambda day: _walk(zone, day, None),
        source_row=lambda reading: _source_row(zone, reading),
        state=lambda: _store(zone).newest(REGISTER),
    )
    serve(app, port, lambda address: print(f"{zone.folder} is served at {address} (Ctrl-C ends it)", flush=True))


@dataclass(frozen=True)
class Rooms:
    """The rooms a verb walks through, by what each one gives."""

    check_zone: Callable[[Path], tuple[Trouble, ...]] = _check_zone
    open_zone: Callable[[Path], Zone] = _open_zone
    take_in: Callable[[Zone, str, Path], Intake] = _take_in
    walk: Callable[[Zone, date | None, Progress | None], Walk] = _walk
    trace: Callable[[Zone, str], Lineage] = _trace
    plan_document: Callable[[Walk], dict[str, Any]] = _plan_document
    serve: Callable[[Zone, int], None] = _serve
