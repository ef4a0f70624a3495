"""How many decisions the hall has made: what tells that figures counted from its cases may have changed.

An act that decides a case, or ends it, is one; a step on the way to it is none, and no figure of the zone waits for it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from milepost.cases.event import Event
from milepost.show.hall.hall import Hall


@dataclass
class Decisions:
    """The decisions of a hall's ledger, which is read on from where it was read before."""

    hall: Hall
    _position: int = 0
    _count: int = 0
    _door: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> int:
        """Give the number of acts so far that decided or ended a case."""
        with self._door:
            if self.hall.ledger.head().position != self._position:
                for kept in self.hall.ledger.events_since(self._position):
                    self._position = kept.position
                    self._count += self._is_decision(kept.event)
            return self._count

    def _is_decision(self, event: Event) -> bool:
        process = self.hall.docket.processes.get((event.process, event.version))
        if process is None:
            return False
        ends = {state.id for state in process.states if state.outcome is not None}
        return any(act.id == event.act and (act.decides or not ends.isdisjoint(act.to)) for act in process.acts)
