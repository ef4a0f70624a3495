"""The reception: files that people send in for a register are taken in one after another, in the background.

A delivery is remembered while the site runs; what became of its rows is kept by the rooms themselves (versions, waiting
rows), so nothing is lost with it. No value of a row is held here.
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from milepost.basics.errors import MilepostError, Trouble, YoursToMend
from milepost.keep.files import safe_name
from milepost.people.rights import Person, Rights, Scope
from milepost.show.intake import Intake

SEND, READ = "records.receive", "records.read"
_REMEMBERED = 200

TakeIn = Callable[[str, Path, str, Callable[[str, int, int], None], tuple[str, ...]], Intake]
"""What takes a file in: register, file, who, what is told of its progress, and for which parties (none: for all)."""


@dataclass(frozen=True)
class Delivery:
    """A file somebody sent: where it stands, and what became of it.

    `step` is a word of progress with `rows` so far, of how many where that is known (`of`, else 0); `intake` is there
    when it is done, `troubles` when the file as a whole could not be taken. Its sender may send rows of `parties`, of
    everybody where none is named.
    """

    id: str
    register: str
    file: str
    sender: str
    state: Literal["waiting", "working", "done", "failed"] = "waiting"
    step: str = ""
    rows: int = 0
    of: int = 0
    intake: Intake | None = None
    troubles: tuple[Trouble, ...] = ()
    parties: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Has everything been said of it?"""
        return self.state in ("done", "failed")


def may(rights: Rights, person: Person | None, right: str, register: str) -> bool:
    """May this person do that with a register?"""
    return person is not None and bool(rights.may(person, right, Scope("", "", register)))


class Reception:
    """Takes deliveries in, one at a time; each file is deleted from where it arrived when it has been dealt with."""

    def __init__(self, folder: Path, take_in: TakeIn) -> None:
        self._folder, self._take_in = folder, take_in
        self._deliveries: OrderedDict[str, Delivery] = OrderedDict()
        self._door = threading.Lock()
        self._waiting: queue.Queue[tuple[str, Path]] = queue.Queue()
        self._worker: threading.Thread | None = None
        self._cancelled: set[str] = set()

    def place(self) -> Path:
        """Give a fresh place for an arriving file, which has nothing of its name."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / secrets.token_hex(16)

    def deliver(self, register: str, file: str, sender: str, place: Path, parties: tuple[str, ...] = ()) -> Delivery:
        """Give the delivery of a file that lies at `place`; it is taken in when those before it are done."""
        delivery = Delivery(secrets.token_urlsafe(12), register, file, sender, parties=parties)
        with self._door:
            self._deliveries[delivery.id] = delivery
            while len(self._deliveries) > _REMEMBERED and next(iter(self._deliveries.values())).is_over:
                self._deliveries.popitem(last=False)
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, daemon=True, name="reception")
                self._worker.start()
        self._waiting.put((delivery.id, place))
        return delivery

    def delivery(self, id: str) -> Delivery | None:
        """Give a delivery by its id, or None."""
        with self._door:
            return self._deliveries.get(id)

    def cancel(self, id: str) -> None:
        """End a delivery at its next step, before anything of it is kept; one that is over stays as it is."""
        with self._door:
            self._cancelled.add(id)

    def deliveries(self) -> tuple[Delivery, ...]:
        """Give every delivery that is remembered, oldest first."""
        with self._door:
            return tuple(self._deliveries.values())

    def _work(self) -> None:
        while True:
            id, place = self._waiting.get()
            try:
                self._take(id, place)
            finally:
                place.unlink(missing_ok=True)

    def _take(self, id: str, place: Path) -> None:
        delivery = self._told(id, state="working")
        own = place.with_suffix(".d")  # a folder of its own, so that the file has the name its sender gave it
        named = own / safe_name(delivery.file)
        try:
            self._go_on(id)
            own.mkdir(mode=0o700)
            place.rename(named)
            told = partial(self._step, id)
            intake = self._take_in(delivery.register, named, delivery.sender, told, delivery.parties)
            self._told(id, state="done", intake=replace(intake, file=delivery.file))
        except MilepostError as error:
            shown = [replace(one, place=replace(one.place, file=delivery.file)) for one in error.troubles]
            self._told(id, state="failed", troubles=tuple(shown))
        except Exception as error:  # whatever it was, the sender is told and the next one is served
            what = f"the file could not be taken in ({type(error).__name__})"
            self._told(id, state="failed", troubles=(Trouble("S301", what, "Tell the plan office this code"),))
        finally:
            self._cancelled.discard(id)
            named.unlink(missing_ok=True)
            if own.is_dir():
                own.rmdir()

    def _step(self, id: str, step: str, done: int, of: int) -> None:
        self._go_on(id)
        self._told(id, step=step, rows=done, of=of)

    def _go_on(self, id: str) -> None:
        """Raise YoursToMend (R041) where the delivery was cancelled."""
        with self._door:
            is_cancelled = id in self._cancelled
        if is_cancelled:
            raise YoursToMend(Trouble("R041", "the delivery was cancelled", "Send the file again when it is wanted"))

    def _told(self, id: str, **news: object) -> Delivery:
        with self._door:
            self._deliveries[id] = replace(self._deliveries[id], **news)  # type: ignore[arg-type]
            return self._deliveries[id]
