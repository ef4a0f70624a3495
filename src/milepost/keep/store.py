"""Registers are kept: accepted rows become a new version, old versions can always be read again.

One Delta table for each register under `03_kept`. A version is one commit with the receipt of its file. A
commit says which version its check has read; where somebody else has kept rows since, it is refused with
TryAgain and the check is repeated, so that nothing is kept twice. Nothing is deleted or overwritten: a correction is a
row that stands for an earlier one with its key from its version on, and a closed key has no row from then on.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from milepost.basics.errors import Trouble, TryAgain, YoursToMend
from milepost.basics.time_zone import day_in
from milepost.check.staging import Staging
from milepost.check.verdict import Verdict
from milepost.engines import delta
from milepost.engines.embedded import repeated
from milepost.engines.engine import Engine, literal, quoted
from milepost.keep.columns import CHANGE, HELD, kept_types, listed, schema
from milepost.keep.rows import is_bare, view_rows
from milepost.keep.version import Change, Version
from milepost.receive.batch import LINE, Receipt
from milepost.registers.register import Register

_GATHERED = 25
"""After so many versions small files are written together, so that the last delivery takes no longer than the first."""

_BARE_BYTES = 8 * 2**20
"""A file from this size on may be bare (`keep.rows`); smaller ones are gathered, and must tell all by themselves."""

_PASSING_S = 24 * 3600

RECEIVED, REFUSED, KEPT = "01_received", "02_refused", "03_kept"


@dataclass(frozen=True)
class Store:
    """What is kept of a zone, in a folder of its own (the zone's `data`); days are those of its `time_zone`."""

    folder: Path
    time_zone: tzinfo = UTC

    def day(self, moment: datetime) -> date:
        """Give the day on which something was received or kept."""
        return day_in(self.time_zone, moment)

    def table(self, register: str) -> Path:
        """Give the folder of a register's table."""
        return self.folder / KEPT / register

    def registers(self) -> tuple[str, ...]:
        """Give the ids of the registers of which something is kept, by name."""
        return tuple(sorted(path.parent.name for path in (self.folder / KEPT).glob("*/_delta_log")))

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

    def newest_on(self, register: str, known_on: date) -> int | None:
        """Give the newest version that was kept by the end of a day, or None where nothing was."""
        found = [one.number for one in self.versions(register) if self.day(one.kept_at) <= known_on]
        return found[-1] if found else None

    def view(self, engine: Engine, register: Register, version: int | None = None, known_on: date | None = None) -> str:
        """Give the name of a view of the register's rows: as of a version (else the newest), or as known on a day.

        Corrections are applied: of the rows with a key the last one stands, and a closed key has none. Raises
        YoursToMend: K004 where there is no such version, K005 where the declaration has other columns than the kept
        rows (`keep.rows`).
        """
        path, newest = self.table(register.id), self.newest(register.id)
        if newest is None and version is not None:
            raise YoursToMend(Trouble("K004", f"there is no version {version}", "Nothing is kept yet"))
        if known_on is not None and newest is not None:
            version = self.newest_on(register.id, known_on) or 0
        name = f"kept_{register.id}" if version is None else f"kept_{register.id}_{version}"
        files = delta.files(path, version) if newest is not None else []
        if self._is_changed(register, newest if version is None else version):
            view_rows(engine, register, f"{name}_all", files)
            engine.make_view(name, _corrected(register, f"{name}_all"))
        else:
            view_rows(engine, register, name, files)
        return name

    def is_only_added(self, register: str, since: int, until: int) -> bool:
        """Has every version after `since`, up to `until`, only added rows, so that none of the older ones is gone?"""
        commits = delta.history(self.table(register), since + 1, until)
        return all(_version(register, one).change == "add" for one in commits if "milepost" in one.metadata)

    def _is_changed(self, register: Register, until: int | None) -> bool:
        """Has a version, up to this one, corrected or closed rows?"""
        can_be = not register.is_published and bool(register.key) and bool(until)
        return can_be and any(one.number <= (until or 0) and one.change != "add" for one in self.versions(register.id))

    @contextmanager
    def staging(self, register: Register, parent: int | None) -> Iterator[Staging | None]:
        """Give where the rows of a delivery may be written while they are checked; what is not kept does not stay.

        None for a register whose rows are kept in another order than they come. Raises TryAgain (K001) where the
        folder cannot be written.
        """
        if register.is_published or _order(register):
            yield None
            return
        folder = self.folder / KEPT
        with delta.told():
            folder.mkdir(parents=True, exist_ok=True)
            sweep(folder, "*.staged-*")
        file = folder / f".staged-{os.getpid()}-{secrets.token_hex(8)}.parquet"
        try:
            yield Staging(file, _numbered((parent or 0) + 1))
        finally:
            file.unlink(missing_ok=True)

    def commit(
        self,
        engine: Engine,
        register: Register,
        verdict: Verdict,
        parent: int | None,
        change: Change = "add",
        staging: Staging | None = None,
    ) -> Version:
        """Keep the accepted rows of a verdict as a new version, all or nothing.

        `parent` is the version the check was made against; `change` says whether the rows are added, stand for
        earlier rows with their keys, or close their keys. Rows that stand in the file of the `staging` already are not
        written again, where they are many. Raises TryAgain: K001 the folder cannot be written, K002 somebody else has
        kept rows since `parent`.
        """
        path, receipt = self.table(register.id), verdict.batch.receipt
        if parent is None:
            delta.create(path, schema(register))
            parent = 0
        parent = delta.widen(path, parent, schema(register))
        count = self.version_count(register.id, parent) + self._growth(engine, register, verdict, parent, change)
        received_on = self.day(receipt.received_at)
        told = _metadata(verdict, count, parent, change, received_on)
        query = _placed(register, verdict, received_on, parent + 1, change)
        is_written = verdict.is_staged and staging is not None and staging.before == _numbered(parent + 1)
        file = path / f"{parent + 1:08d}-{secrets.token_hex(8)}.parquet"
        try:
            with delta.told():
                if staging and is_written and staging.file.stat().st_size >= _BARE_BYTES:
                    staging.file.rename(file)
                else:
                    engine.write(query, file)
            stats = _stats(engine, register, file, verdict.accepted_count)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        metadata = {"milepost": json.dumps(told)}
        try:
            number = delta.attach(path, parent, schema(register), file, stats, metadata, receipt.content_hash)
        except TryAgain as error:
            # Only where somebody else came first is it certain that the file is no part of the table. Whoever is
            # interrupted just behind the commit must not take its rows away; a file of no version harms nobody.
            if error.troubles[0].code == "K002":
                file.unlink(missing_ok=True)
            raise
        if number % _GATHERED == 0:
            delta.gather(path, self._smallest_bare(register.id))
        return _version(register.id, delta.history(path, since=number, until=number)[0])

    def _smallest_bare(self, register: str) -> int:
        """Give the bytes of the smallest bare file: it must stay as it is, where it is."""
        files = [file for file in delta.files(self.table(register)) if is_bare(file)]
        return min((os.stat(file).st_size for file in files), default=delta.LARGE_FILE)

    def _growth(self, engine: Engine, register: Register, verdict: Verdict, parent: int, change: Change) -> int:
        """How many rows more stand after a commit: a correction takes the place of the rows with its keys."""
        if change == "add":
            return verdict.accepted_count
        same = _same_key(register, "k", "c")
        kept = quoted(self.view(engine, register, parent))
        replaced = f"select count(*) from {kept} k semi join {quoted(verdict.accepted)} c on {same}"
        ((count,),) = engine.rows(replaced)
        return (verdict.accepted_count if change == "correct" else 0) - int(count)

    def version_count(self, register: str, number: int) -> int:
        """Give the count of rows at a version; one that only gathered files has the rows of the one before."""
        for one in range(number, 0, -1):
            (commit,) = delta.history(self.table(register), since=one, until=one)
            if "milepost" in commit.metadata:
                return _version(register, commit).count
        return 0

    def touched(self, engine: Engine, register: Register, version: int) -> tuple[date, date] | None:
        """Give the first and the last day that a version's rows speak of, those they stand for included.

        None where the register says of no row when it is, or the version has no row with a day.
        """
        times = _times(register)
        if not times:
            return None
        found = [stats for _, stats in delta.added(self.table(register.id), version)]
        ends = [stats[bound][name] for stats in found for bound in ("minValues", "maxValues")
                for name in times if stats.get(bound, {}).get(name)]  # fmt: skip
        one = self._version(register.id, version)
        if one.change != "add" and version > 1:
            before, changed = self.view(engine, register, version - 1), f"changed_{register.id}_{version}"
            files = [file for file, _ in delta.added(self.table(register.id), version)]
            view_rows(engine, register, changed, files)
            same = _same_key(register, "b", "c")
            wanted = ", ".join(f"min(b.{quoted(n)}), max(b.{quoted(n)})" for n in times)
            (row,) = engine.rows(f"select {wanted} from {quoted(before)} b semi join {quoted(changed)} c on {same}")
            ends += [str(end) for end in row if end is not None]
        days = [date.fromisoformat(end[:10]) for end in ends]
        return (min(days), max(days)) if days else None

    def _version(self, register: str, number: int) -> Version:
        return _version(register, delta.history(self.table(register), since=number, until=number)[0])


def sweep(folder: Path, pattern: str) -> None:
    """Take away files under passing names that a process which died a day ago or longer has left behind."""
    for file in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - _PASSING_S:
                file.unlink()


def _times(register: Register) -> tuple[str, ...]:
    """The columns that say when a row is, or how long it is valid."""
    valid = (register.valid.start, register.valid.until) if register.valid else ()
    return tuple(dict.fromkeys(name for name in (register.happened, *valid) if name is not None))


def _same_key(register: Register, one: str, other: str) -> str:
    return " and ".join(f"{one}.{quoted(name)} = {other}.{quoted(name)}" for name in identity(register))


def identity(register: Register) -> tuple[str, ...]:
    """Give the columns by which a row is corrected: the key, and for states the day a row begins."""
    start = (register.valid.start,) if register.valid and register.valid.start not in register.key else ()
    return (*register.key, *start)


def _corrected(register: Register, rows: str) -> str:
    """The rows that stand: none whose key a later commit has corrected or closed, and no mark of a closing."""
    same = " and ".join(f"c.{quoted(name)} = r.{quoted(name)}" for name in identity(register))
    return (
        f"select r.* from {quoted(rows)} r where coalesce(r.{quoted(CHANGE)}, 'add') <> 'close' and not exists "
        f"(select 1 from {quoted(rows)} c where c.{quoted(CHANGE)} <> 'add' and {same} and c._version > r._version)"
    )


def _numbered(number: int) -> str:
    return f"{number}::bigint as _version"


def _order(register: Register) -> str:
    """The order rows are kept in where it is not the one they came in.

    Rows of states lie in the order of their key, so that one thing's history is found in a few places of a file; rows
    of events stay in the order they came, which is that of time.
    """
    return f" order by {listed(identity(register))}" if register.valid and register.key else ""


def _placed(register: Register, verdict: Verdict, received_on: date, number: int, change: Change) -> str:
    receipt, accepted = verdict.batch.receipt, quoted(verdict.accepted)
    types = kept_types(register)
    place = (
        f"{repeated(receipt.file)} as _file, {repeated(receipt.content_hash)} as _content_hash, "
        f"date {literal(received_on.isoformat())} as _received_on, {_numbered(number)}"
    )
    if register.is_published:
        cells = listed(register.column_ids)
        return f"select {quoted(LINE)}, {place}, {cells} from {accepted} order by {quoted(LINE)}"
    cells = ", ".join(f"{quoted(name)}::{types[name]} as {quoted(name)}" for name in register.column_ids)
    held = "cast(null as varchar)"
    if verdict.held_count:
        held = "h.rules"
        rules = "',' || string_agg(fault, ',' order by fault) || ','"
        listed_rules = f"select {quoted(LINE)} as held_line, {rules} as rules from {quoted(verdict.held)} group by 1"
        accepted = f"{accepted} a left join ({listed_rules}) h on h.held_line = a.{quoted(LINE)}"
    what = f"{repeated(change)} as {quoted(CHANGE)}, {held} as {quoted(HELD)}"
    return f"select {quoted(LINE)}, {place}, {what}, {cells} from {accepted}{_order(register)}"


def _stats(engine: Engine, register: Register, file: Path, count: int) -> dict[str, Any]:
    """The statistics by which readers pass over the file: of its days, and of the first column of its key."""
    names = tuple(dict.fromkeys((*_times(register), *register.key[:1])))
    if register.is_published or not names:
        return {"numRecords": count}
    engine.view_files("just_written", [str(file)], ())
    wanted = ", ".join(f"min({quoted(name)}), max({quoted(name)})" for name in names)
    (ends,) = engine.rows(f"select {wanted} from just_written")
    low = {name: _plain(value) for name, value in zip(names, ends[::2], strict=True) if value is not None}
    high = {name: _plain(value) for name, value in zip(names, ends[1::2], strict=True) if value is not None}
    return {"numRecords": count, "minValues": low, "maxValues": high}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, int | float) else str(value)


def _metadata(verdict: Verdict, count: int, parent: int, change: Change, received_on: date) -> dict[str, object]:
    receipt = verdict.batch.receipt
    return {
        "file": receipt.file,
        "content_hash": receipt.content_hash,
        "received_at": receipt.received_at.isoformat(),
        "received_on": received_on.isoformat(),
        "received_by": receipt.received_by,
        "how_read": receipt.how_read,
        "count": count,
        "added": verdict.accepted_count,
        "refused": verdict.refused_count,
        "warned": verdict.warned_count,
        "held": verdict.held_count,
        "parent": parent,
        "change": change,
    }


def _version(register: str, commit: delta.Commit) -> Version:
    told = json.loads(commit.metadata["milepost"])
    at = datetime.fromisoformat(told["received_at"])
    receipt = Receipt(told["file"], told["content_hash"], at, told["received_by"], told["how_read"])
    numbers = (told["count"], told["added"], told["content_hash"], commit.at, receipt, told["refused"], told["warned"])
    change, held = told.get("change", "add"), told.get("held", 0)
    return Version(register, commit.version, told["parent"] or None, *numbers, change, held)
