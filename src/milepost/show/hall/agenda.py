"""Lists of cases for a person: what waits for them, ordered by the clock, and what they have handed in.

The ledger's standings say which case is next due; each case is then read, and only what the person may see is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from milepost.cases.clock import ClockReading
from milepost.keep.docket import History
from milepost.people.rights import Person
from milepost.show.hall.hall import Hall
from milepost.show.hall.sight import DUTY, Offer, offers, party_of, seen

_MOST_READ = 400
_NOT_LISTED = (DUTY, "licence_in_force")


@dataclass(frozen=True)
class Entry:
    """A case in a list: what this person may do, and the running clock that ends first, or the one suspended."""

    history: History
    offers: tuple[Offer, ...]
    clock: ClockReading | None
    party: str
    standing_sequence: int = 0

    @property
    def due(self) -> date | None:
        """The last lawful day of the clock shown, or the expected one while it is suspended."""
        return (self.clock.due or self.clock.expected_due) if self.clock else None

    @property
    def is_late(self) -> bool:
        """Has that day gone by?"""
        return self.clock is not None and self.clock.is_late


def first_clock(history: History, hall: Hall, branches: frozenset[str] | None = None) -> ClockReading | None:
    """Give the clock that presses: running before suspended, the earliest first; of these branches where given."""
    readings = [
        one
        for one in history.case.readings(hall.calendar, hall.today())
        if one.status in ("running", "suspended")
        and (branches is None or "@" not in one.id or one.id.partition("@")[2] in branches)
    ]
    ranked = sorted(readings, key=lambda one: (one.status != "running", one.due or one.expected_due or date.max))
    return ranked[0] if ranked else None


def entries(hall: Hall, person: Person, party: str = "", is_open: bool | None = None, most: int = 200) -> list[Entry]:
    """Give the cases a person may see, next due first; of one party where given."""
    found: list[Entry] = []
    for standing in hall.ledger.standings(party=party, is_open=is_open, most=_MOST_READ):
        if standing.process in _NOT_LISTED:
            continue
        history = seen(hall, person, standing.case)
        if history is None:
            continue
        does = offers(hall.rights, person, history)
        mine = frozenset(one.flat.branch for one in does if one.flat.branch) or None
        found.append(Entry(history, does, first_clock(history, hall, mine), party_of(history), standing.sequence))
        if len(found) == most:
            break
    return sorted(found, key=_by_clock)


def _by_clock(entry: Entry) -> tuple[bool, date, str]:
    """Late ones come first because their day is the earliest."""
    return entry.clock is None, entry.due or date.max, entry.history.case.id


def parties_of(person: Person) -> tuple[str, ...]:
    """Give the enterprises a person speaks for."""
    held = [grant.within.party for grant in person.grants if grant.within.party not in ("", "*")]
    return tuple(dict.fromkeys(held))


def own(hall: Hall, person: Person) -> list[Entry]:
    """Give the cases of the enterprises a person speaks for, the newest first."""
    found = [entry for party in parties_of(person) for entry in entries(hall, person, party)]
    return sorted(found, key=lambda entry: entry.history.case.opened_at, reverse=True)


def sees_desk(hall: Hall, person: Person) -> bool:
    """Is there a desk this person sits at?"""
    return any("desk.see" in hall.rights.roles[name].rights for name in _roles(hall, person))


def _roles(hall: Hall, person: Person) -> Iterator[str]:
    yield from (grant.role for grant in person.grants if grant.role in hall.rights.roles)
