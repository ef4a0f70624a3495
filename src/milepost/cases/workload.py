"""What an open case still asks of the desks: the way from where it stands to its decision.

The way is given by whoever knows the desks; `science.queues` simulates from it. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from milepost.basics.calendar import Calendar
from milepost.cases.case import Case
from milepost.cases.clock import read_clock
from milepost.science.queues import OpenCase

OWN = "@"


def work_ahead(
    case: Case, way: Sequence[Mapping[str, str]], clock: str, calendar: Calendar, on: date
) -> OpenCase | None:
    """Give the stages a case has ahead at the end of the day `on`, or None where the clock does not run.

    `way`: the stages in order, each a mapping from states to the desk that works there; the desk `@` is
    the branch's own. A case begins at the first stage in which it stands: of that stage only the desks
    where it stands count, of later ones all. Days are working days; a suspended case is ready on the day
    the applicant was told, or on the next day where that has passed.
    """
    found = case.clocks.get(clock)
    if found is None or case.is_ended:
        return None
    reading = read_clock(found, calendar, on)
    if reading.status not in ("running", "suspended"):
        return None
    here = {name.partition("@")[0] for name in case.marking}
    first = next((number for number, stage in enumerate(way) if not here.isdisjoint(stage)), None)
    if first is None:
        return None
    stages = [_desks_here(case, way[first]), *(_desks_of(case, stage) for stage in way[first + 1 :])]
    ready = 0
    if reading.status == "suspended":
        ready = max(calendar.between(on, found.expected_on or on).days, 1)
    started = calendar.between(case.day(case.opened_at), on).days
    return OpenCase(case.id, tuple(stages), float(ready + reading.left_days), float(ready), float(started))


def _desks_here(case: Case, stage: Mapping[str, str]) -> tuple[str, ...]:
    desks = {}
    for name in sorted(case.marking):
        state, _, branch = name.partition("@")
        if state in stage:
            desks[branch if stage[state] == OWN else stage[state]] = True
    return tuple(desks)


def _desks_of(case: Case, stage: Mapping[str, str]) -> tuple[str, ...]:
    desks = {}
    for desk in stage.values():
        desks.update(dict.fromkeys(case.net.branches if desk == OWN else (desk,), True))
    return tuple(desks)
