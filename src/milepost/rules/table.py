"""What a decision table is: inputs, outputs, hit policy, and lines with citation and dates in force.

A table is data; it is read in `reading` and `dmn`, searched for faults in `findings`, evaluated in `ruling`.

Reference: OMG, Decision Model and Notation 1.5, clause 8 (decision tables).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from milepost.basics.errors import NOWHERE, Place
from milepost.basics.text import Text
from milepost.rules.evaluation import evaluate
from milepost.rules.syntax import ANYTHING, Compare, Constant, Expression, Tests, names_in
from milepost.rules.values import Value

Policy = Literal["unique", "any", "priority", "first", "collect", "rule order", "output order"]
Aggregation = Literal["sum", "min", "max", "count"]
POLICIES: tuple[str, ...] = get_args(Policy)
ONE_ANSWER = ("unique", "any", "priority", "first")


@dataclass(frozen=True)
class Input:
    """A column that is asked: the expression whose value its cells test.

    `kind` is its type or None where a model does not say; `allowed` are tests every value must pass (`-` is
    anything); `is_whole` says that only whole numbers occur; a value that `may_be_missing` may be null.
    """

    name: str
    expression: Expression
    kind: str | None = None
    allowed: Tests = ANYTHING
    allowed_text: str = "-"
    is_whole: bool = False
    may_be_missing: bool = False
    unit: str = ""
    place: Place = NOWHERE

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The texts allowed, where only listed texts are."""
        return tuple(value for value in listed_values(self.allowed) if isinstance(value, str))


@dataclass(frozen=True)
class Output:
    """A column that is answered. `values`, the highest priority first, are what it may answer; `otherwise` answers
    where no line fires.
    """

    name: str
    kind: str | None = None
    values: tuple[Value, ...] = ()
    otherwise: Expression | None = None
    unit: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Cell:
    """The tests of one line on one input, as written and as read."""

    text: str
    tests: Tests
    place: Place = NOWHERE


@dataclass(frozen=True)
class Line:
    """One line: its number (from 1), a cell per input, an expression per output, its citation and dates in force.

    `from_date` and `until_date` are the first and the last day in force; None leaves that side open.
    """

    number: int
    cells: tuple[Cell, ...]
    results: tuple[Expression, ...]
    citation: str = ""
    source: str = ""
    id: str = ""
    from_date: date | None = None
    until_date: date | None = None
    place: Place = NOWHERE
    citation_zh: str = ""

    @property
    def cited(self) -> Text:
        """The citation in both languages; as it is written where it has no Chinese."""
        return Text(self.citation, self.citation_zh or self.citation)

    def in_force(self, day: date | None) -> bool:
        """Is the line in force on that day? Without a day, dates are not looked at."""
        if day is None:
            return True
        after_start = self.from_date is None or self.from_date <= day
        return after_start and (self.until_date is None or day <= self.until_date)


@dataclass(frozen=True)
class Table:
    """A decision table: what is asked, what is answered, by which hit policy, from which lines."""

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    policy: Policy
    lines: tuple[Line, ...]
    aggregation: Aggregation | None = None
    title: Text | None = None
    otherwise_citation: str = ""
    from_date: date | None = None
    until_date: date | None = None
    place: Place = NOWHERE

    @cached_property
    def has_otherwise(self) -> bool:
        """Is there an answer where no line fires?"""
        return any(output.otherwise is not None for output in self.outputs)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names whose values the table reads: of its inputs, its cells and its results."""
        trees: list[Expression | Tests] = [column.expression for column in self.inputs]
        for line in self.lines:
            trees += [cell.tests for cell in line.cells]
            trees += line.results
        return frozenset().union(*(names_in(tree) for tree in trees))


def listed_values(tests: Tests) -> tuple[Value, ...]:
    """Give the values that tests list one by one, or nothing where they hold anything else.

    >>> from milepost.rules.parsing import parse_tests
    >>> listed_values(parse_tests('"low", "high"')), listed_values(parse_tests("> 3"))
    (('low', 'high'), ())
    """
    found: list[Value] = []
    for test in tests.any_of:
        if tests.negated or not isinstance(test, Compare) or test.operator != "=" or names_in(test.endpoint):
            return ()
        value = evaluate(test.endpoint, {})
        found += value if isinstance(value, tuple) else [value]
    return tuple(found)


def constant(tree: Expression) -> Value | None:
    """Give the value of an expression that names nothing, or None."""
    if isinstance(tree, Constant):
        return tree.value
    return None if names_in(tree) else evaluate(tree, {})
