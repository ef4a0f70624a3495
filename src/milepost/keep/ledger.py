"""The ledger: what people did, one event after another, never changed and never lost.

An append names the sequence it believes a case to end at; of two officers who decide at the same moment
one is kept and the other is told. An event asked for twice is stored once. The chain of hashes shows any
change to the past; a head noted elsewhere (`head`) shows a cut-off end too. What the events mean is the
room `cases`'s; where they are stored is a database in the room `engines`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from milepost.basics.errors import Trouble, YoursToMend
from milepost.cases.event import Event, event_from_json
from milepost.engines.sql_ledger import FIRST_HASH, NewRow, Row, SqlLedger, StandingRow, row_hash

_PAGE = 5_000


@dataclass(frozen=True)
class KeptEvent:
    """An event as the ledger holds it: its place among all events, when it was kept, and its hash."""

    event: Event
    position: int
    kept_at: datetime
    hash: str


@dataclass(frozen=True)
class Kept:
    """The events are in the ledger; `is_new` is False where they were there already."""

    events: tuple[KeptEvent, ...]
    is_new: bool


@dataclass(frozen=True)
class Overtaken:
    """Somebody else wrote first: nothing was stored, and the case now ends at `last_sequence`."""

    last_sequence: int


@dataclass(frozen=True)
class Head:
    """The end of the ledger: how many events it holds, and the hash that binds them all."""

    position: int
    hash: str


@dataclass(frozen=True)
class Standing:
    """Where a case stands, for lists. `due_on` is the next lawful due date, None where no clock runs."""

    case: str
    process: str
    version: int
    party: str
    sequence: int
    marking: tuple[str, ...]
    outcome: str | None
    opened_on: date
    due_on: date | None
    position: int = 0


class Ledger:
    """The events of all cases, in the embedded database or on a server.

    `url`: a path, `sqlite:///path` or `postgresql://...`. Raises YoursToMend A001 (psycopg is missing),
    TryAgain A002 (the database is busy or away). With `is_synced` an act is on the disk before it is
    told; without, a power cut (not the end of the process) may take the last moments.
    """

    def __init__(self, url: str, is_synced: bool = True) -> None:
        self._sql = SqlLedger(url, is_synced)

    def append(self, events: Sequence[Event], expected: int, standing: Standing | None = None) -> Kept | Overtaken:
        """Store the events of one case, whole or not at all, if the case still ends at `expected`.

        Raises YoursToMend A003 (an id was used for another event), A004 (events of several cases, or out
        of sequence).
        """
        numbers = [event.sequence for event in events]
        right = list(range(expected + 1, expected + 1 + len(events)))
        if not events or numbers != right or len({event.case for event in events}) != 1:
            what = "the events are not the next ones of one case"
            raise YoursToMend(Trouble("A004", what, "Number them on from the case's last event"))
        outcome = self._sql.append(expected, [_row(event) for event in events], _now(), _standing_row(standing))
        if outcome.verdict == "overtaken":
            return Overtaken(outcome.last_sequence)
        return Kept(tuple(_kept(row) for row in outcome.rows), outcome.verdict == "kept")

    def bring_in(self, events: Sequence[Event], standings: Sequence[Standing] = ()) -> int:
        """Store a history of many cases in one transaction; gives the count of events."""
        rows = [row for standing in standings if (row := _standing_row(standing)) is not None]
        return self._sql.append_many([_row(event) for event in events], _now(), rows)

    def events_of(self, case: str) -> tuple[KeptEvent, ...]:
        """Give the events of a case in order; none where there is no such case."""
        return tuple(_kept(row) for row in self._sql.of_case(case))

    def events_since(self, position: int = 0) -> Iterator[KeptEvent]:
        """Give all events after a position in the order they were kept."""
        while page := self._sql.since(position, _PAGE):
            yield from (_kept(row) for row in page)
            position = page[-1].position

    def head(self) -> Head:
        """Give the end of the ledger, to be noted elsewhere."""
        return Head(*self._sql.head())

    def standings(
        self,
        process: str = "",
        state: str = "",
        party: str = "",
        due_by: date | None = None,
        is_open: bool | None = None,
        most: int = 200,
    ) -> tuple[Standing, ...]:
        """Give the cases that fit, next due first: by process, state, party, due date, open or ended.

        `state` is a state in one branch (`review@food`), or in any (`review`).
        """
        where, values = ["1 = 1"], []
        if process:
            where.append("process = ?")
            values.append(process)
        if state:
            plain = state.replace("!", "!!").replace("_", "!_").replace("%", "!%")
            where.append("(marking LIKE ? ESCAPE '!' OR marking LIKE ? ESCAPE '!')")
            values += [f"%,{plain},%", f"%,{plain}@%"]
        if party:
            where.append("party = ?")
            values.append(party)
        if due_by is not None:
            where.append("due_on <= ?")
            values.append(due_by.isoformat())
        if is_open is not None:
            where.append("outcome IS NULL" if is_open else "outcome IS NOT NULL")
        return tuple(_standing(row) for row in self._sql.standings(" AND ".join(where), values, most))

    def replace_standings(self, standings: Sequence[Standing]) -> None:
        """Throw the list of standings away and write these: it is built from the events, never trusted."""
        rows = [row for standing in standings if (row := _standing_row(standing)) is not None]
        self._sql.replace_standings(rows, is_first=True)

    def verify(self, noted: Head | None = None) -> Head:
        """Give the head after every hash was computed again.

        Raises YoursToMend A005 where the past was changed: a row altered, taken out or put in, or, with a
        head noted earlier, an end cut off or rewritten.
        """
        position, previous = 0, FIRST_HASH
        is_noted_met = noted is None or noted.position == 0
        while page := self._sql.since(position, _PAGE):
            for row in page:
                if not _follows(row, position, previous):
                    raise YoursToMend(_broken(f"at position {position + 1}"))
                position, previous = row.position, row.hash
                if noted is not None and noted.position == position:
                    if noted.hash != previous:
                        raise YoursToMend(_broken(f"at or before position {position}"))
                    is_noted_met = True
        if not is_noted_met:
            raise YoursToMend(_broken(f"after position {position}: its end is missing"))
        return Head(position, previous)

    def close(self) -> None:
        """Close the ledger's connections."""
        self._sql.close()


def _follows(row: Row, position: int, previous: str) -> bool:
    if row.position != position + 1 or row.previous_hash != previous:
        return False
    if row.hash != row_hash(row.position, row.kept_at, row.body, previous):
        return False
    event = event_from_json(row.body)
    return (event.id, event.case, event.sequence) == (row.event_id, row.case_id, row.sequence)


def _broken(where: str) -> Trouble:
    return Trouble("A005", f"the ledger was changed {where}", "Restore it from a copy, and find out who changed it")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _row(event: Event) -> NewRow:
    return NewRow(event.id, event.case, event.sequence, event.as_json())


def _kept(row: Row) -> KeptEvent:
    return KeptEvent(event_from_json(row.body), row.position, datetime.fromisoformat(row.kept_at), row.hash)


def _standing_row(standing: Standing | None) -> StandingRow | None:
    if standing is None:
        return None
    return StandingRow(
        standing.case,
        standing.process,
        standing.version,
        standing.party,
        standing.sequence,
        standing.position,
        "," + ",".join(standing.marking) + ",",
        standing.outcome,
        standing.opened_on.isoformat(),
        standing.due_on.isoformat() if standing.due_on else None,
    )


def _standing(row: StandingRow) -> Standing:
    return Standing(
        row.case_id,
        row.process,
        row.version,
        row.party,
        row.sequence,
        tuple(name for name in row.marking.split(",") if name),
        row.outcome,
        date.fromisoformat(row.opened_on),
        date.fromisoformat(row.due_on) if row.due_on else None,
        row.position,
    )
