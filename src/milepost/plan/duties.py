"""Duties of the plan: who owes what by when, and how each stands: finished, late, stalled, on time.

A duty is carried as a case of the process `duty`; what happened is read here from the case's events,
whatever holds them. Silence is shown as days without an update, never mended. Where an indicator tells
whether the duty is met, its verdict drives the status; a typed percentage does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, Literal, Protocol

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text
from milepost.basics.time_zone import CHINA, day_in

Status = Literal["done", "dropped", "met", "late", "stalled", "waiting", "at risk", "on time"]
_TOLD_BY_OWNER = ("take_on", "update", "claim")
_VERDICTS_AT_RISK = ("at risk", "behind", "unlikely", "missed")


@dataclass(frozen=True)
class Milestone:
    """A step of a duty that somebody else can verify, with its date."""

    id: str
    name: Text
    due_date: date
    place: Place = NOWHERE


@dataclass(frozen=True)
class Duty:
    """Something an owner owes: `item` names the plan's item it serves, `target` the promise that judges it.

    `depends_on` names duties that must be done first. `stalled_after_days` is how long silence may last.
    """

    id: str
    name: Text
    owner: str
    due_date: date
    item: str = ""
    target: str | None = None
    milestones: tuple[Milestone, ...] = ()
    depends_on: tuple[str, ...] = ()
    stalled_after_days: int = 30
    remind_days_before: int = 14
    place: Place = NOWHERE


@dataclass(frozen=True)
class DutyFile:
    """What a file of duties holds."""

    duties: tuple[Duty, ...]


class Happening(Protocol):
    """An event of a duty's case, as far as it is read here."""

    @property
    def act(self) -> str:
        """The act of the process `duty`."""

    @property
    def branch(self) -> str:
        """The milestone, or nothing."""

    @property
    def at(self) -> datetime:
        """The moment, with its time zone."""

    @property
    def data(self) -> dict[str, Any] | None:
        """What was told."""


@dataclass(frozen=True)
class Reminder:
    """Whom to remind of what: silence, a date coming near, or a date gone by."""

    duty: str
    owner: str
    why: Literal["silent", "due soon", "overdue"]
    milestone: str
    due_date: date | None
    days: int


@dataclass(frozen=True)
class Standing:
    """How a duty stands on a day.

    `status` by the first that fits: done, dropped, met (its target's verdict), late (its own date or a
    milestone's is past), stalled (silent for too long), waiting (for duties it depends on), at risk (its
    target's verdict), on time. `silent_days` since the owner last told anything, or since it was
    assigned; None before that. `days_left` is negative when late; `late_milestones` come with the
    date they were due. `by_verdict` holds the verdict used.
    """

    duty: str
    owner: str
    status: Status
    due_date: date
    days_left: int
    silent_days: int | None
    last_told_on: date | None
    milestones_reached: int
    milestones_count: int
    late_milestones: tuple[tuple[str, date], ...]
    waits_for: tuple[str, ...]
    by_verdict: str | None
    times_moved: int


@dataclass
class _History:
    assigned_on: date | None = None
    told_on: date | None = None
    ended: str | None = None
    reached: set[str] = field(default_factory=set)
    due_date: date | None = None
    milestone_dates: dict[str, date] = field(default_factory=dict)
    moved: int = 0


def read_duties(path: Path, shown_as: str | None = None) -> tuple[Duty, ...]:
    """Give the duties of a file, in its order.

    Raises YoursToMend with all troubles: D0xx, U001 (an id given twice), U002 (depends on no duty),
    U003 (duties that wait for each other), U004 (a milestone later than its duty).
    """
    troubles: list[Trouble] = []
    file = build(DutyFile, read_yaml(path, shown_as), troubles)
    if file is not None:
        troubles += duty_troubles(file.duties)
    if file is None or troubles:
        raise YoursToMend(troubles)
    return file.duties


def duty_troubles(duties: Sequence[Duty]) -> list[Trouble]:
    """Give what is wrong with duties taken together (U001 to U004)."""
    known: dict[str, Duty] = {}
    troubles = []
    for duty in duties:
        if duty.id in known:
            troubles.append(Trouble("U001", f"the duty {duty.id} is declared twice", "Keep one", duty.place))
        known[duty.id] = duty
        for milestone in duty.milestones:
            if milestone.due_date > duty.due_date:
                what = f"the milestone {milestone.id} is due after its duty {duty.id}"
                troubles.append(Trouble("U004", what, "Move one of the two dates", milestone.place))
    for duty in duties:
        for name in duty.depends_on:
            if name not in known:
                mend = nearest(name, known).rstrip("?") or f"Duties: {listed(list(known))}"
                troubles.append(Trouble("U002", f"{duty.id} depends on {name}, which is no duty", mend, duty.place))
    for circle in _circles(known):
        what = f"duties wait for each other: {' → '.join(circle)}"
        troubles.append(Trouble("U003", what, "Take one dependency out", known[circle[0]].place))
    return troubles


def _circles(known: Mapping[str, Duty]) -> list[tuple[str, ...]]:
    """One circle of dependencies for each place a walk finds one."""
    done: set[str] = set()
    circles: list[tuple[str, ...]] = []
    for first in known:
        way, stack = [first], [iter(known[first].depends_on)]
        while stack and first not in done:
            name = next(stack[-1], None)
            if name is None:
                done.add(way.pop())
                stack.pop()
            elif name in way:
                circles.append((*way[way.index(name) :], name))
            elif name in known and name not in done:
                way.append(name)
                stack.append(iter(known[name].depends_on))
    return circles


def standings(
    duties: Sequence[Duty],
    happened: Mapping[str, Iterable[Happening]],
    on: date,
    verdicts: Mapping[str, str] | None = None,
    time_zone: tzinfo = CHINA,
) -> tuple[Standing, ...]:
    """Give how every duty stands at the end of the day `on`, in the order of the plan.

    `happened` holds the events of each duty's case by duty id; later events are left out, so that any
    past day can be shown; days are those of `time_zone`. `verdicts` holds the verdict of each target by its id.
    """
    histories = {duty.id: _history(happened.get(duty.id, ()), on, time_zone) for duty in duties}
    ended = {name: history.ended for name, history in histories.items()}
    return tuple(_standing(duty, histories[duty.id], ended, on, verdicts or {}) for duty in duties)


def _history(events: Iterable[Happening], on: date, time_zone: tzinfo) -> _History:
    history = _History()
    for event in events:
        day = day_in(time_zone, event.at)
        if day > on:
            break
        told = (event.data or {}).get("fields", {})
        if event.act == "open":
            history.assigned_on = day
        elif event.act in _TOLD_BY_OWNER:
            history.told_on = day
        elif event.act == "verify":
            history.reached.add(event.branch)
        elif event.act == "move_milestone":
            history.milestone_dates[event.branch] = date.fromisoformat(told["due_date"])
            history.moved += 1
        elif event.act == "move_due_date":
            history.due_date = date.fromisoformat(told["due_date"])
            history.moved += 1
        elif event.act in ("finish", "drop"):
            history.ended = "done" if event.act == "finish" else "dropped"
    return history


def _standing(
    duty: Duty, history: _History, ended: Mapping[str, str | None], on: date, verdicts: Mapping[str, str]
) -> Standing:
    due = history.due_date or duty.due_date
    dates = {m.id: history.milestone_dates.get(m.id, m.due_date) for m in duty.milestones}
    late = tuple((name, day) for name, day in dates.items() if name not in history.reached and day < on)
    heard = history.told_on or history.assigned_on
    silent = (on - heard).days if heard else None
    waits = tuple(name for name in duty.depends_on if ended.get(name) is None)
    verdict = verdicts.get(duty.target) if duty.target else None
    return Standing(
        duty=duty.id,
        owner=duty.owner,
        status=_status(duty, history, on > due or bool(late), silent, waits, verdict),
        due_date=due,
        days_left=(due - on).days,
        silent_days=silent,
        last_told_on=history.told_on,
        milestones_reached=len(history.reached),
        milestones_count=len(duty.milestones),
        late_milestones=late,
        waits_for=waits,
        by_verdict=verdict,
        times_moved=history.moved,
    )


def _status(
    duty: Duty, history: _History, is_late: bool, silent: int | None, waits: tuple[str, ...], verdict: str | None
) -> Status:
    if history.ended == "dropped":
        return "dropped"
    if history.ended == "done" and verdict not in ("missed", "unlikely"):
        return "done"
    if verdict == "met":
        return "met"
    if is_late or verdict == "missed":
        return "late"
    if verdict in _VERDICTS_AT_RISK and history.ended:
        return "at risk"
    if silent is None or silent >= duty.stalled_after_days:
        return "stalled"
    if waits:
        return "waiting"
    return "at risk" if verdict in _VERDICTS_AT_RISK else "on time"


def reminders(duties: Sequence[Duty], stands: Sequence[Standing], on: date) -> tuple[Reminder, ...]:
    """Give whom to remind on a day: the silent, those whose date comes near, those whose date went by.

    Every open duty may give several; a duty that is done, dropped or met gives none. `days` counts days
    of silence, days left, or days overdue.
    """
    by_id = {standing.duty: standing for standing in stands}
    found = []
    for duty in duties:
        standing = by_id[duty.id]
        if standing.status in ("done", "dropped", "met"):
            continue
        silent = standing.silent_days
        if silent is not None and silent >= duty.stalled_after_days:
            found.append(Reminder(duty.id, duty.owner, "silent", "", None, silent))
        for milestone, due in standing.late_milestones:
            found.append(Reminder(duty.id, duty.owner, "overdue", milestone, due, (on - due).days))
        left = standing.days_left
        if left < 0:
            found.append(Reminder(duty.id, duty.owner, "overdue", "", standing.due_date, -left))
        elif left <= duty.remind_days_before:
            found.append(Reminder(duty.id, duty.owner, "due soon", "", standing.due_date, left))
    return tuple(found)
