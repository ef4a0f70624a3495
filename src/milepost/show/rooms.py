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
    from milepost.measure.reading import Reading
    from milepost.plan.zone import Zone
    from milepost.show.intake import Intake
    from milepost.show.walk import Walk

Progress = Callable[[str, int, int], None]


def _check_zone(folder: Path) -> tuple[Trouble, ...]:
    from milepost.show.catalogue import check_zone

    return check_zone(folder)


def _open_zone(folder: Path) -> Zone:
    from milepost.show.catalogue import open_zone

    return open_zone(folder)


def _take_in(zone: Zone, register: str, file: Path) -> Intake:
    from milepost.show.intake import take_in

    return take_in(zone, register, file)


def _walk(zone: Zone, known_on: date | None, progress: Progress | None) -> Walk:
    from milepost.show.guard import let_out
    from milepost.show.walk import walk

    return let_out(walk(zone, known_on, progress))


def _readings(zone: Zone) -> tuple[Reading, ...]:
    return _walk(zone, None, None).readings


def _plan_document(walk: Walk) -> dict[str, Any]:
    from milepost.show.document import plan_document

    return plan_document(walk)


def _serve(folder: Path, host: str, port: int) -> None:
    from milepost.show.web.site import serve

    serve(folder, host, port)


@dataclass(frozen=True)
class Rooms:
    """The rooms a verb walks through, by what each one gives."""

    check_zone: Callable[[Path], tuple[Trouble, ...]] = _check_zone
    open_zone: Callable[[Path], Zone] = _open_zone
    take_in: Callable[[Zone, str, Path], Intake] = _take_in
    walk: Callable[[Zone, date | None, Progress | None], Walk] = _walk
    readings: Callable[[Zone], tuple[Reading, ...]] = _readings
    plan_document: Callable[[Walk], dict[str, Any]] = _plan_document
    serve: Callable[[Zone, str, int], None] = _serve
