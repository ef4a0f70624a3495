"""The hall of a zone: its docket, its roles, its papers, and what day it is.

Everything a page of the hall needs hangs here; nothing is known of pages. The ledger is a file in the zone's data,
or the server that MILEPOST_LEDGER names (`postgresql://...`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from importlib import resources
from pathlib import Path

from milepost.basics.calendar import Calendar, china
from milepost.basics.errors import MilepostError, Trouble
from milepost.cases.declaration import Processes, read_processes, shipped_processes
from milepost.keep.docket import Docket
from milepost.keep.ledger import Ledger
from milepost.people.rights import Rights, read_roles
from milepost.plan.duties import Duty
from milepost.plan.zone import Zone
from milepost.show.catalogue import find_wings
from milepost.show.hall.notice import Service
from milepost.show.hall.papers import Papers
from milepost.show.walk import data_folder, ledger_url

RIGHTS = (
    *("case.read", "case.act", "case.apply", "desk.see", "duty.read", "duty.act", "duty.assign"),
    *("records.receive", "records.read", "thing.read", "thing.read_at_desk"),
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Hall:
    """A zone's hall; `now` gives the moment, with its time zone."""

    zone: Zone
    docket: Docket
    rights: Rights
    papers: Papers
    folder: Path
    service: Service | None = None
    now: Callable[[], datetime] = _now

    @property
    def ledger(self) -> Ledger:
        """Where acts are kept."""
        return self.docket.ledger

    @property
    def calendar(self) -> Calendar:
        """The calendar days are counted on."""
        return self.docket.calendar

    def today(self) -> date:
        """Give the day it is in the zone."""
        return self.zone.day(self.now())

    @cached_property
    def secret(self) -> bytes:
        """The zone's own secret, made once: it signs sessions and form tokens and hides case numbers in exports."""
        return kept_secret(self.folder / "secret")

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """The duties of the zone's plan; raises YoursToMend where their file is faulty."""
        from milepost.show.hall.duties import duties_of

        return duties_of(self.zone)


def kept_secret(path: Path) -> bytes:
    """Give the secret in a file that only its owner may read, making it the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(48))
        try:
            os.link(fresh, path)  # of two that start at once, the first one's secret stays
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def open_hall(zone: Zone, now: Callable[[], datetime] = _now, url: str = "") -> Hall:
    """Give the hall of a zone.

    Raises YoursToMend where a process, the roles or the duties are not well declared, TryAgain A002 where the
    ledger's database is away.
    """
    from milepost.show.hall.one_licence import one_licence

    folder = data_folder(zone) / "ledger"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    docket = Docket(Ledger(url or ledger_url(zone)), processes(), china(), zone.time_zone)
    return Hall(zone, docket, roles_of(zone), Papers(folder / "papers"), folder, one_licence(zone), now)


def processes() -> Processes:
    """Give the processes of all wings and those that come with the house."""
    found = dict(shipped_processes("duties"))
    for wing in find_wings():
        path = wing.folder / "cases.yaml"
        if path.is_file():
            found |= read_processes(path, f"{wing.id}/cases.yaml")
    return found


def roles_of(zone: Zone) -> Rights:
    """Give the roles of a zone: its own file people/roles.yaml, or those that come with the house."""
    own = zone.folder / "people" / "roles.yaml"
    if own.is_file():
        return read_roles(own, RIGHTS)
    with resources.as_file(resources.files("milepost.people").joinpath("roles.yaml")) as path:
        return read_roles(path, RIGHTS, "people/roles.yaml")


def hall_troubles(zone: Zone) -> tuple[Trouble, ...]:
    """Give what is wrong with what the hall reads of a zone: its roles and its duties."""
    from milepost.show.hall.duties import duties_of

    troubles: list[Trouble] = []
    for read in (roles_of, duties_of):
        try:
            read(zone)
        except MilepostError as error:
            troubles += error.troubles
    return tuple(troubles)
