"""A table as boxes in a space of inputs: each input is cut into pieces on which no test can change its answer.

An ordered input is cut at every endpoint its tests name, into points and the open stretches between; a text or a
truth into its listed values and "any other". A set of pieces is the bits of an integer, so that tests become
unions and lines become boxes. Dates in force are one more axis. What cannot be cut (a test that names another
input) is said, never passed over: its line is `unsure`.

Reference: Calvanese, Dumas, Laurson, Maggi, Montali, Teinemaa, "Semantics and Analysis of DMN Decision Tables",
BPM 2016, LNCS 9850, 217-233 (tables as sets of boxes).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from milepost.rules.between import between
from milepost.rules.evaluation import evaluate, passes
from milepost.rules.syntax import ANYTHING, Compare, Constant, Expression, Range, Tests, names_in
from milepost.rules.table import Input, Line, Table
from milepost.rules.values import Value, kind_of

AS_OF = "as of"
_UNORDERED = ("string", "boolean")


class _NotCut(Exception):
    """The tests cannot be cut into pieces."""


@dataclass(frozen=True)
class Axis:
    """One input (or the day in force) in pieces: bit 2i+1 is point i and the even bits the stretches around, or, where
    the values have no order, bit i is value i; then one bit for any other value and, last, one for null.

    `domain` holds the bits that can occur; `is_cut` is False where the input could not be cut at all.
    """

    name: str
    kind: str | None
    points: tuple[Value, ...] = ()
    domain: int = 1
    is_whole: bool = False
    is_cut: bool = True

    @property
    def is_ordered(self) -> bool:
        """Are its values in an order?"""
        return self.kind not in _UNORDERED

    @property
    def null_bit(self) -> int:
        """The bit of null."""
        return 1 << (2 * len(self.points) + 1 if self.is_ordered else len(self.points) + 1)

    def bits(self, tests: Tests) -> int:
        """Give the pieces on which the tests hold. Raises _NotCut."""
        if not tests.any_of:
            return self.domain
        everything = self.null_bit - 1
        found = 0
        for test in tests.any_of:
            found |= self._bits_of_compare(test) if isinstance(test, Compare) else self._bits_of_range(test)
        found = everything & ~found if tests.negated else found
        return (found | (self.null_bit if passes(tests, None, {}) else 0)) & self.domain

    def _bits_of_compare(self, test: Compare) -> int:
        value = _endpoint(test.endpoint)
        everything = self.null_bit - 1
        if test.operator in ("=", "!="):
            values = value if isinstance(value, tuple) and test.operator == "=" else (value,)
            same = 0
            for one in values:
                same |= 0 if one is None else 1 << self._bit_of(one)
            return same if test.operator == "=" else everything & ~same
        below, point = self._below(value), 1 << self._bit_of(value)
        if test.operator in ("<", "<="):
            return below | (point if test.operator == "<=" else 0)
        return everything & ~below & ~(0 if test.operator == ">=" else point)

    def _bits_of_range(self, test: object) -> int:
        if not isinstance(test, Range):
            raise _NotCut
        low = self._bits_of_compare(Compare(">=" if test.has_low else ">", test.low))
        return low & self._bits_of_compare(Compare("<=" if test.has_high else "<", test.high))

    def _bit_of(self, value: Value) -> int:
        if kind_of(value) != self.kind:
            raise _NotCut
        if not self.is_ordered:
            return self.points.index(value)
        points: tuple[Any, ...] = self.points
        return 2 * bisect.bisect_left(points, value) + 1

    def _below(self, value: Value) -> int:
        if not self.is_ordered:
            raise _NotCut
        return (1 << self._bit_of(value)) - 1

    def piece_of(self, value: Value) -> int:
        """Give the one piece a value lies in, within the domain; 0 where it cannot occur."""
        if value is None:
            return self.null_bit & self.domain
        points: tuple[Any, ...] = self.points
        if not self.is_ordered:
            place = points.index(value) if value in points else len(points)
            return 1 << place & self.domain
        place = bisect.bisect_left(points, value)
        is_point = place < len(points) and points[place] == value
        return 1 << 2 * place + is_point & self.domain

    def example_bit(self, bits: int) -> int:
        """Give the one piece an example is taken from: a written point where there is one, null only at last."""
        bits = bits & ~self.null_bit or bits
        at_points = bits & self.point_bits if self.is_ordered else 0
        return (at_points or bits) & -(at_points or bits)

    @property
    def point_bits(self) -> int:
        """The bits of the written points of an ordered axis."""
        return sum(1 << (2 * i + 1) for i in range(len(self.points)))

    def example(self, bits: int) -> Value:
        """Give a value of one of these pieces."""
        chosen = self.example_bit(bits)
        bit, count = chosen.bit_length() - 1, len(self.points)
        if chosen == self.null_bit:
            return None
        if not self.is_ordered:
            return self.points[bit] if bit < count else _another(self.points)
        if bit % 2:
            return self.points[bit // 2]
        low = self.points[bit // 2 - 1] if bit else None
        high = self.points[bit // 2] if bit // 2 < count else None
        return between(self.kind, low, high, self.is_whole)


@dataclass(frozen=True)
class Space:
    """The axes of a table, a box of bits per line (in the table's order), and the lines that are `unsure`: those
    with a test that could not be cut, here taken to hold everywhere.
    """

    axes: tuple[Axis, ...]
    boxes: tuple[tuple[int, ...], ...]
    unsure: frozenset[int]
    not_cut: tuple[tuple[int, str], ...]

    @property
    def whole(self) -> tuple[int, ...]:
        """The box of everything that can occur."""
        return tuple(axis.domain for axis in self.axes)

    def example(self, box: Iterable[int]) -> dict[str, Value]:
        """Give one input in a box, by axis name."""
        return {axis.name: axis.example(bits) for axis, bits in zip(self.axes, box, strict=True)}


def space_of(table: Table, with_missing: bool = True) -> Space:
    """Give the table as boxes in the space of its inputs. `not_cut` lists (line number, input) not cut; line 0 is the
    whole input. Without `with_missing` null is left out, also where a value may be missing.
    """
    if not with_missing:
        table = replace(table, inputs=tuple(replace(column, may_be_missing=False) for column in table.inputs))
    columns = _columns_by_expression(table)
    axes = [_axis(table, positions) for positions in columns.values()]
    not_cut = [(0, axis.name) for axis in axes if not axis.is_cut]
    boxes: list[list[int]] = []
    unsure: set[int] = set()
    for index, line in enumerate(table.lines):
        box = []
        for axis, positions in zip(axes, columns.values(), strict=True):
            bits = axis.domain
            for position in positions:
                try:
                    bits &= axis.bits(line.cells[position].tests) if axis.is_cut else _untested(line, position)
                except _NotCut:
                    unsure.add(index)
                    if axis.is_cut:
                        not_cut.append((line.number, axis.name))
            box.append(bits)
        boxes.append(box)
    days = _days_axis(table)
    if days is not None:
        axes.append(days)
        for box, line in zip(boxes, table.lines, strict=True):
            box.append(days.bits(_in_force(line.from_date, line.until_date)))
    return Space(tuple(axes), tuple(tuple(box) for box in boxes), frozenset(unsure), tuple(not_cut))


def _untested(line: Line, position: int) -> int:
    if line.cells[position].tests.any_of:
        raise _NotCut
    return 1


def _columns_by_expression(table: Table) -> dict[Expression, list[int]]:
    """Inputs that ask the same are one axis."""
    found: dict[Expression, list[int]] = {}
    for position, column in enumerate(table.inputs):
        found.setdefault(column.expression, []).append(position)
    return found


def _axis(table: Table, positions: list[int]) -> Axis:
    columns = [table.inputs[position] for position in positions]
    tests = [line.cells[position].tests for line in table.lines for position in positions]
    tests += [column.allowed for column in columns]
    values = set(_written_values(tests))
    declared = {column.kind for column in columns if column.kind}
    written = {kind_of(value) for value in values}
    name = columns[0].name
    if len(declared or written) != 1 or not written <= (declared or written):
        return Axis(name, None, is_cut=False)
    (kind,) = declared or written
    if kind == "boolean":
        values = {False, True}
    try:
        points = tuple(sorted(values)) if kind not in _UNORDERED else tuple(sorted(values, key=str))  # type: ignore[type-var]
    except TypeError:  # some times have a zone and some have none
        return Axis(name, None, is_cut=False)
    is_whole = kind == "date" or any(column.is_whole for column in columns)
    bare = Axis(name, kind, points, is_whole=is_whole)
    everything = (bare.null_bit << 1) - 1
    return Axis(name, kind, points, _domain(Axis(name, kind, points, everything, is_whole), columns), is_whole)


def _written_values(many: Iterable[Tests]) -> Iterable[Value]:
    for tests in many:
        for test in tests.any_of:
            ends: tuple[Expression, ...] = ()
            if isinstance(test, Compare):
                ends = (test.endpoint,)
            elif isinstance(test, Range):
                ends = (test.low, test.high)
            for end in ends:
                if not names_in(end):
                    value = evaluate(end, {})
                    yield from (one for one in (value if isinstance(value, tuple) else (value,)) if one is not None)


def _domain(axis: Axis, columns: list[Input]) -> int:
    """The pieces that can occur: allowed, not empty, and null only where a value may be missing."""
    bits = axis.domain
    for column in columns:
        try:
            bits &= axis.bits(column.allowed) if column.allowed.any_of else axis.domain
        except _NotCut:
            continue
    bits &= ~axis.null_bit
    if axis.is_ordered:
        bits &= ~sum(1 << bit for bit in range(2 * len(axis.points) + 1) if _is_empty(axis, bit))
    elif axis.kind == "boolean":
        bits &= 0b11
    return bits | (axis.null_bit if all(column.may_be_missing for column in columns) else 0)


def _is_empty(axis: Axis, bit: int) -> bool:
    if bit % 2:
        point = axis.points[bit // 2]
        return axis.is_whole and isinstance(point, Decimal) and point != point.to_integral_value()
    low = axis.points[bit // 2 - 1] if bit else None
    high = axis.points[bit // 2] if bit // 2 < len(axis.points) else None
    return between(axis.kind, low, high, axis.is_whole) is None


def _endpoint(end: Expression) -> Value:
    if isinstance(end, Constant):
        return end.value
    if names_in(end):
        raise _NotCut
    return evaluate(end, {})


def _another(points: tuple[Value, ...]) -> str:
    return next(word for n in range(len(points) + 1) if (word := f"other{n or ''}") not in points)


# the day in force


def _in_force(start: date | None, end: date | None) -> Tests:
    if start is not None and end is not None:
        return Tests((Range(Constant(start), Constant(end), True, True),))
    if start is None and end is None:
        return ANYTHING
    return Tests((Compare(">=", Constant(start)) if end is None else Compare("<=", Constant(end)),))


def _days_axis(table: Table) -> Axis | None:
    """The days the table speaks of: from its own first day, or else its earliest line's, to its last."""
    days = {day for line in table.lines for day in (line.from_date, line.until_date) if day is not None}
    if not days:
        return None
    starts = [line.from_date for line in table.lines]
    known = [start for start in starts if start is not None]
    start = table.from_date or (min(known) if len(known) == len(starts) else None)
    points = tuple(sorted(days | {day for day in (start, table.until_date) if day is not None}))
    column = Input(AS_OF, Constant(None), "date", _in_force(start, table.until_date))
    bare = Axis(AS_OF, "date", points, is_whole=True)
    everything = (bare.null_bit << 1) - 1
    whole = Axis(AS_OF, "date", points, everything, True)
    return Axis(AS_OF, "date", points, _domain(whole, [column]), True)
