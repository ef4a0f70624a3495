"""What published figures decide outright."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from made import INDICATORS, reading, target, zone
from milepost.forecast.chance import outlook
from milepost.forecast.verdict import threshold

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
    straddling = reading("firms", "2025", 2300.0, "approx", text="2300")
    assert verdict(straddling, comparison="at_least")[1] == "by_chance_after_deadline"
    assert verdict(straddling, comparison="over")[1] == "by_chance_after_deadline"
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


def test_a_bound_from_below_never_meets_a_limit_and_can_miss_it() -> None:
    ask = target("waste", 50.0, "at_most")
    past = [reading("waste", "2024", 45.0)]

    def found(value: float) -> tuple[str, str]:
        bound = reading("waste", "2025", value, "at_least")
        judged = outlook(ask, zone(), [*past, bound], AFTER)
        return judged.verdict, judged.because

    assert found(40.0)[1] == "by_chance_after_deadline"
    assert found(51.0) == ("missed", "missed_by_figure")


def test_a_figure_that_only_expects_decides_nothing() -> None:
    expected = reading("firms", "2025", 2400.0, "preliminary", known_on=date(2025, 12, 1))
    found = outlook(target("firms", 2300.0, "over"), zone(), [*PAST, expected], date(2025, 12, 15))
    assert found.because == "by_chance"


@pytest.mark.parametrize(("value", "goal"), [(6.5, 6.45), (0.65, 0.645), (60.0, 55.0), (65.0, 64.5), (120.0, 115.0)])
def test_about_is_half_a_unit_of_the_last_stated_digit_of_any_size(value: float, goal: float) -> None:
    assert threshold(target("output", value, "about"), INDICATORS["output"]) == pytest.approx(goal)


def test_a_total_of_years_is_met_by_the_years_that_reach_it() -> None:
    ask = target("output", 400.0, "over", sum_from=2023)
    years = [reading("output", "2023", 150.0), reading("output", "2024", 160.0)]
    assert outlook(ask, zone(), years, AFTER).because != "met_before_the_end"
    total = reading("output", "2023..2024", 420.0, known_on=date(2025, 2, 1))
    assert outlook(ask, zone(), [*years, total], AFTER).because == "met_before_the_end"
    before = reading("output", "2021..2024", 420.0, known_on=date(2025, 2, 1))
    assert outlook(ask, zone(), [*years, before], AFTER).because != "met_before_the_end"


def test_months_of_a_balance_decide_nothing_for_the_year() -> None:
    """What can be negative may still fall."""
    balance = replace(INDICATORS["balance"], kind="flow")
    place = replace(zone(), indicators={**INDICATORS, "balance": balance})
    figures = [reading("balance", "2024", 5.0), reading("balance", "2025-01..06", 30.0, "ytd")]
    found = outlook(target("balance", 20.0), place, figures, date(2025, 8, 1))
    assert found.because == "by_chance"


def test_what_is_decided_stays_decided_when_its_evidence_grows_old() -> None:
    figures = [*PAST, reading("firms", "2025", 2400.0, known_on=date(2026, 2, 1))]
    found = outlook(target("firms", 2300.0, "over"), zone(), figures, date(2032, 1, 1))
    assert (found.verdict, found.because, found.chance) == ("met", "met_by_figure", None)


def test_a_stock_of_a_day_inside_the_period_is_not_the_stock_at_its_end() -> None:
    early = replace(reading("firms", "2025", 2400.0, known_on=date(2026, 1, 10)), as_of=date(2025, 9, 30))
    assert verdict(early)[1] == "by_chance_after_deadline"


def test_nearly_all_counts_as_the_whole() -> None:
    figures = [reading("coverage", "2024", 99.0), reading("coverage", "2025", 99.6, text="99.6")]
    assert outlook(target("coverage", 100.0), zone(), figures, AFTER).verdict == "met"
    assert outlook(target("coverage", 100.0), zone(), [figures[0]], date(2025, 1, 1)).chance != 0.0


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
