"""What is wrong with a table before it is asked anything: gaps, overlaps, contradictions, unreachable lines.

Only what is certain is found: a test that could not be cut into pieces is taken to hold where a gap is sought and
not to hold where an overlap is sought, and is itself named (L034). Each finding shows an example input.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from milepost.basics.errors import Place, Trouble
from milepost.rules.evaluation import evaluate
from milepost.rules.policies import rank
from milepost.rules.search import Box, Search, overlaps
from milepost.rules.space import AS_OF, Space, space_of
from milepost.rules.syntax import names_in
from milepost.rules.table import ONE_ANSWER, Table
from milepost.rules.values import Value, written

_MOST_SHOWN = 10
_NOTES = ("L034", "L035")


@dataclass(frozen=True)
class Finding:
    """One finding: its code, the lines concerned (numbers), an example input and day, and what it says.

    L030 gap, L031 overlap, L032 contradiction, L033 unreachable line, L034 a test that is not searched, L035 the
    search stopped at its bound.
    """

    code: str
    what: str
    mend: str
    place: Place
    lines: tuple[int, ...] = ()
    example: dict[str, Value] | None = None
    as_of: date | None = None

    @property
    def is_fault(self) -> bool:
        """Must it be mended before the table is used?"""
        return self.code not in _NOTES

    def trouble(self) -> Trouble:
        """Give the finding as a trouble."""
        return Trouble(self.code, self.what, self.mend, self.place)


def faults_of(table: Table) -> list[Trouble]:
    """Give what must be mended before the table is used, at most ten of each kind."""
    return [finding.trouble() for finding in findings(table) if finding.is_fault]


def findings(table: Table) -> tuple[Finding, ...]:
    """Give everything found in a table: faults and notes, at most ten of each kind and a count of the rest."""
    space = space_of(table)
    found = list(_not_cut(table, space))
    found += _shortened(_unreachable(table, space))
    found += _shortened(_overlapping(table, space))
    if table.policy in ONE_ANSWER and not table.has_otherwise:
        found += _gaps(table, space)
    return tuple(found)


def _shortened(found: Iterator[Finding]) -> list[Finding]:
    """The first ten of each code and, in the tenth, how many more there are."""
    by_code: dict[str, list[Finding]] = {}
    for finding in found:
        by_code.setdefault(finding.code, []).append(finding)
    shown = []
    for code, many in by_code.items():
        shown += many[:_MOST_SHOWN]
        if len(many) > _MOST_SHOWN:
            rest = many[_MOST_SHOWN]
            what = f"and {len(many) - _MOST_SHOWN} more of this kind, the next in line {rest.lines[-1]}"
            shown.append(Finding(code, what, rest.mend, rest.place))
    return shown


# gaps


def _gaps(table: Table, space: Space) -> list[Finding]:
    search = Search(space.boxes, space.whole)
    boxes = list(itertools.islice(search.uncovered(), _MOST_SHOWN))
    found = []
    for box in boxes:
        example, day = _example(space, box)
        what = f"no line fires for {_said(example, day)}"
        mend = "Add a line for it, widen one, or declare otherwise with its citation"
        found.append(Finding("L030", what, mend, table.place, (), example, day))
    if search.stopped:
        what = f"{table.name} is too entangled: the search for gaps stopped at its bound"
        found.append(Finding("L035", what, "Split the table", table.place))
    return found


# overlaps and contradictions


def _overlapping(table: Table, space: Space) -> Iterator[Finding]:
    if table.policy not in ("unique", "any", "priority"):
        return
    sure = [n for n in range(len(table.lines)) if n not in space.unsure and all(space.boxes[n])]
    ranks = _ranks(table)
    shown = {True: 0, False: 0}
    for one, two in overlaps([space.boxes[n] for n in sure]):
        pair = (sure[one], sure[two])
        if table.policy == "priority" and (ranks[pair[0]] is None or ranks[pair[0]] != ranks[pair[1]]):
            continue
        box = tuple(a & b for a, b in zip(space.boxes[pair[0]], space.boxes[pair[1]], strict=True))
        disagree = _disagree(table, pair, space, box)
        if disagree or table.policy == "unique":
            shown[disagree] += 1
            yield _overlap(table, pair, disagree, space, box if shown[disagree] <= _MOST_SHOWN else None)


def _overlap(table: Table, pair: tuple[int, int], disagree: bool, space: Space, box: Box | None) -> Finding:
    """The overlap of two lines; without a box it is only counted, and has no example."""
    lines = (table.lines[pair[0]].number, table.lines[pair[1]].number)
    place = table.lines[pair[1]].place
    example, day = _example(space, box) if box else (None, None)
    both = f"lines {lines[0]} and {lines[1]} both fire for {_said(example or {}, day)}"
    if not disagree:
        return Finding("L031", both, "Narrow one of them, or take one out", place, lines, example, day)
    mend = "Narrow one of them, or set an order by the policy first or priority"
    return Finding("L032", f"{both}, with different answers", mend, place, lines, example, day)


def _disagree(table: Table, pair: tuple[int, int], space: Space, box: Box) -> bool:
    """Do two lines answer differently for an input both take? Answers that name inputs are tried on an example."""
    one, two = (table.lines[index].results for index in pair)
    if one == two:
        return False
    is_fixed = not any(names_in(tree) for tree in (*one, *two))
    example = {} if is_fixed else _example(space, box)[0]
    return tuple(evaluate(tree, example) for tree in one) != tuple(evaluate(tree, example) for tree in two)


def _ranks(table: Table) -> list[tuple[int, ...] | None]:
    """The priority of each line, where its answers name no input."""
    found: list[tuple[int, ...] | None] = []
    for line in table.lines:
        is_fixed = not any(names_in(tree) for tree in line.results)
        found.append(rank(table, tuple(evaluate(tree, {}) for tree in line.results)) if is_fixed else None)
    return found


# unreachable lines


def _unreachable(table: Table, space: Space) -> Iterator[Finding]:
    for index, line in enumerate(table.lines):
        empty = [axis.name for axis, bits in zip(space.axes, space.boxes[index], strict=True) if not bits]
        if empty:
            what = f"line {line.number} can never fire: no value of {empty[0]} that can occur passes its test"
            yield Finding("L033", what, "Mend the test, or take the line out", line.place, (line.number,))
    yield from _masked(table, space)


def _masked(table: Table, space: Space) -> Iterator[Finding]:
    """Lines of which every input is taken by lines that go before: earlier ones (first) or of higher priority."""
    if table.policy not in ("first", "priority"):
        return
    ranks = _ranks(table) if table.policy == "priority" else [(n,) for n in range(len(table.lines))]
    sure = [n for n in range(len(table.lines)) if n not in space.unsure and ranks[n] is not None]
    for index, line in enumerate(table.lines):
        box, own = space.boxes[index], ranks[index]
        if own is None or not all(box):
            continue
        before = [n for n in sure if ranks[n] < own and _meet(space.boxes[n], box)]  # type: ignore[operator]
        search = Search([space.boxes[n] for n in before], box)
        if before and next(search.uncovered(), None) is None:
            yield _stopped(table, line.place) if search.stopped else _masked_line(table, space, index, before)


def _meet(one: Box, two: Box) -> bool:
    return all(a & b for a, b in zip(one, two, strict=True))


def _masked_line(table: Table, space: Space, index: int, before: list[int]) -> Finding:
    line = table.lines[index]
    example, day = _example(space, space.boxes[index])
    point = _of_example(space, index)
    winner = next((n for n in before if _meet(space.boxes[n], point)), before[0])
    what = (
        f"line {line.number} can never answer: lines before it take all it covers; "
        f"line {table.lines[winner].number} takes {_said(example, day)}"
    )
    lines = (table.lines[winner].number, line.number)
    return Finding(
        "L033", what, "Move the line up, narrow those before it, or take it out", line.place, lines, example, day
    )


def _of_example(space: Space, index: int) -> Box:
    """The single pieces the example of a line's box is taken from."""
    return tuple(axis.example_bit(bits) for axis, bits in zip(space.axes, space.boxes[index], strict=True))


def _stopped(table: Table, place: Place) -> Finding:
    what = f"{table.name} is too entangled: the search for lines that never answer stopped at its bound"
    return Finding("L035", what, "Split the table", place)


# what is not searched, and words


def _not_cut(table: Table, space: Space) -> Iterator[Finding]:
    mend = "Findings that depend on it are not made: check them by hand, or write the test with constants"
    places = {line.number: line.place for line in table.lines}
    for number, name in space.not_cut:
        where = f"the test on {name} in line {number}" if number else f"the input {name}"
        what = f"{where} is not searched for gaps and overlaps"
        yield Finding("L034", what, mend, places.get(number, table.place), (number,) if number else ())
    for one, two in itertools.combinations(dict.fromkeys(column.expression for column in table.inputs), 2):
        if names_in(one) & names_in(two):
            shared = ", ".join(sorted(names_in(one) & names_in(two)))
            what = f"two inputs both depend on {shared}: an example may combine values that cannot occur together"
            yield Finding("L034", what, mend, table.place)


def _example(space: Space, box: Box) -> tuple[dict[str, Value], date | None]:
    example = space.example(box)
    day = example.pop(AS_OF, None)
    return example, day if isinstance(day, date) else None


def _said(example: dict[str, Value], day: date | None) -> str:
    values = ", ".join(f"{name} = {written(value)}" for name, value in example.items())
    return f"{values}, on {day.isoformat()}" if day else values
