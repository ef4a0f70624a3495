"""Cases about a thing of a register (the certification of a factory): which there are, and how one is opened.

Which process may be about which things is declared in the wing's page; who opens it, in the process. A thing has one
open case of a process at a time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.cases.case import Case, Refusal
from milepost.cases.event import Event
from milepost.keep.docket import History
from milepost.people.rights import Person, Scope
from milepost.show.hall.hall import Hall
from milepost.show.things import Thing, find_thing, pages_of_process

ABOUT, ACT = "about", "case.act"
_MOST_CASES = 200


@dataclass(frozen=True)
class AboutCase:
    """A case about a thing."""

    history: History
    is_open: bool


def about(history: History) -> Mapping[str, str]:
    """Give what a case is about as told at its opening: wing, thing, code, name; nothing where it is about none."""
    return told_about(history.events[0].event)


def told_about(opening: Event) -> Mapping[str, str]:
    """Give the same from the event that opened the case."""
    told = (opening.data or {}).get(ABOUT, {})
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def cases_about(hall: Hall, thing: Thing, process: str) -> list[AboutCase]:
    """Give the cases of a process about a thing, the newest first."""
    found = []
    for standing in hall.ledger.standings(process=process, party=thing.party, most=_MOST_CASES):
        history = hall.docket.history(standing.case)
        told = about(history) if history is not None else {}
        if history is not None and (told.get("thing"), told.get("code")) == (thing.page.id, thing.code):
            found.append(AboutCase(history, standing.outcome is None))
    return sorted(found, key=lambda one: one.history.case.opened_at, reverse=True)


def opening_role(hall: Hall, person: Person | None, thing: Thing, process: str) -> str:
    """Give the role in which a person may open a case of a process about a thing; empty where they may not."""
    scope = Scope(thing.party, thing.page.desk, process)
    if person is None or not hall.rights.may(person, ACT, scope):
        return ""
    by = _opened_by(hall, process)
    return next((role for role in hall.rights.roles_of(person, scope) if role in by), "")


def open_about(hall: Hall, thing: Thing, process: str, person: str, role: str, name: str) -> Case | Refusal:
    """Open a case of a process about a thing; `name` is the request's own (asking twice is one case).

    Refused: S205 (this role may not), S328 (one is open already). Raises YoursToMend S219 (no such process).
    """
    before = cases_about(hall, thing, process)
    for one in before:
        if one.history.events[0].event.id == name:
            return one.history.case
    if any(one.is_open for one in before):
        what = "a case of this kind about this is open already"
        return Refusal((Trouble("S328", what, "Go on with the open one, or end it first"),))
    told = {"wing": thing.wing, "thing": thing.page.id, "code": thing.code, "name": thing.name}
    data: dict[str, Any] = {ABOUT: told, "desks": {"": thing.page.desk}}
    return hall.docket.open(
        process, _case_id(hall, thing, process, len(before)), person, role, hall.now(), thing.party, data, name
    )


def open_by_command(hall: Hall, process: str, code: str, person: str, role: str, on: date) -> Case:
    """Open a case of a process about the thing with a code, as the command line asks for it.

    Raises YoursToMend: S219 (no such process), S329 (no such thing that it may be about), and why it was refused.
    """
    if not _opened_by(hall, process):
        known = [name for name, _ in hall.docket.processes]
        mend = nearest(process, known).rstrip("?") or f"There are: {listed(sorted(set(known)), 30)}"
        raise YoursToMend(Trouble("S219", f"{process} is not a declared process", mend))
    for wing, page in pages_of_process(process):
        thing = find_thing(hall.zone, wing, page, code, on, None)
        if thing is not None and page.process_block(process, thing.row) is not None:
            after = open_about(hall, thing, process, person, role, secrets.token_hex(16))
            if isinstance(after, Refusal):
                raise YoursToMend(after.reasons)
            return after
    what = f"nothing with this code is kept that {process} may be about"
    raise YoursToMend(Trouble("S329", what, "Give the code of a row of the register that the process is about"))


def _case_id(hall: Hall, thing: Thing, process: str, number: int) -> str:
    """The id of the next case about a thing: of two who open it at once one is kept, and the other is told."""
    named = f"{process}/{thing.page.id}/{thing.code}/{number}"
    return "c" + hmac.new(hall.secret, named.encode(), hashlib.sha256).hexdigest()[:20]


def _opened_by(hall: Hall, process: str) -> tuple[str, ...]:
    versions = [version for name, version in hall.docket.processes if name == process]
    return hall.docket.processes[process, max(versions)].opened_by if versions else ()
