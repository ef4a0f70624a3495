"""Hit policies: from the lines that fire to one answer. Lines are not tested here.

Reference: OMG, Decision Model and Notation 1.5, clause 8.2.8 (hit policies) and 8.2.10 (default output).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from milepost.basics.errors import Trouble
from milepost.rules.evaluation import Scope, evaluate
from milepost.rules.functions import greatest, least, total
from milepost.rules.table import Line, Table
from milepost.rules.values import Value, equal

Hit = tuple[Line, tuple[Value, ...]]


class NoAnswer(Exception):
    """The lines that fire give no answer under the table's policy; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def policy_troubles(table: Table) -> list[Trouble]:
    """Give what is wrong with a table's outputs under its hit policy (L024 no priorities, L025 aggregation)."""
    found = []
    if table.policy in ("priority", "output order") and not any(output.values for output in table.outputs):
        what = f"the policy {table.policy} of {table.name} needs the values of an output, the highest priority first"
        found.append(Trouble("L024", what, "List the values of the output", table.place))
    if table.aggregation and (table.policy != "collect" or len(table.outputs) != 1):
        what = f"{table.name} asks for a {table.aggregation}, which only collect with one output gives"
        found.append(Trouble("L025", what, "Use collect with one output", table.place))
    return found


def answer_of(table: Table, hits: list[Hit], scope: Scope) -> tuple[Value, list[Hit]]:
    """Give the answer under the table's hit policy and the hits it rests on.

    One output answers a value, several a context of output names; policies of many answers a list of these.
    Raises NoAnswer: L043 (unique, more than one line), L044 (any, the lines disagree).
    """
    if not hits:
        return _of_no_line(table, scope), []
    if table.policy in ("unique", "any", "first", "priority"):
        kept = _ONE[table.policy](table, hits)
        return _shaped(table, kept[0][1]), kept
    if table.policy == "output order":
        hits = sorted(hits, key=lambda hit: rank(table, hit[1]))
    if table.aggregation:
        return _aggregated(table, [results[0] for _, results in hits]), hits
    return tuple(_shaped(table, results) for _, results in hits), hits


def rank(table: Table, results: tuple[Value, ...]) -> tuple[int, ...]:
    """Give the priority of results, the smallest first: their places among the outputs' listed values."""
    return tuple(_place(output.values, result) for output, result in zip(table.outputs, results, strict=True))


def _place(values: tuple[Value, ...], result: Value) -> int:
    return next((n for n, value in enumerate(values) if equal(value, result)), len(values)) if values else 0


def _of_no_line(table: Table, scope: Scope) -> Value:
    if table.has_otherwise:
        values = tuple(
            None if output.otherwise is None else evaluate(output.otherwise, scope) for output in table.outputs
        )
        return (
            _shaped(table, values)
            if table.policy in ("unique", "any", "first", "priority")
            else (_shaped(table, values) if table.aggregation else (_shaped(table, values),))
        )
    if table.aggregation == "count":
        return Decimal(0)
    return None if table.policy in ("unique", "any", "first", "priority") or table.aggregation else ()


def _shaped(table: Table, results: tuple[Value, ...]) -> Value:
    if len(results) == 1:
        return results[0]
    return {output.name: result for output, result in zip(table.outputs, results, strict=True)}


def _unique(table: Table, hits: list[Hit]) -> list[Hit]:
    if len(hits) > 1:
        raise NoAnswer("L043")
    return hits


def _any(table: Table, hits: list[Hit]) -> list[Hit]:
    if any(results != hits[0][1] for _, results in hits):
        raise NoAnswer("L044")
    return hits


def _first(table: Table, hits: list[Hit]) -> list[Hit]:
    return hits[:1]


def _priority(table: Table, hits: list[Hit]) -> list[Hit]:
    return [min(hits, key=lambda hit: rank(table, hit[1]))]


_ONE: dict[str, Callable[[Table, list[Hit]], list[Hit]]] = {
    "unique": _unique,
    "any": _any,
    "first": _first,
    "priority": _priority,
}


def _aggregated(table: Table, values: list[Value]) -> Value:
    if table.aggregation == "count":
        return Decimal(len(values))
    return {"sum": total, "min": least, "max": greatest}[str(table.aggregation)](tuple(values))
