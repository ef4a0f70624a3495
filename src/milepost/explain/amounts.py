"""What a computed figure is made of: amounts of its formula by a column of its rows, in one period.

Only what adds can be divided among those who make it: sums and counts, multiplied by plain numbers, and one quotient of
two such. A median, a number of different values or a January-to-month total is not taken apart here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from milepost.engines.embedded import Engine, literal, quoted
from milepost.keep.store import Store
from milepost.measure.cells import rows_of
from milepost.measure.places import AREAS
from milepost.measure.reading import Reading
from milepost.measure.task import Scan, Task, scans_of

Amounts = Mapping[str, float]
_MULTIPLIED = (exp.Paren, exp.Cast, exp.Mul, exp.Neg, exp.Add, exp.Sub, exp.Column, exp.Literal, exp.DataType)


@dataclass(frozen=True)
class Split:
    """A formula over atoms as it adds: `below` is None for what is no quotient."""

    above: exp.Expression
    below: exp.Expression | None


def split(shape: Any) -> Split | None:
    """Give a formula as a total or a quotient of two totals; None where it is neither.

    >>> found = split(sqlglot.parse_one('(cast((12 * "a0") as double) / nullif("a1", 0))', read="duckdb"))
    >>> found.above.sql("duckdb"), found.below.sql("duckdb")
    ('CAST((12 * "a0") AS DOUBLE)', '"a1"')
    >>> split(sqlglot.parse_one('"a0" * "a1"', read="duckdb")) is None
    True
    """
    bare = _bare(shape)
    if isinstance(bare, exp.Div):
        above, below = _bare(bare.this), _bare(bare.expression)
        if isinstance(below, exp.Nullif):
            below = _bare(below.this)
        return Split(bare.this, below) if _adds(above) and _adds(below) else None
    return Split(bare, None) if _adds(bare) else None


def _bare(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _uncast(node: exp.Expression) -> exp.Expression:
    """A side of a product without the room that was made for its digits."""
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def _adds(node: exp.Expression) -> bool:
    """Is it a sum of atoms, each times plain numbers? A number that stands alone would be counted for everyone."""
    match node:
        case exp.Column():
            return True
        case exp.Paren() | exp.Cast() | exp.Neg():
            return _adds(node.this)
        case exp.Add() | exp.Sub():
            return _adds(node.this) and _adds(node.expression)
        case exp.Mul():
            one, other = (_uncast(side) for side in (node.this, node.expression))
            return (isinstance(one, exp.Literal) and _adds(other)) or (isinstance(other, exp.Literal) and _adds(one))
    return False


def can_be_divided(task: Task) -> bool:
    """Do the task's totals add up from parts of its rows?"""
    is_sum = all(atom.kind in ("sum", "count") for atom in task.parts.atoms)
    return is_sum and task.mode != "january" and split(task.parts.shape) is not None


class Source:
    """The rows behind a task as known in one version, from which amounts by a column are read."""

    def __init__(self, engine: Engine, store: Store, task: Task, version: int) -> None:
        self.engine, self.task = engine, task
        scan = next(iter(scans_of([task], by_day=True).values()))
        self.rows = rows_of(engine, scan, store.view(engine, task.register, version))
        self.scan: Scan = scan

    def amounts(self, of: exp.Expression, column: str, reading: Reading) -> Amounts:
        """Give the amount of a part of the formula in the reading's period and area, by the values of a column."""
        key = f"coalesce(cast(r.{quoted(column)} as varchar), '')"
        query = f"select {key} as k, cast(coalesce({self._sql(of)}, 0) as double) {self._where([reading])} group by 1"
        return {str(name): float(value) for name, value in self.engine.rows(f"{query} order by 1")}

    def contributors(self, column: str, readings: list[Reading]) -> dict[str, int]:
        """Give how many persons or firms stand behind each value of a column in any of the readings' periods."""
        whose = self.task.indicator.contributor
        key = f"coalesce(cast(r.{quoted(column)} as varchar), '')"
        count = f"count(distinct r.{quoted(whose)})" if whose else "0"
        rows = self.engine.rows(f"select {key} as k, {count} {self._where(readings)} group by 1")
        return {str(name): int(number) for name, number in rows}

    def _sql(self, of: exp.Expression) -> str:
        names = {f"a{place}": atom for place, atom in enumerate(self.task.parts.atoms)}

        def put(node: Any) -> Any:
            if isinstance(node, exp.Column) and node.name in names:
                return sqlglot.parse_one(names[node.name].sql(), read="duckdb")
            return node

        return str(of.copy().transform(put).sql(dialect="duckdb"))

    def _where(self, readings: list[Reading]) -> str:
        when = " or ".join(f"({self._within(reading)})" for reading in readings)
        conditions = [f"({when})", *self._area(readings[0].area)]
        if self.task.where is not None:
            conditions.append(f"({self.task.where.sql})")
        return f"from ({self.rows}) r where {' and '.join(conditions)}"

    def _area(self, area: str) -> list[str]:
        column = self.task.indicator.area_from
        if not column:
            return []
        return [f"r.{quoted(column)} in (select m.word from {AREAS} m where m.area = {literal(area)})"]

    def _within(self, reading: Reading) -> str:
        """The rows a period looks at, by the mode of the task."""
        start, end = (f"date {literal(str(day))}" for day in (reading.period.start, reading.period.end))
        if self.task.is_state:
            return f"r._from <= {end} and (r._to is null or r._to > {end})"
        time = f"cast(r.{quoted(self.task.time)} as date)"
        inside = f"{time} between {start} and {end}"
        if self.task.mode != "last":
            return inside
        only = f" and ({self.task.where.sql})" if self.task.where is not None else ""
        last = f"select max({time}) from ({self.rows}) r where {inside}{only}"
        return f"{time} = ({last})"
