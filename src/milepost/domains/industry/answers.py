"""How the wing's answers are put together: columns, rows, numbers in people's units. No question is answered here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milepost.basics.answer import AnswerTable, Column, Picture
from milepost.basics.text import Text

Arrays = Mapping[str, Any]
"""A table a study reads: columns by name, as numpy arrays or lists."""

HUNDRED_MILLION = 1e8
CLUSTERS = {
    "auto": Text("New-energy and connected vehicles", "新能源智能网联汽车"),
    "bio_health": Text("Biotechnology and health", "生物技术和大健康"),
    "new_it": Text("New-generation information technology", "新一代信息技术"),
    "robotics": Text("Robotics and intelligent manufacturing", "机器人和智能制造"),
}
"""Clusters whose output is published under an indicator of the wing; a zone may have others."""
OTHER_CLUSTERS = {
    "aerospace": Text("Aerospace", "航空航天"),
    "green": Text("Green energy and environment", "绿色能源和节能环保"),
    "internet": Text("Industrial internet", "产业互联网"),
}
"""Names of clusters that zones have and that no indicator of the wing publishes."""
FEW = 3
"""Fewer contributors than this are not told apart in what is not a table of its own (the guard's rule for tables)."""


def cluster_name(cluster: str) -> Text:
    """Give what a cluster is called: its name where it is one of the wing's, else its id."""
    return CLUSTERS.get(cluster) or OTHER_CLUSTERS.get(cluster) or Text(cluster, cluster)


def few_left(members: int, told: int) -> bool:
    """Would a figure of the first `told` of the members tell of fewer than three others by subtraction?"""
    return 0 < members - told < FEW


def not_told_apart(counts: Mapping[str, int]) -> list[str]:
    """Give the names behind which one or two stand, with those of the fewest beside them where they would be one, or
    too few: the guard withholds the same ones.
    """
    small = [name for name, count in counts.items() if 0 < count < FEW]
    others = sorted((name for name, count in counts.items() if count >= FEW), key=lambda name: counts[name])
    while small and others and (len(small) < 2 or sum(counts[name] for name in small) < FEW):
        small.append(others.pop(0))
    return small


def told_parts(parts: Mapping[str, float], counts: Mapping[str, int]) -> dict[str, float]:
    """Give the parts of a sum as a document may hold them: those of one or two enterprises stand `together`, with the
    part of the fewest beside them where they would be one, or too few.
    """
    small = not_told_apart({name: counts[name] for name in parts})
    told = {name: value for name, value in parts.items() if name not in small}
    return told | ({"together": sum(parts[name] for name in small)} if small else {})


def column(id: str, en: str, zh: str, unit: str = "") -> Column:
    """Give a column of an answer's table."""
    return Column(id, Text(en, zh), unit)


def table(
    id: str,
    name: Text,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    contributors: str = "",
    picture: Picture | None = None,
    within: str = "",
    singles: tuple[str, ...] = (),
) -> AnswerTable:
    """Give a table whose rows hold plain values in the order of the columns; nan becomes nothing."""
    ids = [one.id for one in columns]
    made = tuple(dict(zip(ids, (plain(value) for value in row), strict=True)) for row in rows)
    return AnswerTable(id, name, tuple(columns), made, contributors, picture, within, singles)


def plain(value: Any) -> Any:
    """Give a value as JSON and a terminal can show it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:
        return None
    return value


def texts(values: Any) -> list[str]:
    """Give a column of texts as a list; nothing known becomes an empty text."""
    return ["" if value is None else str(value) for value in values]


def numbers(values: Any) -> NDArray[np.float64]:
    """Give a column of numbers as float64; nothing known is nan."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        return values.astype(np.float64)
    return np.array([np.nan if value is None or value == "" else float(value) for value in values], dtype=np.float64)


def size(values: Any) -> int:
    """Give how many rows a table's column has."""
    return len(values)


def numbered(values: Iterable[str]) -> dict[str, int]:
    """Give each different text a number, in the order they first appear."""
    return {value: place for place, value in enumerate(dict.fromkeys(values))}


def percent(share: float) -> float | None:
    """Give a fraction as percent rounded to a hundredth, nothing for nan."""
    return None if share != share else round(100 * share, 2)


def in_100m(yuan: float) -> float | None:
    """Give yuan as hundred millions rounded to a ten-thousandth, nothing for nan."""
    return None if yuan != yuan else round(yuan / HUNDRED_MILLION, 4)


def newest(returns: Arrays, asked: int = 0) -> int:
    """Give the year asked for, or, for 0, the newest one with as many months as any: a year that is over.

    `returns` has columns year and months (how many months stand behind a row); 0 where it is empty.
    """
    if asked or len(returns.get("year", ())) == 0:
        return asked
    years, months = numbers(returns["year"]), numbers(returns["months"])
    most = {year: months[years == year].max() for year in np.unique(years)}
    return int(max(year for year, count in most.items() if count == max(most.values())))


def of_year(returns: Arrays, year: int) -> dict[str, Any]:
    """Give the rows of a year."""
    held = np.flatnonzero(numbers(returns["year"]) == year)
    return _rows(returns, held)


def valid_on_last_day(rows: Arrays, year: int) -> dict[str, Any]:
    """Give the rows that are valid on 31 December of a year, from their valid_from and valid_until (days)."""
    return valid_on(rows, date(max(year, 1), 12, 31))


def valid_on(rows: Arrays, on: date) -> dict[str, Any]:
    """Give the rows that are valid on a day, from their valid_from and valid_until (days)."""
    day = np.datetime64(on)
    start, until = (np.array(rows[name], dtype="datetime64[D]") for name in ("valid_from", "valid_until"))
    held = np.flatnonzero((start <= day) & (np.isnat(until) | (until > day)))
    return _rows(rows, held)


def _rows(columns: Arrays, held: NDArray[np.int64]) -> dict[str, Any]:
    return {
        name: values[held] if isinstance(values, np.ndarray) else [values[row] for row in held]
        for name, values in columns.items()
    }
