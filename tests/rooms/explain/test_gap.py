"""A target's gap: behind us from the base, and ahead of us to the promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from made import reading, target, zone
from milepost.explain.gap import gap
from milepost.forecast.chance import outlook
from milepost.measure.reading import Made

DAY = date(2025, 6, 30)


def gap_of(asked, figures, goal, where=None):
    where = where or zone()
    return gap(asked, where, figures, outlook(asked, where, figures, DAY), goal)


def parts(account) -> dict[str, float]:
    return {part.name: round(part.value, 6) for part in account.parts}


def test_ratio_is_divided_where_both_parts_were_published():
    figures = [
        reading("share", "2022", 22.0, known_on=date(2023, 2, 1)),
        reading("share", "2024", 25.0, known_on=date(2025, 2, 1)),
        reading("output", "2022", 220.0, known_on=date(2023, 2, 1)),
        reading("output", "2024", 300.0, known_on=date(2025, 2, 1)),
        reading("output", "2022", 1000.0, area="CITY", known_on=date(2023, 2, 1)),
        reading("output", "2024", 1200.0, area="CITY", known_on=date(2025, 2, 1)),
    ]
    found = gap_of(target("share", 26.0), figures, 26.0)
    assert parts(found.history) == {
        "numerator": round(80 * (1 / 1000 + 1 / 1200) / 2 * 100, 6),
        "denominator": round(3 - 80 * (1 / 1000 + 1 / 1200) / 2 * 100, 6),
    }
    assert [len(part.readings) for part in found.history.parts] == [2, 2]


def test_ratio_whose_parts_are_not_known_is_unexplained():
    figures = [
        reading("share", "2022", 22.0, known_on=date(2023, 2, 1)),
        reading("share", "2024", 25.0, known_on=date(2025, 2, 1)),
    ]
    assert parts(gap_of(target("share", 26.0), figures, 26.0).history) == {"unexplained": 3}


def test_flow_is_divided_by_its_published_growth():
    growth = replace(reading("output", "2024", 0.1, "growth_yoy_pct", known_on=date(2025, 2, 1)), is_growth=True)
    figures = [
        reading("output", "2023", 100.0, known_on=date(2023, 11, 1)),
        reading("output", "2024", 99.0, known_on=date(2025, 2, 1)),
        growth,
    ]
    found = gap_of(target("output", 150.0), figures, 150.0)
    assert parts(found.history) == {"published_growth": 9, "unexplained": -10}


def test_the_way_ahead_is_what_is_expected_and_what_must_come_on_top():
    figures = [reading("output", str(2018 + i), 100.0 * 1.06**i, known_on=date(2019 + i, 2, 1)) for i in range(7)]
    found = gap_of(target("output", 200.0), figures, 200.0)
    ahead = parts(found.ahead)
    assert set(ahead) == {"expected_by_deadline", "beyond_what_is_expected"}
    assert sum(ahead.values()) == pytest.approx(200 - figures[-1].value)


def test_base_year_of_the_target_is_the_base():
    figures = [
        reading("output", str(year), 100.0 + year - 2018, known_on=date(year + 1, 2, 1)) for year in range(2018, 2025)
    ]
    found = gap_of(target("output", 150.0, base_year=2020), figures, 150.0)
    assert found.base.period.text == "2020" and found.history.start == 102
    announced = gap_of(target("output", 150.0), figures, 150.0)
    assert announced.base.period.text == "2022", "the newest figure known on the day of the announcement"


def test_bounds_and_parts_of_years_are_no_figures_to_measure_from():
    figures = [
        reading("output", "2022", 100.0, "at_least", known_on=date(2023, 2, 1)),
        reading("output", "2024-01..06", 60.0, "ytd", known_on=date(2024, 8, 1)),
    ]
    assert gap_of(target("output", 150.0), figures, 150.0) is None


def test_figures_of_the_evidence_area_stand_where_the_own_area_has_none():
    figures = [
        reading("output", str(year), 100.0 + year - 2018, area="CORE", known_on=date(year + 1, 2, 1))
        for year in range(2018, 2025)
    ]
    where = zone(("output", "CORE", 1.0, 1.2))
    found = gap_of(target("output", 150.0), figures, 150.0, where)
    assert found.area == "CORE"


def test_newest_vintage_of_a_year_counts():
    figures = [
        reading("output", "2022", 100.0, known_on=date(2023, 2, 1)),
        reading("output", "2024", 120.0, "preliminary", known_on=date(2025, 1, 1)),
        reading("output", "2024", 118.0, known_on=date(2025, 3, 1)),
    ]
    assert gap_of(target("output", 150.0), figures, 150.0).latest.value == 118


def test_published_and_computed_figures_are_never_set_against_each_other():
    def counted(year: str, value: float, known_on: date = date(2025, 6, 30)):
        return replace(reading("output", year, value, known_on=known_on), basis="computed", id=f"computed {year}")

    published = [reading("output", "2022", 100.0, known_on=date(2023, 2, 1))]
    found = gap_of(target("output", 150.0), [*published, counted("2022", 70.0), counted("2024", 90.0)], 150.0)
    assert (found.base.basis, found.latest.basis, found.latest.value) == ("computed", "computed", 90.0)
    newer = [*published, reading("output", "2024", 120.0, known_on=date(2025, 2, 1)), counted("2022", 80.0)]
    found = gap_of(target("output", 150.0), [*newer, counted("2024", 90.0)], 150.0)
    assert (found.base.value, found.latest.value) == (100.0, 120.0), "of two that reach as far the published one"


def test_a_divided_figure_and_a_year_not_over_are_no_figures_to_measure_from():
    made = Made("h", 1, (("r", 1),), (("branch", "food"),))
    divided = replace(reading("output", "2024", 9.0, known_on=date(2025, 2, 1)), made=made, id="divided")
    running = replace(reading("output", "2025", 50.0, known_on=date(2025, 6, 30)), as_of=date(2025, 5, 31), id="now")
    whole = reading("output", "2023", 100.0, known_on=date(2024, 2, 1))
    found = gap_of(target("output", 150.0), [divided, running, whole], 150.0)
    assert found.latest.id == whole.id
