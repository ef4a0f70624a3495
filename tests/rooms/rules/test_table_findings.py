"""What is found in a table is true of it, and what is not found is not there."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.rules.evaluation import passes
from milepost.rules.findings import findings
from milepost.rules.parsing import parse_expression, parse_tests
from milepost.rules.ruling import decide
from milepost.rules.space import AS_OF, space_of
from milepost.rules.table import Cell, Input, Line, Output, Table
from milepost.rules.values import Value

sys.path.insert(0, str(Path(__file__).parent))
from random_tables import tables, values_of

ONE = (("unique", None), ("any", None), ("first", None), ("priority", None))
seeded = settings(derandomize=True, max_examples=120, deadline=None)
LONG_BEFORE = date(1990, 1, 1)


def every_input(table: Table) -> Iterator[tuple[dict[str, Value], date | None]]:
    """One example of every combination of pieces: an exhaustive list of what can occur."""
    space = space_of(table)
    pieces = [[1 << bit for bit in range(axis.domain.bit_length()) if axis.domain >> bit & 1] for axis in space.axes]
    for box in itertools.product(*pieces):
        example = space.example(box)
        day = example.pop(AS_OF, None)
        yield example, day if isinstance(day, date) else None


def firing(table: Table, values: dict[str, Value], day: date | None) -> list[int]:
    return [fired.line.number for fired in decide(table, values, day).fired]


@seeded
@given(tables(ONE, dated=True))
def test_a_gap_example_fires_no_line_and_no_gap_means_every_input_fires_one(table: Table) -> None:
    gaps = [finding for finding in findings(table) if finding.code == "L030"]
    for gap in gaps:
        assert gap.example is not None
        ruling = decide(table, gap.example, gap.as_of)
        assert not ruling.fired
        assert [trouble.code for trouble in ruling.troubles] == ["L045"]
    if not gaps and not table.has_otherwise:
        assert all(firing(table, values, day) for values, day in every_input(table))


@seeded
@given(tables((("unique", None),), dated=True))
def test_unique_lines_overlap_exactly_where_both_fire(table: Table) -> None:
    found = {f.lines: f for f in findings(table) if f.code in ("L031", "L032") and f.lines}
    real: set[tuple[int, ...]] = set()
    for values, day in every_input(table):
        real |= set(itertools.combinations(firing(table, values, day), 2))
    assert found.keys() == real or (found.keys() < real and len(found) >= 10)
    for pair, finding in found.items():
        assert finding.example is not None
        assert set(pair) <= set(firing(table, finding.example, finding.as_of))
        same = table.lines[pair[0] - 1].results == table.lines[pair[1] - 1].results
        assert finding.code == ("L031" if same else "L032")


@seeded
@given(tables((("unique", None),)), st.data())
def test_a_unique_table_without_overlap_never_fires_two_lines(table: Table, data: st.DataObject) -> None:
    if not any(finding.code in ("L031", "L032") for finding in findings(table)):
        assert len(decide(table, data.draw(values_of(table))).fired) <= 1


@seeded
@given(tables((("first", None), ("priority", None)), dated=True))
def test_a_line_is_called_unreachable_exactly_where_it_never_answers(table: Table) -> None:
    called = {finding.lines[-1] for finding in findings(table) if finding.code == "L033"}
    answering: set[int] = set()
    for values, day in every_input(table):
        ruling = decide(table, values, day)
        answering |= set(ruling.rests_on)
    if table.policy == "first":
        assert called == {line.number for line in table.lines} - answering
    assert not called & answering


@seeded
@given(tables((("any", None),)))
def test_any_lines_contradict_exactly_where_a_ruling_says_so(table: Table) -> None:
    is_found = any(finding.code == "L032" for finding in findings(table))
    codes = {t.code for values, day in every_input(table) for t in decide(table, values, day).troubles}
    assert is_found == ("L044" in codes)


@seeded
@given(tables(ONE), st.data())
def test_the_piece_of_a_value_passes_the_same_tests_as_the_value(table: Table, data: st.DataObject) -> None:
    space, values = space_of(table), data.draw(values_of(table))
    for position, axis in enumerate(space.axes):
        value = values[axis.name]
        piece = axis.piece_of(value)
        assert piece, axis.name
        for line in table.lines:
            tests = line.cells[position].tests
            assert bool(axis.bits(tests) & piece) == (passes(tests, value, {}) is True)
            assert (passes(tests, axis.example(piece), {}) is True) == (passes(tests, value, {}) is True)


def made(policy: str, *cells: tuple[str, ...], **given: object) -> Table:
    """A table of two numbers x and y, its lines answering 1, 2, 3 ..."""
    columns = tuple(Input(name, parse_expression(name), "number") for name in ("x", "y"))
    lines = tuple(
        Line(n, tuple(Cell(text, parse_tests(text, ["x", "y"])) for text in texts), (parse_expression(str(n)),))
        for n, texts in enumerate(cells, start=1)
    )
    return Table("made", columns, (Output("n", "number"),), policy, lines, **given)  # type: ignore[arg-type]


def test_a_test_that_names_another_input_is_said_and_not_passed_over() -> None:
    found = findings(made("unique", ("< 3", "-"), (">= 3", "> x")))
    assert [(f.code, f.lines) for f in found] == [("L034", (2,))]
    assert "the test on y in line 2 is not searched" in found[0].what
    assert not found[0].is_fault


def test_a_gap_beside_an_unsure_line_is_still_found() -> None:
    found = [f for f in findings(made("unique", ("< 3", "-"), ("> 3", "> x"))) if f.code == "L030"]
    assert [f.example for f in found] == [{"x": 3, "y": 0}]


def test_inputs_that_share_a_name_are_said() -> None:
    columns = tuple(Input(text, parse_expression(text), "number") for text in ("x", "x + 1"))
    cells = tuple(Cell("-", parse_tests("-")) for _ in columns)
    table = Table("t", columns, (Output("n"),), "unique", (Line(1, cells, (parse_expression("1"),)),))
    assert [f.code for f in findings(table)] == ["L034"]


def test_an_input_asked_twice_is_one_axis() -> None:
    columns = tuple(Input("x", parse_expression("x"), "number") for _ in range(2))
    lines = tuple(
        Line(n, tuple(Cell(text, parse_tests(text)) for text in texts), (parse_expression("1"),))
        for n, texts in enumerate((("< 3", "-"), ("-", ">= 3")), start=1)
    )
    assert findings(Table("t", columns, (Output("n"),), "unique", lines)) == ()


def test_many_overlaps_are_shortened_and_counted() -> None:
    found = [f for f in findings(made("unique", *[("-", "-")] * 40)) if f.code == "L032"]
    assert len(found) == 11
    assert found[-1].what.startswith("and 770 more")
