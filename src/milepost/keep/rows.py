"""The rows of kept files as one view, whichever columns their register had when they were written.

A file that is older than a column has no cells of it: they read as empty, where the column may be empty. Columns that
were taken out, renamed or given another type are told (K005): what they held would be lost or mean something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from milepost.basics.errors import Place, Trouble, YoursToMend, nearest
from milepost.engines import delta
from milepost.engines.engine import Engine, quoted
from milepost.keep.columns import CHANGE, HELD, kept_types, schema
from milepost.registers.register import Register

_OTHER_NAME = "give the changed register another name"


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
        part = f"{name}_part_{number}"
        engine.view_files(part, members, types)
        parts.append(f"select {_cells(types, dict(columns))} from {quoted(part)}")
    engine.make_view(name, " union all ".join(parts))


def _cells(types: Mapping[str, str], there: Mapping[str, str]) -> str:
    return ", ".join(
        quoted(column) if column in there else f"cast(null as {kind}) as {quoted(column)}"
        for column, kind in types.items()
    )


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
    return {CHANGE, HELD} | {one.id for one in register.columns if one.may_be_empty and one.id not in keys}
