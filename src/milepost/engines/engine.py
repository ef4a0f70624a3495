"""What an engine is: ten things that rooms ask of it, and the one place where it is chosen.

Rooms write the house's SQL, which is a portable part of DuckDB's, and never ask which engine they have. Each engine
gives the same answers, cell by cell; what is not so stands in docs/decisions/0008-engines.md, and is tried there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from milepost.basics.errors import Trouble, YoursToMend, nearest

SETTING = "MILEPOST_ENGINE"
EMBEDDED = "embedded"
_WRITTEN = {EMBEDDED: "", "spark": "spark://HOST:PORT", "local": "local[2]"}


def quoted(name: str) -> str:
    """Give a name as SQL writes it.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give a text as SQL writes it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


class Engine(Protocol):
    """One engine for one piece of work; use it in a `with` block.

    Queries are of the house's SQL. A table holds its rows until it is dropped or the engine is closed. Errors are told
    as E001 (could not compute), E002 (out of memory), E003 (a file or machine is away), and never hold a value.
    """

    def make(self, name: str, query: str) -> None:
        """Make the table `name` from a query; a table of that name is replaced."""

    def make_view(self, name: str, query: str) -> None:
        """Make the view `name` of a query, which is computed anew each time it is read."""

    def view_files(
        self, name: str, files: Sequence[str], columns: Iterable[str] | Mapping[str, str], position: str = ""
    ) -> None:
        """Make the view `name` over Parquet files; without files it is empty, its `columns` of their types or text.

        `position` names a further column that counts the rows of each file from 0 (empty: none).
        """

    def columns(self, name: str) -> dict[str, str]:
        """Give the columns of a table or view with their types, as the house's SQL names those."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query; for answers that are small."""

    def stream(self, query: str, batch_rows: int = 100_000) -> Any:
        """Give the rows of a query as an Arrow record batch reader."""

    def load(self, name: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
        """Fill the new table `name` from rows and give their count; `types` names its columns and SQL types."""

    def write(self, query: str, file: Path) -> None:
        """Write the rows of a query to one Parquet file, in their order."""

    def drop(self, name: str) -> None:
        """Forget a table or view, if it is there."""

    def close(self) -> None:
        """Let go of every table."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_engine(name: str | None = None) -> Engine:
    """Open the engine of a name or address: `embedded`, `local[2]` or `spark://host:port`.

    Without one the variable MILEPOST_ENGINE says it, else it is the embedded one. Raises YoursToMend (E004) where there
    is no such engine or what it needs is not installed, TryAgain (E004) where its cluster cannot be reached.
    """
    wanted = name or os.environ.get(SETTING) or EMBEDDED
    if wanted == EMBEDDED:
        from milepost.engines import embedded

        return embedded.Engine()
    if wanted.startswith(("spark://", "local[")):
        from milepost.engines import spark

        return spark.Engine(wanted)
    hint = nearest(wanted, _WRITTEN).rstrip("?") or "Write embedded, local[2] or spark://HOST:PORT"
    raise YoursToMend(Trouble("E004", "there is no engine of that name", hint))
