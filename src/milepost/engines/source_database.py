"""Other people's databases, read and never written: SQLite files, and PostgreSQL by its address.

Rows pass through as Python values, a portion at a time. Nothing of an address or a value is in an error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from milepost.basics.errors import Trouble, TryAgain, YoursToMend

_ROWS_AT_ONCE = 10_000
_CANNOT_READ = "See that the table or the question is right and may be read"


def sqlite_tables(path: Path) -> list[str]:
    """Give the names of the tables of a SQLite file, its own aside.

    Raises YoursToMend (R037) where it is no sound SQLite file.
    """
    with _sqlite(path) as connection:
        query = (
            "select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!' order by 1"
        )
        return [name for (name,) in connection.execute(query)]


def sqlite_rows(path: Path, table: str) -> Iterator[tuple[Any, ...]]:
    """Give the names of a table's columns, then its rows in the order of its key; raises YoursToMend (R037)."""
    with _sqlite(path) as connection:
        named = '"' + table.replace('"', '""') + '"'
        cursor = connection.execute(f"select * from {named}")
        yield tuple(column[0] for column in cursor.description)
        while portion := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from portion


@contextmanager
def _sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("pragma trusted_schema = off")
            connection.execute("pragma query_only = on")
            yield connection
    except sqlite3.Error as error:
        what = f"the database cannot be read ({type(error).__name__})"
        raise YoursToMend(Trouble("R037", what, _CANNOT_READ)) from None


def postgres_rows(address: str, query: str) -> Iterator[tuple[Any, ...]]:
    """Give the names of the columns of a query's answer, then its rows, from a PostgreSQL database.

    The whole is one reading transaction: what is committed meanwhile is not seen.
    Raises TryAgain (R037) where the database cannot be reached, YoursToMend (R037) where the query fails.
    """
    import psycopg

    try:
        with psycopg.connect(address) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with connection.cursor("milepost") as cursor:
                cursor.itersize = _ROWS_AT_ONCE
                cursor.execute(query.encode())
                yield tuple(column.name for column in cursor.description or ())
                yield from cursor
    except psycopg.OperationalError as error:
        what = f"the database cannot be reached ({type(error).__name__})"
        raise TryAgain(Trouble("R037", what, "See that it runs and lets you in, then try again")) from None
    except psycopg.Error as error:
        what = f"the database does not answer the question ({type(error).__name__})"
        raise YoursToMend(Trouble("R037", what, _CANNOT_READ)) from None
