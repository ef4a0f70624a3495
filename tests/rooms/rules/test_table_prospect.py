"""What can still matter is found exactly, against trying every value."""

from __future__ import annotations

import itertools
import sys
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.rules.prospect import prospect
from milepost.rules.reading import load_table, read_table
from milepost.rules.ruling import decide
from milepost.rules.space import space_of
from milepost.rules.table import Table
from milepost.rules.values import Value, written

sys.path.insert(0, str(Path(__file__).parent))
from random_tables import ALL_POLICIES, tables, values_of

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "rules"


def every_value(table: Table) -> dict[str, list[Value]]:
    """One value of every piece of every input."""
    return {
        axis.name: [axis.example(1 << bit) for bit in range(axis.domain.bit_length()) if axis.domain >> bit & 1]
        for axis in space_of(table).axes
    }


@settings(derandomize=True, max_examples=150, deadline=None)
@given(tables(ALL_POLICIES), st.data())
def test_answers_and_open_inputs_are_those_of_trying_everything(table: Table, data: st.DataObject) -> None:
    values = data.draw(values_of(table))
    names = [column.name for column in table.inputs]
    known = data.draw(st.sets(st.sampled_from(names)))
    choices = {name: [values[name]] if name in known else some for name, some in every_value(table).items()}
    answers: dict[tuple[Value, ...], str] = {}
    for row in itertools.product(*(choices[name] for name in names)):
        answers[row] = written(decide(table, dict(zip(names, row, strict=True))).value)
    found = prospect(table, {name: values[name] for name in known})
    assert found.is_exact
    assert {written(answer) for answer in found.answers} == set(answers.values())
    matters = {
        names[n]
        for one, two in itertools.combinations(answers, 2)
        for n in range(len(names))
        if answers[one] != answers[two] and [i for i in range(len(names)) if one[i] != two[i]] == [n]
    }
    assert set(found.open_inputs) == matters
    assert found.is_settled == (len(set(answers.values())) == 1)


def test_what_cannot_be_searched_leaves_every_question_open() -> None:
    found = prospect(read_table(GOLDEN / "whole.yaml"), {"trade": "bookstore"})
    assert not found.is_exact
    assert not found.is_settled
    assert found.open_inputs == ("works_cost_cny", "floor_area_m2", "has_basement", "opened")


def test_a_known_value_the_table_cannot_take_is_told() -> None:
    found = prospect(load_table(GOLDEN / "overlap.yaml"), {"seats": 1.5})
    assert [trouble.code for trouble in found.troubles] == ["L042"]
    assert not found.is_settled


def test_a_number_of_any_size_is_judged_whole_or_not() -> None:
    table = load_table(GOLDEN / "overlap.yaml")
    assert decide(table, {"seats": Decimal("1e40")}).troubles[0].code == "L043"
    assert decide(table, {"seats": Decimal("1.5")}).troubles[0].code == "L042"
