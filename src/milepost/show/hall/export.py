"""What the ledger says, as rows: the events of cases, and applications as the wing `licensing` counts them.

A row names no person and no enterprise, and its case by a pseudonym that only this zone's secret makes; `about` is the
code of the thing a case is about, so that its certificate and its case are counted once; `until` the day that a term
of validity begun by the act ends before. Rows are for counting inside
the house; what leaves it goes through the guard.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace

from milepost.basics.table import Table
from milepost.cases.clock import term_end
from milepost.cases.event import OPEN, Event
from milepost.domains.licensing.coverage import applied_of, table_of
from milepost.plan.zone import Zone
from milepost.show.hall.about import told_about
from milepost.show.hall.hall import Hall, open_hall
from milepost.show.walk import has_ledger

LEDGER_TABLES = frozenset({"events.csv", "applications.csv"})
EVENT_COLUMNS = ("case", "process", "version", "number", "act", "branch", "role", "at", "about", "until")


@dataclass(frozen=True)
class LedgerTable:
    """A table read from the ledger, and the hash of the ledger's end it was read at."""

    table: Table
    head: str


def pseudonym(hall: Hall, case_id: str) -> str:
    """Give the name a case has in rows: the same every time, and without the secret nobody's to undo [16 hex]."""
    return hmac.new(hall.secret, case_id.encode(), hashlib.sha256).hexdigest()[:16]


def event_rows(hall: Hall, since: int = 0) -> Iterator[dict[str, str]]:
    """Give every event after a position as a row of EVENT_COLUMNS, in the order they were kept."""
    for kept in hall.ledger.events_since(since):
        event = kept.event
        cells = (
            pseudonym(hall, event.case), event.process, str(event.version), str(event.sequence), event.act,
            event.branch, event.role, event.at.astimezone(hall.zone.time_zone).isoformat(timespec="seconds"),
            told_about(event).get("code", "") if event.act == OPEN else "", _until(hall, event),
        )  # fmt: skip
        yield dict(zip(EVENT_COLUMNS, cells, strict=True))


def _until(hall: Hall, event: Event) -> str:
    """The day that a term begun by an event ends before, the first of several; empty where it begins none."""
    process = hall.docket.processes.get((event.process, event.version))
    act = next((one for one in process.acts if one.id == event.act), None) if process is not None else None
    if process is None or act is None:
        return ""
    day, answers = hall.zone.day(event.at), (event.data or {}).get("fields", {})
    ends = [term_end(clock, answers, day) for clock in process.clocks if clock.id in act.starts]
    return min((end.isoformat() for end in ends if end is not None), default="")


def events(hall: Hall) -> Table:
    """Give every event of the ledger as a table of EVENT_COLUMNS."""
    rows = list(event_rows(hall))
    return {column: [row[column] for row in rows] for column in EVENT_COLUMNS}


def applications(hall: Hall, are_others_known: bool = False) -> Table:
    """Give the applications for the one licence, as `licensing.coverage` reads them.

    The ledger holds only those who used the one licence. Whether they were all who could is not known here, so
    `is_eligible` stays empty, or the share would always be 100 %; with `are_others_known` (the zone's own table tells
    of the others) it is yes. Papers asked beyond the list are counted by nobody and stay empty.
    """
    process = hall.service.process if hall.service is not None else ""
    found = []
    for kept in hall.ledger.events_since():
        event = kept.event
        if event.act != OPEN or event.process != process:
            continue
        history = hall.docket.history(event.case)
        if history is not None:
            industry = str((event.data or {}).get("industry", ""))
            applied = applied_of(history.case, industry, are_others_known or None, hall.calendar)
            found.append(replace(applied, application=pseudonym(hall, event.case)))
    return table_of(found)


def ledger_table(zone: Zone, wing: str, name: str, are_others_known: bool) -> LedgerTable | None:
    """Give a table of a wing that the zone's ledger fills, or None where it fills none or there is no ledger yet.

    Any wing may read `events.csv`: the events of all cases, in which it finds those of its own processes.
    """
    if (name != "events.csv" and (wing, name) != ("licensing", "applications.csv")) or not has_ledger(zone):
        return None
    hall = open_hall(zone)
    try:
        table = events(hall) if name == "events.csv" else applications(hall, are_others_known)
        return LedgerTable(table, hall.ledger.head().hash)
    finally:
        hall.ledger.close()
