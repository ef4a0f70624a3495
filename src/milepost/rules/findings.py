"""What is wrong with a table before it is asked anything: gaps, overlaps, contradictions, unreachable lines.

Only what is certain is found: a test that could not be cut into pieces is taken to hold where a gap is sought and
not to hold where an overlap is sought, and is itself named (L034). Each finding shows an example input.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from milepost.basics.errors import Place, Trouble, listed
from milepost.rules.evaluation import evaluate
from milepost.rules.policies import rank
from milepost.rules.search import MOST_STEPS, Box, Points, Search, overlaps
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


def findings(table: Table, with_missing: bool = True) -> tuple[Finding, ...]:
    """Give everything found in a table: faults and notes, at most ten of each kind and a count of the rest.

    In a DMN model every input may be null; without `with_missing` gaps that only null falls into are not told.
    """
    space = space_of(table, with_missing)
    found = list(_not_cut(table, space))
    found += _unreachable(table, space)
    found += _overlapping(table, space)
    if table.policy in ONE_ANSWER and not table.has_otherwise:
        found += _gaps(table, space)
    return tuple(found)


def _more(code: str, count: int, mend: str, place: Place) -> list[Finding]:
    """A finding that says how many of a kind are not shown."""
    return [Finding(code, f"and {count} more of this kind", mend, place)] if count else []


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


def _overlapping(table: Table, space: Space) -> list[Finding]:
    if table.policy not in ("unique", "any", "priority"):
        return []
    sure = [n for n in range(len(table.lines)) if n not in space.unsure and all(space.boxes[n])]
    answers, ranks = _fixed_answers(table), _ranks(table)
    found: dict[bool, list[Finding]] = {True: [], False: []}
    more = {True: 0, False: 0}
    for one, two in overlaps([space.boxes[n] for n in sure]):
        pair = (sure[one], sure[two])
        if table.policy == "priority" and (ranks[pair[0]] is None or ranks[pair[0]] != ranks[pair[1]]):
            continue
        disagree = _disagree(table, pair, answers, space)
        if disagree or table.policy == "unique":
            if len(found[disagree]) < _MOST_SHOWN:
                found[disagree].append(_overlap(table, pair, disagree, space))
            else:
                more[disagree] += 1
    rest = _more("L031", more[False], _OVERLAP_MEND, table.place) + _more("L032", more[True], _CLASH_MEND, table.place)
    return found[False] + found[True] + rest


_OVERLAP_MEND = "Narrow one of them, or take one out"
_CLASH_MEND = "Narrow one of them, or set an order by the policy first or priority"


def _shared(space: Space, pair: tuple[int, int]) -> Box:
    return tuple(a & b for a, b in zip(space.boxes[pair[0]], space.boxes[pair[1]], strict=True))


def _overlap(table: Table, pair: tuple[int, int], disagree: bool, space: Space) -> Finding:
    lines = (table.lines[pair[0]].number, table.lines[pair[1]].number)
    place = table.lines[pair[1]].place
    example, day = _example(space, _shared(space, pair))
    both = f"lines {lines[0]} and {lines[1]} both fire for {_said(example, day)}"
    if not disagree:
        return Finding("L031", both, _OVERLAP_MEND, place, lines, example, day)
    return Finding("L032", f"{both}, with different answers", _CLASH_MEND, place, lines, example, day)


Answers = list[tuple[Value, ...] | None]


def _fixed_answers(table: Table) -> Answers:
    """The answers of each line, where they name no input."""
    return [
        None if any(names_in(tree) for tree in line.results) else tuple(evaluate(tree, {}) for tree in line.results)
        for line in table.lines
    ]


def _disagree(table: Table, pair: tuple[int, int], answers: Answers, space: Space) -> bool:
    """Do two lines answer differently for an input both take? Answers that name inputs are tried on an example."""
    one, two = (answers[index] for index in pair)
    if one is not None and two is not None:
        return one != two
    first, second = (table.lines[index].results for index in pair)
    if first == second:
        return False
    example, _ = _example(space, _shared(space, pair))
    return tuple(evaluate(tree, example) for tree in first) != tuple(evaluate(tree, example) for tree in second)


def _ranks(table: Table) -> list[tuple[int, ...] | None]:
    """The priority of each line, where its answers name no input."""
    return [None if results is None else rank(table, results) for results in _fixed_answers(table)]


# unreachable lines


def _unreachable(table: Table, space: Space) -> list[Finding]:
    found = []
    for line, box in zip(table.lines, space.boxes, strict=True):
        empty = [axis.name for axis, bits in zip(space.axes, box, strict=True) if not bits]
        if empty:
            what = f"line {line.number} can never fire: no value of {empty[0]} that can occur passes its test"
            found.append(Finding("L033", what, "Mend the test, or take the line out", line.place, (line.number,)))
    masked, not_searched = _masked(table, space)
    found += [_masked_line(table, space, index, before) for index, before in masked]
    shown = found[:_MOST_SHOWN] + _more("L033", len(found[_MOST_SHOWN:]), "Mend these as well", table.place)
    if not_searched:
        lines = listed([str(table.lines[index].number) for index in not_searched])
        what = f"{table.name} is too entangled: whether lines {lines} can answer was not searched to the end"
        shown.append(Finding("L035", what, "Split the table", table.place))
    return shown


def _masked(table: Table, space: Space) -> tuple[list[tuple[int, list[int]]], list[int]]:
    """Lines of which every input is taken by lines that go before (earlier, or of higher priority), with those lines;
    and the lines for which the search stopped.
    """
    if table.policy not in ("first", "priority"):
        return [], []
    ranks: list[tuple[int, ...] | None] = [(n,) for n in range(len(table.lines))]
    ranks = _ranks(table) if table.policy == "priority" else ranks
    points, steps = Points(space.boxes, space.whole), MOST_STEPS
    masked: list[tuple[int, list[int]]] = []
    not_searched: list[int] = []
    for index, box in enumerate(space.boxes):
        before = _before(ranks, index, space)
        if not all(box) or points.has_free_point(box, sum(1 << n for n in before)):
            continue
        search = Search([space.boxes[n] for n in before], box, max(steps, 0))
        is_free = next(search.uncovered(), None) is not None
        steps -= search.taken
        if search.stopped:
            not_searched.append(index)
        elif not is_free:
            masked.append((index, before))
    return masked, not_searched


def _before(ranks: list[tuple[int, ...] | None], index: int, space: Space) -> list[int]:
    """The lines that go before one and surely take what they share with it."""
    own = ranks[index]
    return [
        n
        for n, other in enumerate(ranks)
        if own is not None and other is not None and other < own and n not in space.unsure
        if _meet(space.boxes[n], space.boxes[index])
    ]


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
