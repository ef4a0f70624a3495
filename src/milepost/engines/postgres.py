"""PostgreSQL on a server, as far as the suite of examples passes; psycopg is imported when it is opened.

It takes the same work as the embedded engine and is not offered to commands: it reads no Parquet file itself, so that
kept rows are carried to it, and what differs yet stands in docs/decisions/0008-engines.md. Tables are temporary.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from milepost.basics.errors import MilepostError, Trouble, TryAgain, YoursToMend
from milepost.engines.engine import literal, quoted
from milepost.engines.postgres_words import POSTGRES
from milepost.engines.translating import Translating

_OWN_TYPES = {"VARCHAR": 'text collate "C"', "DOUBLE": "double precision", "HUGEINT": "numeric(38, 0)"}
_HOUSE_TYPES = {"text": "VARCHAR", "double precision": "DOUBLE", "timestamp without time zone": "TIMESTAMP",
                "numeric": "DECIMAL(38,12)", "unknown": "VARCHAR"}  # fmt: skip


class Engine(Translating):
    """One engine for one piece of work on the server at `url` (postgresql://..).

    Raises YoursToMend (E004) where psycopg is not installed, TryAgain (E004) where the server is away.
    """

    dialect, mends = "postgres", POSTGRES

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError:
            mend = "Install it: pip install 'milepost[postgres]'"
            raise YoursToMend(Trouble("E004", "PostgreSQL needs the package psycopg", mend)) from None
        try:
            self._connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
        except psycopg.Error as error:
            what = f"the server cannot be reached ({type(error).__name__})"
            raise TryAgain(Trouble("E004", what, "See that it runs at this address, then try again")) from None
        self._run("set timezone to 'UTC'")
        self._run("set client_min_messages to error")
        self._tables: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Let go of every table."""
        self._connection.close()

    def load(self, name: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
        """Fill the new table `name` from rows and give their count; `types` names its columns and SQL types."""
        self.drop(name)
        columns = ", ".join(f"{quoted(column)} {_OWN_TYPES.get(kind.upper(), kind)}" for column, kind in types.items())
        self._run(f"create temporary table {quoted(name.lower())} ({columns})")
        count = 0
        with _hidden(), self._connection.cursor().copy(f"copy {quoted(name.lower())} from stdin") as copy:
            for row in rows:
                copy.write_row([None if cell is None else str(cell) for cell in row])
                count += 1
        self._note(name)
        return count

    def make(self, name: str, query: str) -> None:
        """Make the table `name` from a query; a table of that name is replaced."""
        asked = self._translated(query)
        self._run("drop table if exists making")
        self._run(f"create temporary table making as {asked}")
        self.drop(name)
        self._run(f"alter table making rename to {quoted(name.lower())}")
        self._note(name)

    def make_view(self, name: str, query: str) -> None:
        """Make the view `name` of a query, which is computed anew each time it is read."""
        asked = self._translated(query)
        self.drop(name)
        self._run(f"create temporary view {quoted(name.lower())} as {asked}")
        self._note(name)

    def view_files(
        self, name: str, files: Sequence[str], columns: Iterable[str] | Mapping[str, str], position: str = ""
    ) -> None:
        """Make the table `name` of the rows of Parquet files; without files it is empty, its `columns` or text.

        `position` names a further column that counts the rows of each file from 0 (empty: none).
        """
        if not files:
            types = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "varchar")
            self.load(name, types, [])
            return
        schema = parquet.read_schema(files[0])
        types = {field.name: _of_arrow(field.type) for field in schema} | ({position: "bigint"} if position else {})
        rows = (
            (*row.values(), place) if position else tuple(row.values())
            for file in files
            for place, row in enumerate(_rows_of(file))
        )
        self.load(name, types, rows)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query; for answers that are small."""
        with _hidden():
            # A per cent sign is no place of a value: none are given beside the query.
            return list(self._connection.execute(self._translated(query)).fetchall())

    def stream(self, query: str, batch_rows: int = 100_000) -> Any:
        """Give the rows of a query as an Arrow record batch reader."""
        passing = "passing"
        self.make_view(passing, query)
        types = self.columns(passing)
        schema = pa.schema([(column, _to_arrow(kind)) for column, kind in types.items()])
        rows = iter(self.rows(f"select * from {passing}"))
        self.drop(passing)

        def batches() -> Iterator[pa.RecordBatch]:
            while portion := list(itertools.islice(rows, batch_rows)):
                columns = zip(*portion, strict=True)
                arrays = [_array(cells, kind.type) for cells, kind in zip(columns, schema, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

        return pa.RecordBatchReader.from_batches(schema, batches())

    def write(self, query: str, file: Path) -> None:
        """Write the rows of a query to a Parquet file, in their order."""
        rows = self.stream(query)
        with parquet.ParquetWriter(file, rows.schema, compression="zstd") as writer:
            for batch in rows:
                writer.write_batch(batch)

    def drop(self, name: str) -> None:
        """Forget a table or view, if it is there."""
        if self._tables.pop(name.lower(), None) is not None:
            kinds = f"select relkind from pg_class where oid = to_regclass({literal(quoted(name.lower()))})"
            with _hidden():
                for (kind,) in self._connection.execute(kinds).fetchall():
                    word = "view" if kind in ("v", b"v") else "table"
                    self._connection.execute(f"drop {word} {quoted(name.lower())} cascade")

    def _note(self, name: str) -> None:
        asked = (
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            f"where attrelid = to_regclass({literal(quoted(name.lower()))}) and attnum > 0 order by attnum"
        )
        with _hidden():
            found = self._connection.execute(asked).fetchall()
        self._tables[name.lower()] = {column: _house_type(kind) for column, kind in found}

    def _run(self, statement: str) -> None:
        with _hidden():
            self._connection.execute(statement)


def _house_type(kind: str) -> str:
    return _HOUSE_TYPES.get(kind, kind.upper().replace("NUMERIC", "DECIMAL"))


def _rows_of(file: str) -> Iterator[dict[str, Any]]:
    for batch in parquet.ParquetFile(file).iter_batches():
        yield from batch.to_pylist()


def _of_arrow(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    words = {"int64": "bigint", "int32": "integer", "double": "double", "bool": "boolean", "date32[day]": "date"}
    return "timestamp" if pa.types.is_timestamp(kind) else words.get(str(kind), "varchar")


def _to_arrow(kind: str) -> pa.DataType:
    if kind.startswith("DECIMAL("):
        return pa.decimal128(*(int(one) for one in kind[8:-1].split(",")))
    return {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(),
            "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us")}.get(kind, pa.string())  # fmt: skip


def _array(cells: Iterable[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(kind):
        step = Decimal(1).scaleb(-kind.scale)
        cells = [None if cell is None else cell.quantize(step) for cell in cells]
    return pa.array(list(cells), kind)


@contextmanager
def _hidden() -> Iterator[None]:
    """Tell the kind of an engine's error and keep its words, which may quote values, to itself."""
    import psycopg

    try:
        yield
    except psycopg.OperationalError:
        trouble = Trouble("E003", "the engine could not read or write a file", "See that the server runs, try again")
        raise TryAgain(trouble) from None
    except psycopg.Error as error:
        what = f"the engine could not compute ({type(error).__name__})"
        mend = "This is a fault of the program: report it with this line"
        raise MilepostError(Trouble("E001", what, mend)) from None
