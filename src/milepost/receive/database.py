"""Rows of a SQL database: a table of a SQLite file, or the answer to a question put to PostgreSQL.

A SQLite file is a file like any other; its table is chosen as a sheet is. A live database has no bytes to keep, so a
picture is taken of the answer first (`snapshot`), a CSV file that is received as any other: what was received can be
read again, whatever becomes of the database. A source is declared in a file `NAME.source.yaml`:

    database: postgresql
    address_in: MILEPOST_REGISTRY     # the variable that holds the address; never the address itself
    query: select code, name, registered_on from enterprise order by code
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, MilepostError, Place, Trouble, YoursToMend, nearest
from milepost.engines.source_database import postgres_rows, sqlite_rows, sqlite_tables

SOURCE = ".source.yaml"


@dataclass(frozen=True)
class DatabaseSource:
    """A database and the question put to it; `address_in` names the variable of the environment with its address."""

    database: Literal["postgresql"]
    address_in: str
    query: str
    place: Place = NOWHERE


def is_source(path: Path) -> bool:
    """Is it a declaration of a database to read?"""
    return path.name.endswith(SOURCE)


def snapshot(path: Path, folder: Path) -> Path:
    """Take a picture of the answer to a declared source and give its file, `NAME.csv` in `folder`.

    An empty text and null are both empty cells. Raises YoursToMend: D001 to D013 for the declaration, R037 where the
    variable is not set or the query fails, R038 for bytes or lists in a cell; TryAgain (R037) for no connection.
    """
    node = read_yaml(path, path.name)
    troubles: list[Trouble] = []
    source = build(DatabaseSource, node, troubles)
    if source is None:
        raise YoursToMend(troubles)
    address = os.environ.get(source.address_in)
    if not address:
        what = f"the variable {source.address_in} is not set"
        raise YoursToMend(Trouble("R037", what, "Set it to the address of the database", source.place))
    place = folder / f"{path.name.removesuffix(SOURCE)}.csv"
    passing = place.with_name(f".{place.name}.part")
    try:
        with passing.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            answer = _placed(postgres_rows(address, source.query), source.place)
            writer.writerow(next(answer))
            writer.writerows(texts(row, Place(path.name)) for row in answer)
        passing.replace(place)
    finally:
        passing.unlink(missing_ok=True)
    return place


def is_sqlite(path: Path) -> bool:
    """Is it a SQLite file? Told by its first bytes."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def how_written(path: Path, table: str | None, shown_as: str) -> tuple[str, str]:
    """Give how a SQLite file is read, in words, and its table: the chosen one, or the only one.

    Raises YoursToMend: R005 no such table, or several and none chosen; R037 a file that is not sound.
    """
    place = Place(shown_as)
    tables = _told(lambda: sqlite_tables(path), place)
    if table is None and len(tables) == 1:
        table = tables[0]
    if table not in tables:
        what = "the file has no table of the chosen name" if table else f"the file has {len(tables)} tables"
        mend = (nearest(table, tables).rstrip("?") if table else "") or f"Choose one of its {len(tables)} tables"
        raise YoursToMend(Trouble("R005", what, mend, place))
    return f"SQLite, table {tables.index(table) + 1} of {len(tables)}", table


def rows(path: Path, table: str, shown_as: str) -> Iterator[tuple[int, list[str]]]:
    """Give the head, then each row of a table as texts, counted from 1."""
    place = Place(shown_as)
    for number, row in enumerate(_placed(sqlite_rows(path, table), place)):
        yield max(number, 1), texts(row, Place(shown_as, number))


def texts(row: Iterable[Any], place: Place) -> list[str]:
    """Give the cells of a row as texts.

    Raises YoursToMend (R038) where a cell holds bytes or a list.
    """
    cells = [text(value) for value in row]
    if any(one is None for one in cells):
        mend = "Choose other columns, or write the cell as text in the question"
        raise YoursToMend(Trouble("R038", "a cell of this row holds bytes or a list", mend, place))
    return [one or "" for one in cells]


def text(value: Any) -> str | None:
    """Give a value as the text of a cell: all digits of a number, a date as ISO 8601; None for what is no cell.

    >>> text(2.0), text(True), text(datetime(2020, 1, 2, 3, 4)), text(None), text(b"x")
    ('2', 'true', '2020-01-02 03:04:00', '', None)
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return None if isinstance(value, bytes | memoryview | list | dict | tuple) else str(value)


def _placed(answer: Iterator[tuple[Any, ...]], place: Place) -> Iterator[tuple[Any, ...]]:
    try:
        yield from answer
    except MilepostError as error:
        raise type(error)([Trouble(t.code, t.what, t.mend, place) for t in error.troubles]) from None


def _told(read: Any, place: Place) -> list[str]:
    try:
        return list(read())
    except MilepostError as error:
        raise type(error)([Trouble(t.code, t.what, t.mend, place) for t in error.troubles]) from None
