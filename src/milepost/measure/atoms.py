"""A formula taken apart: the totals of rows it is made of, and how they are put together again.

A total of rows is an atom. Atoms of kind sum, count, least and most can be added up from parts (months to a year,
streets to a zone); a number of different values and a quantile cannot, and are worked out from how often each value
stands there. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlglot
from sqlglot import exp

from milepost.registers.formula import Formula

AtomKind = Literal["sum", "count", "least", "most", "distinct", "quantile"]
ADDITIVE: frozenset[AtomKind] = frozenset({"sum", "count"})
OF_VALUES: frozenset[AtomKind] = frozenset({"distinct", "quantile"})


@dataclass(frozen=True)
class Atom:
    """A total over the rows `r` for which `condition` holds (all rows where it is empty).

    `argument` is what is summed or counted, empty for the rows themselves; `level` is a quantile's. Both are
    expressions of the house's SQL that the reader of formulas has let through.
    """

    kind: AtomKind
    argument: str = ""
    condition: str = ""
    level: str = ""

    @property
    def is_additive(self) -> bool:
        """Can rows be taken away from it again?"""
        return self.kind in ADDITIVE

    @property
    def is_of_values(self) -> bool:
        """Is it worked out from how often each value stands there?"""
        return self.kind in OF_VALUES

    def sql(self) -> str:
        """Give the atom as an aggregate; not for those of values."""
        word = {"sum": "sum", "count": "count", "least": "min", "most": "max"}[self.kind]
        chosen = f" filter (where {self.condition})" if self.condition else ""
        return f"{word}({self.argument or '*'}){chosen}"


@dataclass(frozen=True)
class Parts:
    """A formula as atoms: `shape` is its SQL in which each atom stands as the column "a<n>" of its place."""

    atoms: tuple[Atom, ...]
    shape: exp.Expression

    @property
    def is_one_sum(self) -> bool:
        """Is the formula one sum and nothing else?"""
        return isinstance(self.shape, exp.Column) and [atom.kind for atom in self.atoms] == ["sum"]

    def sql(self, columns: dict[Atom, str]) -> str:
        """Give the formula with every atom as the expression in `columns`: a column, a call, or one in brackets."""
        wanted = {f"a{place}": columns[atom] for place, atom in enumerate(self.atoms)}

        def put(node: Any) -> Any:
            if isinstance(node, exp.Column) and node.name in wanted:
                return exp.var(wanted[node.name])
            return node

        return str(self.shape.transform(put).sql(dialect="duckdb"))


def parts_of(formula: Formula, where: Formula | None) -> Parts:
    """Give the atoms of a formula over rows, each with the condition on its rows, and what is made of them."""
    found: list[Atom] = []
    only = where.sql if where is not None else ""

    def put(node: exp.Expression) -> exp.Expression:
        condition = ""
        inner = node
        if isinstance(node, exp.Filter):
            inner, condition = node.this, node.expression.this.sql(dialect="duckdb")
        if not isinstance(inner, exp.AggFunc):
            return node
        atom = _atom(inner, " and ".join(f"({one})" for one in (only, condition) if one))
        if atom not in found:
            found.append(atom)
        return exp.column(f"a{found.index(atom)}", quoted=True)

    shape = sqlglot.parse_one(formula.sql, read="duckdb").transform(put)
    return Parts(tuple(found), shape)


def _atom(node: exp.Expression, condition: str) -> Atom:
    def said(part: exp.Expression) -> str:
        return part.sql(dialect="duckdb")

    match node:
        case exp.Count() if isinstance(node.this, exp.Star):
            return Atom("count", "", condition)
        case exp.Count() if isinstance(node.this, exp.Distinct):
            return Atom("distinct", said(node.this.expressions[0]), condition)
        case exp.Count():
            return Atom("count", said(node.this), condition)
        case exp.Sum():
            return Atom("sum", said(node.this), condition)
        case exp.Min():
            return Atom("least", said(node.this), condition)
        case exp.Max():
            return Atom("most", said(node.this), condition)
        case exp.PercentileCont():
            return Atom("quantile", said(node.this), condition, said(node.expression))
    raise ValueError(f"a formula holds {type(node).__name__}, which is no total of rows")


def rows_counted(where: Formula | None) -> Atom:
    """Give the count of the rows a formula looks at."""
    return Atom("count", "", f"({where.sql})" if where is not None else "")


def values_counted(
    column: str, where: Formula | None, atoms: Iterable[Atom], may_be_nothing: Callable[[str], bool]
) -> tuple[Atom, ...]:
    """Give the numbers of different values of a column: among the rows a formula looks at, and of each of its filters.

    Counted are rows whose cells add something: those with an empty one have nobody behind them. A total with a filter
    of its own has only those behind it whose rows pass the filter.
    """
    only = f"({where.sql})" if where is not None else ""
    found: dict[str, list[str]] = {only: []}
    for atom in atoms:
        filled = found.setdefault(atom.condition or only, [])
        if atom.argument and may_be_nothing(atom.argument):
            filled.append(f"({atom.argument}) is not null")
    return tuple(
        Atom("distinct", f'r."{column}"', " and ".join(dict.fromkeys([*([one] if one else []), *filled])))
        for one, filled in found.items()
    )
