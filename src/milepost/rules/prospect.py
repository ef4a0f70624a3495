"""What a table may still answer when only some inputs are known, and which of the others can change that.

The search is exhaustive over the pieces of the unknown inputs (see `space`), so that an input it leaves out can
never matter. Where it cannot be exhaustive it says so and leaves every unknown input open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from milepost.basics.errors import Trouble
from milepost.rules.evaluation import evaluate
from milepost.rules.policies import NoAnswer, answer_of
from milepost.rules.ruling import unfit
from milepost.rules.search import groups_of
from milepost.rules.space import AS_OF, Axis, space_of
from milepost.rules.syntax import names_in
from milepost.rules.table import Table
from milepost.rules.values import Value, to_value, written

_MOST_STEPS = 500_000
Groups = list[list[tuple[int, int]]]


@dataclass(frozen=True)
class Prospect:
    """The answers still possible, and the unknown inputs that can still change the answer, in the table's order.

    `is_settled` says that one answer is left whatever the unknown inputs are. `is_exact` is False where the search
    was not exhaustive: then `answers` is empty and every unknown input is open. `troubles` are those of the known
    values, as in `ruling`.
    """

    answers: tuple[Value, ...]
    open_inputs: tuple[str, ...]
    is_exact: bool = True
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Is the answer the same whatever the unknown inputs are?"""
        return self.is_exact and len(self.answers) == 1


def prospect(table: Table, known: Mapping[str, object], as_of: date | None = None) -> Prospect:
    """Give what the table may still answer to the values known so far, under the lines in force on `as_of`.

    An answer that breaks the hit policy counts as null. A known value may be None where the input may be missing.

    >>> from milepost.rules.parsing import parse_tests, parse_expression
    >>> from milepost.rules.table import Cell, Input, Line, Output
    >>> age = Input("age", parse_expression("age"), "number")
    >>> cells = [Cell(text, parse_tests(text)) for text in ("< 18", ">= 18")]
    >>> lines = [Line(n, (cell,), (parse_expression(str(n)),)) for n, cell in enumerate(cells)]
    >>> prospect(Table("t", (age,), (Output("n"),), "unique", tuple(lines)), {}).open_inputs
    ('age',)
    """
    values = {name: to_value(value) for name, value in known.items()}
    is_known = [names_in(column.expression) <= values.keys() for column in table.inputs]
    asked = [evaluate(c.expression, values) if given else None for c, given in zip(table.inputs, is_known, strict=True)]
    troubles = tuple(
        trouble
        for column, given, value in zip(table.inputs, is_known, asked, strict=True)
        if given and (trouble := unfit(column, value))
    )
    unknown = tuple(column.name for column, given in zip(table.inputs, is_known, strict=True) if not given)
    if troubles:
        return Prospect((), unknown, True, troubles)
    in_force = replace(table, lines=tuple(line for line in table.lines if line.in_force(as_of)))
    space = space_of(in_force)
    is_fixed = not any(names_in(tree) for line in in_force.lines for tree in line.results)
    if space.not_cut or not is_fixed:
        return Prospect((), unknown, is_exact=False)
    fixed = {c.name: value for c, given, value in zip(table.inputs, is_known, asked, strict=True) if given}
    within = [_within(axis, fixed) for axis in space.axes if axis.name != AS_OF]
    groups = [groups_of(space.boxes, axis, bits) for axis, bits in enumerate(within)]
    run = _Run(in_force, groups)
    answers = run.all_answers()
    names = [axis.name for axis in space.axes]
    matters = [n for n in range(len(groups)) if names[n] in unknown and len(answers) > 1 and run.can_change(n)]
    if run.steps < 0:
        return Prospect((), unknown, is_exact=False)
    still_open = {names[n] for n in matters} | _same_expression(table, {names[n] for n in matters})
    return Prospect(tuple(answers.values()), tuple(name for name in unknown if name in still_open))


def _within(axis: Axis, fixed: Mapping[str, Value]) -> int:
    return axis.piece_of(fixed[axis.name]) if axis.name in fixed else axis.domain


def _same_expression(table: Table, names: set[str]) -> set[str]:
    """The inputs that ask the same as one of these."""
    asked = [column.expression for column in table.inputs if column.name in names]
    return {column.name for column in table.inputs if column.expression in asked}


class _Run:
    """One exhaustive search over the groups of pieces of every axis."""

    def __init__(self, table: Table, groups: Groups) -> None:
        self.table, self.groups, self.steps = table, groups, _MOST_STEPS
        self.everybody = (1 << len(table.lines)) - 1
        self.answer_of_lines: dict[int, tuple[str, Value]] = {}

    def all_answers(self) -> dict[str, Value]:
        """Every answer that some values of the unknown inputs give."""
        reached = {self.everybody}
        for groups in self.groups:
            reached = {active & lines for active in reached for _, lines in groups}
            self.steps -= len(reached) * len(groups)
            if self.steps < 0:
                return {}
        return dict(self.answer(active) for active in reached)

    def can_change(self, axis: int) -> bool:
        """Do two values of this axis give two answers, the others staying as they are?"""
        reached = {self.everybody}
        for other, groups in enumerate(self.groups):
            if other != axis:
                reached = {active & lines for active in reached for _, lines in groups}
                self.steps -= len(reached) * len(groups)
                if self.steps < 0:
                    return True
        return any(len({self.answer(active & lines)[0] for _, lines in self.groups[axis]}) > 1 for active in reached)

    def answer(self, active: int) -> tuple[str, Value]:
        """The answer where exactly these lines fire, with its written form."""
        if active not in self.answer_of_lines:
            hits = [
                (line, tuple(evaluate(tree, {}) for tree in line.results))
                for n, line in enumerate(self.table.lines)
                if active >> n & 1
            ]
            try:
                value, _ = answer_of(self.table, hits, {})
            except NoAnswer:
                value = None
            self.answer_of_lines[active] = (written(value), value)
        return self.answer_of_lines[active]
