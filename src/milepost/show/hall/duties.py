"""The duties of the plan with what their owners have told: read from the zone and from the ledger, never typed.

A duty that nobody has told anything about stands there with its silence. An item of the plan without a declared duty
is a duty without an owner: that too is a fact worth showing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from milepost.basics.errors import Place, Trouble, YoursToMend, nearest
from milepost.cases.case import Case, Refusal
from milepost.forecast.outlook import Outlook
from milepost.keep.docket import History
from milepost.keep.ledger import KeptEvent
from milepost.people.rights import Person, Scope
from milepost.plan.duties import Duty, Reminder, Standing, read_duties, reminders, standings
from milepost.plan.plan import Item
from milepost.plan.zone import Zone
from milepost.show.hall.hall import Hall
from milepost.show.hall.sight import DUTY

_SCALE = ("late", "stalled", "at risk", "waiting", "on time", "met", "done", "dropped")
NOBODY = ""


@dataclass(frozen=True)
class DutyView:
    """A duty, how it stands, what was told of it, and whom to remind."""

    duty: Duty
    standing: Standing
    events: tuple[KeptEvent, ...]
    reminders: tuple[Reminder, ...]
    is_heard_of: bool


def duties_of(zone: Zone) -> tuple[Duty, ...]:
    """Give the duties of a zone: those of plan/duties.yaml, and one without an owner for every other item.

    Raises YoursToMend: what `read_duties` raises, U005 (an item or target the plan does not have).
    """
    path = zone.folder / "plan" / "duties.yaml"
    declared = read_duties(path) if path.is_file() else ()
    items = {item.id: item for item in zone.plan.items()}
    targets = {target.id for target in zone.plan.targets()}
    troubles = [
        Trouble(
            "U005", f"the duty {duty.id} names {name}, which the plan does not have", _mend(name, known), duty.place
        )
        for duty in declared
        for name, known in ((duty.item, set(items)), (duty.target or "", targets))
        if name and name not in known
    ]
    if troubles:
        raise YoursToMend(troubles)
    served = {duty.item for duty in declared}
    return (*declared, *(_unowned(zone, item) for item in items.values() if item.id not in served))


def _mend(name: str, known: set[str]) -> str:
    return nearest(name, known).rstrip("?").capitalize() or "Name one that the plan has"


def _unowned(zone: Zone, item: Item) -> Duty:
    targets = sorted(item.targets, key=lambda target: target.value is None)
    target = targets[0] if targets else None
    due = (target.deadline if target else None) or zone.plan.deadline
    return Duty(item.id, item.name, NOBODY, due, item.id, target.id if target else None, place=Place("plan/plan.yaml"))


def duty_views(hall: Hall, outlooks: Mapping[str, Outlook], on: date) -> tuple[DutyView, ...]:
    """Give all duties as on a day, those that need a leader first, in the order of the plan within a status."""
    told = {duty.id: hall.ledger.events_of(case_id(duty)) for duty in hall.duties}
    happened = {name: [kept.event for kept in events] for name, events in told.items()}
    verdicts = {name: outlook.verdict for name, outlook in outlooks.items()}
    stands = standings(hall.duties, happened, on, verdicts, hall.zone.time_zone)
    reminded = reminders(hall.duties, stands, on)
    views = [
        DutyView(
            duty,
            standing,
            tuple(kept for kept in told[duty.id] if hall.zone.day(kept.event.at) <= on),
            tuple(one for one in reminded if one.duty == duty.id),
            standing.silent_days is not None,
        )
        for duty, standing in zip(hall.duties, stands, strict=True)
    ]
    return tuple(sorted(views, key=lambda view: _SCALE.index(view.standing.status)))


def case_id(duty: Duty) -> str:
    """Give the id of a duty's case."""
    return f"duty-{duty.id}"


def duty_scope(duty: Duty) -> Scope:
    """Give whose a duty is: its owner is its desk."""
    return Scope("plan", duty.owner, DUTY)


def duty_history(hall: Hall, duty: Duty) -> History | None:
    """Give the case of a duty, or None where it was never assigned."""
    return hall.docket.history(case_id(duty))


def assign(hall: Hall, person: Person, duty: Duty, name: str) -> Case | Refusal:
    """Assign a duty to its owner: its case is opened with its milestones; asking twice is harmless."""
    data: dict[str, Any] = {
        "branches": [milestone.id for milestone in duty.milestones],
        "desks": {"": duty.owner, **{milestone.id: duty.owner for milestone in duty.milestones}},
    }
    return hall.docket.open(DUTY, case_id(duty), person.id, "plan_office", hall.now(), "plan", data, name)
