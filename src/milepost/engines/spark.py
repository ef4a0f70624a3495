"""The distributed engine: Apache Spark, on a cluster or in threads of this machine; pyspark is imported when opened.

One Spark for a process, a session of its own for each engine, so that no engine sees another's tables. A made table is
held by the cluster's machines until it is dropped. Machines must see the zone's folder under the same path. Nothing of
the engine shows through: its errors may quote values, so only their kind is told.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import os
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from milepost.basics.errors import MilepostError, Trouble, TryAgain, YoursToMend
from milepost.engines.engine import quoted
from milepost.engines.spark_words import SPARK, table_name
from milepost.engines.translating import Translating

_ROWS_AT_ONCE = 50_000
_PARTS_OF_A_CORE = 2
_SETTINGS = {
    "spark.app.name": "milepost",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "1g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parquet.compression.codec": "zstd",
}
_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_QUIET = """status = off
appender.nowhere.type = Null
appender.nowhere.name = nowhere
rootLogger.level = off
rootLogger.appenderRef.nowhere.ref = nowhere
"""
_NAMES = {"string": "VARCHAR", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT",
          "double": "DOUBLE", "float": "FLOAT", "boolean": "BOOLEAN", "date": "DATE", "timestamp_ntz": "TIMESTAMP",
          "timestamp": "TIMESTAMP", "void": "INTEGER"}  # fmt: skip


class Engine(Translating):
    """One engine for one piece of work on the Spark at `url` (`spark://host:port`, or `local[2]` in this machine).

    `settings` are Spark's own, for this engine only. Raises YoursToMend (E004) where pyspark or Java is not installed,
    TryAgain (E004) where the cluster is away.
    """

    dialect, mends = "spark", SPARK

    def __init__(self, url: str, settings: Mapping[str, str] | None = None) -> None:
        self._scratch = tempfile.mkdtemp(prefix="milepost-")
        self._tables: dict[str, dict[str, str]] = {}
        with _hidden():
            self._session = _spark(url).newSession()
            cores = self._session.sparkContext.defaultParallelism
            self._session.conf.set("spark.sql.shuffle.partitions", str(max(2, cores * _PARTS_OF_A_CORE)))
            for name, value in (settings or {}).items():
                self._session.conf.set(name, value)

    def close(self) -> None:
        """Let go of every table; Spark itself stays for the next engine, and ends with the process."""
        for name in list(self._tables):
            with suppress(MilepostError):
                self.drop(name)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def load(self, name: str, types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
        """Fill the new table `name` from rows and give their count; `types` names its columns and SQL types.

        A table of that name is replaced. Rows pass to the cluster as texts, which it reads as the types say.
        """
        arrived: list[pa.RecordBatch] = []
        left = iter(rows)
        while portion := list(itertools.islice(left, _ROWS_AT_ONCE)):
            arrived.append(_as_texts(types, portion))
        table = pa.Table.from_batches(arrived, pa.schema([(column, pa.string()) for column in types]))
        arriving = "rows_arriving"
        with _hidden():
            self._keep(arriving, self._session.createDataFrame(table))
        cells = ", ".join(f"cast({quoted(column)} as {kind}) as {quoted(column)}" for column, kind in types.items())
        self.make(name, f"select {cells} from {arriving}")
        self.drop(arriving)
        return int(table.num_rows)

    def make(self, name: str, query: str) -> None:
        """Make the table `name` from a query; a table of that name is replaced."""
        with _hidden():
            self._keep(name, self._asked(query).localCheckpoint(eager=True))

    def make_view(self, name: str, query: str) -> None:
        """Make the view `name` of a query, which is computed anew each time it is read.

        It stays one of the tables that had the query's names when it was made.
        """
        with _hidden():
            self._keep(name, self._asked(query))

    def view_files(
        self, name: str, files: Sequence[str], columns: Iterable[str] | Mapping[str, str], position: str = ""
    ) -> None:
        """Make the view `name` over Parquet files; without files it is empty, its `columns` of their types or text.

        `position` names a further column that counts the rows of each file from 0 (empty: none).
        """
        if files:
            with _hidden():
                reader = self._session.read.option("mergeSchema", str(len(files) > 1).lower())
                # A path is a path: Spark would take * and { in it for signs of its own.
                plain = [re.sub(r"([{}*?])", r"\\\1", _address(file)) for file in files]
                counted = [f"_metadata.row_index as `{position}`"] if position else []
                self._keep(name, reader.parquet(*plain).selectExpr("*", *counted))
            return
        types = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "varchar")
        cells = ", ".join(f"cast(null as {kind}) as {quoted(column)}" for column, kind in types.items())
        self.make_view(name, f"select {cells} where false")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query; for answers that are small."""
        with _hidden():
            table = self._asked(query).toArrow()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def stream(self, query: str, batch_rows: int = 100_000) -> Any:
        """Give the rows of a query as an Arrow record batch reader; the whole answer passes through this machine."""
        with _hidden():
            return self._asked(query).toArrow().to_reader(batch_rows)

    def write(self, query: str, file: Path) -> None:
        """Write the rows of a query to one Parquet file, in their order; one of the cluster's machines writes it."""
        passing = file.with_name(f"writing-{file.name}-{os.getpid()}")
        try:
            with _hidden():
                self._asked(query).coalesce(1).write.mode("overwrite").parquet(_address(str(passing)))
                (written,) = passing.glob("part-*.parquet")
                written.replace(file)
        finally:
            shutil.rmtree(passing, ignore_errors=True)

    def drop(self, name: str) -> None:
        """Forget a table or view, if it is there."""
        if self._tables.pop(name.lower(), None) is not None:
            with _hidden():
                self._session.catalog.dropTempView(table_name(name))

    def _asked(self, query: str) -> Any:
        return self._session.sql(self._translated(query))

    def _keep(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(table_name(name))
        self._tables[name.lower()] = {column: _house_type(kind) for column, kind in frame.dtypes}


def _house_type(kind: str) -> str:
    return _NAMES.get(kind, kind.upper())


def _address(path: str) -> str:
    return path if "://" in path else f"file://{os.path.abspath(path)}"


def _as_texts(columns: Iterable[str], rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    told = [[None if cell is None else str(cell) for cell in cells] for cells in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays([pa.array(cells, pa.string()) for cells in told], names=list(columns))


# --- one Spark for a process ---------------------------------------------------------------------------------------

_running: dict[str, Any] = {}
_starting = threading.Lock()


def _spark(url: str) -> Any:
    """Give the running Spark of an address; another address ends the one before, for there is one in a process."""
    with _starting:
        if url not in _running:
            stop()
            _running[url] = _started(url)
        return _running[url]


def stop() -> None:
    """End the Spark of this process, where there is one; engines that are open lose their tables."""
    for url in list(_running):
        with suppress(Exception):
            _running.pop(url).stop()


def _started(url: str) -> Any:
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        mend = "Install it: pip install 'milepost[spark]'"
        raise YoursToMend(Trouble("E004", "Spark needs the package pyspark", mend)) from None
    _reach(url)
    scratch = tempfile.mkdtemp(prefix="milepost-spark-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    atexit.register(stop)
    quiet = Path(scratch) / "quiet.properties"
    quiet.write_text(_QUIET, encoding="utf-8")
    settings = _SETTINGS | (_HERE if _is_here(url) else {})
    settings |= {
        "spark.sql.warehouse.dir": scratch,
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet} -Dderby.system.home={scratch}",
    }
    # It would print the values of a failed query.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    builder = SparkSession.builder.master(url)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError:
        mend = "Install Java 17 or later (Debian: openjdk-17-jre-headless)"
        raise YoursToMend(Trouble("E004", "Spark needs Java, and none answers", mend)) from None


def _is_here(url: str) -> bool:
    return not url.startswith("spark://") or urlsplit(url).hostname in ("127.0.0.1", "localhost")


def _reach(url: str) -> None:
    """See that somebody listens there: Spark itself would try for minutes."""
    if not url.startswith("spark://"):
        return
    try:
        parts = urlsplit(url)
        socket.create_connection((parts.hostname or "", parts.port or 7077), timeout=10).close()
    except (OSError, ValueError) as error:
        what = f"the cluster cannot be reached ({type(error).__name__})"
        raise TryAgain(Trouble("E004", what, "See that its master runs at this address, then try again")) from None


@contextmanager
def _hidden() -> Iterator[None]:
    """Tell the kind of an engine's error and keep its words, which may quote values, to itself."""
    try:
        yield
    except MilepostError:
        raise
    except Exception as error:
        said = str(error)
        if "OutOfMemoryError" in said:
            trouble = Trouble("E002", "the engine ran out of memory", "Give the cluster more memory, or take less")
        elif isinstance(error, OSError) or any(word in said for word in _AWAY):
            trouble = Trouble("E003", "the engine could not read or write a file", "See that all of its machines run")
        else:
            what = f"the engine could not compute ({type(error).__name__})"
            mend = "This is a fault of the program: report it with this line"
            raise MilepostError(Trouble("E001", what, mend)) from None
        raise TryAgain(trouble) from None


_AWAY = ("FileNotFoundException", "FAILED_READ_FILE", "ConnectException", "CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND",
         "Master removed our application", "SparkContext was shut down", "ExecutorLostFailure",
         "IOException")  # fmt: skip
