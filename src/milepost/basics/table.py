"""Small declared tables: CSV beside the declarations, numbers and codes with their sources."""

from __future__ import annotations

import csv
from pathlib import Path

from milepost.basics.errors import Place, Trouble, YoursToMend

Table = dict[str, list[str]]
"""Columns of text by their name, all of the same length."""


def read_table(path: Path, shown_as: str | None = None) -> Table:
    """Give a CSV file's columns as text, in the file's order.

    Raises YoursToMend with every trouble (D030 unreadable, D031 a head missing or twice, D032 a ragged row).
    """
    file = shown_as or str(path)
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        mend = "Save the table as CSV in UTF-8 at this place"
        raise YoursToMend(Trouble("D030", "the table cannot be read", mend, Place(file))) from error
    heads = rows[0] if rows else []
    if not heads or "" in heads or len(set(heads)) != len(heads):
        mend = "Give each column one name in the first line"
        raise YoursToMend(Trouble("D031", "a column's name is missing or given twice", mend, Place(file, 1)))
    troubles = [
        Trouble("D032", f"the row has {len(row)} cells, {len(heads)} are named", "Mend the row", Place(file, line))
        for line, row in enumerate(rows[1:], start=2)
        if row and len(row) != len(heads)
    ]
    if troubles:
        raise YoursToMend(troubles)
    return {head: [row[place] for row in rows[1:] if row] for place, head in enumerate(heads)}


def joined(first: Table, second: Table) -> Table:
    """Give the rows of both tables; a column that only one of them has is empty in the other.

    >>> joined({"a": ["1"]}, {"a": ["2"], "b": ["x"]})
    {'a': ['1', '2'], 'b': ['', 'x']}
    """
    length, more = (len(next(iter(table.values()), [])) for table in (first, second))
    names = list(dict.fromkeys((*first, *second)))
    return {name: [*first.get(name, [""] * length), *second.get(name, [""] * more)] for name in names}
