"""An event log is looked at: how many cases and ways, how long they take, how late they end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milepost.receive.event_log import EventLog, read_event_log
from milepost.receive.log_roles import RoleFound
from milepost.receive.moments import Moments
from milepost.science.event_logs import (
    Lateness,
    Spread,
    by_month,
    case_bounds,
    cases_out_of_order,
    in_time_order,
    lateness,
    spans_days,
    spread,
    variants,
    waits_days,
)

_DAY = 86_400.0


@dataclass(frozen=True)
class NamedVariant:
    """A way cases go, with the share of cases that go it."""

    activities: tuple[str, ...]
    cases: int
    share_0_1: float


@dataclass(frozen=True)
class LateAgainst:
    """Lateness of an end (a column, or `last event`) against a column of planned ends."""

    planned: str
    actual: str
    lateness: Lateness


@dataclass(frozen=True)
class EventLogFacts:
    """What an event log says. Days are elapsed days of 24 hours.

    `roles` tells what each column was taken for. `variants_count` counts different sequences in order of
    time; `variants` are the most frequent. `span_days` runs from a case's first to its last event.
    `begun` and `ended` count cases by the month of their first and last event.
    """

    file: str
    content_hash: str
    how_read: str
    roles: tuple[RoleFound, ...]
    events: int
    cases: int
    activities: int
    resources: int
    groups: int
    variants_count: int
    variants: tuple[NamedVariant, ...]
    cases_in_ten_most_frequent: int
    activity_counts: dict[str, int]
    first_activities: dict[str, int]
    last_activities: dict[str, int]
    events_per_case: Spread
    first_at: str
    last_at: str
    span_days: Spread
    wait_days: Spread
    begun: dict[str, int]
    ended: dict[str, int]
    ended_per_month: float
    lateness: tuple[LateAgainst, ...]
    cases_out_of_order: int
    lifecycles: dict[str, int]
    set_aside: int
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the facts as plain JSON."""
        return asdict(self)


def event_log_facts(path: Path, roles: Mapping[str, str] | None = None, most_variants: int = 10) -> EventLogFacts:
    """Give the facts of the event log in a file; `roles` says role → column where the finding is wrong.

    Raises YoursToMend V001 to V004 (see `receive.event_log.read_event_log`).
    """
    return facts_of(read_event_log(path, roles), most_variants)


def facts_of(log: EventLog, most_variants: int = 10) -> EventLogFacts:
    """Give the facts of an event log that was read."""
    cases, times = log.cases, log.moments.utc
    count = len(log.case_names)
    ways = variants(cases, log.activities, times)
    _, first, last = case_bounds(cases, times)
    ended = by_month(last)
    lates, notes = _lates(log, last)
    firsts, lasts = _ends(log)
    return EventLogFacts(
        file=log.file,
        content_hash=log.content_hash,
        how_read=log.how_read,
        roles=log.roles,
        events=len(cases),
        cases=count,
        activities=len(log.activity_names),
        resources=len(set(log.resources) - {""}),
        groups=len(set(log.groups) - {""}),
        variants_count=len(ways),
        variants=tuple(
            NamedVariant(tuple(log.activity_names[a] for a in way.activities), way.count, way.count / count)
            for way in ways[:most_variants]
        ),
        cases_in_ten_most_frequent=sum(way.count for way in ways[:10]),
        activity_counts=_named(Counter(log.activities.tolist()), log.activity_names),
        first_activities=_named(firsts, log.activity_names),
        last_activities=_named(lasts, log.activity_names),
        events_per_case=spread(np.bincount(cases, minlength=count).astype(np.float64)),
        first_at=_written(times, np.nanmin),
        last_at=_written(times, np.nanmax),
        span_days=spread(spans_days(cases, times)),
        wait_days=spread(waits_days(cases, times)),
        begun=by_month(first),
        ended=ended,
        ended_per_month=sum(ended.values()) / _months(ended) if ended else 0.0,
        lateness=lates,
        cases_out_of_order=cases_out_of_order(cases, times),
        lifecycles=dict(Counter(value for value in log.lifecycles if value).most_common()),
        set_aside=log.set_aside,
        notes=(*log.notes, *notes),
    )


def _ends(log: EventLog) -> tuple[Counter[int], Counter[int]]:
    order = in_time_order(log.cases, log.moments.utc)
    held, acts = log.cases[order], log.activities[order]
    if not len(held):
        return Counter(), Counter()
    new = np.flatnonzero(np.diff(held)) + 1
    return Counter(acts[[0, *new]].tolist()), Counter(acts[[*(new - 1), len(acts) - 1]].tolist())


def _named(counts: Counter[int], names: tuple[str, ...]) -> dict[str, int]:
    return {names[number]: count for number, count in counts.most_common()}


def _written(times: NDArray[np.float64], which: Any) -> str:
    if not np.isfinite(times).any():
        return ""
    return datetime.fromtimestamp(float(which(times)), UTC).isoformat(timespec="seconds")


def _months(counted: dict[str, int]) -> int:
    names = list(counted)
    (year, month), (last_year, last_month) = (map(int, name.split("-")) for name in (names[0], names[-1]))
    return (last_year - year) * 12 + last_month - month + 1


def _lates(log: EventLog, last: NDArray[np.float64]) -> tuple[tuple[LateAgainst, ...], list[str]]:
    """Every planned end against the stated end of the case, where there is one, and the last event."""
    roles = {role: [found.column for found in log.roles if found.role == role] for role in ("planned_end", "case_end")}
    ends: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {
        name: (log.case_moments[name].utc, log.case_moments[name].clock) for name in roles["case_end"]
    }
    ends["last event"] = last, case_bounds(log.cases, log.moments.clock)[2]
    found, notes = [], []
    for planned in roles["planned_end"]:
        held = log.case_moments[planned]
        if held.is_date_only:
            notes.append(f"{planned} gives days without a time: a case is late after the end of its day")
        for actual, (moment, clock) in ends.items():
            plan, plan_clock = _whole_days(held)
            found.append(LateAgainst(planned, actual, lateness(moment, plan, clock, plan_clock)))
    return tuple(found), notes


def _whole_days(planned: Moments) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A planned day lasts until its end."""
    extra = _DAY - 1 if planned.is_date_only else 0.0
    return planned.utc + extra, planned.clock + extra
