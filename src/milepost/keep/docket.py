"""The docket: cases are opened and acted on, and each act is judged by its process and kept.

The history of a case is read, replayed, the act judged, and the event appended where the history still
ends where it was read. Who may ask is judged before, by the room `people`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from milepost.basics.calendar import Calendar
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.time_zone import CHINA
from milepost.cases.case import Case, Refusal
from milepost.cases.event import OPEN, Event
from milepost.cases.moving import apply, replay
from milepost.cases.opening import open_case
from milepost.cases.process import Process
from milepost.keep.ledger import KeptEvent, Ledger, Overtaken, Standing


@dataclass(frozen=True)
class History:
    """A case with the events it follows from."""

    case: Case
    events: tuple[KeptEvent, ...]


class Docket:
    """Cases over a ledger: `processes` by (id, version), days those of `time_zone`, counted on `calendar`."""

    def __init__(
        self,
        ledger: Ledger,
        processes: Mapping[tuple[str, int], Process],
        calendar: Calendar,
        time_zone: tzinfo = CHINA,
    ) -> None:
        self.ledger = ledger
        self.processes = processes
        self.calendar = calendar
        self.time_zone = time_zone

    def history(self, case_id: str) -> History | None:
        """Give a case and its events, or None where there is no such case."""
        events = self.ledger.events_of(case_id)
        if not events:
            return None
        return History(replay(self.processes, (kept.event for kept in events), self.time_zone), events)

    def open(
        self,
        process: str,
        case_id: str,
        person: str,
        role: str,
        at: datetime,
        party: str,
        data: Mapping[str, Any] | None = None,
        event_id: str = "",
    ) -> Case | Refusal:
        """Open a case under the newest version of a process; `party` is whose case it is.

        Opening twice with the same `event_id` is harmless; another case under the same id is refused.
        """
        versions = [version for name, version in self.processes if name == process]
        if not versions:
            raise YoursToMend(Trouble("S219", f"{process} is not a declared process", "Name one that is declared"))
        if event_id and (found := self.history(case_id)) and found.events[0].event.id == event_id:
            return found.case
        held = {**(data or {}), "party": party}
        event = Event(event_id or _new_id(), case_id, 1, OPEN, person, role, at, process, max(versions), "", held)
        result = open_case(self.processes[process, event.version], event, self.time_zone)
        return result if isinstance(result, Refusal) else self._keep(result, event, party)

    def act(
        self,
        case_id: str,
        act: str,
        person: str,
        role: str,
        at: datetime,
        branch: str = "",
        data: Mapping[str, Any] | None = None,
        event_id: str = "",
        expected: int | None = None,
    ) -> Case | Refusal | None:
        """Do something to a case: the case after it, a refusal with every reason, or None (no such case).

        `expected` is the sequence the person saw; where the case has moved since, S202 tells so. The same
        `event_id` again gives the case as it stands. `at` is moved up to the case's last event where the
        machine's clock lags behind.
        """
        found = self.history(case_id)
        if found is None:
            return None
        case = found.case
        if event_id and any(kept.event.id == event_id for kept in found.events):
            return case
        if expected is not None and expected != case.sequence:
            return _overtaken(case.sequence)
        process = case.net.process
        event = Event(
            event_id or _new_id(),
            case_id,
            case.sequence + 1,
            act,
            person,
            role,
            max(at, case.last_at),
            process.id,
            process.version,
            branch,
            dict(data or {}),
        )
        result = apply(case, event, self.calendar)
        if isinstance(result, Refusal):
            return result
        return self._keep(result, event, (found.events[0].event.data or {}).get("party", ""))

    def rebuild_standings(self) -> int:
        """Build the list of standings again from all events; gives the count of cases."""
        histories: dict[str, list[KeptEvent]] = {}
        for kept in self.ledger.events_since():
            histories.setdefault(kept.event.case, []).append(kept)
        standings = []
        for events in histories.values():
            case = replay(self.processes, (kept.event for kept in events), self.time_zone)
            party = (events[0].event.data or {}).get("party", "")
            standings.append(standing_of(case, self.calendar, party, events[-1].position))
        self.ledger.replace_standings(standings)
        return len(standings)

    def _keep(self, case: Case, event: Event, party: str) -> Case | Refusal:
        try:
            kept = self.ledger.append([event], event.sequence - 1, standing_of(case, self.calendar, party))
        except YoursToMend:
            found = self.history(event.case)
            same = [k.event for k in found.events if k.event.id == event.id] if found else []
            if found and same and (same[0].act, same[0].person) == (event.act, event.person):
                return found.case
            raise
        return _overtaken(kept.last_sequence) if isinstance(kept, Overtaken) else case


def standing_of(case: Case, calendar: Calendar, party: str = "", position: int = 0) -> Standing:
    """Give where a case stands for lists: its states, and the first due date of the clocks that run."""
    day = case.day(case.last_at)
    running = [reading for reading in case.readings(calendar, day) if reading.status == "running"]
    dues = [reading.due for reading in running if reading.due is not None]
    process = case.net.process
    return Standing(
        case.id,
        process.id,
        process.version,
        party,
        case.sequence,
        tuple(sorted(case.marking)),
        case.outcome,
        case.day(case.opened_at),
        min(dues) if dues else None,
        position,
    )


def _overtaken(last: int) -> Refusal:
    what = f"somebody acted on this case meanwhile: it stands at event {last}"
    return Refusal((Trouble("S202", what, "Read the case again, then decide"),))


def _new_id() -> str:
    return uuid.uuid4().hex
