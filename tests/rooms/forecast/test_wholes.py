"""Parts stay within their whole in the draws, unless they are declared to overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from made import INDICATORS, SAY, indicator, reading, target, zone
from milepost.forecast.case import gather
from milepost.forecast.chance import outlook
from milepost.forecast.choices import widest
from milepost.forecast.mixture import Mixed, mix
from milepost.forecast.outlook import Outlook
from milepost.forecast.priors import default_priors
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Whole, Zone

ON = date(2024, 6, 30)
NAMES = ("part_a", "part_b")


@pytest.fixture(autouse=True)
def _with_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setitem(INDICATORS, name, indicator(name))


def place(may_overlap: bool = False, **settings: object) -> Zone:
    plain = zone(draws=4_000, **settings)
    whole = Whole("output", "ZONE", NAMES, SAY, may_overlap)
    return replace(plain, declared=replace(plain.declared, wholes=(whole,)), indicators=dict(INDICATORS))


def figures(whole: float, *parts: float) -> list[Reading]:
    found = [reading("output", str(year), whole, text=f"{whole:.1f}") for year in (2022, 2023)]
    for name, value in zip(NAMES, parts, strict=False):
        found.append(reading(name, "2023", value, text=f"{value:.1f}"))
    return found


def mixed(ask: Target, where: Zone, known: list[Reading]) -> Mixed:
    priors = default_priors()
    return mix(gather(ask, where, known, ON, widest(priors)), known, priors)


def found(ask: Target, where: Zone, known: list[Reading]) -> Outlook:
    return outlook(ask, where, known, ON)


def test_parts_that_nearly_fill_the_whole_lift_it_and_are_held_down_by_it() -> None:
    known = figures(100.0, 60.0, 38.0)
    free, held = place(may_overlap=True), place()
    for name, is_lifted in (("output", True), ("part_a", False), ("part_b", False)):
        ask = target(name, 50.0, unit="CNY_100m")
        loose, tight = np.median(mixed(ask, free, known).end), np.median(mixed(ask, held, known).end)
        assert (tight > loose * 1.01) if is_lifted else (tight < loose * 0.99), name


def test_every_draw_of_a_single_part_stays_within_the_whole_it_was_paired_with() -> None:
    """With a whole known to a hair, no draw of its only part may pass it."""
    known = [reading("output", str(year), 100.0, text="100.0000") for year in range(2020, 2024)]
    known.append(reading("part_a", "2023", 97.0, text="97.0"))
    at_2023 = {
        is_free: mixed(target("part_a", 50.0, unit="CNY_100m"), place(is_free), known).years[2023]
        for is_free in (True, False)
    }
    assert (at_2023[True] > 103.0).mean() > 2 * (at_2023[False] > 103.0).mean()
    assert np.quantile(at_2023[False], 0.95) < np.quantile(at_2023[True], 0.95)


def test_parts_far_below_the_whole_change_next_to_nothing() -> None:
    known = figures(1000.0, 60.0, 38.0)
    ask = target("part_a", 70.0, unit="CNY_100m")
    loose, tight = found(ask, place(may_overlap=True), known), found(ask, place(), known)
    assert loose.chance is not None and tight.chance == pytest.approx(loose.chance, abs=0.025)
    assert "note_parts_of_whole" in tight.notes and "note_parts_of_whole" not in loose.notes


def test_parts_that_are_declared_to_overlap_bind_nothing() -> None:
    known = figures(100.0, 80.0, 70.0)
    ask = target("output", 120.0)
    undeclared = replace(place(), declared=replace(place().declared, wholes=()))
    assert found(ask, place(may_overlap=True), known) == found(ask, undeclared, known)


def test_figures_that_contradict_the_declaration_are_told_and_not_bent() -> None:
    known = figures(100.0, 300.0, 280.0)
    ask = target("output", 120.0)
    told = found(ask, place(), known)
    assert "note_parts_exceed" in told.notes
    assert told.chance == found(ask, place(may_overlap=True), known).chance


def test_a_part_without_figures_and_another_area_bind_nothing() -> None:
    ask = target("output", 120.0)
    assert "note_parts_of_whole" not in found(ask, place(), figures(100.0)).notes
    elsewhere = [replace(r, area="CITY") for r in figures(100.0, 60.0)]
    assert not found(target("output", 120.0, area="CITY"), place(), elsewhere).notes


def test_parts_in_another_unit_are_turned_into_the_whole_s() -> None:
    known = figures(100.0, 60.0, 38.0)
    in_yuan = [replace(r, value=r.value * 1e8, unit="yuan") if r.indicator == "part_a" else r for r in known]
    where = place()
    other = replace(where, indicators={**INDICATORS, "part_a": replace(INDICATORS["part_a"], unit="yuan")})
    ask = target("output", 103.0)
    chance = found(ask, where, known).chance
    assert chance is not None and found(ask, other, in_yuan).chance == pytest.approx(chance, abs=0.03)


def test_the_same_question_is_answered_the_same_in_any_order() -> None:
    known = figures(100.0, 60.0, 38.0)
    ask = target("output", 103.0)
    assert found(ask, place(), known).chance == found(ask, place(), known[::-1]).chance
