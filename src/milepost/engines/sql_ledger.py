"""Where acts of people are stored: an append-only table in SQLite or PostgreSQL, the same on both.

Rows go in and never change: the database itself refuses to update or delete them. Every row carries the
hash of the one before it, positions have no gap, and readers never see a position before those below
it. What a row means is not known here. A small table of standings, which can be built again from the
rows, is written in the same transaction.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from milepost.basics.errors import Trouble, TryAgain, YoursToMend

FIRST_HASH = "0" * 64
_LOCK = 7_203_114_409
_ROWS = "position, event_id, case_id, sequence, kept_at, body, previous_hash, hash"
_STANDING = "case_id, process, version, party, sequence, position, marking, outcome, opened_on, due_on"

_TABLES = """
CREATE TABLE IF NOT EXISTS acts (
    position BIGINT PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL, sequence BIGINT NOT NULL,
    kept_at TEXT NOT NULL, body TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL,
    UNIQUE (case_id, sequence));
CREATE TABLE IF NOT EXISTS standings (
    case_id TEXT PRIMARY KEY, process TEXT NOT NULL, version BIGINT NOT NULL, party TEXT NOT NULL,
    sequence BIGINT NOT NULL, position BIGINT NOT NULL, marking TEXT NOT NULL, outcome TEXT,
    opened_on TEXT NOT NULL, due_on TEXT);
CREATE INDEX IF NOT EXISTS standings_by_due ON standings (outcome, due_on);
CREATE INDEX IF NOT EXISTS standings_by_party ON standings (party);
"""
_BEFORE_APPEND = f"""
SELECT coalesce((SELECT max(sequence) FROM acts WHERE case_id = ?), 0),
       coalesce((SELECT max(position) FROM acts), 0),
       coalesce((SELECT hash FROM acts ORDER BY position DESC LIMIT 1), '{FIRST_HASH}'),
       (SELECT count(*) FROM acts WHERE event_id IN ({{places}}))
"""
_SQLITE_GUARD = """
CREATE TRIGGER IF NOT EXISTS acts_stay_{verb} BEFORE {verb} ON acts
BEGIN SELECT RAISE(ABORT, 'acts are never changed'); END;
"""
_POSTGRES_GUARD = """
CREATE OR REPLACE FUNCTION acts_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'acts are never changed'; END $$;
CREATE OR REPLACE TRIGGER acts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON acts
FOR EACH STATEMENT EXECUTE FUNCTION acts_stay();
"""


@dataclass(frozen=True)
class Row:
    """An act as it is stored; `body` is canonical JSON, `kept_at` ISO 8601 in UTC."""

    position: int
    event_id: str
    case_id: str
    sequence: int
    kept_at: str
    body: str
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class NewRow:
    """An act to be stored."""

    event_id: str
    case_id: str
    sequence: int
    body: str


@dataclass(frozen=True)
class StandingRow:
    """Where a case stands, for lists: built from its acts, and able to be built again."""

    case_id: str
    process: str
    version: int
    party: str
    sequence: int
    position: int
    marking: str
    outcome: str | None
    opened_on: str
    due_on: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of an append: `kept` new rows, `known` (they were there before), or `overtaken`."""

    verdict: Literal["kept", "known", "overtaken"]
    rows: tuple[Row, ...]
    last_sequence: int


def row_hash(position: int, kept_at: str, body: str, previous_hash: str) -> str:
    """Give the SHA-256 that binds a row to all before it (64 hex digits)."""
    text = f"{position}\n{previous_hash}\n{kept_at}\n{body}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class SqlLedger:
    """Acts in one database; safe for several threads and processes.

    `url`: a file's path or `sqlite:///path` for the embedded database, `postgresql://...` for a server.
    With `is_synced` an act is on the disk before it is told; without, a power cut (not the end of the
    process) may take the last moments, whole acts at a time.
    """

    def __init__(self, url: str, is_synced: bool = True) -> None:
        self._is_synced = is_synced
        self.is_postgres = url.startswith(("postgresql://", "postgres://"))
        self._url = url.removeprefix("sqlite:///")
        self._idle: list[Any] = []
        self._process = os.getpid()
        self._errors = _postgres_errors() if self.is_postgres else (sqlite3.Error,)
        with self._writing() as connection:
            self._prepare(connection)

    def append(
        self, expected: int, rows: Sequence[NewRow], kept_at: str, standing: StandingRow | None = None
    ) -> Outcome:
        """Store acts of one case in one transaction, if the case still ends at the sequence `expected`.

        Acts whose ids are all known already are given back as they are stored: asking twice is harmless.
        Raises YoursToMend A003 where an id is known with another content, TryAgain A002 where the
        database is busy or away.
        """
        with self._writing() as connection:
            ids = [row.event_id for row in rows]
            places = ", ".join("?" * len(ids))
            asked = _BEFORE_APPEND.format(places=places)
            last, position, previous, known_count = self._run(connection, asked, (rows[0].case_id, *ids)).fetchone()
            if known_count:
                known = self._known(connection, rows)
                return Outcome("known", known, known[-1].sequence)
            if last != expected:
                return Outcome("overtaken", (), last)
            kept = self._insert(connection, rows, kept_at, position, previous)
            if standing is not None:
                self._stand(connection, standing, kept[-1].position)
            return Outcome("kept", kept, kept[-1].sequence)

    def append_many(self, rows: Sequence[NewRow], kept_at: str, standings: Sequence[StandingRow] = ()) -> int:
        """Store acts of many cases in one transaction; gives their count. Nothing is stored on a conflict.

        For bringing in a history. Raises TryAgain A002 where an id or a sequence is there already.
        """
        with self._writing() as connection:
            kept = self._insert(connection, rows, kept_at, *self._head(connection))
            places = {row.case_id: row.position for row in kept}
            for standing in standings:
                self._stand(connection, standing, places.get(standing.case_id, standing.position))
            return len(kept)

    def of_case(self, case_id: str) -> tuple[Row, ...]:
        """Give the acts of one case in order."""
        with self._reading() as connection:
            return self._rows(connection, "WHERE case_id = ? ORDER BY sequence", (case_id,))

    def since(self, position: int, most: int) -> tuple[Row, ...]:
        """Give at most `most` acts after a position, in order, without gaps."""
        with self._reading() as connection:
            return self._rows(connection, "WHERE position > ? ORDER BY position LIMIT ?", (position, most))

    def head(self) -> tuple[int, str]:
        """Give the last position and its hash; (0, zeros) where nothing is stored."""
        with self._reading() as connection:
            return self._head(connection)

    def standings(self, where: str, values: Sequence[Any], most: int) -> tuple[StandingRow, ...]:
        """Give standings that fit a condition written here, next due first."""
        sql = f"SELECT {_STANDING} FROM standings WHERE {where} ORDER BY due_on IS NULL, due_on, case_id LIMIT ?"
        with self._reading() as connection:
            return tuple(StandingRow(*row) for row in self._all(connection, sql, (*values, most)))

    def replace_standings(self, rows: Sequence[StandingRow], is_first: bool) -> None:
        """Write standings that were built again; with `is_first` the old ones are thrown away before."""
        with self._writing() as connection:
            if is_first:
                self._run(connection, "DELETE FROM standings", ())
            for row in rows:
                self._stand(connection, row, row.position)

    def close(self) -> None:
        """Close the connections that are not at work."""
        while self._idle:
            self._idle.pop().close()

    def _insert(
        self, connection: Any, rows: Sequence[NewRow], kept_at: str, position: int, previous: str
    ) -> tuple[Row, ...]:
        """Chain the rows on to the one at `position` and put them in."""
        kept = []
        for new in rows:
            position += 1
            digest = row_hash(position, kept_at, new.body, previous)
            kept.append(Row(position, new.event_id, new.case_id, new.sequence, kept_at, new.body, previous, digest))
            previous = digest
        sql = f"INSERT INTO acts ({_ROWS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        values = [tuple(row.__dict__.values()) for row in kept]
        if len(values) == 1:
            self._run(connection, sql, values[0])
        else:
            connection.cursor().executemany(self._sql(sql), values)
        return tuple(kept)

    def _stand(self, connection: Any, standing: StandingRow, position: int) -> None:
        values = tuple((standing.__dict__ | {"position": position}).values())
        names = _STANDING.split(", ")[1:]
        sql = (
            f"INSERT INTO standings ({_STANDING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (case_id) DO UPDATE"
        )
        self._run(connection, f"{sql} SET {', '.join(f'{name} = excluded.{name}' for name in names)}", values)

    def _known(self, connection: Any, rows: Sequence[NewRow]) -> tuple[Row, ...]:
        found = [self._rows(connection, "WHERE event_id = ?", (row.event_id,)) for row in rows]
        for row, stored in zip(rows, found, strict=True):
            if not stored or stored[0].body != row.body:
                what = "an event with this id is in the ledger already, and it is another one"
                raise YoursToMend(Trouble("A003", what, "Give every event an id of its own"))
        return tuple(stored[0] for stored in found)

    def _head(self, connection: Any) -> tuple[int, str]:
        found = self._all(connection, "SELECT position, hash FROM acts ORDER BY position DESC LIMIT 1", ())
        return (int(found[0][0]), str(found[0][1])) if found else (0, FIRST_HASH)

    def _rows(self, connection: Any, clause: str, values: Sequence[Any]) -> tuple[Row, ...]:
        return tuple(Row(*row) for row in self._all(connection, f"SELECT {_ROWS} FROM acts {clause}", values))

    def _sql(self, sql: str) -> str:
        return sql.replace("?", "%s") if self.is_postgres else sql

    def _run(self, connection: Any, sql: str, values: Sequence[Any]) -> Any:
        return connection.execute(self._sql(sql), tuple(values))

    def _all(self, connection: Any, sql: str, values: Sequence[Any]) -> list[Any]:
        return list(self._run(connection, sql, values).fetchall())

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        """One writer at a time: the next position and the chain need it, and so does a reader's order."""
        with self._reading() as connection:
            if self.is_postgres:
                connection.execute(f"BEGIN; SELECT pg_advisory_xact_lock({_LOCK})")
            else:
                connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """A connection for one piece of work; where the work failed it is closed, which undoes it."""
        if os.getpid() != self._process:
            self._process, self._idle = os.getpid(), []
        try:
            connection = self._idle.pop() if self._idle else self._connect()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)
        except self._errors as error:
            what = f"the ledger's database did not do it ({type(error).__name__})"
            raise TryAgain(Trouble("A002", what, "Try again; if it stays so, look at the database")) from error

    def _connect(self) -> Any:
        if self.is_postgres:
            return _postgres(self._url, "on" if self._is_synced else "off")
        return _sqlite(self._url, "FULL" if self._is_synced else "NORMAL")

    def _prepare(self, connection: Any) -> None:
        for statement in _TABLES.split(";"):
            if statement.strip():
                connection.execute(statement)
        if self.is_postgres:
            connection.execute(_POSTGRES_GUARD)
        else:
            for verb in ("UPDATE", "DELETE"):
                connection.execute(_SQLITE_GUARD.format(verb=verb))


def _sqlite(path: str, synchronous: str) -> sqlite3.Connection:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _postgres(url: str, synchronous: str) -> Any:
    import psycopg

    connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    connection.execute(f"SET synchronous_commit = {synchronous}")
    return connection


def _postgres_errors() -> tuple[type[Exception], ...]:
    try:
        import psycopg
    except ImportError as error:
        mend = "Install it: pip install 'milepost[postgres]'"
        raise YoursToMend(Trouble("A001", "PostgreSQL needs the package psycopg", mend)) from error
    return (psycopg.Error,)
