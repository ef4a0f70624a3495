"""Rules that say that two numbers are equal are solved: one number of a row is worked out from the others.

A random draw hardly ever meets an equality. What a rule says is equal, or within a tolerance, is looked at as a
function of one cell; where it is a straight line in it (sums, differences, products with other cells are), two values
of the cell tell which third one makes it come true. Whether it does is told by the check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import exp

from milepost.check.forms import agree
from milepost.engines.embedded import quoted
from milepost.receive.batch import LINE
from milepost.registers.formula import Formula
from milepost.registers.register import NUMBERS, Register
from milepost.registers.rule import Rule


@dataclass(frozen=True)
class Equation:
    """What is to come to nought, or to a target: `sql` over rows `r`, of each row or, with `is_total`, of the rows
    that agree in `by`; only rows for which `where` holds count. One of the `columns` is worked out.
    """

    sql: str
    where: str
    by: tuple[str, ...]
    columns: tuple[str, ...]
    is_total: bool

    def values(self, rows: str) -> str:
        """Give the query of `_line` and `value` of a table of typed rows."""
        line, name = quoted(LINE), quoted(rows)
        if not self.is_total:
            return f"select r.{line}, {self.sql} as value from {name} r where {self.where}"
        names = ", ".join(f"r.{quoted(one)}" for one in self.by)
        group = f" group by {names}" if names else ""
        sums = f"select {names}{', ' if names else ''}{self.sql} as value from {name} r where {self.where}{group}"
        return (
            f"select r.{line}, g.value from {name} r join ({sums}) g on {agree('g', 'r', self.by)} where {self.where}"
        )


def equations_of(register: Register, rule: Rule, formulas: Mapping[str, Formula]) -> list[Equation]:
    """Give the equalities between numbers that a condition states, each for itself."""
    if rule.holds is None:
        return []
    where = formulas["where"].sql if "where" in formulas else "true"
    found = []
    for sql, named in _differences(sqlglot.parse_one(formulas["holds"].sql, read="duckdb")):
        columns = _free(register, named, rule.by)
        if columns and all(register.column(name).type in NUMBERS for name in named):
            found.append(Equation(sql, where, rule.by, columns, bool(rule.by)))
    return found


def control_equation(there: Register, rule: Rule, formulas: Mapping[str, Formula]) -> Equation | None:
    """Give the control total of a reconciliation as a function of its rows, None where no number can be set."""
    assert rule.reconciles is not None
    by, total = tuple(rule.reconciles.by.values()), formulas["total_there"]
    where = formulas["where_there"].sql if "where_there" in formulas else "true"
    columns = _free(there, set(total.columns), by)
    return Equation(total.sql, where, by, columns, is_total=True) if columns else None


def _free(register: Register, named: set[str], by: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers that may be worked out: what a row is told apart by stays as it is."""
    free = named - {*by, *register.key}
    return tuple(sorted(name for name in free if register.column(name).type in NUMBERS))


def _differences(tree: Any) -> Iterator[tuple[str, set[str]]]:
    """The differences that are nought where a condition holds, with the columns each names."""
    match tree:
        case exp.Paren():
            yield from _differences(tree.this)
        case exp.And():
            yield from _differences(tree.left)
            yield from _differences(tree.right)
        case exp.EQ() if not any(map(_is_no_number, (tree.left, tree.right))):
            yield _said(exp.Sub(this=exp.paren(tree.left.copy()), expression=exp.paren(tree.right.copy())))
        case exp.LT() | exp.LTE():
            size = tree.left.unnest()
            if isinstance(size, exp.Abs) and tree.right.find(exp.Column) is None:
                yield _said(size.this)


def _is_no_number(tree: Any) -> bool:
    """Is it a yes or no, or made with texts?"""
    is_condition = isinstance(tree.unnest(), exp.Predicate | exp.Connector | exp.Not | exp.Boolean)
    return is_condition or any(one.is_string for one in tree.find_all(exp.Literal))


def _said(tree: Any) -> tuple[str, set[str]]:
    return tree.sql(dialect="duckdb"), {one.name for one in tree.find_all(exp.Column)}


def worked_out(at_nought: Any, at_one: Any, target: Any) -> float | None:
    """Give where a straight line comes to a target, from its values at nought and at one.

    >>> worked_out(2, 5, Decimal("11")), worked_out(2, 2, 11), worked_out(None, 5, 11)
    (3.0, None, None)
    """
    if None in (at_nought, at_one, target):
        return None
    low, high, wanted = (Decimal(str(one)) for one in (at_nought, at_one, target))
    return None if low == high else float((wanted - low) / (high - low))
