"""Registers are kept: accepted rows become a new version, old versions can always be read again.

One Delta table for each register under `03_kept`. A version is one commit with the receipt of its file. A
commit says which version its check has read; where somebody else has kept rows since, it is refused with
TryAgain and the check is repeated, so that nothing is kept twice. Nothing is deleted or overwritten.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.check.verdict import Verdict
from milepost.engines import delta
from milepost.engines.embedded import Engine, literal, quoted
from milepost.keep.version import Version
from milepost.receive.batch import LINE, Receipt
from milepost.registers.register import Register

RECEIVED, REFUSED, KEPT = "01_received", "02_refused", "03_kept"

ROW_PLACE = ("_file", "_content_hash", "_received_on", "_version")
"""Columns kept beside a row's own and its `_line`: the file it came in, the hash of the file's content, the
day it was received, and the version that added it."""


@dataclass(frozen=True)
class Store:
    """What is kept of a zone, in a folder of its own (the zone's `data`)."""

    folder: Path

    def table(self, register: str) -> Path:
        """Give the folder of a register's table."""
        return self.folder / KEPT / register

    def newest(self, register: str) -> int | None:
        """Give the newest version's number, or None where nothing was ever kept."""
        return delta.newest(self.table(register))

    def versions(self, register: str) -> list[Version]:
        """Give every version with its receipt, oldest first."""
        commits = delta.history(self.table(register))
        return [_version(register, commit) for commit in commits if "milepost" in commit.metadata]

    def version_of(self, register: str, content_hash: str) -> Version | None:
        """Give the last version that holds rows of a file with this content, or None."""
        number = delta.version_of(self.table(register), content_hash)
        if number is None:
            return None
        commit = delta.history(self.table(register), since=number)[0]
        return _version(register, commit)

    def view(self, engine: Engine, register: Register, version: int | None = None) -> str:
        """Give the name of a view of the register's rows as of a version (the newest without one).

        Raises YoursToMend: K004 where there is no such version, K005 where the declaration has columns
        the kept rows do not have.
        """
        name = f"kept_{register.id}" if version is None else f"kept_{register.id}_{version}"
        path = self.table(register.id)
        if delta.newest(path) is None and version is not None:
            raise YoursToMend(Trouble("K004", f"there is no version {version}", "Nothing is kept yet"))
        files = delta.files(path, version) if delta.newest(path) is not None else []
        engine.view_files(name, files, _columns(register))
        if files:
            _refuse_other_columns(engine, register, name)
        return name

    def commit(self, engine: Engine, register: Register, verdict: Verdict, parent: int | None) -> Version:
        """Keep the accepted rows of a verdict as a new version, all or nothing.

        `parent` is the version the check was made against. Raises TryAgain: K001 the folder cannot be
        written, K002 somebody else has kept rows since `parent`.
        """
        path, receipt = self.table(register.id), verdict.batch.receipt
        if parent is None:
            delta.create(path, _schema(register))
            parent = 0
        before = self.version_count(register.id, parent)
        told = _metadata(verdict, before + verdict.accepted_count, parent)
        rows = engine.stream(_placed(register, verdict, parent + 1))
        number = delta.append(path, parent, rows, {"milepost": json.dumps(told)}, receipt.content_hash)
        commit = delta.history(path, since=number)[0]
        return _version(register.id, commit)

    def version_count(self, register: str, number: int) -> int:
        """Give the count of rows at a version."""
        commits = delta.history(self.table(register), since=number)
        return _version(register, commits[0]).count if "milepost" in commits[0].metadata else 0


def _columns(register: Register) -> tuple[str, ...]:
    return (LINE, *ROW_PLACE, *register.column_ids)


def _schema(register: Register) -> pa.Schema:
    kinds = {LINE: pa.int64(), "_received_on": pa.date32(), "_version": pa.int64()}
    return pa.schema([(column, kinds.get(column, pa.string())) for column in _columns(register)])


def _placed(register: Register, verdict: Verdict, number: int) -> str:
    receipt = verdict.batch.receipt
    cells = ", ".join(map(quoted, register.column_ids))
    place = (
        f"{literal(receipt.file)} as _file, {literal(receipt.content_hash)} as _content_hash, "
        f"date {literal(receipt.received_at.date().isoformat())} as _received_on, {number}::bigint as _version"
    )
    return f"select {quoted(LINE)}, {place}, {cells} from {quoted(verdict.accepted)} order by {quoted(LINE)}"


def _metadata(verdict: Verdict, count: int, parent: int) -> dict[str, object]:
    receipt = verdict.batch.receipt
    return {
        "file": receipt.file,
        "content_hash": receipt.content_hash,
        "received_at": receipt.received_at.isoformat(),
        "received_by": receipt.received_by,
        "how_read": receipt.how_read,
        "count": count,
        "added": verdict.accepted_count,
        "refused": verdict.refused_count,
        "warned": verdict.warned_count,
        "parent": parent,
    }


def _version(register: str, commit: delta.Commit) -> Version:
    told = json.loads(commit.metadata["milepost"])
    at = datetime.fromisoformat(told["received_at"])
    receipt = Receipt(told["file"], told["content_hash"], at, told["received_by"], told["how_read"])
    numbers = (told["count"], told["added"], told["content_hash"], commit.at, receipt, told["refused"], told["warned"])
    return Version(register, commit.version, told["parent"] or None, *numbers)


def _refuse_other_columns(engine: Engine, register: Register, view: str) -> None:
    known = {row[0] for row in engine.rows(f"describe {quoted(view)}")}
    missing = [column for column in _columns(register) if column not in known]
    if missing:
        what = f"the kept rows of {register.id} have no column {missing[0]}"
        mend = "A register's columns stay once rows are kept: give the changed register another name"
        raise YoursToMend(Trouble("K005", what, mend, Place(register.place.file)))
