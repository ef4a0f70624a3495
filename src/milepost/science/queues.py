"""Queues at desks: the printed formulas of M/M/c, and the chance that open cases miss their due dates.

A desk is some officers who take waiting work in the order of its due date or of its arrival. A case goes
through stages; in a stage it waits at one or several desks at once and goes on when all are done. Time
is in working days from now. Everything random comes from one seed, and every run of the same question
with the same seed gives the same answer.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WaitingLine:
    """An M/M/c queue in the long run, per unit of time of the rates.

    `chance_of_waiting` is Erlang's C; `waiting_count` and `waiting_time` do not hold the work in service.
    """

    busy_share: float
    chance_of_waiting: float
    waiting_count: float
    waiting_time: float
    time_in_system: float


def mmc(arrival_rate: float, service_rate: float, servers: int) -> WaitingLine:
    """Give the long-run figures of an M/M/c queue.

    Raises ValueError where work comes faster than `servers` can do it: then there is no long run.
    Reference: A. K. Erlang (1917); D. Gross, C. M. Harris, Fundamentals of Queueing Theory, section 2.3.

    >>> line = mmc(2.0, 3.0, 1)
    >>> round(line.waiting_time, 4), round(line.chance_of_waiting, 4)
    (0.6667, 0.6667)
    """
    load = arrival_rate / service_rate
    busy = load / servers
    if not 0 <= busy < 1:
        raise ValueError("work comes faster than it is done")
    blocked = 1.0
    for number in range(1, servers + 1):  # Erlang's B by its recursion, which does not overflow
        blocked = load * blocked / (number + load * blocked)
    waiting = blocked / (1 - busy * (1 - blocked))
    count = waiting * busy / (1 - busy)
    time = waiting / (servers * service_rate - arrival_rate)
    return WaitingLine(busy, waiting, count, time, time + 1 / service_rate)


@dataclass(frozen=True)
class Desk:
    """Officers who handle a kind of work.

    `effort_days`: working days one officer spent on each of some past pieces of work; a piece of new
    work takes one of them, drawn with replacement. `arrivals_per_day`: new work that will come here;
    it is due `arrivals_due_days` after it comes.
    """

    id: str
    officers: int
    effort_days: Floats
    arrivals_per_day: float = 0.0
    arrivals_due_days: float = 20.0


@dataclass(frozen=True)
class OpenCase:
    """An open case: the stages still ahead (each a set of desks), and when it is due.

    `ready_in_days`: when it can go on (a suspension still lasts so long). `started_days_ago` orders
    cases that are due together.
    """

    id: str
    stages: tuple[tuple[str, ...], ...]
    due_in_days: float
    ready_in_days: float = 0.0
    started_days_ago: float = 0.0


@dataclass(frozen=True)
class Chance:
    """A share of simulated futures with its 95 % Wilson interval (of the simulation alone)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class DeskForecast:
    """A desk over the horizon: share of officers' time busy, mean days waited, work left at the end."""

    busy_share: float
    waited_days: float
    left_count: float
    breach: Chance
    breaches_expected: float


@dataclass(frozen=True)
class BreachForecast:
    """The chance that each open case misses its due date within the horizon, and the same for desks.

    A desk's `breach` is the chance that at least one case waiting for it when it fell due did so;
    `breaches_expected` how many of the open cases that will be. Work that is still to arrive takes the
    officers' time and is not judged.
    """

    horizon_days: float
    runs: int
    cases: dict[str, Chance]
    desks: dict[str, DeskForecast]


def wilson(hits: int, runs: int) -> Chance:
    """Give a share with its 95 % interval (E. B. Wilson, JASA 22 (1927) 209-212).

    >>> wilson(0, 100).high < 0.04
    True
    """
    z = 1.959963984540054
    share = hits / runs
    middle, spread = share + z * z / (2 * runs), z * math.sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    scale = 1 + z * z / runs
    return Chance(share, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def forecast_breaches(
    cases: Sequence[OpenCase],
    desks: Sequence[Desk],
    horizon_days: float = 20.0,
    runs: int = 400,
    seed: int = 0,
    order: Literal["due", "arrival"] = "due",
) -> BreachForecast:
    """Give the chance that open cases and desks miss due dates within `horizon_days` [working days].

    A case that is late already has chance 1; one that is due after the horizon has chance 0 here.
    Raises ValueError where a stage names no known desk, a desk has no officer, or no past effort.
    """
    known = {desk.id: number for number, desk in enumerate(desks)}
    if any(name not in known for case in cases for stage in case.stages for name in stage):
        raise ValueError("a stage names a desk that is not given")
    if any(desk.officers < 1 or len(desk.effort_days) == 0 for desk in desks):
        raise ValueError("a desk needs an officer and some past efforts")
    random = np.random.default_rng(seed)
    missed = np.zeros(len(cases), dtype=np.int64)
    totals = np.zeros((len(desks), 5))  # busy, waited, begun, left, breaches
    desk_runs = np.zeros(len(desks), dtype=np.int64)
    for _ in range(runs):
        run = _Run(cases, desks, known, horizon_days, random, order)
        run.go()
        missed += run.missed
        totals += run.totals
        desk_runs += run.totals[:, 4] > 0
    officers = np.array([desk.officers for desk in desks], dtype=np.float64)
    busy = totals[:, 0] / (runs * horizon_days * officers) if len(desks) else officers
    found = {
        desk.id: DeskForecast(
            float(busy[n]),
            float(totals[n, 1] / max(totals[n, 2], 1)),
            float(totals[n, 3] / runs),
            wilson(int(desk_runs[n]), runs),
            float(totals[n, 4] / runs),
        )
        for n, desk in enumerate(desks)
    }
    return BreachForecast(horizon_days, runs, {c.id: wilson(int(missed[n]), runs) for n, c in enumerate(cases)}, found)


class _Run:
    """One simulated future: a calendar of events, and a waiting line at every desk."""

    def __init__(
        self,
        cases: Sequence[OpenCase],
        desks: Sequence[Desk],
        known: dict[str, int],
        horizon: float,
        random: np.random.Generator,
        order: str,
    ) -> None:
        self.cases, self.horizon, self.by_due = cases, horizon, order == "due"
        self.random = random
        self.efforts = [np.asarray(desk.effort_days, dtype=np.float64) for desk in desks]
        self.free = [desk.officers for desk in desks]
        self.due_days = [desk.arrivals_due_days for desk in desks]
        self.lines: list[list[tuple[float, float, int, int]]] = [[] for _ in desks]
        self.stages = [tuple(tuple(known[name] for name in stage) for stage in case.stages) for case in cases]
        self.at = [0] * len(cases)
        self.open: list[set[int]] = [set() for _ in cases]
        self.missed = np.zeros(len(cases), dtype=np.int64)
        self.totals = np.zeros((len(desks), 5))
        self.calendar: list[tuple[float, int, str, int, int]] = []
        self.count = 0
        for number, case in enumerate(cases):
            self._at(max(case.ready_in_days, 0.0), "case", number, 0)
            self._at(max(case.due_in_days, 0.0), "due", number, 0)
        for number, desk in enumerate(desks):
            self._arrivals(number, desk)

    def go(self) -> None:
        """Let the future happen until the horizon."""
        while self.calendar and self.calendar[0][0] <= self.horizon:
            now, _, what, one, desk = heapq.heappop(self.calendar)
            if what == "case":
                self._enter(one, now)
            elif what == "new":
                self._wait(desk, -1, now, now + self.due_days[desk])
            elif what == "done":
                self._leave(one, desk, now)
            elif self.cases[one].due_in_days < 0 or not self._is_over(one):
                self.missed[one] = 1
                for place in self.open[one]:
                    self.totals[place, 4] += 1
        for desk, line in enumerate(self.lines):
            self.totals[desk, 3] = len(line)

    def _arrivals(self, number: int, desk: Desk) -> None:
        if desk.arrivals_per_day <= 0:
            return
        count = self.random.poisson(desk.arrivals_per_day * self.horizon)
        for moment in self.random.uniform(0, self.horizon, count):
            self._at(float(moment), "new", -1, number)

    def _at(self, moment: float, what: str, one: int, desk: int) -> None:
        # due dates come after everything else of their moment: what is done on the last day is in time
        self.count += 1
        heapq.heappush(self.calendar, (moment, self.count + (1 << 40 if what == "due" else 0), what, one, desk))

    def _enter(self, one: int, now: float) -> None:
        """A case enters its next stage, at all its desks at once."""
        if self._is_over(one):
            return
        places = self.stages[one][self.at[one]]
        self.open[one] = set(places)
        for desk in places:
            self._wait(desk, one, now, self.cases[one].due_in_days)
        if not places:
            self._next_stage(one, now)

    def _wait(self, desk: int, one: int, now: float, due: float) -> None:
        asked = now if one < 0 else -self.cases[one].started_days_ago
        self.count += 1
        heapq.heappush(self.lines[desk], (due if self.by_due else asked, now, self.count, one))
        self._serve(desk, now)

    def _serve(self, desk: int, now: float) -> None:
        while self.free[desk] and self.lines[desk]:
            _, since, _, one = heapq.heappop(self.lines[desk])
            self.free[desk] -= 1
            effort = float(self.efforts[desk][self.random.integers(len(self.efforts[desk]))])
            self.totals[desk, 0] += max(min(now + effort, self.horizon) - now, 0.0)
            self.totals[desk, 1] += now - since
            self.totals[desk, 2] += 1
            self._at(now + effort, "done", one, desk)

    def _leave(self, one: int, desk: int, now: float) -> None:
        self.free[desk] += 1
        if one >= 0:
            self.open[one].discard(desk)
            if not self.open[one]:
                self._next_stage(one, now)
        self._serve(desk, now)

    def _next_stage(self, one: int, now: float) -> None:
        self.at[one] += 1
        self._enter(one, now)

    def _is_over(self, one: int) -> bool:
        return self.at[one] >= len(self.stages[one])
