"""Cells are kept under 04_measured in layers: a new version's are those before, but for the periods it touches.

A layer is files of cells that were made at once; its name is not used twice and its files are never changed. What a
version is made of is said in one small file: its layers, and the periods of each that a later layer holds anew. The
cells of a touched period are those before, with the new rows added and the corrected ones taken away; where a least or
a most loses a row, the period is looked at again. Either way they say the same as a full run, to the last digit, for
all that is added up are exact decimals and counts.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from milepost.engines.engine import Engine, literal, quoted
from milepost.measure.cells import PLACES, Cells, make_cells, merged, rows_of, scan_name, seen_values
from milepost.measure.spell import begins
from milepost.measure.task import Scan
from milepost.registers.register import Register

MEASURED = "04_measured"
_LAYERS = "layers"
_MOST_LAYERS = 8
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

    def is_only_added(self, register: str, since: int, until: int) -> bool:
        """Has every version after `since`, up to `until`, only added rows, so that none of the older ones is gone?"""
        ...


@dataclass(frozen=True)
class Layer:
    """Files of cells that were made at once, and the days that begin the periods a later layer holds anew."""

    name: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """Cells, and how they came: read as kept, added to those of an older version, or from all rows."""

    cells: Cells
    how: str


@dataclass(frozen=True)
class _Place:
    """Where the cells of a scan are kept."""

    engine: Engine
    scan: Scan
    folder: Path

    def tables(self, name: str) -> Cells:
        """The cells whose tables begin with a name."""
        values = {argument: f"{name}_values{n}" for n, argument in enumerate(self.scan.valued())}
        seen = {argument: f"{name}_seen{n}" for n, argument in enumerate(self.scan.valued())}
        return Cells(self.scan, name, values, seen)

    def file(self, layer: str, table: int) -> Path:
        """The file of a layer: 0 is what adds up, then come the values, then how many different ones there are."""
        return self.folder / _LAYERS / f"{layer}-{table}.parquet"

    def count(self) -> int:
        """How many files a layer has."""
        return 1 + 2 * len(self.scan.valued())


def cells_of(engine: Engine, store: Rows, scan: Scan, version: int, name: str, is_kept: bool = True) -> Made:
    """Give the cells of a scan at a version, in tables whose names begin with `name`, and keep the newest two."""
    place = _Place(engine, scan, store.folder / MEASURED / scan.register.id / scan_name(scan))
    if is_kept and (layers := _layers(place, version)):
        return Made(_read(place, layers, f"{name}_kept{version}", at_once=True), "kept")
    known = _versions(place.folder) if is_kept else []
    # Cells of a version that is older than all that are kept would be forgotten at once.
    is_kept = is_kept and (len(known) < _VERSIONS_KEPT or version > known[-_VERSIONS_KEPT])
    older = max((one for one in known if one < version), default=None) if is_kept else None
    view = store.view(engine, scan.register, version)
    before = _layers(place, older) if older is not None else ()
    if before and older is not None:
        layers = _added_to(place, store, before, view, older, version, name)
        how = "added"
    else:
        cells = make_cells(engine, scan, rows_of(engine, scan, view), name)
        if not is_kept:
            return Made(cells, "all rows")
        layers, how = (_write(place, cells, version),), "all rows"
    _keep(place, layers, version)
    return Made(_read(place, layers, f"{name}_kept{version}", at_once=True), how)


def _added_to(
    place: _Place, store: Rows, before: tuple[Layer, ...], view: str, older: int, version: int, name: str
) -> tuple[Layer, ...]:
    """Give the layers of a version: those before, and one more with the periods that won or lost rows."""
    engine, scan = place.engine, place.scan
    new, gone = _changes(engine, store, scan.register, (older, version), view, name)
    if scan.mode == "states" and scan.register.key:
        new, gone = _with_their_keys(engine, store, scan, older, view, new, gone, name)
    fresh = make_cells(engine, scan, rows_of(engine, scan, new), f"{name}_new")
    lost = make_cells(engine, scan, rows_of(engine, scan, gone), f"{name}_gone") if gone else None
    touched = _periods(engine, fresh, lost)
    if not touched:
        return before
    old = _read(place, before, f"{name}_old")
    if lost is None or all(atom.is_additive for atom in scan.added):
        again = merged(engine, _chosen(engine, old, touched, f"{name}_touched"), fresh, lost, f"{name}_again")
    else:
        again = _looked_at_again(engine, scan, view, touched, name)
    if len(before) < _MOST_LAYERS:
        rest = (replace(one, without=tuple(sorted({*one.without, *touched}))) for one in before)
        return (*rest, _write(place, again, version))
    left = _chosen(engine, old, touched, f"{name}_left", is_without=True)
    return (_write(place, merged(engine, left, again, None, f"{name}_one"), version),)


def _changes(
    engine: Engine, store: Rows, register: Register, versions: tuple[int, int], view: str, name: str
) -> tuple[str, str | None]:
    """Make views of the rows that are new from one version to another, and of those that are gone (None: none is)."""
    older, version = versions
    new, gone = f"{name}_rows_new", f"{name}_rows_gone"
    engine.make_view(new, f"select * from {quoted(view)} where _version > {older}")
    if store.is_only_added(register.id, older, version):
        return new, None
    old_view = store.view(engine, register, older)
    same = " and ".join(f"o.{place} = n.{place}" for place in PLACES)
    left = f"select {', '.join(PLACES)} from {quoted(view)} where _version <= {older}"
    engine.make(gone, f"select o.* from {quoted(old_view)} o where not exists (select 1 from ({left}) n where {same})")
    return new, gone


def _with_their_keys(
    engine: Engine, store: Rows, scan: Scan, older: int, view: str, new: str, gone: str | None, name: str
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
    for table, source in ((now, view), (then, store.view(engine, scan.register, older))):
        chosen = f"where exists (select 1 from {quoted(touched)} k where {same})"
        engine.make(table, f"select r.* from {quoted(source)} r {chosen}")
    return now, then


def _periods(engine: Engine, *cells: Cells | None) -> tuple[str, ...]:
    """The days that begin the periods of some cells."""
    parts = " union all ".join(f"select t from {quoted(one.added)}" for one in cells if one is not None)
    return tuple(str(day) for (day,) in engine.rows(f"select distinct t from ({parts}) c order by 1"))


def _among(column: str, days: Sequence[str]) -> str:
    return f"{column} in ({', '.join(f'date {literal(day)}' for day in days)})"


def _chosen(engine: Engine, cells: Cells, days: Sequence[str], name: str, is_without: bool = False) -> Cells:
    """Give the cells of some periods, or of all others."""
    chosen = f"{'not ' if is_without else ''}({_among('t', days)})"
    values = {one: f"{name}_values{n}" for n, one in enumerate(cells.values)}
    found = replace(cells, added=name, values=values, seen={})
    for source, table in zip(_tables(cells), _tables(found), strict=True):
        engine.make_view(table, f"select * from {quoted(source)} where {chosen}")
    return found


def _looked_at_again(engine: Engine, scan: Scan, view: str, days: Sequence[str], name: str) -> Cells:
    """Make the cells of some periods from all their rows."""
    time = begins(scan.unit, f"r.{quoted(scan.time)}")
    within = f"r.{quoted(scan.time)} >= date {literal(days[0])} and {_among(time, days)}"
    rows = f"select * from ({rows_of(engine, scan, view)}) r where {within}"
    return make_cells(engine, scan, rows, f"{name}_again")


# --- files ---------------------------------------------------------------------------------------------------


def _versions(folder: Path) -> list[int]:
    return sorted(int(one.stem) for one in folder.glob("*.json") if one.stem.isdigit())


def _tables(cells: Cells) -> tuple[str, ...]:
    return (cells.added, *cells.values.values())


def _layers(place: _Place, version: int) -> tuple[Layer, ...]:
    """Give the layers of a version; none where it is not kept, or not all of it is there."""
    try:
        said = json.loads((place.folder / f"{version}.json").read_text("utf-8"))
    except FileNotFoundError:
        return ()
    layers = tuple(Layer(name, tuple(without)) for name, without in said.items())
    files = (place.file(one.name, table) for one in layers for table in range(place.count()))
    return layers if all(file.is_file() for file in files) else ()


def _read(place: _Place, layers: Sequence[Layer], name: str, at_once: bool = False) -> Cells:
    """Give the cells that layers hold, as views; `at_once` with a table of what adds up, which many figures read."""
    found = place.tables(name)
    for number, table in enumerate((*_tables(found), *found.seen.values())):
        parts = []
        for depth, layer in enumerate(layers):
            view = f"{table}_layer{depth}"
            place.engine.view_files(view, [str(place.file(layer.name, number))], ())
            without = f" where not ({_among('t', layer.without)})" if layer.without else ""
            parts.append(f"select * from {quoted(view)}{without}")
        make = place.engine.make if at_once and not number else place.engine.make_view
        make(table, " union all ".join(parts))
    return found


def _write(place: _Place, cells: Cells, version: int) -> Layer:
    """Write the tables of new cells as a layer."""
    layer = Layer(f"{version:08d}-{secrets.token_hex(4)}")
    (place.folder / _LAYERS).mkdir(parents=True, exist_ok=True)
    queries = [f"select * from {quoted(table)}" for table in _tables(cells)]
    queries += [seen_values(cells, argument) for argument in cells.values]
    for number, query in enumerate(queries):
        place.engine.write(query, place.file(layer.name, number))
    return layer


def _keep(place: _Place, layers: Sequence[Layer], version: int) -> None:
    """Say what a version is made of, all at once, and forget what is older than the last two.

    Cells can always be made again from the register, whose versions are kept for good.
    """
    passing = place.folder / f".{version}-{os.getpid()}-{secrets.token_hex(4)}"
    passing.write_text(json.dumps({one.name: one.without for one in layers}), "utf-8")
    passing.rename(place.folder / f"{version}.json")
    known = _versions(place.folder)
    for one in known[:-_VERSIONS_KEPT]:
        (place.folder / f"{one}.json").unlink(missing_ok=True)
    needed = {layer.name for one in known[-_VERSIONS_KEPT:] for layer in _layers(place, one)}
    for file in (place.folder / _LAYERS).glob("*.parquet"):
        name = file.stem.rpartition("-")[0]
        if name not in needed and int(name.partition("-")[0]) < known[-1]:
            file.unlink(missing_ok=True)
