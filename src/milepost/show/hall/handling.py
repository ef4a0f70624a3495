"""A person does something: a case is begun with its application, or an act is done to it, whole or not at all.

Every request carries a name of its own, so that sending twice is harmless. An act on the whole case names the event
it was decided after, and is refused where somebody was faster; authorities that answer for different branches do
not stand in each other's way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.cases.case import Case, Refusal
from milepost.cases.event import OPEN, Event
from milepost.cases.moving import apply
from milepost.cases.opening import open_case
from milepost.keep.docket import History, standing_of
from milepost.keep.ledger import Overtaken
from milepost.people.rights import Person
from milepost.show.hall.hall import Hall
from milepost.show.hall.sight import role_for

_TRIES = 5


@dataclass(frozen=True)
class Application:
    """What begins a case: the process, whose it is, what the opening hands over, and what is handed in at once.

    `opening` holds branches, desks, days, forms and documents; `submission` the fields, documents and promises.
    """

    process: str
    party: str
    role: str
    opening: Mapping[str, Any]
    submission: Mapping[str, Any] = field(default_factory=dict)
    first_act: str = "submit"


def begin(hall: Hall, person: Person, asked: Application, name: str, case_id: str = "") -> Case | Refusal:
    """Begin a case and hand its application in, in one piece; `name` is the request's own (asking twice is one case).

    Nothing is stored where anything is refused.
    """
    case_id = case_id or f"c{name[:20]}"
    versions = [version for process, version in hall.docket.processes if process == asked.process]
    if not versions:
        raise YoursToMend(Trouble("S219", f"{asked.process} is not a declared process", "Name one that is declared"))
    if (known := _same(hall, case_id, name)) is not None:
        return known
    now, version = hall.now(), max(versions)
    opening = {**asked.opening, "party": asked.party}

    def event(number: int, act: str, data: Mapping[str, Any]) -> Event:
        held = (name if number == 1 else f"{name}-{number}", case_id, number, act, person.id, asked.role, now)
        return Event(*held, asked.process, version, "", dict(data))

    first, second = event(1, OPEN, opening), event(2, asked.first_act, asked.submission)
    opened = open_case(hall.docket.processes[asked.process, version], first, hall.zone.time_zone)
    if isinstance(opened, Refusal):
        return opened
    case = apply(opened, second, hall.calendar)
    if isinstance(case, Refusal):
        return case
    try:
        kept = hall.ledger.append([first, second], 0, standing_of(case, hall.calendar, asked.party))
    except YoursToMend:
        kept = Overtaken(0)  # the same request at the same moment: the other one's case is this one's
    if isinstance(kept, Overtaken):
        known = _same(hall, case_id, name)
        return known if known is not None else _overtaken()
    return case


def _same(hall: Hall, case_id: str, name: str) -> Case | None:
    found = hall.docket.history(case_id)
    return found.case if found is not None and found.events[0].event.id == name else None


def do(
    hall: Hall,
    person: Person,
    history: History,
    act: str,
    branch: str,
    data: Mapping[str, Any],
    name: str,
    seen_at: int,
    at: datetime | None = None,
) -> Case | Refusal:
    """Do an act in the role this person holds for it; `seen_at` is the sequence they decided after.

    An act of one branch is tried again where only others were faster, as long as it is still allowed.
    """
    case_id = history.case.id
    role = role_for(hall.rights, person, history, act, branch)
    if not role:
        return Refusal((Trouble("S205", f"{act} is not this person's to do", "Ask whom it belongs to"),))
    expected = None if branch else seen_at
    for _ in range(_TRIES):
        moment = at or hall.now()
        after = hall.docket.act(case_id, act, person.id, role, moment, branch, dict(data), name, expected)
        is_overtaken = isinstance(after, Refusal) and after.reasons[0].code == "S202"
        if not (branch and is_overtaken):
            break
    return after if after is not None else _overtaken()


def _overtaken() -> Refusal:
    return Refusal((Trouble("S202", "somebody acted on this case meanwhile", "Read the case again, then decide"),))
