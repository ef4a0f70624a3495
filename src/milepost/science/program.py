"""A mixed-integer linear program: built row by row, solved with its bound, and where it has no solution, why.

Rows belong to families (a budget, a roof, a target). Where nothing satisfies all rows, the elastic program lets chosen
families give way and finds the least by which they must: that a family must give way by more than nothing is the proof
that the program has no solution, and the amount is how far it is from one.

The solver is HiGHS (Q. Huangfu, J. A. J. Hall, Mathematical Programming Computation 10 (2018) 119-142) by scipy.
Elastic programs: J. W. Chinneck, Feasibility and Infeasibility in Optimization (2008), chapter 6.
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Expression = Mapping[int, float]
_FREE = math.inf
_SOLVING = threading.Lock()
_CHATTER = b"HighsMipSolverData::"
# Beyond these HiGHS's own tolerances a row is not kept: the relaxation asked for is above them, relative to the row.
_LEAST_SLACK = 1e-5


@dataclass(frozen=True)
class Solution:
    """The best solution found, and how good it is proven to be.

    `bound` is a value no solution is below (a minimum is sought); `gap` = (value - bound) / |value|. With the
    status `infeasible` there is no solution; `stopped` that time ran out before one was found.
    """

    status: Literal["optimal", "within_gap", "infeasible", "stopped"]
    value: float
    bound: float
    gap: float
    values: Floats

    @property
    def is_found(self) -> bool:
        """Give whether there is a solution."""
        return self.status in ("optimal", "within_gap")

    def of(self, expression: Expression) -> float:
        """Give the value of an expression."""
        return float(sum(times * self.values[n] for n, times in expression.items()))


@dataclass(frozen=True)
class Relaxation:
    """By how much one family of rows must give way, the others staying as they are.

    `rows` gives for the name of every row that gives way the amount in the row's own unit; `is_enough` is
    False where the family alone cannot help. `least` is a proven lower bound of the weighed sum of amounts.
    """

    family: str
    is_enough: bool
    rows: Mapping[str, float] = field(default_factory=dict)
    least: float = 0.0


@dataclass(frozen=True)
class _Row:
    name: str
    family: str
    terms: Expression
    low: float
    high: float


class Program:
    """A program to be minimised. Variables are numbers in the order they are made."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.is_whole: list[bool] = []
        self.rows: list[_Row] = []
        self._matrix: tuple[int, int, Any] = (-1, -1, None)

    def variable(self, cost: float = 0.0, low: float = 0.0, high: float = _FREE, is_whole: bool = False) -> int:
        """Give the number of a new variable between `low` and `high`."""
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.is_whole.append(is_whole)
        return len(self.cost) - 1

    def choice(self, cost: float = 0.0) -> int:
        """Give the number of a new variable that is 0 or 1."""
        return self.variable(cost, 0.0, 1.0, is_whole=True)

    def row(
        self, terms: Expression, low: float = -_FREE, high: float = _FREE, family: str = "", name: str = ""
    ) -> None:
        """Ask that low <= sum of terms <= high."""
        self.rows.append(_Row(name or family, family, terms, low, high))

    def take_in(self, other: Program) -> None:
        """Add all variables and rows of another program; its variables keep their order behind the own ones."""
        start = len(self.cost)
        self.cost += other.cost
        self.low += other.low
        self.high += other.high
        self.is_whole += other.is_whole
        self.rows += [replace(row, terms={n + start: x for n, x in row.terms.items()}) for row in other.rows]

    def with_at_most(self, amounts: Sequence[tuple[Expression, float]]) -> Program:
        """Give the program with some rows more, each a sum that is at most a number."""
        found = Program()
        found.cost, found.low, found.high, found.is_whole = self.cost, self.low, self.high, self.is_whole
        found.rows = list(self.rows)
        for terms, most in amounts:
            found.row(terms, high=most)
        return found

    def families(self) -> tuple[str, ...]:
        """Give the families of rows that have a name."""
        return tuple(dict.fromkeys(row.family for row in self.rows if row.family))

    def solve(
        self, gap: float = 1e-6, seconds: float = 60.0, cost: Sequence[float] | Floats | None = None,
        fixed: float = 0.0, is_relaxed: bool = False,
    ) -> Solution:  # fmt: skip
        """Give the least-cost solution to a relative `gap`, or the proof that there is none.

        `cost` replaces the program's own. `fixed` is a cost no choice changes: value, bound and gap are with it, so
        that a gap means the same however little there is to choose. `is_relaxed` lets whole numbers be broken ones:
        the value is then a bound of the program's. Raises RuntimeError where the solver fails otherwise.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp  # heavy: loaded when a program is solved

        own = np.asarray(self.cost if cost is None else cost, dtype=np.float64)
        whole = np.asarray(self.is_whole, dtype=np.int64) * (not is_relaxed)
        rows = [LinearConstraint(self.matrix(more=1), *self._sides())] if self.rows else []
        with _without_chatter():
            found: Any = milp(  # the last variable is always 1, and costs what is fixed
                np.append(own, fixed), integrality=np.append(whole, 0),
                bounds=Bounds(np.append(self.low, 1.0), np.append(self.high, 1.0)),
                constraints=rows, options={"mip_rel_gap": gap, "time_limit": seconds},
            )  # fmt: skip
        return _solution(found, gap)

    def least_relaxation(self, families: Collection[str], seconds: float = 60.0) -> Solution:
        """Give the solution that lets the families give way least, the sum of amounts each over its row's size.

        Its `value` is 0 where the program has a solution as it is; variables beyond the program's own are the
        amounts, in the order of `elastic_rows`.
        """
        elastic = Program()
        elastic.low, elastic.high, elastic.is_whole = list(self.low), list(self.high), list(self.is_whole)
        elastic.cost = [0.0] * len(self.cost)
        elastic.rows = [row for row in self.rows if row.family not in families]
        for row in self.elastic_rows(families):
            more = elastic.variable(cost=1 / _size(row))
            if row.low > -_FREE:
                elastic.row({**row.terms, more: 1.0}, low=row.low)
            if row.high < _FREE:
                elastic.row({**row.terms, more: -1.0}, high=row.high)
        return elastic.solve(1e-6, seconds)

    def elastic_rows(self, families: Collection[str]) -> list[_Row]:
        """Give the rows of some families."""
        return [row for row in self.rows if row.family in families]

    def why_infeasible(self, families: Collection[str], seconds: float = 60.0) -> list[Relaxation]:
        """Give for every family alone by how much it must give way, those that can help first, the least first.

        Empty where the program has a solution.
        """
        found = [self.together([family], seconds) for family in families]
        if any(one.is_enough and not one.rows for one in found):
            return []
        return sorted(found, key=lambda one: (not one.is_enough, one.least))

    def together(self, families: Collection[str], seconds: float = 60.0) -> Relaxation:
        """Give by how much several families must give way at once, where none is enough alone."""
        rows = self.elastic_rows(families)
        solved = self.least_relaxation(families, seconds)
        if not solved.is_found:
            return Relaxation(" + ".join(families), is_enough=False, least=_FREE)
        amounts = solved.values[len(self.cost) :]
        given = {row.name: float(x) for row, x in zip(rows, amounts, strict=True) if x > _LEAST_SLACK * _size(row)}
        return Relaxation(" + ".join(families), True, given, solved.bound)

    def matrix(self, more: int = 0) -> Any:
        """Give the coefficients, rows by variables, as a sparse matrix, with some empty columns more at its end."""
        from scipy.sparse import csr_array

        rows, columns = len(self.rows), len(self.cost) + more
        if self._matrix[:2] != (rows, columns):  # asked again and again at other costs
            starts = np.cumsum([0, *(len(row.terms) for row in self.rows)])
            places = np.fromiter((n for row in self.rows for n in row.terms), dtype=np.int64, count=starts[-1])
            values = np.fromiter((x for row in self.rows for x in row.terms.values()), np.float64, count=starts[-1])
            self._matrix = (rows, columns, csr_array((values, places, starts), shape=(rows, columns)))
        return self._matrix[2]

    def _sides(self) -> tuple[Floats, Floats]:
        return (np.array([row.low for row in self.rows]), np.array([row.high for row in self.rows]))


@contextmanager
def _without_chatter() -> Iterator[None]:
    """HiGHS writes a remark of its own to standard output now and then, where a command prints its one document.

    What anybody else writes in the meantime is written when the solver is done.
    """
    with _SOLVING, tempfile.TemporaryFile() as held:
        sys.stdout.flush()
        kept = os.dup(1)
        try:
            os.dup2(held.fileno(), 1)
            yield
        finally:
            ctypes.CDLL(None).fflush(None)  # what the library holds back would come out after the way is back
            os.dup2(kept, 1)
            os.close(kept)
            held.seek(0)
            others = b"".join(line for line in held if not line.startswith(_CHATTER))
            if others:
                os.write(1, others)


def _size(row: _Row) -> float:
    """What an amount of a row is measured against: its own bound, or where that is 0 its largest coefficient."""
    sides = [abs(side) for side in (row.low, row.high) if abs(side) < _FREE and side]
    return max(sides, default=max((abs(x) for x in row.terms.values()), default=1.0) or 1.0)


def _solution(found: Any, gap: float) -> Solution:
    none = np.zeros(0)
    if found.x is None:
        if found.status == 2:
            return Solution("infeasible", math.inf, math.inf, 0.0, none)
        if found.status == 1:
            bound = -math.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
            return Solution("stopped", math.inf, bound, math.inf, none)
        raise RuntimeError("the solver could not solve the program")
    value = float(found.fun)
    bound = value if found.mip_dual_bound is None else min(float(found.mip_dual_bound), value)
    left = 0.0 if value == bound else (value - bound) / max(abs(value), 1e-12)
    status: Literal["optimal", "within_gap"] = "optimal" if left <= max(gap, 1e-9) else "within_gap"
    return Solution(status, value, bound, left, np.asarray(found.x, dtype=np.float64)[:-1])
