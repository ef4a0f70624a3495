"""A CSV file is read by the embedded engine itself, many rows at a time, and only where nothing is in doubt.

The caller has proven that every line of the file is one row (`receive.csv_survey`). What the engine finds is held
against that proof; where the two differ, or the engine stumbles, nothing is kept and the caller reads row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST_LINE = 131_072
"""Longest line in bytes that is left to the engine."""
_PATTERN_LETTERS = set("*?[]{}")


@dataclass(frozen=True)
class Lines:
    """A CSV file of which every line is a row, the first of them the head.

    `width` counts the cells of a row, `rows` the lines below the head; `is_packed` says that it is gzipped.
    `places` gives for each column wanted the number of its cell, from 0 (None: an empty column). `line`, `surplus`
    and `beyond` name the columns to add: the line of a row, and that it has no cell too many; `blank` names the one
    that says whether all cells of a row are empty.
    """

    path: Path
    separator: str
    width: int
    rows: int
    is_packed: bool
    places: Mapping[str, int | None]
    line: str
    surplus: str
    beyond: str
    blank: str


def may_be_named(path: Path) -> bool:
    """May the engine be given this path? It takes some letters for a pattern of many files."""
    return not _PATTERN_LETTERS & set(str(path))


def raw_rows(lines: Lines) -> str:
    """Give the query of a file's wanted cells as text, by their columns, and whether all of a row are empty.

    An empty cell is null: to see that there is none costs nothing.
    """
    cells = [f"c{number}" for number in range(lines.width)]
    taken = ["null::varchar" if place is None else f"c{place}" for place in lines.places.values()]
    wanted = ", ".join(f"{cell} as {_name(column)}" for column, cell in zip(lines.places, taken, strict=True))
    is_blank = " and ".join(f"{cell} is null" for cell in cells)
    columns = ", ".join(f"'{cell}': 'varchar'" for cell in cells)
    return (
        f"select {wanted}, {is_blank} as {_name(lines.blank)} "
        f"from read_csv({_literal(str(lines.path))}, auto_detect = false, header = true, "
        f"delim = {_literal(lines.separator)}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"strict_mode = true, max_line_size = {LONGEST_LINE}, "
        f"compression = '{'gzip' if lines.is_packed else 'none'}')"
    )


def line_at(place: str) -> str:
    """Give the line of a row of a file whose lines are its head and then its rows, by the row's place from 0, as SQL.

    >>> line_at("rowid")
    'rowid + 2'
    """
    return f"{place} + 2"


def numbered_rows(lines: Lines, raw: str, number: str) -> str:
    """Give the query of the wanted columns over `raw`, of which the expression `number` counts the rows from 0.

    An empty cell is an empty text.
    """
    columns = ", ".join(f"coalesce({_name(column)}, '') as {_name(column)}" for column in lines.places)
    added = (
        f"{line_at(number)} as {_name(lines.line)}, 0::integer as {_name(lines.surplus)}, '' as {_name(lines.beyond)}"
    )
    return f"select {added}, {columns} from {_name(raw)}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
