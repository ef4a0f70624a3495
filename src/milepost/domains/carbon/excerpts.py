"""The tables a study is given, as rows of plain values: a number that is not known and an empty text are both None."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[str, Sequence[Any]]]


def rows_of(tables: Tables, name: str) -> list[Row]:
    """Give the rows of a table, none where it is not there.

    >>> rows_of({"t": {"a": [1.0, float("nan")], "b": ["x", ""]}}, "t")
    [{'a': 1.0, 'b': 'x'}, {'a': None, 'b': None}]
    """
    table = tables.get(name, {})
    columns = {column: [plain(value) for value in values] for column, values in table.items()}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def plain(value: Any) -> Any:
    """Give a cell as a plain value: numbers, days, texts, yes and no; None where nothing is known."""
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else value.astype("datetime64[D]").item()
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value == "" or value != value:
        return None
    return value.date() if isinstance(value, datetime) else value


def number(row: Row, name: str) -> float | None:
    """Give a number of a row; a text of a declared table is read as one."""
    value = row.get(name)
    return None if value is None else float(value)


def text(row: Row, name: str) -> str:
    """Give a text of a row, empty where there is none."""
    value = row.get(name)
    return "" if value is None else str(value)


def day(row: Row, name: str) -> date | None:
    """Give a day of a row."""
    value = row.get(name)
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def years_of(rows: Sequence[Row], *names: str) -> Iterator[int]:
    """Yield the years of the days in some columns."""
    for row in rows:
        for name in names:
            if (found := day(row, name)) is not None:
                yield found.year
