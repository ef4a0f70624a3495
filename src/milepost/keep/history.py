"""What was ever kept of one key, and what is different between two versions.

A key's rows are found through an index: copies of the rows sorted by their key, so that an engine passes over all but
one or two groups of each file. It is made from the table, version by version, and can always be made again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend, listed
from milepost.check.cells import reading, sql_type
from milepost.engines import delta
from milepost.engines.embedded import Engine, literal, quoted
from milepost.keep.columns import kept_types
from milepost.keep.rows import view_rows
from milepost.keep.store import Store, identity
from milepost.registers.register import Column, Register

INDEX = "03_index"
_MOST_PARTS = 16
_PART = "part_of_history"


def history(engine: Engine, store: Store, register: Register, key: Sequence[str]) -> list[dict[str, Any]]:
    """Give every row ever kept of a key with its place, oldest version first, corrected and closed ones included.

    `key` are the values of the register's key in the declared order, as they are written in a file or told in an
    answer. Raises YoursToMend (K010) for a register without a key, another number of values, or one that is not read.
    """
    if not register.key or len(key) != len(register.key):
        mend = f"Give: {listed(register.key)}" if register.key else "Ask for a register that declares a key"
        raise YoursToMend(Trouble("K010", f"{register.id} has a key of {len(register.key)} columns", mend))
    newest = store.newest(register.id)
    if not newest:
        return []
    types = kept_types(register)
    values = {name: _read(register.column(name), value) for name, value in zip(register.key, key, strict=True)}
    (unread,) = engine.rows(f"select {', '.join(f'{value} is null' for value in values.values())}")
    if lost := [name for name, is_unread in zip(values, unread, strict=True) if is_unread]:
        mend = "Write it as in a file of the register"
        raise YoursToMend(Trouble("K010", f"the value of {listed(lost)} cannot be read", mend))
    same = " and ".join(f"{quoted(name)} = {value}" for name, value in values.items())
    columns = ", ".join(map(quoted, types))
    found: list[dict[str, Any]] = []
    for file in _parts(engine, store, register, newest):
        view_rows(engine, register, _PART, [str(file)])
        rows = engine.rows(f"select {columns} from {_PART} where {same}")
        found += [dict(zip(types, row, strict=True)) for row in rows]
    return sorted(found, key=lambda row: (row["_version"], row["_line"]))


def _read(column: Column, value: str) -> str:
    """The value of a cell that is written as in a file, else as its type is told."""
    cell = f"cast({literal(value)} as varchar)"
    return f"coalesce({reading(column, cell).value}, try_cast({cell} as {sql_type(column)}))"


def _parts(engine: Engine, store: Store, register: Register, newest: int) -> list[Path]:
    """Give the files of the index, those of newer versions made first; many small ones become one."""
    folder = store.folder / INDEX / register.id
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted((one for one in folder.glob("*.parquet") if not one.name.startswith(".")), key=_span)
    known = _unbroken(found)
    until = _span(known[-1])[1] if known else 0
    if until < newest:
        files = [file for one in range(until + 1, newest + 1) for file in _added(store, register, one)]
        if files:
            known.append(_sorted(engine, register, folder, files, (until + 1, newest)))
    if len(known) > _MOST_PARTS:
        spans = [_span(one) for one in known]
        whole = _sorted(engine, register, folder, [str(one) for one in known], (spans[0][0], spans[-1][1]))
        for one in known:
            one.unlink(missing_ok=True)
        known = [whole]
    return known


def _added(store: Store, register: Register, version: int) -> list[str]:
    """The files that a version's delivery added; a version that only gathered files added no row."""
    path = store.table(register.id)
    (commit,) = delta.history(path, version, version)
    return [file for file, _ in delta.added(path, version)] if "milepost" in commit.metadata else []


def _span(file: Path) -> tuple[int, int]:
    first, _, last = file.stem.partition("_")[0].partition("-")
    return int(first), int(last)


def _unbroken(files: Sequence[Path]) -> list[Path]:
    """The files that follow one another from the first version on; of two that begin together the longer."""
    found: list[Path] = []
    following = 1
    while begin := [one for one in files if _span(one)[0] == following]:
        found.append(max(begin, key=lambda one: _span(one)[1]))
        following = _span(found[-1])[1] + 1
    return found


def _sorted(engine: Engine, register: Register, folder: Path, files: Sequence[str], span: tuple[int, int]) -> Path:
    """Write the rows of some files by key, in small row groups, as a part that appears at once."""
    place = folder / f"{span[0]}-{span[1]}_{secrets.token_hex(4)}.parquet"
    passing = folder / f".{place.name}-{os.getpid()}"
    view_rows(engine, register, _PART, files)
    order = ", ".join(map(quoted, (*register.key, "_version")))
    columns = ", ".join(map(quoted, kept_types(register)))
    engine.write(f"select {columns} from {_PART} order by {order}", passing)
    passing.rename(place)
    return place


@dataclass(frozen=True)
class Difference:
    """What is different from one version to another.

    Rows are told apart by their key (and the day they begin): `added` have a key that had no row before, `corrected`
    have other values, `gone` have no row any more. `changed_cells` counts corrected rows by column. `keys` are the
    first of them, each with what happened.
    """

    register: str
    since: int
    until: int
    added: int
    corrected: int
    gone: int
    changed_cells: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
        return {
            "register": self.register, "since": self.since, "until": self.until, "added": self.added,
            "corrected": self.corrected, "gone": self.gone, "changed_cells": dict(self.changed_cells),
            "keys": {what: [list(key) for key in found] for what, found in self.keys.items()},
        }  # fmt: skip


def difference(engine: Engine, store: Store, register: Register, since: int, until: int, most: int = 50) -> Difference:
    """Give what is different between two versions; `since` may be 0, before anything was kept.

    Of each kind the first `most` keys are named. Raises YoursToMend: K004 there is no such version, K010 the register
    has no key.
    """
    if not register.key:
        mend = "Ask for a register that declares a key"
        raise YoursToMend(Trouble("K010", f"{register.id} has a key of 0 columns", mend))
    before, now = (quoted(store.view(engine, register, one)) for one in (since, until))
    names = identity(register)
    same = " and ".join(f"b.{quoted(name)} = n.{quoted(name)}" for name in names)
    rest = [name for name in register.column_ids if name not in names]
    other = " or ".join(f"b.{quoted(name)} is distinct from n.{quoted(name)}" for name in rest) or "false"
    keys = ", ".join(f"{{}}.{quoted(name)}" for name in names)
    cells = ", ".join(
        f"cast(b.{quoted(n)} is distinct from n.{quoted(n)} as integer) as {quoted('d_' + n)}" for n in rest
    )
    engine.make("rows_added", f"select {keys.replace('{}', 'n')} from {now} n anti join {before} b on {same}")
    engine.make("rows_gone", f"select {keys.replace('{}', 'b')} from {before} b anti join {now} n on {same}")
    changed = f"select {keys.replace('{}', 'n')}{', ' + cells if cells else ''} from {now} n join {before} b on {same}"
    engine.make("rows_corrected", f"{changed} where {other}")
    counts = {what: engine.rows(f"select count(*) from rows_{what}")[0][0] for what in ("added", "corrected", "gone")}
    sums = ", ".join(f"sum({quoted('d_' + name)})" for name in rest)
    (totals,) = engine.rows(f"select {sums} from rows_corrected") if rest else ((),)
    by_column = {name: int(total) for name, total in zip(rest, totals, strict=True) if total}
    plain = ", ".join(map(quoted, names))
    first = {
        what: [
            tuple(map(str, row))
            for row in engine.rows(f"select {plain} from rows_{what} order by {plain} limit {most}")
        ]
        for what in counts
    }
    return Difference(register.id, since, until, counts["added"], counts["corrected"], counts["gone"], by_column, first)
