"""Why something is needed or not: the line of a decision table with its citation, or the source of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from milepost.rules.evaluation import evaluate, passes
from milepost.rules.ruling import Ruling
from milepost.rules.table import Line, Table
from milepost.rules.values import Value, equal, to_value


@dataclass(frozen=True)
class Reason:
    """A citation and its source; `table` and `line` where a decision table answered; `tests` as they are written."""

    citation: str
    source: str
    table: str = ""
    line: int = 0
    tests: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Give it as plain values that JSON can hold."""
        return {
            "citation": self.citation, "source": self.source, "table": self.table or None,
            "line": self.line or None, "tests": list(self.tests),
        }  # fmt: skip


def by_catalogue(citation: str, source: str) -> Reason:
    """Give the reason of what a guide asks without a condition."""
    return Reason(citation, source)


def by_ruling(ruling: Ruling) -> tuple[Reason, ...]:
    """Give the lines a ruling rests on, or the citation of the table's otherwise."""
    if ruling.by_otherwise:
        return (Reason(ruling.table.otherwise_citation, "", ruling.table.name),)
    rests = set(ruling.rests_on)
    return tuple(_of_line(ruling.table, fired.line) for fired in ruling.fired if fired.line.number in rests)


def by_lines(table: Table, values: Mapping[str, Any], on: date, answer: Value = None) -> tuple[Reason, ...]:
    """Give the lines that may still fire with what is known, with `answer` only those that answer it."""
    scope = {name: to_value(value) for name, value in values.items()}
    found = []
    for line in table.lines:
        tested = zip(table.inputs, line.cells, strict=True)
        may_fire = line.in_force(on) and all(
            passes(cell.tests, evaluate(column.expression, scope), scope) is True
            for column, cell in tested
            if column.name in scope and cell.tests.any_of
        )
        if may_fire and (answer is None or equal(evaluate(line.results[0], scope), answer)):
            found.append(_of_line(table, line))
    if not found and table.has_otherwise:
        return (Reason(table.otherwise_citation, "", table.name),)
    return tuple(found)


def _of_line(table: Table, line: Line) -> Reason:
    tests = (
        f"{column.name} {cell.text}" + (f" {column.unit}" if column.unit else "")
        for column, cell in zip(table.inputs, line.cells, strict=True)
        if cell.tests.any_of
    )
    return Reason(line.citation, line.source, table.name, line.number, tuple(tests))
