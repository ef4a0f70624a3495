"""Whose rows somebody may send: all of a register's, or those of the parties they speak for.

Whose a row is is declared in a wing's page (`rows`): a register of which nobody says so takes no rows from whoever
speaks for one party.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from milepost.check.apart import Own
from milepost.people.rights import Person, Rights, Scope
from milepost.plan.zone import Zone
from milepost.show.catalogue import find_wings
from milepost.show.hall.agenda import parties_of
from milepost.show.hall.reception import SEND, may
from milepost.show.things import codes_of, rows_of, thing_page

EVERYBODY: tuple[str, ...] = ()
"""No party is named: rows of everybody."""


def may_send_for(rights: Rights, person: Person | None, register: str) -> tuple[str, ...] | None:
    """Give the parties a person may send rows of a register for, `EVERYBODY`, or None where they may send none."""
    if may(rights, person, SEND, register):
        return EVERYBODY
    if person is None or rows_of(register) is None:
        return None
    held = tuple(party for party in parties_of(person) if rights.may(person, SEND, Scope(party, "", register)))
    return held or None


def own_rows(zone: Zone, register: str, parties: Collection[str], on: date) -> Own | None:
    """Give which rows of a register are of these parties' things on a day, None for `EVERYBODY`."""
    if not parties:
        return None
    found = rows_of(register)
    page = thing_page(find_wings(), found[0], found[1].thing) if found is not None else None
    if found is None or page is None:
        raise LookupError(f"nobody says whose the rows of {register} are")
    return Own(found[1].column, codes_of(zone, found[0], page, parties, on))
