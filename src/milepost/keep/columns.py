"""The columns a register is kept in: the place of a row, what was done with it, and its own cells with their types."""

from __future__ import annotations

import pyarrow as pa

from milepost.check.cells import sql_type
from milepost.engines.embedded import quoted
from milepost.receive.batch import LINE
from milepost.registers.register import Register

ROW_PLACE = ("_file", "_content_hash", "_received_on", "_version")
"""Columns kept beside a row's own and its `_line`: the file it came in, the hash of the file's content, the
day it was received, and the version that added it."""

CHANGE = "_change"
"""What a row of unit records does: add, correct (it stands for an earlier row with its key), or close (no row with its
key is valid any more)."""

HELD = "_held"
"""The rules a kept row breaks that block publishing (`,rule,other,`), as they were when it came; else null."""

_ARROW = {
    "bigint": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "varchar": pa.string(),
}


def kept_types(register: Register) -> dict[str, str]:
    """Give the names of all columns a register is kept in, with their SQL types; published figures stay text."""
    place = {LINE: "bigint", "_file": "varchar", "_content_hash": "varchar"}
    place |= {"_received_on": "date", "_version": "bigint"}
    if register.is_published:
        return place | dict.fromkeys(register.column_ids, "varchar")
    return place | {CHANGE: "varchar", HELD: "varchar"} | {column.id: sql_type(column) for column in register.columns}


def schema(register: Register) -> pa.Schema:
    """Give the same columns as an Arrow schema."""
    return pa.schema([(name, _arrow(kind)) for name, kind in kept_types(register).items()])


def _arrow(kind: str) -> pa.DataType:
    if kind.startswith("decimal"):
        precision, places = kind[8:-1].split(",")
        return pa.decimal128(int(precision), int(places))
    return _ARROW[kind]


def listed(names: tuple[str, ...], alias: str = "") -> str:
    """Give names as SQL lists them, each of a table's alias."""
    return ", ".join(f"{alias}.{quoted(name)}" if alias else quoted(name) for name in names)
