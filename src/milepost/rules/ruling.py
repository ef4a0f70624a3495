"""A table is evaluated here, as of a date, with the lines that fired and why.

A ruling never guesses: a value that is missing, of another type or not allowed gives no answer and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.rules.evaluation import Scope, evaluate, passes
from milepost.rules.policies import Hit, NoAnswer, answer_of
from milepost.rules.table import Input, Line, Table
from milepost.rules.values import Value, kind_of, plain, to_value


@dataclass(frozen=True)
class Test:
    """One cell's test of a line: the input, its unit, the test as written, the value, and whether it held."""

    input: str
    unit: str
    test: str
    value: Value
    held: bool | None


@dataclass(frozen=True)
class Fired:
    """A line that fired: what it answers, by which citation, and its cells' tests (those that ask anything)."""

    line: Line
    results: dict[str, Value]
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Passed:
    """A line that did not fire: the first test that stopped it, or None where it is not in force."""

    line: Line
    stopped_by: Test | None


@dataclass(frozen=True)
class Ruling:
    """What a table answers: the value, the lines it rests on, the others, and what stood in the way.

    `fired` are the lines whose tests all held; `rests_on` the numbers of those the answer is taken from;
    `by_otherwise` says that no line fired and the table's `otherwise` answered; `missing` names the inputs
    not given. Where there are `troubles` there is no answer.
    """

    table: Table
    as_of: date | None
    value: Value
    fired: tuple[Fired, ...] = ()
    rests_on: tuple[int, ...] = ()
    passed_over: tuple[Passed, ...] = ()
    by_otherwise: bool = False
    missing: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def explained(self) -> dict[str, object]:
        """Give the ruling as plain values that JSON can hold: answer, lines with citation and tests, troubles."""
        return {
            "table": self.table.name,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "policy": self.table.policy,
            "answer": plain(self.value),
            "rests_on": list(self.rests_on),
            "by_otherwise": self.table.otherwise_citation or True if self.by_otherwise else False,
            "fired": [_fired_plain(fired) for fired in self.fired],
            "passed_over": [_passed_plain(passed) for passed in self.passed_over],
            "missing": list(self.missing),
            "troubles": [{"code": t.code, "what": t.what, "mend": t.mend} for t in self.troubles],
        }


def decide(table: Table, values: Mapping[str, object], as_of: date | None = None) -> Ruling:
    """Give what the table answers to `values`, under the lines in force on `as_of` (None: all lines).

    Troubles of the values are in the ruling (L040 missing, L041 another type, L042 not allowed, L043 more than
    one line of a unique table, L044 lines of an any table disagree, L045 no line fires). Raises YoursToMend
    (L046) where a name is not one the table reads.
    """
    _known_names(table, values)
    scope: Scope = {name: value if callable(value) else to_value(value) for name, value in values.items()}
    asked = [evaluate(column.expression, scope) for column in table.inputs]
    troubles = [t for column, value in zip(table.inputs, asked, strict=True) if (t := unfit(column, value))]
    missing = tuple(
        c.name for c, value in zip(table.inputs, asked, strict=True) if value is None and not c.may_be_missing
    )
    if troubles:
        return Ruling(table, as_of, None, missing=missing, troubles=tuple(troubles))
    hits, fired, passed = _tested(table, asked, scope, as_of)
    try:
        value, kept = answer_of(table, hits, scope)
    except NoAnswer as stop:
        trouble = _no_answer(table, stop.code, [line for line, _ in hits])
        return Ruling(table, as_of, None, fired, (), passed, troubles=(trouble,))
    by_otherwise = not hits and table.has_otherwise
    lacks = not hits and not by_otherwise and table.policy in ("unique", "any", "first", "priority")
    troubles = [_no_answer(table, "L045", [])] if lacks else []
    rests_on = tuple(line.number for line, _ in kept)
    return Ruling(table, as_of, value, fired, rests_on, passed, by_otherwise, (), tuple(troubles))


def unfit(column: Input, value: Value) -> Trouble | None:
    """Give the trouble with a value of an input, or None where the table can take it."""
    if value is None:
        if column.may_be_missing:
            return None
        return Trouble("L040", f"{column.name} is not given", f"Give {column.name}", column.place)
    if column.kind and kind_of(value) != column.kind:
        return Trouble("L041", f"{column.name} is not a {column.kind}", f"Give a {column.kind}", column.place)
    is_part = column.is_whole and isinstance(value, Decimal) and value != value.to_integral_value()
    if is_part or passes(column.allowed, value, {}) is not True:
        whole = " in whole numbers" if column.is_whole else ""
        what = f"{column.name} has a value that is not allowed"
        return Trouble("L042", what, f"Allowed is: {column.allowed_text}{whole}", column.place)
    return None


def _known_names(table: Table, values: Mapping[str, object]) -> None:
    unknown = [name for name in values if name not in table.needs and not callable(values[name])]
    known = sorted(table.needs)
    if unknown:
        raise YoursToMend(
            Trouble(
                "L046",
                f"{name} is not a name the table {table.name} reads",
                nearest(name, known).rstrip("?") or f"It reads: {listed(known, 30)}",
                table.place,
            )
            for name in unknown
        )


def _tested(
    table: Table, asked: list[Value], scope: Scope, as_of: date | None
) -> tuple[list[Hit], tuple[Fired, ...], tuple[Passed, ...]]:
    hits: list[Hit] = []
    fired: list[Fired] = []
    passed: list[Passed] = []
    for line in table.lines:
        if not line.in_force(as_of):
            passed.append(Passed(line, None))
            continue
        tests, stop = _tests_of(table, line, asked, scope)
        if stop is not None:
            passed.append(Passed(line, stop))
            continue
        results = tuple(evaluate(result, scope) for result in line.results)
        hits.append((line, results))
        names = [output.name for output in table.outputs]
        fired.append(Fired(line, dict(zip(names, results, strict=True)), tests))
    return hits, tuple(fired), tuple(passed)


def _tests_of(table: Table, line: Line, asked: list[Value], scope: Scope) -> tuple[tuple[Test, ...], Test | None]:
    """The tests of a line that held, and the first that did not."""
    held: list[Test] = []
    for column, cell, value in zip(table.inputs, line.cells, asked, strict=True):
        if not cell.tests.any_of:
            continue
        test = Test(column.name, column.unit, cell.text, value, passes(cell.tests, value, scope))
        if not test.held:
            return tuple(held), test
        held.append(test)
    return tuple(held), None


def _no_answer(table: Table, code: str, lines: list[Line]) -> Trouble:
    numbers = listed([str(line.number) for line in lines])
    what, mend = {
        "L043": (f"lines {numbers} of {table.name} all fire, and only one may", "Make the lines exclude each other"),
        "L044": (f"lines {numbers} of {table.name} fire and disagree", "Make the lines agree or exclude each other"),
        "L045": (f"no line of {table.name} fires", "Add a line or an otherwise for this input"),
    }[code]
    return Trouble(code, what, mend, table.place)


def _test_plain(test: Test) -> dict[str, object]:
    return {"input": test.input, "unit": test.unit, "test": test.test, "value": plain(test.value), "held": test.held}


def _line_plain(line: Line) -> dict[str, object]:
    return {
        "line": line.number,
        "id": line.id,
        "citation": line.citation,
        "source": line.source,
        "from": line.from_date.isoformat() if line.from_date else None,
        "until": line.until_date.isoformat() if line.until_date else None,
    }


def _fired_plain(fired: Fired) -> dict[str, object]:
    results = {name: plain(value) for name, value in fired.results.items()}
    return {**_line_plain(fired.line), "results": results, "because": [_test_plain(test) for test in fired.tests]}


def _passed_plain(passed: Passed) -> dict[str, object]:
    stop = passed.stopped_by
    reason: object = _test_plain(stop) if stop else "not in force on that day"
    return {**_line_plain(passed.line), "stopped_by": reason}
