"""Cells are kept under 04_measured, and a new version's are made of the last one's and of the rows that changed.

A file of cells is named by what was computed and by the register's version, and is never changed. Cells of a new
version are those before, with the new rows added and the corrected ones taken away; where a least or a most loses a
row, the periods it was in are looked at again. Either way they say the same as a full run, to the last digit, for
all that is added up are exact decimals and counts.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from milepost.engines.embedded import Engine, literal, quoted
from milepost.measure.cells import PLACES, Cells, make_cells, merged, rows_of, scan_name
from milepost.measure.spell import begins
from milepost.measure.task import Scan
from milepost.registers.register import Register

MEASURED = "04_measured"
_VERSIONS_KEPT = 2


class Rows(Protocol):
    """What is asked of the store: a register's rows as of a version, as a view with typed columns and row places."""

    @property
    def folder(self) -> Path:
        """The folder of all that is kept."""
        ...

    def newest(self, register: str) -> int | None:
        """Give the newest version's number."""
        ...

    def view(self, engine: Engine, register: Register, version: int | None = None) -> str:
        """Give the name of a view of the rows as of a version."""
        ...


@dataclass(frozen=True)
class Made:
    """Cells, and how they came: read as kept, added to those of an older version, or from all rows."""

    cells: Cells
    how: str


def cells_of(engine: Engine, store: Rows, scan: Scan, version: int, name: str, is_kept: bool = True) -> Made:
    """Give the cells of a scan at a version, in tables whose names begin with `name`, and keep them."""
    folder = store.folder / MEASURED / scan.register.id / scan_name(scan)
    if is_kept and (found := _read(engine, scan, folder, version, f"{name}_kept{version}")) is not None:
        return Made(found, "kept")
    older = max((one for one in _versions(folder) if one < version), default=None) if is_kept else None
    view = store.view(engine, scan.register, version)
    before = _read(engine, scan, folder, older, f"{name}_kept{older}") if older is not None else None
    if before is not None and older is not None:
        cells, how = _added_to(engine, store, before, view, older, name), "added"
    else:
        cells, how = make_cells(engine, scan, rows_of(engine, scan, view), name), "all rows"
    if is_kept:
        _keep(engine, cells, folder, version)
    return Made(cells, how)


def _added_to(engine: Engine, store: Rows, before: Cells, view: str, older: int, name: str) -> Cells:
    scan = before.scan
    old_view = store.view(engine, scan.register, older)
    new, gone = _changes(engine, view, old_view, older, name)
    if scan.mode == "states" and scan.register.key:
        new, gone = _with_their_keys(engine, scan, view, old_view, new, gone, name)
    fresh = make_cells(engine, scan, rows_of(engine, scan, new), f"{name}_new")
    if gone is None:
        return merged(engine, before, fresh, None, name)
    lost = make_cells(engine, scan, rows_of(engine, scan, gone), f"{name}_gone")
    if all(atom.is_additive for atom in scan.added):
        return merged(engine, before, fresh, lost, name)
    return _looked_at_again(engine, before, fresh, lost, view, name)


def _changes(engine: Engine, view: str, old_view: str, older: int, name: str) -> tuple[str, str | None]:
    """Make views of the rows that are new since `older`, and of those of it that are gone (None without any)."""
    new, gone = f"{name}_rows_new", f"{name}_rows_gone"
    engine.make(new, f"select * from {quoted(view)} where _version > {older}")
    ((still,),) = engine.rows(f"select count(*) from {quoted(view)} where _version <= {older}")
    ((were,),) = engine.rows(f"select count(*) from {quoted(old_view)}")
    if still == were:
        return new, None
    same = " and ".join(f"o.{place} = n.{place}" for place in PLACES)
    left = f"select {', '.join(PLACES)} from {quoted(view)} where _version <= {older}"
    engine.make(gone, f"select o.* from {quoted(old_view)} o where not exists (select 1 from ({left}) n where {same})")
    return new, gone


def _with_their_keys(
    engine: Engine, scan: Scan, view: str, old_view: str, new: str, gone: str | None, name: str
) -> tuple[str, str | None]:
    """Give all rows whose key has a changed row, as they are and as they were: one row ends where the next begins."""
    valid = scan.register.valid
    keys = [key for key in scan.register.key if key != scan.time]
    if valid and valid.until and not scan.register.column(valid.until).may_be_empty:
        return new, gone
    columns = ", ".join(map(quoted, keys))
    changed = " union ".join(f"select {columns or '1 as one'} from {quoted(one)}" for one in (new, gone) if one)
    touched, now, then = f"{name}_keys", f"{name}_rows_now", f"{name}_rows_then"
    engine.make(touched, changed)
    same = " and ".join(f"k.{quoted(key)} is not distinct from r.{quoted(key)}" for key in keys) or "true"
    for table, source in ((now, view), (then, old_view)):
        chosen = f"where exists (select 1 from {quoted(touched)} k where {same})"
        engine.make(table, f"select r.* from {quoted(source)} r {chosen}")
    return now, then


def _looked_at_again(engine: Engine, before: Cells, new: Cells, gone: Cells, view: str, name: str) -> Cells:
    """Make the cells of the periods that lost or won rows from all their rows, and take the others as they were."""
    scan = before.scan
    found = engine.rows(f"select t from {quoted(new.added)} union select t from {quoted(gone.added)} order by 1")
    days = ", ".join(f"date {literal(str(day))}" for (day,) in found)
    time = begins(scan.unit, f"r.{quoted(scan.time)}")
    within = f"r.{quoted(scan.time)} >= date {literal(str(found[0][0]))}" if found else "true"
    rows = f"select * from ({rows_of(engine, scan, view)}) r where {within} and {time} in ({days or 'null'})"
    again = make_cells(engine, scan, rows, f"{name}_again")
    others = f"{name}_others"
    left = {}
    for place, (argument, table) in enumerate({"": before.added, **before.values}.items()):
        left[argument] = f"{others}{place}"
        chosen = f"t not in ({days})" if days else "true"
        engine.make(left[argument], f"select * from {quoted(table)} where {chosen}")
    kept = Cells(scan, left[""], {argument: left[argument] for argument in before.values})
    return merged(engine, kept, again, None, name)


# --- files ---------------------------------------------------------------------------------------------------


def _versions(folder: Path) -> list[int]:
    return sorted(int(one.name) for one in folder.glob("*") if one.name.isdigit())


def _tables(cells: Cells) -> dict[str, str]:
    return {"cells": cells.added, **{f"values{n}": table for n, table in enumerate(cells.values.values())}}


def _read(engine: Engine, scan: Scan, folder: Path, version: int, name: str) -> Cells | None:
    found = Cells(scan, name, {argument: f"{name}_values{n}" for n, argument in enumerate(scan.valued())})
    files = {table: folder / str(version) / f"{file}.parquet" for file, table in _tables(found).items()}
    if not all(file.is_file() for file in files.values()):
        return None
    for table, file in files.items():
        engine.view_files(table, [str(file)], ())
    return found


def _keep(engine: Engine, cells: Cells, folder: Path, version: int) -> None:
    """Write all tables of a version into a folder that appears at once, and forget what is older than the last two.

    Cells can always be made again from the register, whose versions are kept for good.
    """
    passing = folder / f".{version}-{os.getpid()}"
    passing.mkdir(parents=True, exist_ok=True)
    for file, table in _tables(cells).items():
        write_table(engine, f"select * from {quoted(table)}", passing / f"{file}.parquet")
    try:
        passing.rename(folder / str(version))
    except OSError:
        shutil.rmtree(passing)
    for one in _versions(folder)[:-_VERSIONS_KEPT]:
        shutil.rmtree(folder / str(one), ignore_errors=True)


def write_table(engine: Engine, query: str, path: Path) -> None:
    """Write the rows of a query to a Parquet file."""
    import pyarrow.parquet as parquet

    rows = engine.stream(query)
    with parquet.ParquetWriter(path, rows.schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)
