"""Delta tables through delta-rs: append, versions, receipts, and the file list of a version.

A table only grows: there is no delete, no overwrite, no vacuum here, and its log is kept for good, so that
every version can be read again. Rows are read by handing the file list of a version to an engine, never
through delta-rs itself (its path through pyarrow can abort the interpreter at exit).
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as parquet
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction

from milepost.basics.errors import Trouble, TryAgain, YoursToMend

# Delta's own default drops its log after 30 days, and with it the receipts and the way back to old versions.
_KEPT_FOR_GOOD = {"delta.logRetentionDuration": "interval 36500 days", "delta.enableExpiredLogCleanup": "false"}
LARGE_FILE = 256 * 2**20
"""A file of so many bytes is large enough to stay for itself."""
_READABLE_FEATURES = {"timestampNtz"}
_UNREADABLE_LETTERS = set("%[]^|<>\\")


@dataclass(frozen=True)
class Commit:
    """One commit of a table: its version, its time, and the metadata it was given."""

    version: int
    at: datetime
    metadata: dict[str, str]


def newest(path: Path) -> int | None:
    """Give the newest version of the table at `path`, or None where there is no table."""
    log = path / "_delta_log"
    if not log.is_dir():
        return None
    with told():
        names = os.listdir(log)
    return max((int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit()), default=None)


def create(path: Path, schema: pa.Schema) -> None:
    """Make an empty table (version 0) where there is none; that another has just made it is no trouble."""
    try:
        with told():
            path.mkdir(parents=True, exist_ok=True)
            DeltaTable.create(_address(path), schema=schema, mode="ignore", configuration=_KEPT_FOR_GOOD)
    except TryAgain:
        if newest(path) is None:
            raise


def widen(path: Path, parent: int, schema: pa.Schema) -> int:
    """Add the columns of a schema that the table lacks, as a version without rows; give the version to go on from.

    It is `parent` where nothing lacks. Raises TryAgain (K002) where somebody else has committed since `parent`.
    """
    with told():
        table = _opened(path, parent)
        there = {field.name for field in table.schema().fields}
        lacking = [field for field in Schema.from_arrow(schema).fields if field.name not in there]
        if not lacking:
            return parent
        table.alter.add_columns(lacking, commit_properties=CommitProperties(max_commit_retries=0))
    return parent + 1


def attach(
    path: Path, parent: int, schema: pa.Schema, file: Path, stats: dict[str, Any], metadata: dict[str, str], name: str
) -> int:
    """Add a Parquet file, written into the table's folder by an engine, as version `parent` + 1; give its number.

    `name` is what `version_of` finds the commit by; `stats` are the format's own (numRecords, minValues, maxValues by
    column), by which readers pass over files. The commit is one atomic act, so a process that dies leaves the table
    whole. Raises TryAgain (K002) where somebody else has committed since `parent`: what was decided by reading
    `parent` must be decided again, and the file is no part of the table.
    """
    said = file.stat()
    action = AddAction(file.name, said.st_size, {}, int(said.st_mtime * 1000), True, json.dumps(stats, default=str))
    with told():
        _opened(path, parent).create_write_transaction(
            [action],
            "append",
            schema,
            commit_properties=CommitProperties(
                custom_metadata=metadata,
                app_transactions=[Transaction(app_id=name, version=parent + 1)],
                max_commit_retries=0,
            ),
        )
    return parent + 1


def gather(path: Path, most_bytes: int = LARGE_FILE) -> None:
    """Write the files of the newest version that are smaller together, in a version of its own with the same rows.

    A file of `most_bytes` or more stays as it is, and so does every version before. That somebody else has just done
    so is no trouble.
    """
    with told(), suppress(CommitFailedError):
        _opened(path).optimize.compact(target_size=most_bytes - 1)


def added(path: Path, version: int) -> list[tuple[str, dict[str, Any]]]:
    """Give the files that one commit added, each with its statistics, from the table's log alone."""
    with told(), (path / "_delta_log" / f"{version:020d}.json").open(encoding="utf-8") as log:
        acts = [json.loads(line)["add"] for line in log if '"add"' in line]
    return [(str(path / unquote(act["path"])), json.loads(act.get("stats") or "{}")) for act in acts]


@functools.lru_cache(maxsize=100_000)
def columns(file: str) -> tuple[tuple[str, str], ...]:
    """Give the columns of a Parquet file in their order, each with its Arrow type; a file of a table never changes."""
    with told():
        return tuple((field.name, _plain(field.type)) for field in parquet.read_schema(file))


def _plain(kind: pa.DataType) -> str:
    """The name of a type; of the ways to lay out texts in memory one."""
    return "string" if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else str(kind)


def version_of(path: Path, name: str) -> int | None:
    """Give the last version that was committed under `name`, or None; no history is read for it."""
    if newest(path) is None:
        return None
    with told():
        found = _opened(path).transaction_version(name)
    return None if found is None else int(found)


def files(path: Path, version: int | None = None) -> list[str]:
    """Give the Parquet files that make up a version (the newest without one).

    Raises YoursToMend: K003 where the table has features a file list would not respect (deletion
    vectors, renamed columns), K004 where there is no such version.
    """
    with told():
        if version is not None and not 0 <= version <= (last := newest(path) or 0):
            mend = f"Ask for a version from 0 to {last}"
            raise YoursToMend(Trouble("K004", f"there is no version {version}", mend))
        table = _opened(path, version)
        protocol = table.protocol()
        features = set(protocol.reader_features or ())
        if features - _READABLE_FEATURES or protocol.min_reader_version == 2:
            mend = "Keep registers with this program only; restore the folder from a copy"
            raise YoursToMend(Trouble("K003", "the table was changed by another program", mend))
        root = table.table_uri.removeprefix("file://")
        return [str(path / uri.removeprefix(root)) for uri in table.file_uris()]


def history(path: Path, since: int = 0, until: int | None = None) -> list[Commit]:
    """Give the commits of a table from version `since` on (to `until`), oldest first.

    They are read from the table's log itself, one small file for each: delta-rs's own history is empty, without
    an error, under a folder with a question mark in its name.
    """
    last = newest(path) if until is None else until
    if last is None:
        return []
    with told():
        return [_commit(path, version) for version in range(since, last + 1)]


def _commit(path: Path, version: int) -> Commit:
    log = path / "_delta_log" / f"{version:020d}.json"
    return _read_commit(log, version, log.stat().st_mtime_ns)


@functools.lru_cache(maxsize=100_000)
def _read_commit(path: Path, version: int, _: int) -> Commit:
    """Read a commit once: its file is never changed (the time of another table's at the same place differs)."""
    with path.open(encoding="utf-8") as log:
        acts = [json.loads(line) for line in log if line.strip()]
    info: dict[str, Any] = next((act["commitInfo"] for act in acts if "commitInfo" in act), {})
    return Commit(version, datetime.fromtimestamp(info.get("timestamp", 0) / 1000, UTC), info)


def _opened(path: Path, version: int | None = None) -> DeltaTable:
    return DeltaTable(_address(path), version=version)


def _address(path: Path) -> str:
    """Give the folder as delta-rs takes it; it reads some letters of a path as something else, or panics."""
    found = sorted(_UNREADABLE_LETTERS & set(str(path.absolute())))
    if found:
        mend = "Move the zone into a folder without them"
        raise YoursToMend(Trouble("K007", f"the path of the data folder has {' '.join(found)} in it", mend))
    return str(path.absolute())


@contextmanager
def told() -> Iterator[None]:
    """Tell an error of the table format as one of ours, without its words."""
    try:
        yield
    except CommitFailedError:
        raise TryAgain(Trouble("K002", "somebody else kept rows at the same moment", "Try again")) from None
    except (DeltaError, OSError) as error:
        what = f"the kept table cannot be read or written ({type(error).__name__})"
        mend = "See that the disk has room and the folder may be written, then try again"
        raise TryAgain(Trouble("K001", what, mend)) from None
