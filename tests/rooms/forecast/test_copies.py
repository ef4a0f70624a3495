"""Sources that copy each other are one source; those that contradict each other keep their own error."""

from __future__ import annotations

import random
from datetime import date

import numpy as np
import pytest

from made import reading, target, zone
from milepost.forecast.chance import outlook
from milepost.forecast.copies import distinct
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import FigureKind, Reading

ON = date(2024, 6, 30)


def said(value: float, kind: FigureKind = "actual", text: str = "", month: int = 2, area: str = "ZONE") -> Reading:
    return reading("output", "2023", value, kind, area, known_on=date(2024, month, 1), text=text or f"{value:g}")


EXACT = said(2456.4, text="2456.4")


@pytest.mark.parametrize(
    "copy",
    [
        said(2456.4, month=5),
        said(2456.4, "preliminary", month=1),
        said(2456.0, text="2456", month=3),
        said(2500.0, "approx", "2500", month=3),
        said(2400.0, "at_least", "2400", month=3),
        said(2000.0, "at_least", "2000", month=1),
    ],
    ids=lambda one: f"{one.kind} {one.published_text} in month {one.known_on.month}",
)
def test_a_repetition_a_rounding_and_a_bound_below_an_exact_figure_are_its_copies(copy: Reading) -> None:
    assert distinct([copy, EXACT]) == ([EXACT], set())


@pytest.mark.parametrize(
    "other",
    [
        said(2900.0, "approx", "2900", month=5),
        said(2460.0, text="2460", month=5),
        said(2456.9, text="2456.9", month=5),
        said(2500.0, "at_least", "2500", month=5),
        said(1000.0, "at_least", "1000", month=5),
    ],
    ids=lambda one: f"{one.kind} {one.published_text}",
)
def test_what_an_exact_figure_does_not_say_stands_on_its_own(other: Reading) -> None:
    assert len(distinct([other, EXACT])[0]) == 2


def test_of_two_bounds_the_higher_says_what_the_lower_says() -> None:
    low, high = said(2000.0, "at_least", month=1), said(2300.0, "at_least", month=3)
    assert distinct([low, high])[0] == [high]


def test_a_promise_is_no_copy_of_the_figure_that_keeps_it() -> None:
    promised = said(2456.4, "target", month=1)
    assert distinct([promised, EXACT])[0] == [EXACT]
    assert distinct([promised])[0] == []


def test_one_number_under_two_names_of_areas_speaks_for_the_own_area_once() -> None:
    core = said(2456.4, text="2456.4", area="CORE", month=1)
    assert distinct([core, EXACT], "ZONE")[0] == [EXACT]
    # A small count may be the same by chance.
    four = [said(4.0, text="4", area=area) for area in ("ZONE", "CORE")]
    assert len(distinct(four, "ZONE")[0]) == 2


def test_copies_are_found_in_any_order() -> None:
    figures = [
        EXACT,
        said(2500.0, "approx", "2500"),
        said(2456.4, month=5),
        said(2900.0, month=4),
        said(2.0, "at_least"),
    ]
    expected = distinct(figures)
    for seed in range(10):
        shuffled = list(figures)
        random.Random(seed).shuffle(shuffled)
        assert distinct(shuffled) == expected


def _asked(figures: list[Reading]) -> Outlook:
    return outlook(target("output", 3000.0), zone(draws=20_000), figures, ON)


def _width(found: Outlook) -> float:
    at_2023 = next(point for point in found.path if point.year == 2023)
    return float(np.log(at_2023.p95 / at_2023.p05))


def test_ten_pages_that_copy_one_figure_are_no_surer_than_one() -> None:
    copies = [said(2456.4, month=3), said(2500.0, "approx", "2500"), said(2400.0, "at_least")]
    copies += [said(2456.0, text="2456", month=month) for month in range(1, 6)]
    alone, together = _asked([EXACT]), _asked([EXACT, *copies])
    assert together.path == alone.path and together.chance == alone.chance
    assert {why for _, why in together.unused} == {"unused_repeats"}
    assert len(together.unused) == len(copies)


def test_two_sources_that_contradict_each_other_are_less_sure_than_one() -> None:
    assert _width(_asked([EXACT, said(2900.0, month=2)])) > 1.5 * _width(_asked([EXACT]))


def test_a_preliminary_figure_replaces_no_exact_one_whatever_its_day() -> None:
    first_told = said(2600.0, "preliminary", month=5)
    assert distinct([EXACT, first_told])[1] == {first_told.id}
