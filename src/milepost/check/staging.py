"""Rows are written as they will be kept while they are checked, where nothing holds any of them back.

A large file is most often without a fault, and its rows are kept in the order they came. Then the pass that reads the
cells writes them too, and no row is written twice. What the written file shows by itself (an empty cell, the last day)
is asked of it; a row with any other fault of its own ends the pass, and a beginning with a fault is never tried.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from milepost.basics.errors import MilepostError
from milepost.check.cells import sql_type
from milepost.check.rows import Conditions, bits_of, idle_words, is_of_no_value, typed_rows, words_of
from milepost.engines.csv_copy import line_at
from milepost.engines.embedded import Engine, one_of, quoted
from milepost.receive.batch import BLANK, LINE, POSITION, Batch
from milepost.registers.register import Column, Register

_MOST_CODES = 255
_BEGINNING = 20_000


@dataclass(frozen=True)
class Staging:
    """Where the rows of a batch may be written, all of them and in their order, as they are to be kept.

    `before` are the columns that stand before a row's cells, as SQL: the same of every row.
    """

    file: Path
    before: str


def stage(
    engine: Engine, register: Register, batch: Batch, conditions: Conditions, staging: Staging, typed: str
) -> bool:
    """Write a standing batch and make `typed` the view of its rows and words, as the one pass gives them.

    False, and nothing made, where a row has a fault of its own or is empty, or the engine reads other rows.
    """
    asked = _Asked.of(register, conditions)
    begins = f"begins_{batch.table}"
    engine.make_view(begins, f"select * from {quoted(batch.standing)} limit {_BEGINNING}")
    written = f"staged_{batch.table}"
    cells = ", ".join(_kept(column) for column in register.columns)
    rows = _unblemished(register, batch, asked.of_each_row, asked.filled)
    try:
        first = _unblemished(register, replace(batch, standing=begins), conditions, asked.filled)
        engine.rows(f"select count(*) from ({first}) r")
        engine.write_in_order(f"select {staging.before}, {cells} from ({rows}) r", staging.file)
    except MilepostError as error:
        if error.troubles[0].code != "E001":
            raise
        return False
    engine.view_files(written, [str(staging.file)], (), POSITION)
    ((count,),) = engine.rows(f"select count(*) from {quoted(written)}")
    if count != batch.count or asked.is_broken(engine, written, staging.file):
        return False
    names = ", ".join(map(quoted, register.column_ids))
    nought = ", ".join(f"0::bigint as {quoted(word)}" for word in words_of(bits_of(register, conditions)))
    line = f"{line_at(quoted(POSITION))} as {quoted(LINE)}"
    engine.make_view(typed, f"select {line}, {names}, {nought} from {quoted(written)}")
    return True


@dataclass(frozen=True)
class _Asked:
    """What is asked of the rows: conditions of each row while it is read, and what the file is asked afterwards.

    `filled` are the columns without an empty cell; `last_day` the condition that no row comes after today.
    """

    of_each_row: Conditions
    filled: frozenset[str]
    last_day: str

    @classmethod
    def of(cls, register: Register, conditions: Conditions) -> _Asked:
        """Part the conditions. A code that is none of its column's cannot be written, and needs no condition."""
        parted = {name: name.partition("/") for name in conditions}
        filled = frozenset(column for code, _, column in parted.values() if code == "C021")
        listed = {column.id for column in register.columns if _is_listed(column)}
        of_each_row = {
            name: conditions[name]
            for name, (code, _, column) in parted.items()
            if not (code == "C020" or (code == "C023" and column in listed) or name == f"C048/{register.happened}")
            and not (is_of_no_value(name) and column in filled)
        }
        return cls(of_each_row, filled, conditions.get(f"C048/{register.happened}", "false"))

    def is_broken(self, engine: Engine, written: str, file: Path) -> bool:
        """Has a row of the written file an empty cell where none may be, or a day that has not come?"""
        empty = engine.empty_cells(file)
        if any(empty[column] for column in self.filled):
            return True
        return bool(engine.rows(f"select 1 from {quoted(written)} r where {self.last_day} limit 1"))


def _unblemished(register: Register, batch: Batch, conditions: Conditions, filled: Collection[str]) -> str:
    """The query of the typed rows of a batch, which cannot be computed where one of them fulfils a condition.

    Nor where one of them is blank, if that would not show by an empty cell of one of the `filled` columns.
    """
    bits = bits_of(register, conditions)
    words = sorted(set(words_of(bits)) - set(idle_words(bits)))
    faults = [*(f"r.{quoted(word)} <> 0" for word in words), *([] if filled else [f"r.{quoted(BLANK)}"])]
    where = f" where case when {' or '.join(faults)} then error('a row has a fault') else true end" if faults else ""
    names = ", ".join(f"r.{quoted(name)}" for name in register.column_ids)
    return f"select {names} from ({typed_rows(register, batch, conditions)}) r{where}"


def _is_listed(column: Column) -> bool:
    return column.type == "code" and 0 < len(column.codes) <= _MOST_CODES


def _kept(column: Column) -> str:
    """The cell as it is kept; one of few codes in the form that is written fastest."""
    cell = f"r.{quoted(column.id)}"
    value = one_of(column.codes, cell) if _is_listed(column) else f"cast({cell} as {sql_type(column)})"
    return f"{value} as {quoted(column.id)}"
