"""The chance that open cases miss their legal period, by simulation from what this hall's own ledger shows.

A desk's officers are those who did its work lately; how long a piece of work took is counted from the moment the case
could be worked on or the officer was done with the one before, whichever is later, so that waiting is not
counted as work. A desk with little past gets no chance: a guess is not shown.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from milepost.cases.event import OPEN, Event
from milepost.cases.workload import work_ahead
from milepost.keep.docket import History
from milepost.science.queues import Chance, Desk, OpenCase, forecast_breaches
from milepost.show.hall.hall import Hall

LEAST_PAST = 5
HORIZON_DAYS = 20
_LATELY = timedelta(days=120)
_MOST_OPEN, _RUNS = 400, 300
_LEAST_DAYS = 0.05


@dataclass(frozen=True)
class Work:
    """A piece of work that was done: by whom, on which day, and the working days it took."""

    officer: str
    day: date
    days: float


@dataclass
class Breaches:
    """The chances of a hall's open cases, made anew when the ledger or the day has moved on."""

    hall: Hall
    _position: int = 0
    _work: dict[str, list[Work]] = field(default_factory=lambda: defaultdict(list))
    _desks: dict[str, dict[str, str]] = field(default_factory=dict)
    _ready: dict[str, date] = field(default_factory=dict)
    _free: dict[str, date] = field(default_factory=dict)
    _made: tuple[tuple[int, date], dict[str, Chance]] | None = None
    _door: threading.Lock = field(default_factory=threading.Lock)

    def chances(self) -> dict[str, Chance]:
        """Give the chance of each open case to miss its decision's period within 20 working days, where it is known."""
        with self._door:
            self._follow()
            key = (self._position, self.hall.today())
            if self._made is None or self._made[0] != key:
                self._made = (key, self._simulated())
            return self._made[1]

    def desks(self) -> dict[str, Desk]:
        """Give the desks with enough past: their officers, the efforts of past work, and what keeps coming."""
        since = self.hall.today() - _LATELY
        found = {}
        for name, work in self._work.items():
            lately = [one for one in work if one.day >= since]
            if len(lately) >= LEAST_PAST:
                open_days = max(self.hall.calendar.between(since, self.hall.today()).days, 1)
                efforts = np.array([one.days for one in lately])
                officers = len({one.officer for one in lately})
                found[name] = Desk(name, officers, efforts, arrivals_per_day=len(lately) / open_days)
        return found

    def _simulated(self) -> dict[str, Chance]:
        known = self.desks()
        cases = []
        process = self.hall.service.process if self.hall.service is not None else ""
        for standing in self.hall.ledger.standings(process=process, is_open=True, most=_MOST_OPEN):
            history = self.hall.docket.history(standing.case)
            ahead = self._ahead(history) if history is not None else None
            if ahead is not None and all(desk in known for stage in ahead.stages for desk in stage):
                cases.append(ahead)
        if not cases:
            return {}
        seed = self.hall.today().toordinal()
        return forecast_breaches(cases, list(known.values()), float(HORIZON_DAYS), _RUNS, seed).cases

    def _ahead(self, history: History) -> OpenCase | None:
        desks = self._desks.get(history.case.id, {})
        lead = desks.get("", "")
        way = (
            {"review": "@", "testing": "@"},
            {"reviewed": lead, "visit_due": lead, "deciding": lead, "hearing": lead},
        )
        found = work_ahead(history.case, way, "decision", self.hall.calendar, self.hall.today())
        if found is None:
            return None
        stages = tuple(tuple(dict.fromkeys(desks.get(name, name) for name in stage)) for stage in found.stages)
        return replace(found, stages=stages)

    def _follow(self) -> None:
        for kept in self.hall.ledger.events_since(self._position):
            self._position = kept.position
            self._note(kept.event)

    def _note(self, event: Event) -> None:
        day = self.hall.zone.day(event.at)
        if event.act == OPEN:
            self._desks[event.case] = dict((event.data or {}).get("desks", {}))
        elif event.act in ("accept", "end_testing", "gather", "close_hearing"):
            self._ready[f"{event.case}@{event.branch}"] = day
        elif event.act in ("give_opinion", "grant", "refuse"):
            desk = self._desks.get(event.case, {}).get(event.branch, "")
            ready = self._ready.get(f"{event.case}@{event.branch}") or self._ready.get(f"{event.case}@")
            if desk and ready is not None:
                begun = max(ready, self._free.get(event.person, ready))
                days = float(self.hall.calendar.between(begun, day).days)
                self._work[desk].append(Work(event.person, day, max(days, _LEAST_DAYS)))
            self._free[event.person] = day
