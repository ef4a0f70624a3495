"""Totals of a register's rows by year, month and columns, added up from the cells that are kept.

Whoever asks for such totals is given what a query over all rows gives, to the last bit: what is added up are exact
decimals and counts, a total that no row fills is empty, and a group without rows is none. What cells do not hold
(values of single rows, conditions, means, different values) is not answered here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from milepost.engines.engine import quoted
from milepost.measure.atoms import Atom, parts_of
from milepost.measure.cells import Cells
from milepost.measure.task import Scan, may_be_nothing
from milepost.registers.formula import Formula
from milepost.registers.register import Register

_TIMES = ("year", "month")
_KEYS = ("text", "code")
_ROWS = Atom("count")


@dataclass(frozen=True)
class Totals:
    """What is asked, each under its name: the year or month of a row, columns whose values tell rows apart, totals."""

    register: Register
    times: Mapping[str, str]
    keys: Mapping[str, str]
    totals: Mapping[str, Atom]

    @property
    def needed(self) -> tuple[Atom, ...]:
        """The atoms that must be known: the totals, how many rows there are, and how many fill each sum."""
        filled = (self.filled(atom) for atom in self.totals.values() if atom.kind == "sum")
        return tuple(dict.fromkeys((*self.totals.values(), *filled, _ROWS)))

    def filled(self, atom: Atom) -> Atom:
        """Give the count that says whether a sum has anything in it."""
        return Atom("count", atom.argument) if may_be_nothing(atom.argument, self.register) else _ROWS

    def is_held_by(self, scan: Scan) -> bool:
        """Do the cells of a scan hold what is asked?"""
        is_same = (scan.register.id, scan.mode, scan.time) == (self.register.id, "events", self.register.happened)
        return is_same and set(self.keys.values()) <= set(scan.keys) and set(self.needed) <= set(scan.added)

    def own_scan(self) -> Scan:
        """Give the scan that computes just what is asked."""
        assert self.register.happened is not None
        keys = tuple(dict.fromkeys(self.keys.values()))
        return Scan(self.register, "events", self.register.happened, "month", keys, self.needed)


def totals_asked(register: Register, columns: Mapping[str, Formula], by: Sequence[str]) -> Totals | None:
    """Give what some formulas over a register's rows ask for, grouped by the columns in `by`.

    None where cells cannot hold it: every row must say when it happened, groups must be years, months or texts, and
    every total a sum, a count, a least or a most of all rows of its group.
    """
    happened = register.happened
    if not by or happened is None or register.is_published or register.column(happened).may_be_empty:
        return None
    times, keys, totals = {}, {}, {}
    for name, formula in columns.items():
        if name in by:
            time, key = _time(formula, happened), _key(formula, register)
            if time:
                times[name] = time
            elif key:
                keys[name] = key
            else:
                return None
        elif (atom := _total(formula)) is not None:
            totals[name] = atom
        else:
            return None
    return Totals(register, times, keys, totals)


def totals_of(asked: Totals, cells: Cells, types: Mapping[str, str]) -> str:
    """Give the query of what is asked, from cells that hold it; `types` are those of its columns, in their order."""
    scan = cells.scan
    places = {atom: f"c.a{place}" for place, atom in enumerate(scan.added)}
    groups = {name: f"extract({time} from c.t)" for name, time in asked.times.items()}
    groups |= {name: f"nullif(c.k{scan.keys.index(key)}, '')" for name, key in asked.keys.items()}
    told = groups | {name: _added(asked, atom, places) for name, atom in asked.totals.items()}
    listed = ", ".join(f"cast({told[name]} as {kind}) as {quoted(name)}" for name, kind in types.items())
    grouped = ", ".join(groups.values())
    having = f"having sum({places[_ROWS]}) > 0"
    return f"select {listed} from {quoted(cells.added)} c group by {grouped} {having} order by all"


def _added(asked: Totals, atom: Atom, places: Mapping[Atom, str]) -> str:
    """An atom added up from cells; a sum from which all rows have gone again is empty, not nought."""
    if atom.kind in ("least", "most"):
        return f"{'min' if atom.kind == 'least' else 'max'}({places[atom]})"
    added = f"sum({places[atom]})"
    return f"case when sum({places[asked.filled(atom)]}) > 0 then {added} end" if atom.kind == "sum" else added


def _time(formula: Formula, happened: str) -> str | None:
    """Is it the year or the month of the column that says when?"""
    node = sqlglot.parse_one(formula.sql, read="duckdb")
    if not isinstance(node, exp.Extract) or not isinstance(node.expression, exp.Column):
        return None
    part = node.name.lower()
    return part if part in _TIMES and node.expression.name == happened else None


def _key(formula: Formula, register: Register) -> str | None:
    """Is it the text of a column?"""
    (name,) = formula.columns if len(formula.columns) == 1 else ("",)
    is_plain = formula.sql == f"r.{quoted(name)}"
    return name if is_plain and register.column(name).type in _KEYS else None


def _total(formula: Formula) -> Atom | None:
    """Is it one atom that adds up from parts, over all rows?"""
    if not formula.is_total or formula.indicators:
        return None
    parts = parts_of(formula, None)
    is_alone = isinstance(parts.shape, exp.Column) and len(parts.atoms) == 1
    atom = parts.atoms[0] if is_alone else None
    return atom if atom is not None and not atom.is_of_values and not atom.condition else None
