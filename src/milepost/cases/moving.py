"""A case moves: an event is applied or refused, a history is replayed, and what is allowed now is told.

No clock of the machine is read and nothing is stored. Whether a person holds a role is the room
`people`'s question; who is first when two act at once is the ledger's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta, tzinfo
from typing import Any

from milepost.basics.calendar import Calendar
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.time_zone import CHINA
from milepost.cases.case import Case, Commitment, Refusal
from milepost.cases.clock import Clock
from milepost.cases.event import Event
from milepost.cases.judging import content_troubles, ground_of, order_troubles, state_troubles, unknown_act
from milepost.cases.opening import open_case
from milepost.cases.process import FlatAct, Process, clocks_of


def apply(case: Case, event: Event, calendar: Calendar | None = None) -> Case | Refusal:
    """Give the case after an event, or every reason why the event is refused.

    At the door a calendar is given, and an extension that comes after the period has ended is refused.
    A replay gives none: what was lawful when it happened stays so, whatever calendar is published later.
    """
    flat = case.net.acts.get((event.act, event.branch))
    if flat is None:
        return Refusal((unknown_act(case, event),))
    reasons = [*order_troubles(case, event), *state_troubles(case, flat, event.role, event.person)]
    if not reasons:
        reasons = content_troubles(case, flat, event, calendar)
    return Refusal(tuple(reasons)) if reasons else _moved(case, flat, event)


def replay(processes: Mapping[tuple[str, int], Process], events: Iterable[Event], time_zone: tzinfo = CHINA) -> Case:
    """Give the case its events lead to; processes are found by (id, version), days are those of `time_zone`.

    Raises YoursToMend S218 where the history holds an event its process does not allow: then the
    process was changed without a new version, or the history is not the ledger's.
    """
    case: Case | None = None
    for event in events:
        process = processes.get((event.process, event.version))
        if process is None:
            what = f"version {event.version} of the process {event.process} is not declared"
            raise YoursToMend(Trouble("S219", what, "Keep every version under which cases were opened"))
        result = open_case(process, event, time_zone) if case is None else apply(case, event)
        if isinstance(result, Refusal):
            what = f"event {event.sequence} of a case is not allowed by its process ({result.reasons[0].code})"
            raise YoursToMend(Trouble("S218", what, "Give a changed process a new version"))
        case = result
    if case is None:
        raise YoursToMend(Trouble("S218", "a case without events was asked for", "Ask for a case that exists"))
    return case


def allowed(case: Case, roles: Iterable[str], person: str = "") -> tuple[FlatAct, ...]:
    """Give the acts that someone with these roles may do now, in the order of the process.

    With `person` the acts that another person must do are left out.
    """
    held = tuple(roles)
    return tuple(
        flat
        for flat in case.net.acts.values()
        if not set(flat.act.by).isdisjoint(held)
        and not state_troubles(case, flat, next(role for role in held if role in flat.act.by), person)
    )


def _moved(case: Case, flat: FlatAct, event: Event) -> Case:
    act, data, day = flat.act, event.data or {}, case.day(event.at)
    marking = flat.fired(case.marking)
    is_end = not marking.isdisjoint(case.net.ends)
    values = {**case.values, **{(n, flat.branch): v for n, v in data.get("fields", {}).items()}}
    handed = data.get("documents", {})
    commitments = _commitments(case, act.decides, data, day)
    return replace(
        case,
        sequence=event.sequence,
        marking=marking,
        last_at=event.at,
        last_event=event.id,
        values=values,
        documents={**case.documents, **handed} if handed else case.documents,
        commitments=commitments,
        clocks=_clocks(case, flat, day, data, is_end),
        did=(*case.did, (act.id, flat.branch, event.person)),
        decided_on=day if act.decides else case.decided_on,
    )


def _commitments(case: Case, decides: bool, data: Mapping[str, Any], day: date) -> Mapping[str, Commitment]:
    found = dict(case.commitments)
    for name in data.get("promised", ()):
        found[name] = Commitment(name, day)
    for name in data.get("documents", {}):
        if name in found and found[name].kept_on is None:
            found[name] = replace(found[name], kept_on=day)
    for name, commitment in found.items():
        if decides and commitment.kept_on is None:
            allowed_days = case.papers[name].due_days_after_decision or 0
            found[name] = replace(commitment, due=day + timedelta(allowed_days))
    return found


def _clocks(case: Case, flat: FlatAct, day: date, data: Mapping[str, Any], is_end: bool) -> Mapping[str, Clock]:
    act, net = flat.act, case.net
    if not (act.starts or act.stops or act.suspends or act.resumes or act.extends or is_end):
        return case.clocks
    clocks = dict(case.clocks)
    for name in clocks_of(act.stops, net, flat.branch):
        clocks[name] = clocks[name].stopped(day)
    for name in clocks_of(act.suspends, net, flat.branch):
        clocks[name] = clocks[name].suspended(day, ground_of(flat), day + timedelta(data["told_days"]))
    for name in clocks_of(act.resumes, net, flat.branch):
        clocks[name] = clocks[name].resumed(day, ground_of(flat))
    for name in clocks_of(act.extends, net, flat.branch):
        extension = clocks[name].rule.extension
        clocks[name] = clocks[name].extended(extension.days if extension else 0)
    for name in clocks_of(act.starts, net, flat.branch):
        clocks[name] = clocks[name].started(day, data.get("fields"))
    if is_end:
        for name, clock in clocks.items():
            if clock.status in ("running", "suspended"):
                clocks[name] = clock.stopped(day)
    return clocks
