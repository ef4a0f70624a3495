"""What published figures decide outright."""

from __future__ import annotations

from datetime import date

import pytest

from made import reading, target, zone
from milepost.forecast.chance import outlook

AFTER = date(2026, 2, 1)
PAST = [reading("firms", str(year), 2000.0) for year in (2022, 2023, 2024)]


def verdict(*figures: object, value: float = 2300.0, comparison: str = "over", **more: object) -> tuple[str, str]:
    found = outlook(target("firms", value, comparison), zone(**more), [*PAST, *figures], AFTER)  # type: ignore[arg-type,list-item]
    return found.verdict, found.because


def test_a_figure_of_the_deadline_meets_or_misses() -> None:
    assert verdict(reading("firms", "2025", 2301.0)) == ("met", "met_by_figure")
    assert verdict(reading("firms", "2025", 2300.0)) == ("missed", "missed_by_figure")


def test_a_bound_can_meet_but_never_miss() -> None:
    assert verdict(reading("firms", "2025", 2300.0, "at_least")) == ("met", "met_by_bound")
    assert verdict(reading("firms", "2025", 2000.0, "at_least"))[1] == "by_chance_after_deadline"


def test_the_newest_publication_decides() -> None:
    first = reading("firms", "2025", 2310.0, "preliminary", known_on=date(2026, 1, 5))
    second = reading("firms", "2025", 2290.0, known_on=date(2026, 1, 20))
    assert verdict(first) == ("met", "met_by_figure")
    assert verdict(first, second) == ("missed", "missed_by_figure")


def test_a_figure_of_an_earlier_year_decides_nothing_of_a_stock() -> None:
    assert verdict(reading("firms", "2023", 2500.0))[1] == "by_chance_after_deadline"


def test_a_rounding_that_straddles_the_target_decides_nothing() -> None:
    assert verdict(reading("firms", "2025", 2300.0, "approx", text="2300"), comparison="at_least")[1] != "met_by_figure"
    assert verdict(reading("firms", "2025", 2400.0, "approx", text="2400"))[0] == "met"


def test_a_part_inside_the_area_meets_for_the_whole_and_misses_nothing() -> None:
    enough = reading("firms", "2025", 2400.0, area="CORE")
    short = reading("firms", "2025", 2200.0, area="CORE")
    inside = zone(("firms", "CORE", 1.0, 1.3))
    beside = zone(("firms", "CORE", 0.9, 1.3))
    ask = target("firms", 2300.0, "over")
    assert outlook(ask, inside, [*PAST, enough], AFTER).because == "met_by_a_part"
    assert outlook(ask, beside, [*PAST, enough], AFTER).because == "by_chance_after_deadline"
    assert outlook(ask, inside, [*PAST, short], AFTER).because == "by_chance_after_deadline"


def test_nothing_is_missed_before_its_deadline() -> None:
    early = reading("firms", "2025", 2200.0, "preliminary", known_on=date(2025, 12, 1))
    found = outlook(target("firms", 2300.0, "over"), zone(), [*PAST, early], date(2025, 12, 15))
    assert found.verdict != "missed"


def test_a_chance_after_the_deadline_says_that_the_figure_is_awaited() -> None:
    found = outlook(target("firms", 2300.0, "over"), zone(), PAST, AFTER)
    assert found.because == "by_chance_after_deadline"
    assert "note_deadline_passed" in found.notes and "missing_deadline_figure:2025" in found.missing


@pytest.mark.parametrize("value", [644_999.0, 645_000.0])
def test_about_is_half_a_unit_of_the_last_digit_or_better(value: float) -> None:
    found = outlook(
        target("output", 650_000.0, "about"), zone(), [reading("output", "2025", value, text=f"{value:.0f}")], AFTER
    )
    assert found.verdict == ("met" if value >= 645_000 else "missed")


def test_at_most_is_met_from_below() -> None:
    found = outlook(target("waste", 50.0, "at_most"), zone(), [reading("waste", "2025", 49.0)], AFTER)
    assert found.verdict == "met"


def test_a_stage_seen_long_before_the_deadline_misses_nothing() -> None:
    seen = [reading("stage", "2022-06-30", 2.0)]
    old = outlook(target("stage", 3.0), zone(), seen, AFTER)
    assert (old.verdict, old.because) == ("no evidence", "evidence_too_old")
    late = outlook(target("stage", 3.0), zone(), [*seen, reading("stage", "2024-06-30", 2.0)], AFTER)
    assert late.because == "by_chance_after_deadline"
    final = outlook(target("stage", 3.0), zone(), [*seen, reading("stage", "2025-12-31", 2.0)], AFTER)
    assert final.verdict == "missed"


def test_a_stage_reached_before_the_deadline_stays_reached() -> None:
    reached = [reading("stage", "2024-06-30", 3.0)]
    assert outlook(target("stage", 3.0), zone(), reached, AFTER).verdict == "met"
