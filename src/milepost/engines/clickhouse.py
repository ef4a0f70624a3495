"""ClickHouse in this process (chdb), as far as the suite of examples passes; chdb is imported when it is opened.

It takes the same work as the embedded engine and is not offered to commands: what differs yet stands in
docs/decisions/0008-engines.md.
"""

from __future__ import annotations

import io
import itertools
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from milepost.basics.errors import MilepostError, Trouble, YoursToMend
from milepost.engines.clickhouse_words import CLICKHOUSE
from milepost.engines.engine import literal, quoted
from milepost.engines.translating import Translating

_SETTINGS = (
    "join_use_nulls = 1, aggregate_functions_null_for_empty = 1, data_type_default_nullable = 1, "
    "cast_keep_nullable = 1, prefer_column_name_to_alias = 1, union_default_mode = 'DISTINCT', "
    "enable_extended_results_for_datetime_functions = 1, least_greatest_legacy_null_behavior = 0, "
    "precise_float_parsing = 1, session_timezone = 'UTC', output_format_arrow_string_as_string = 1, "
    "schema_inference_make_columns_nullable = 1"
)
_TO_CLICKHOUSE = {"VARCHAR": "String", "BIGINT": "Int64", "INTEGER": "Int32", "DOUBLE": "Float64", "DATE": "Date32",
                  "TIMESTAMP": "DateTime64(6)", "BOOLEAN": "Bool"}  # fmt: skip
_FROM_CLICKHOUSE = {"String": "VARCHAR", "Float64": "DOUBLE", "Date": "DATE", "Date32": "DATE", "Bool": "BOOLEAN"}


class Engine(Translating):
    """One engine for one piece of work. Raises YoursToMend (E004) where chdb is not installed."""

    dialect, mends = "clickhouse", CLICKHOUSE

    def __init__(self) -> None:
        try:
            from chdb.session import Session
        except ImportError:
            mend = "Install it: pip install 'milepost[clickhouse]'"
            raise YoursToMend(Trouble("E004", "ClickHouse needs the package chdb", mend)) from None
        self._scratch = tempfile.mkdtemp(prefix="milepost-")
        self._tables: dict[str, dict[str, str]] = {}
        with _hidden():
            self._session = Session(f"{self._scratch}/tables")
            self._session.query("create database if not exists work engine = Atomic")
            self._session.query("use work")
            self._session.query(f"set {_SETTINGS}")

    def close(self) -> None:
        """Let go of every table."""
        self._session.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def load(self, name: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
        """Fill the new table `name` from rows and give their count; `types` names its columns and SQL types."""
        self.drop(name)
        columns = ", ".join(f"{quoted(column)} Nullable({_own_type(kind)})" for column, kind in types.items())
        self._run(f"create table {quoted(name.lower())} ({columns}) engine = MergeTree order by tuple()")
        self._note(name)
        count, left = 0, iter(rows)
        while portion := list(itertools.islice(left, 50_000)):
            file = Path(self._scratch) / "arriving.parquet"
            told = [[None if cell is None else str(cell) for cell in cells] for cells in zip(*portion, strict=True)]
            parquet.write_table(pa.table([pa.array(c, pa.string()) for c in told], list(types)), file)
            cells = ", ".join(_read(column, kind) for column, kind in types.items())
            self._run(f"insert into {quoted(name.lower())} select {cells} from file({literal(str(file))})")
            count += len(portion)
        return count

    def make(self, name: str, query: str) -> None:
        """Make the table `name` from a query; a table of that name is replaced."""
        passing = f"making_{name.lower()}"
        asked = self._translated(query)
        self._run(f"drop table if exists {quoted(passing)}")
        self._run(f"create table {quoted(passing)} engine = MergeTree order by tuple() as {asked}")
        self.drop(name)
        self._run(f"rename table {quoted(passing)} to {quoted(name.lower())}")
        self._note(name)

    def make_view(self, name: str, query: str) -> None:
        """Make the view `name` of a query, which is computed anew each time it is read."""
        asked = self._translated(query)
        self.drop(name)
        self._run(f"create view {quoted(name.lower())} as {asked}")
        self._note(name)

    def view_files(
        self, name: str, files: Sequence[str], columns: Iterable[str] | Mapping[str, str], position: str = ""
    ) -> None:
        """Make the view `name` over Parquet files; without files it is empty, its `columns` of their types or text.

        `position` names a further column that counts the rows of each file from 0 (empty: none).
        """
        if not files:
            types = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "varchar")
            self.load(name, types, [])
            return
        self.drop(name)
        counted = f", toInt64(_row_number) as {quoted(position)}" if position else ""
        parts = " union all ".join(f"select *{counted} from file({literal(file)}, Parquet)" for file in files)
        self._run(f"create view {quoted(name.lower())} as {parts}")
        self._note(name)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query; for answers that are small."""
        found = self._arrow(self._translated(query))
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def stream(self, query: str, batch_rows: int = 100_000) -> Any:
        """Give the rows of a query as an Arrow record batch reader; the whole answer is held."""
        return self._arrow(self._translated(query)).to_reader(batch_rows)

    def write(self, query: str, file: Path) -> None:
        """Write the rows of a query to a Parquet file, in their order."""
        parquet.write_table(self._arrow(self._translated(query)), file, compression="zstd")

    def drop(self, name: str) -> None:
        """Forget a table or view, if it is there."""
        if self._tables.pop(name.lower(), None) is not None:
            self._run(f"drop table if exists {quoted(name.lower())} sync")

    def _arrow(self, asked: str) -> pa.Table:
        with _hidden():
            try:
                return self._read_arrow(asked)
            except Exception:
                # What follows a query that stopped half way may come back empty: it is asked until it does not.
                for _ in range(3):
                    if self._read_arrow("select 1").num_rows == 1:
                        break
                raise

    def _read_arrow(self, asked: str) -> pa.Table:
        answer = self._session.query(asked, "ArrowStream")
        return _plain(pa.ipc.open_stream(io.BytesIO(answer.bytes())).read_all())

    def _note(self, name: str) -> None:
        place = f"database = 'work' and table = {literal(name.lower())}"
        described = self._arrow(f"select name, type from system.columns where {place} order by position")
        names, types = (column.to_pylist() for column in described.columns)
        self._tables[name.lower()] = dict(zip(names, map(_house_type, types), strict=True))

    def _run(self, statement: str) -> None:
        with _hidden():
            self._session.query(statement)


def _own_type(kind: str) -> str:
    return _TO_CLICKHOUSE.get(kind.upper(), kind.replace("decimal", "Decimal").replace("DECIMAL", "Decimal"))


def _house_type(kind: str) -> str:
    plain = kind.removeprefix("LowCardinality(").removeprefix("Nullable(").rstrip(")")
    if plain.startswith("Decimal("):
        return plain.upper().replace(" ", "") + ")"
    if plain.startswith("DateTime"):
        return "TIMESTAMP"
    return _FROM_CLICKHOUSE.get(plain, "BIGINT" if "Int" in plain else plain.upper())


def _read(column: str, kind: str) -> str:
    own = f"Nullable({_own_type(kind)})"
    return f"cast({quoted(column)}, {literal(own)})"


def _plain(table: pa.Table) -> pa.Table:
    """Moments without a zone, texts as texts."""
    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("us"))
        columns.append(column.cast(pa.string()) if pa.types.is_binary(column.type) else column)
    return pa.table(columns, table.column_names)


@contextmanager
def _hidden() -> Iterator[None]:
    """Tell the kind of an engine's error and keep its words, which may quote values, to itself."""
    try:
        yield
    except MilepostError:
        raise
    except Exception as error:
        what = f"the engine could not compute ({type(error).__name__})"
        mend = "This is a fault of the program: report it with this line"
        raise MilepostError(Trouble("E001", what, mend)) from None
