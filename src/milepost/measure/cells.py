"""Rows become cells: the atoms of a scan by day or month and by its columns, in one pass; values beside them.

A cell says what the rows of one month (or day) and one combination of columns add up to. Every larger figure is
added up from cells, exactly, so that a year is its months and a new row changes the cell it falls in and no other.
Of states a cell holds the months in which its rows begin and end, and what is valid on a day follows by adding the
ones and taking away the others. For atoms of values there is a second table: how often each value stands there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from milepost.engines.engine import Engine, quoted
from milepost.measure.spell import begins
from milepost.measure.task import Scan

PLACES = ("_version", "_line")


@dataclass(frozen=True)
class Cells:
    """Tables in the engine: `added` has t (and u, when rows end), k0.. and a0.. of `scan.added`; `values` by argument
    has t (u), k0.., v and n0.., how many rows have the value and fulfil the condition of each atom of it. Of cells that
    are kept, `seen` names for each argument a table with t (u), k0.. and n0.., how many different values stand there.
    """

    scan: Scan
    added: str
    values: dict[str, str]
    seen: dict[str, str] = field(default_factory=dict)


def scan_name(scan: Scan) -> str:
    """Give a short name of a scan: it depends on what is computed and on nothing else."""
    valid = scan.register.valid
    said = (
        scan.register.id, scan.register.version, scan.register.key, (valid.start, valid.until) if valid else None,
        scan.mode, scan.time, scan.unit, scan.keys, [(a.kind, a.argument, a.condition, a.level) for a in scan.atoms],
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def rows_of(engine: Engine, scan: Scan, view: str) -> str:
    """Give the SQL of the rows of a scan: those that say when; of states with `_from` and `_to` beside them.

    A row is valid until its `until`, or where that is empty until the next row with its key begins; of two that begin
    on one day the one kept later counts.
    """
    time = f"r.{quoted(scan.time)}"
    if not scan.is_state:
        return f"select * from {quoted(view)} r where {time} is not null"
    valid = scan.register.valid
    until = f"r.{quoted(valid.until)}" if scan.mode == "states" and valid and valid.until else "null"
    source, ends = quoted(view), f"cast({until} as date)"
    if scan.mode == "states" and scan.register.key and _has_open(engine, view, until):
        keys = ", ".join(f"r.{quoted(key)}" for key in scan.register.key if key != scan.time)
        within = f"partition by {keys} " if keys else ""
        order = ", ".join((time, *(f"r.{place}" for place in PLACES)))
        known = f"where {time} is not null"
        source = f"(select r.*, lead({time}) over ({within}order by {order}) as _next from {source} r {known})"
        ends = f"cast(coalesce({until}, r._next) as date)" if until != "null" else "cast(r._next as date)"
    timed = f"select r.*, cast({time} as date) as _from, {ends} as _to from {source} r where {time} is not null"
    return f"select * from ({timed}) r where r._to is null or r._to > r._from"


def _has_open(engine: Engine, view: str, until: str) -> bool:
    """Is there a row that does not say until when it is valid?"""
    if until == "null":
        return True
    return bool(engine.rows(f"select 1 from {quoted(view)} r where {until} is null limit 1"))


def make_cells(engine: Engine, scan: Scan, rows: str, name: str) -> Cells:
    """Make the cells of the rows that `rows` selects, in tables whose names begin with `name`."""
    shared = _shared(scan)
    where = f" where {shared}" if shared else ""
    times = _times(scan)
    keys = [f"r.{quoted(key)} as k{place}" for place, key in enumerate(scan.keys)]
    grouped = ", ".join(str(place + 1) for place in range(len(times) + len(keys)))
    atoms = [f"{atom.sql()} as a{place}" for place, atom in enumerate(scan.added)]
    query = f"select {', '.join((*times, *keys, *atoms))} from ({rows}) r{where} group by {grouped}"
    engine.make(name, _plain(scan, query, [f"a{place}" for place in range(len(atoms))]))
    _hold_large(engine, name)
    values = {}
    for number, (argument, asked) in enumerate(scan.valued().items()):
        counts = [
            f"count(*) filter (where {atom.condition}) as n{place}" if atom.condition else f"count(*) as n{place}"
            for place, atom in enumerate(asked)
        ]
        listed = ", ".join((*times, *keys, f"{argument} as v", *counts))
        known = f"{argument} is not null" + (f" and {shared}" if shared else "")
        query = f"select {listed} from ({rows}) r where {known} group by {grouped}, {len(times) + len(keys) + 1}"
        values[argument] = f"{name}_values{number}"
        engine.make(values[argument], _plain(scan, query, ["v", *(f"n{place}" for place in range(len(asked)))]))
    return Cells(scan, name, values)


def time_columns(scan: Scan) -> tuple[str, ...]:
    """Give the names of the columns of a cell that say when."""
    return ("t", "u") if scan.is_state else ("t",)


def _times(scan: Scan) -> list[str]:
    if scan.is_state:
        return [f"{begins(scan.unit, 'r._from')} as t", f"{begins(scan.unit, 'r._to')} as u"]
    return [f"{begins(scan.unit, f'r.{quoted(scan.time)}')} as t"]


def _shared(scan: Scan) -> str:
    """The condition that all atoms have, so that other rows need not be looked at."""
    conditions = {atom.condition for atom in scan.atoms}
    return conditions.pop() if len(conditions) == 1 else ""


def seen_values(cells: Cells, argument: str) -> str:
    """Give the SQL of how many different values of an argument stand in each cell."""
    keys = ", ".join((*time_columns(cells.scan), *(f"k{place}" for place in range(len(cells.scan.keys)))))
    asked = range(len(cells.scan.valued()[argument]))
    counts = ", ".join(f"count(*) filter (where n{place} > 0) as n{place}" for place in asked)
    return f"select {keys}, {counts} from {quoted(cells.values[argument])} group by {keys}"


def _plain(scan: Scan, query: str, columns: list[str]) -> str:
    """Keys as texts, an empty one as an empty text; done behind the grouping, where there are few rows."""
    keys = [f"coalesce(cast(k{place} as varchar), '') as k{place}" for place in range(len(scan.keys))]
    return f"select {', '.join((*time_columns(scan), *keys, *columns))} from ({query}) g"


def _hold_large(engine: Engine, table: str) -> None:
    """Give whole sums a type that files and other engines have, too."""
    types = engine.columns(table)
    if "HUGEINT" not in types.values():
        return
    columns = [
        f"cast({name} as decimal(38, 0)) as {name}" if kind == "HUGEINT" else name for name, kind in types.items()
    ]
    engine.make(f"{table}_held", f"select {', '.join(columns)} from {quoted(table)}")
    engine.make(table, f"select * from {quoted(table + '_held')}")
    engine.drop(f"{table}_held")


def merged(engine: Engine, old: Cells, new: Cells, gone: Cells | None, name: str) -> Cells:
    """Make the cells of the rows of `old` and `new` without those of `gone`; exact, so that order does not matter.

    Where rows are gone the least and most cannot be known from cells: raises ValueError for a scan that has them.
    """
    scan = old.scan
    if gone is not None and any(not atom.is_additive for atom in scan.added):
        raise ValueError("a least or most cannot lose rows")
    keys = (*time_columns(scan), *(f"k{place}" for place in range(len(scan.keys))))
    totals = {f"a{place}": {"least": "min", "most": "max"}.get(a.kind, "sum") for place, a in enumerate(scan.added)}
    engine.make(name, _summed(keys, totals, old.added, new.added, gone.added if gone else None))
    _hold_large(engine, name)
    values = {}
    for number, (argument, asked) in enumerate(scan.valued().items()):
        values[argument] = f"{name}_values{number}"
        counted = {f"n{place}": "sum" for place in range(len(asked))}
        tables = (old.values[argument], new.values[argument], gone.values[argument] if gone else None)
        engine.make(values[argument], _summed((*keys, "v"), counted, *tables, are_counts=True))
    return Cells(scan, name, values)


def _summed(
    keys: tuple[str, ...], totals: dict[str, str], old: str, new: str, gone: str | None, are_counts: bool = False
) -> str:
    def signed(table: str, sign: str) -> str:
        columns = ", ".join(f"{sign}{name} as {name}" for name in totals)
        return f"select {', '.join((*keys, columns))} from {quoted(table)}"

    parts = [signed(old, ""), signed(new, ""), *([signed(gone, "-")] if gone else [])]
    added = [
        f"cast(sum({name}) as bigint) as {name}" if are_counts else f"{word}({name}) as {name}"
        for name, word in totals.items()
    ]
    grouped = ", ".join(keys)
    kept = " or ".join(f"sum({name}) <> 0" for name in totals)
    having = f" having {kept}" if are_counts and gone else ""
    return f"select {', '.join((grouped, *added))} from ({' union all '.join(parts)}) g group by {grouped}{having}"
