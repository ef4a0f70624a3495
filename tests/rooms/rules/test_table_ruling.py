"""A ruling answers as of a date, names its lines and why, and never guesses."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from milepost.basics.errors import YoursToMend
from milepost.rules.reading import read_table
from milepost.rules.ruling import Ruling, decide
from milepost.rules.table import Table

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "rules"
SHOP: dict[str, object] = {
    "works_cost_cny": 400_000,
    "floor_area_m2": 350.5,
    "trade": "cinema",
    "has_basement": None,
    "opened": date(2023, 1, 1),
}


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(GOLDEN / "whole.yaml", "whole.yaml")


def on(table: Table, day: str, **changed: object) -> Ruling:
    return decide(table, {**SHOP, **changed}, date.fromisoformat(day))


def test_the_law_in_force_on_the_day_decides(table: Table) -> None:
    assert [on(table, day).rests_on for day in ("2021-12-31", "2022-01-01", "2023-12-31", "2024-01-01")] == [
        (2,),
        (1,),
        (1,),
        (2,),
    ]


def test_without_a_day_every_line_is_looked_at(table: Table) -> None:
    assert decide(table, SHOP).rests_on == (1,)


def test_the_reasons_of_a_ruling_are_plain_json(table: Table) -> None:
    told = json.loads(json.dumps(on(table, "2024-01-01").explained()))
    assert told["answer"] == {"inspection": "required", "working_days": 10}
    assert told["rests_on"] == [2]
    (fired,) = told["fired"]
    assert (fired["citation"], fired["id"]) == ("Fire Protection Law, article 15", "large-works")
    assert fired["because"] == [
        {"input": "works_cost_cny", "unit": "yuan", "test": "> 300000", "value": 400000, "held": True},
        {"input": "floor_area_m2", "unit": "square metre", "test": "> 300", "value": 350.5, "held": True},
    ]
    assert [line["line"] for line in told["passed_over"]] == [1, 3]
    assert told["passed_over"][0]["stopped_by"] == "not in force on that day"
    assert told["passed_over"][1]["stopped_by"]["input"] == "has_basement"


def test_an_answer_may_be_an_expression_over_the_inputs(table: Table) -> None:
    small = on(table, "2024-01-01", works_cost_cny=0, has_basement=True)
    assert small.explained()["answer"] == {"inspection": "required", "working_days": 5}


def test_otherwise_answers_with_its_citation(table: Table) -> None:
    ruling = on(table, "2024-01-01", works_cost_cny=0)
    assert ruling.by_otherwise
    assert ruling.explained()["by_otherwise"] == "Fire Protection Law, article 15, read the other way"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"trade": None}, "L040"),
        ({"floor_area_m2": "350"}, "L041"),
        ({"floor_area_m2": True}, "L041"),
        ({"trade": "secret-shop"}, "L042"),
        ({"works_cost_cny": -1}, "L042"),
        ({"floor_area_m2": float("nan")}, "L040"),
    ],
)
def test_a_value_the_table_cannot_take_gives_no_answer(table: Table, changed: dict[str, object], code: str) -> None:
    ruling = on(table, "2024-01-01", **changed)
    assert ruling.value is None
    assert [trouble.code for trouble in ruling.troubles] == [code]
    assert "secret-shop" not in json.dumps(ruling.explained())


def test_a_missing_input_is_named(table: Table) -> None:
    ruling = decide(table, {"trade": "cinema", "opened": date(2023, 1, 1), "floor_area_m2": 1})
    assert ruling.missing == ("works_cost_cny",)


def test_a_name_the_table_does_not_read_is_refused_with_the_nearest(table: Table) -> None:
    with pytest.raises(YoursToMend) as caught:
        decide(table, {**SHOP, "floor_area": 3})
    assert "Did you mean floor_area_m2" in str(caught.value)
