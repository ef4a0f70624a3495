"""When a value is first reached: from the same draws as its chance, and never unreached again."""

from __future__ import annotations

from datetime import date

import pytest

from made import reading, target, zone
from milepost.forecast.chance import outlook
from milepost.forecast.passage import first_passage
from milepost.forecast.priors import default_priors

ON = date(2024, 6, 30)
YEARS = (2024, 2025, 2026, 2027, 2028)


def figures(*values: float):
    first = 2024 - len(values)
    return [
        reading("output", str(first + n), value, known_on=date(first + n + 1, 2, 1)) for n, value in enumerate(values)
    ]


def passage(value: float, *values: float, years=YEARS):
    asked = target("output", value, deadline=date(max(years), 12, 31))
    return first_passage(asked, zone(draws=4000), figures(*values), ON, years, default_priors())


def test_what_was_reached_once_stays_reached():
    found = passage(130, 100, 108, 115)
    assert [one.year for one in found.years] == list(YEARS)
    passed = [one.passed_by for one in found.years]
    assert passed == sorted(passed)
    assert all(one.passed_by >= one.chance for one in found.years)
    assert found.years[-1].passed_by > found.years[-1].chance + 0.005, "some paths reach it and fall back"


def test_the_middle_date_is_the_first_year_with_even_chances():
    found = passage(130, 100, 108, 115)
    first = next(one.year for one in found.years if one.passed_by >= 0.5)
    assert found.middle == first and found.early <= found.middle
    assert found.late is None or found.late >= found.middle


def test_the_chance_of_the_last_year_is_that_of_the_target():
    asked = target("output", 130, deadline=date(2028, 12, 31))
    judged = outlook(asked, zone(draws=4000), figures(100, 108, 115), ON, default_priors())
    assert passage(130, 100, 108, 115).years[-1].chance == pytest.approx(judged.chance)


def test_a_value_far_away_has_no_date_and_one_left_behind_has_the_newest_year():
    assert passage(100_000, 100, 108, 115).early is None
    behind = passage(50, 100, 108, 115)
    assert (behind.since, behind.early, behind.late) == (2023, 2023, 2023)


def test_without_figures_nothing_is_said():
    assert passage(130) is None
