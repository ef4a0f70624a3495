"""The embedded engine: DuckDB in this process, Arrow in and out.

Tables live in memory and spill to a scratch folder; what lasts is in Delta tables (`engines.delta`).
Nothing of the engine shows through: its errors may quote values, so only their kind is told.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from milepost.basics.errors import MilepostError, Trouble, TryAgain
from milepost.engines import csv_copy
from milepost.engines.csv_copy import Lines
from milepost.engines.engine import literal, quoted

__all__ = ["Engine", "literal", "one_of", "quoted", "repeated"]

_LARGEST_MEMORY_MB = 8192
_ROWS_AT_ONCE = 50_000
_ROWS_COMPARED = 1_000_000
_HASHES_AT_ONCE = 50_000_000
_IN_ORDER = {"PROJECTION", "FILTER", "READ_CSV"}
"""The steps of a plan that hand on rows in the order in which one source gives them."""


def repeated(text: str) -> str:
    """Give a text that every row of a file holds, in the form that is written fastest: the one word of a list.

    >>> repeated("add")
    "cast('add' as enum('add'))"
    """
    return one_of((text,), literal(text))


def one_of(words: Iterable[str], cell: str) -> str:
    """Give an expression that is one of few words in the form that is written fastest; another cannot be computed.

    >>> one_of(("peak", "flat"), "kind")
    "cast(kind as enum('peak', 'flat'))"
    """
    return f"cast({cell} as enum({', '.join(map(literal, words))}))"


class Engine:
    """One engine for one piece of work; use it in a `with` block.

    Memory is limited to half of the machine's and at most `memory_mb`; threads to the processors this
    process may use. It reaches no network and sees no variable of the program.
    """

    def __init__(self, memory_mb: int = _LARGEST_MEMORY_MB, threads: int | None = None) -> None:
        scratch = tempfile.mkdtemp(prefix="milepost-")
        self._clean = weakref.finalize(self, shutil.rmtree, scratch, ignore_errors=True)
        half_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**21
        with _hidden():
            self._connection = duckdb.connect(
                config={
                    "memory_limit": f"{min(memory_mb, half_mb)}MB",
                    "threads": threads or len(os.sched_getaffinity(0)),
                    "temp_directory": scratch,
                    "python_enable_replacements": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                }
            )

            # In a notebook it would draw a bar of its own beside ours.
            self._connection.execute("set enable_progress_bar = false")

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every table and thread."""
        self._connection.close()
        self._clean()

    def load(self, name: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
        """Fill the new table `name` from rows and give their count; `types` names its columns and SQL types.

        A table of that name is replaced; any number of rows passes through in portions. Whatever `rows`
        raises passes through too, and no half table stays.
        """
        defined = ", ".join(f"{quoted(column)} {kind}" for column, kind in types.items())
        self.drop(name)
        self._run(f"create table {quoted(name)} ({defined})")
        count, left = 0, iter(rows)
        try:
            while portion := list(itertools.islice(left, _ROWS_AT_ONCE)):
                self._run(f"insert into {quoted(name)} select * from arriving", _as_texts(types, portion))
                count += len(portion)
        except BaseException:
            self.drop(name)
            raise
        return count

    def load_lines(self, name: str, lines: Lines) -> int | None:
        """Make `name` from a CSV file of which every line is a row, and give the count of rows that are not empty.

        Columns are text, an empty cell is an empty text. None, and nothing made, where what is read is not just
        the rows that were promised: the file is then for another way of reading.
        """
        if not csv_copy.may_be_named(lines.path):
            return None
        raw = self._place_for_lines(name)
        try:
            self.make_in_order(raw, csv_copy.raw_rows(lines))
        except MilepostError as error:
            if error.troubles[0].code != "E001":
                raise
            return None
        blank = quoted(lines.blank)
        counts = f"select count(*), coalesce(max(rowid) + 1, 0), count(*) filter ({blank}) from {quoted(raw)}"
        ((count, places, blanks),) = self.rows(counts)
        if not count == places == lines.rows:
            self.drop(raw)
            return None
        query = csv_copy.numbered_rows(lines, raw, "rowid") + (f" where not {blank}" if blanks else "")
        self._run(f"create view {quoted(name)} as {query}")
        return int(count - blanks)

    def view_lines(self, name: str, lines: Lines) -> str | None:
        """Make `name` a view of a CSV file of which every line is a row; nothing is read yet, so nothing is proven.

        Gives the name of the view of the same rows in the order of the file, without their lines and with the mark of
        those that are empty: it is read by all threads, where numbering the lines takes one. None as in `load_lines`.
        """
        if not csv_copy.may_be_named(lines.path):
            return None
        raw = self._place_for_lines(name)
        self.make_view(raw, csv_copy.raw_rows(lines))
        self.make_view(name, csv_copy.numbered_rows(lines, raw, "row_number() over () - 1"))
        return raw

    def _place_for_lines(self, name: str) -> str:
        """Forget what was read under a name, as a table or a view, and give the name for its rows in their order."""
        raw = f"lines_of_{name}"
        for one in (name, raw):
            self.drop(one)
        return raw

    def make(self, name: str, query: str) -> None:
        """Make the table `name` from a query; a table of that name is replaced."""
        self._run(f"create or replace table {quoted(name)} as {query}")

    def make_in_order(self, name: str, query: str) -> None:
        """Make the table `name` of the rows of one source, whose places in it (`rowid`) are those they have there.

        Raises E001 where the engine would not keep their order.
        """
        with self._order_is_kept(query):
            self.make(name, query)

    def make_view(self, name: str, query: str) -> None:
        """Make the view `name` of a query, which is computed anew each time it is read."""
        self._run(f"create or replace view {quoted(name)} as {query}")

    def view_files(
        self, name: str, files: Sequence[str], columns: Iterable[str] | Mapping[str, str], position: str = ""
    ) -> None:
        """Make the view `name` over Parquet files; without files it is empty, its `columns` of their types or text.

        `position` names a further column that counts the rows of each file from 0 (empty: none).
        """
        if files:
            listed = ", ".join(literal(file) for file in files)
            counted = f"* exclude (file_row_number), file_row_number as {quoted(position)}" if position else "*"
            source = (
                f"select {counted} from read_parquet([{listed}], union_by_name => false, hive_partitioning => false, "
                f"file_row_number => {str(bool(position)).lower()})"
            )
        else:
            types = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "varchar")
            empty = ", ".join(f"null::{kind} as {quoted(column)}" for column, kind in types.items())
            source = f"select {empty} where false"
        self.make_view(name, source)

    def columns(self, name: str) -> dict[str, str]:
        """Give the columns of a table or view with their types."""
        return {str(row[0]): str(row[1]) for row in self.rows(f"describe {quoted(name)}")}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query; for answers that are small."""
        with _hidden():
            return list(self._connection.execute(query).fetchall())

    def stream(self, query: str, batch_rows: int = 100_000) -> Any:
        """Give the rows of a query as an Arrow record batch reader; for answers of any size."""
        with _hidden():
            return self._connection.sql(query).to_arrow_reader(batch_rows)

    def write(self, query: str, file: Path) -> None:
        """Write the rows of a query to a Parquet file, in their order, without holding them in memory."""
        # Columns of many different values are not worth the dictionary that the engine would begin for them.
        form = "format parquet, parquet_version v2, compression zstd, compression_level 1, row_group_size 122880"
        form += ", dictionary_size_limit 4096"
        self._run(f"copy ({query}) to {literal(str(file))} ({form})")

    def write_in_order(self, query: str, file: Path) -> None:
        """Write the rows of one source to a Parquet file, in the order they have there.

        Raises E001 where the engine would not keep it.
        """
        with self._order_is_kept(query):
            self.write(query, file)

    def empty_cells(self, file: Path) -> dict[str, int]:
        """Give how many empty cells a Parquet file says it has, by column; all of a column it says nothing of."""
        counts = "path_in_schema, sum(coalesce(stats_null_count, row_group_num_rows))"
        return dict(self.rows(f"select {counts} from parquet_metadata({literal(str(file))}) group by 1"))

    @contextmanager
    def _order_is_kept(self, query: str) -> Iterator[None]:
        """See that each row of a query comes from one of its source, and that no step in between mixes them.

        Threads hand on what they have done in the order it was read only as long as all steps are of the kinds named
        here. A long list of words (`in`) would be made a join, and is not.
        """
        self._run("set disabled_optimizers = 'in_clause'")
        try:
            ((_, plan),) = self.rows(f"explain (format json) {query}")
            if not set(_steps(json.loads(plan))) <= _IN_ORDER:
                what, mend = "the engine would not keep the order of rows", "This is a fault of the program: report it"
                raise MilepostError(Trouble("E001", what, mend))
            yield
        finally:
            self._run("reset disabled_optimizers")

    def is_rising(self, query: str) -> bool:
        """Is every row of a query greater than the one before it, by its columns from the first to the last?

        No row is then given twice. The answer no comes with the first row that is not; a null is greater than nothing.
        """
        before: tuple[Any, ...] = ()
        for batch in self.stream(query, _ROWS_COMPARED):
            columns = batch.columns
            first = tuple(column[0].as_py() for column in columns) if batch.num_rows else ()
            if None in first or (before and first and not before < first) or not _is_rising(columns):
                return False
            before = tuple(column[-1].as_py() for column in columns) if batch.num_rows else before
        return True

    def make_repeated(self, name: str, query: str, column: str, count: int) -> int:
        """Make the table `name` of the hashes that a query gives more than once in a column, and give their count.

        Nothing is made where none is. To sort them takes an eighth of the time of grouping by them. `count` is about
        the rows of the query: where memory could be short they are taken in parts, each with the hashes of one
        remainder.
        """
        parts = -(-count // _HASHES_AT_ONCE) or 1
        found = []
        for part in range(parts):
            of_part = f" where h.{quoted(column)} % {parts} = {part}" if parts > 1 else ""
            stream = self.stream(f"select h.{quoted(column)} from ({query}) h{of_part}", 1_000_000)
            with _hidden():
                pieces = [batch.column(0).to_numpy() for batch in stream]
            hashes = np.concatenate(pieces) if pieces else np.empty(0, np.uint64)
            _sort(hashes)
            found.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
        again = np.concatenate(found)
        if again.size:
            values = pa.Array.from_buffers(pa.uint64(), again.size, [None, pa.py_buffer(again)])
            arriving = pa.RecordBatch.from_arrays([values], names=[column])
            self._run(f"create or replace table {quoted(name)} as select * from arriving", arriving)
        return int(again.size)

    def drop(self, name: str) -> None:
        """Forget a table or view, if it is there."""
        with _hidden():
            try:
                self._connection.execute(f"drop table if exists {quoted(name)}")
            except duckdb.CatalogException:  # there is a view of that name
                self._connection.execute(f"drop view if exists {quoted(name)}")

    def _run(self, statement: str, arriving: pa.RecordBatch | None = None) -> None:
        with _hidden():
            if arriving is not None:
                self._connection.register("arriving", arriving)
            try:
                self._connection.execute(statement)
            finally:
                if arriving is not None:
                    self._connection.unregister("arriving")


def _steps(plans: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The kinds of the steps of a plan."""
    for plan in plans:
        yield plan["name"].strip()
        yield from _steps(plan.get("children", ()))


def _as_texts(columns: Iterable[str], rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """Give rows as Arrow columns of text, which the table's own types read on arrival.

    The builder is used because `pyarrow.array` imports pandas wherever that happens to be installed, which
    takes longer than all of a small walk.
    """
    arrays = []
    for values in zip(*rows, strict=True):
        builder = pa.lib.StringBuilder()
        builder.append_values([value if value is None or isinstance(value, str) else str(value) for value in values])
        arrays.append(builder.finish())
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _is_rising(columns: Sequence[pa.Array]) -> bool:
    """Does each row of some columns follow the one above it in the order of the columns?"""
    from pyarrow import compute  # its import takes as long as many a small file

    follows: Any = None
    for column in reversed(columns):
        above, below = column.slice(0, max(len(column) - 1, 0)), column.slice(1)
        is_less = compute.less(above, below)
        # No plain value is handed over: to make one of it, Arrow imports pandas wherever that happens to be installed.
        follows = (
            compute.or_(is_less, compute.and_(compute.equal(above, below), follows)) if follows is not None else is_less
        )
    return compute.all(follows, skip_nulls=False, min_count=0).as_py() is True


def _sort(numbers: NDArray[np.uint64]) -> None:
    """Sort numbers where they are, the lower and the upper half at the same time."""
    middle = numbers.size // 2
    if middle:
        numbers.partition(middle)
    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(np.ndarray.sort, (numbers[:middle], numbers[middle:])):
            pass


@contextmanager
def _hidden() -> Iterator[None]:
    """Tell the kind of an engine's error and keep its words, which may quote values, to itself."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        trouble = Trouble("E002", "the engine ran out of memory", "Close other programs, or take smaller files")
    except duckdb.IOException:
        trouble = Trouble("E003", "the engine could not read or write a file", "See that the disk has room, try again")
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # what the client makes of Ctrl-C while a query runs
            raise
        raise KeyboardInterrupt from None
    except duckdb.Error as error:
        what = f"the engine could not compute ({type(error).__name__})"
        trouble = Trouble("E001", what, "This is a fault of the program: report it with this line")
        raise MilepostError(trouble) from None
    else:
        return
    raise TryAgain(trouble) from None
