"""The document of the plan, and the guard before it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from fakes.etown import PLAN, READINGS, walk_on
from milepost.basics.errors import YoursToMend
from milepost.show.document import plan_document
from milepost.show.guard import let_out
from milepost.show.walk import Walk


def test_it_holds_every_target_in_the_plans_order() -> None:
    document = plan_document(walk_on(None))
    assert [one["id"] for one in document["targets"]] == [target.id for target in PLAN.targets()]
    assert len(document["targets"]) == 18
    assert document["plan"]["tasks_announced"] == 22
    assert document["plan"]["items_named"] == 14
    assert document["known_on"] == "2026-01-28"


def test_a_target_tells_chance_outlook_latest_figure_and_its_age() -> None:
    target = next(one for one in plan_document(walk_on(None))["targets"] if one["id"] == "G2.gross_output_share")
    assert (target["verdict"], target["chance"]) == ("at risk", 0.58)
    assert target["outlook"] == {"median": 25.3, "p05": 22.7, "p95": 27.9}
    assert target["value"] == 25.0
    assert target["unit"] == "percent"
    assert target["comparison"] == "over"
    assert target["deadline"] == "2025-12-31"
    latest = target["latest"]
    assert (latest["value"], latest["period"], latest["kind"]) == (22.0, "2023-01..03", "ytd")
    assert latest["published_on"] == "2023-05-17"
    assert latest["age_years"] == 2.83
    assert target["evidence_count"] == 14


def test_an_outlook_is_in_the_unit_of_the_promise() -> None:
    walk, name = walk_on(None), "G2.gross_output_share"
    goal = next(one for one in walk.zone.plan.goals if one.id == "G2")
    targets = tuple(replace(one, value=0.25, unit="fraction") if one.id == name else one for one in goal.targets)
    goals = [replace(one, targets=targets) if one is goal else one for one in walk.zone.plan.goals]
    zone = replace(walk.zone, plan=replace(walk.zone.plan, goals=tuple(goals)))
    target = next(one for one in plan_document(replace(walk, zone=zone))["targets"] if one["id"] == name)
    assert (target["value"], target["unit"]) == (0.25, "fraction")
    assert target["outlook"] == {"median": 0.253, "p05": 0.227, "p95": 0.279}
    assert (target["latest"]["value"], target["latest"]["unit"]) == (22.0, "percent")


def test_what_does_not_exist_is_null() -> None:
    target = next(one for one in plan_document(walk_on(None))["targets"] if one["id"] == "T7.item")
    for name in ("value", "unit", "comparison", "deadline", "chance", "latest", "outlook"):
        assert target[name] is None, name


def test_it_is_plain_json_without_nan() -> None:
    assert json.loads(json.dumps(plan_document(walk_on(None)), allow_nan=False))


def test_nothing_published_later_is_counted() -> None:
    early, late = (plan_document(walk_on(day)) for day in (date(2023, 11, 22), None))
    assert early["reading_count"] < late["reading_count"]
    assert sum(early["counts"].values()) == sum(late["counts"].values()) == 18


COMPUTED = replace(READINGS[8], basis="computed")


def resting_on(name: str) -> Walk:
    walk = walk_on(None)
    outlook = walk.outlooks["G2.gross_output_share"]
    changes = {"evidence": (COMPUTED,), "unused": ((COMPUTED, "unused_repeats"),), "latest": COMPUTED}
    return replace(walk, outlooks={**walk.outlooks, "G2.gross_output_share": replace(outlook, **{name: changes[name]})})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["evidence", "unused", "latest"])
def test_an_outlook_that_rests_on_a_computed_reading_may_not_leave(name: str) -> None:
    with pytest.raises(YoursToMend) as found:
        plan_document(resting_on(name))
    assert [trouble.code for trouble in found.value.troubles] == ["S101"]
    assert "5371" not in str(found.value)


def test_computed_readings_beside_the_plan_are_held_back() -> None:
    walk = walk_on(None)
    mixed = replace(walk, readings=(*walk.readings, COMPUTED))
    assert let_out(mixed).readings == walk.readings
