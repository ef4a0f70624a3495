"""Rows whose cells have slipped: from some column on they fit the neighbouring columns better than their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from milepost.check.cells import CREDIT_CODE, LINK, matches, reading
from milepost.engines.embedded import literal, quoted
from milepost.receive.batch import LINE
from milepost.registers.register import Column

if TYPE_CHECKING:
    from milepost.check.records import Checking

SIGNS = frozenset({"C020", "C022", "C023", "C025", "C026", "C027", "C028", "C029", "C040"})
"""Faults that a slipped row shows."""

_LEAST_GAIN = 2
_LOOKED_AT = 2_000


def slipped_rows(work: Checking) -> dict[str, list[int]]:
    """Give the lines of rows whose cells belong one column to the left, or right, among the first that wait."""
    columns = work.register.columns
    told = [(place, column) for place, column in enumerate(columns) if _is_told(work, column)]
    terms = [_fits(work, column, columns, place + shift) for place, column in told for shift in (0, 1, -1)]
    if len(told) < _LEAST_GAIN:
        return {}
    query = f"select r.{quoted(LINE)}, {', '.join(terms)} from {quoted(work.table('refused'))} r order by 1"
    found: dict[str, list[int]] = {}
    for line, *fits in work.engine.rows(f"{query} limit {_LOOKED_AT}"):
        own, from_right, from_left = fits[0::3], fits[1::3], fits[2::3]
        for side, shifted in (("left", from_right), ("right", from_left)):
            if gain(own, shifted) >= _LEAST_GAIN:
                found.setdefault(side, []).append(line)
                break
    return found


def gain(own: Sequence[bool], shifted: Sequence[bool]) -> int:
    """Give how many more cells fit where, from the best place on, each column takes its neighbour's cell.

    Nothing is gained where not every one of those neighbours fits.

    >>> gain([True, False, False], [False, True, True]), gain([True, False, True], [False, True, False])
    (2, 0)
    """
    best = 0
    for place in range(len(own) - 1, -1, -1):
        if not shifted[place]:
            break
        best = max(best, sum(shifted[place:]) - sum(own[place:]))
    return best


def _is_told(work: Checking, column: Column) -> bool:
    """Can a cell of this column be told from any other text?"""
    return column.type != "text" and column.type != "period"


def _fits(work: Checking, column: Column, columns: Sequence[Column], place: int) -> str:
    """The condition that the cell at `place` would be a good one of `column`, empty where it may be; beyond none is."""
    if not 0 <= place < len(columns):
        return "true" if place == len(columns) and column.may_be_empty else "false"
    cell = f"r.{quoted(columns[place].id)}"
    good = " or ".join(_good(work, column, cell)) or f"{reading(column, cell).value} is not null"
    return f"case when {cell} = '' then {str(column.may_be_empty).lower()} else coalesce({good}, false) end"


def _good(work: Checking, column: Column, cell: str) -> Iterator[str]:
    if column.type == "link":
        yield matches(cell, LINK)
    if column.type == "credit_code":
        yield matches(cell, CREDIT_CODE)
    if column.type == "code":
        codes = column.codes or tuple(work.code_lists[column.code_list].names)[:1000]
        codes = (*codes, *column.written.codes)
        yield f"{cell} in ({', '.join(map(literal, codes))})"
