"""The rows of kept files as one view, whichever columns their register had when they were written.

A file that is older than a column has no cells of it: they read as empty, where the column may be empty. Columns that
were taken out, renamed or given another type are told (K005): what they held would be lost or mean something else.

A large file may be bare: all rows of a delivery in the order of their lines, with nothing beside their cells but the
number of the version. The place of a row then tells its line, and the receipt of the version the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from milepost.basics.errors import Place, Trouble, YoursToMend, nearest
from milepost.engines import delta
from milepost.engines.csv_copy import line_at
from milepost.engines.engine import Engine, literal, quoted
from milepost.keep.columns import CHANGE, HELD, ROW_PLACE, kept_types, schema
from milepost.receive.batch import LINE, POSITION
from milepost.registers.register import Register

_OF_THE_RECEIPT = {"_file": "file", "_content_hash": "content_hash", "_received_on": "received_on", CHANGE: "change"}
"""The columns that a bare file leaves to the receipt of its version, and what it calls them."""

_OTHER_NAME = "give the changed register another name"


def is_bare(file: str) -> bool:
    """Has a kept file nothing but the cells of its rows and the number of their version?"""
    return LINE not in dict(delta.columns(file))


def view_rows(engine: Engine, register: Register, name: str, files: Sequence[str]) -> None:
    """Make the view `name` of all rows of a register's files, with the columns it has today.

    Raises YoursToMend (K005) where the files do not have them, and may not lack them.
    """
    types = kept_types(register)
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for file in files:
        alike.setdefault(delta.columns(file), []).append(file)
    known = {column: str(kind) for column, kind in zip(types, schema(register).types, strict=True)}
    troubles = dict.fromkeys(trouble for columns in alike for trouble in _faults(register, known, dict(columns)))
    if troubles:
        raise YoursToMend(troubles)
    if len(alike) < 2 and all(known.keys() == dict(columns).keys() for columns in alike):
        engine.view_files(name, files, types)
        return
    parts = []
    for number, (columns, members) in enumerate(alike.items()):
        part, there = f"{name}_part_{number}", dict(columns)
        are_bare = is_bare(members[0])
        engine.view_files(part, members, types, POSITION if are_bare else "")
        lacking = {column: f"cast(null as {kind})" for column, kind in types.items() if column not in there}
        if are_bare:
            lacking |= {LINE: line_at(quoted(POSITION)), **_of_receipts(members, types)}
        cells = ", ".join(f"{lacking[one]} as {quoted(one)}" if one in lacking else quoted(one) for one in types)
        parts.append(f"select {cells} from {quoted(part)}")
    engine.make_view(name, " union all ".join(parts))


def _of_receipts(files: Sequence[str], types: Mapping[str, str]) -> dict[str, str]:
    """Give what the receipts say of the rows of bare files, by column, as SQL."""
    receipts = [_receipt(Path(file)) for file in files]
    return {
        column: _by_version({number: receipt[word] for number, receipt in receipts}, types[column])
        for column, word in _OF_THE_RECEIPT.items()
    }


def _receipt(file: Path) -> tuple[int, dict[str, Any]]:
    """The version a bare file was kept as, which its name begins with, and the receipt of it."""
    number = int(file.name.partition("-")[0])
    (commit,) = delta.history(file.parent, number, number)
    return number, json.loads(commit.metadata["milepost"])


def _by_version(told: Mapping[int, str], kind: str) -> str:
    alone, *others = set(told.values())
    if not others:
        return f"cast({literal(alone)} as {kind})"
    cases = " ".join(f"when {number} then cast({literal(word)} as {kind})" for number, word in told.items())
    return f"case _version {cases} end"


def _faults(register: Register, known: Mapping[str, str], there: Mapping[str, str]) -> Iterator[Trouble]:
    """Yield how the columns of a file differ from those of today in a way that may not be."""
    place = Place(register.place.file)
    for column in sorted(known.keys() - there.keys() - _may_lack(register)):
        what = f"the kept rows of {register.id} have no column {column}, and it may not be empty"
        mend = f"Let it be empty (may_be_empty: true), take it out again, or {_OTHER_NAME}"
        yield Trouble("K005", what, mend, place)
    for column in sorted(there.keys() - known.keys()):
        what = f"the kept rows of {register.id} have a column {column}, which is not declared any more"
        like = nearest(column, known.keys() - there.keys()).removeprefix("did you mean ").rstrip("?")
        renamed = f" where {like} stands now" if like else ""
        mend = f"Declare it again{renamed} (other heads of a file go into also_written), or {_OTHER_NAME}"
        yield Trouble("K005", what, mend, place)
    for column in register.column_ids:
        if column in there and known[column] != there[column]:
            what = f"the kept rows of {register.id} have a column {column} of another type than is declared"
            yield Trouble("K005", what, f"Declare its type and places as they were, or {_OTHER_NAME}", place)


def _may_lack(register: Register) -> set[str]:
    """The columns that kept rows may lack: what a row was before corrections came is plain without a word."""
    keys = {*register.key, *((register.valid.start,) if register.valid else ())}
    of_the_file = {LINE, *ROW_PLACE, CHANGE, HELD} - {"_version"}
    return of_the_file | {one.id for one in register.columns if one.may_be_empty and one.id not in keys}
