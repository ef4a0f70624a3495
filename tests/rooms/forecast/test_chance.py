"""The outlook of a target: laws that hold whatever the figures are, and cases with an answer known beforehand."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from made import INDICATORS, reading, target, zone
from milepost.forecast.chance import outlook

ON = date(2024, 6, 30)
FIVE_YEARS = [reading("output", str(2018 + i), 100.0 * 1.06**i, text=f"{100 * 1.06**i:.2f}") for i in range(6)]


def test_order_of_figures_does_not_matter() -> None:
    shuffled = list(FIVE_YEARS)
    random.Random(1).shuffle(shuffled)
    ask = target("output", 150.0)
    first, second = (outlook(ask, zone(), figures, ON) for figures in (FIVE_YEARS, shuffled))
    assert (first.chance, first.median, first.path) == (second.chance, second.median, second.path)


def test_same_seed_same_answer_and_another_seed_nearly_the_same() -> None:
    ask = target("output", 150.0)
    first, again, other = (outlook(ask, zone(seed=seed), FIVE_YEARS, ON) for seed in (7, 7, 8))
    assert first == again
    assert first.chance != other.chance
    assert first.chance == pytest.approx(other.chance, abs=0.03)


def test_units_change_nothing() -> None:
    in_yuan = [
        replace(r, value=r.value * 1e8, published_text=f"{float(r.published_text) * 1e8:.0f}", unit="yuan")
        for r in FIVE_YEARS
    ]
    other = replace(zone(), indicators={**INDICATORS, "output": replace(INDICATORS["output"], unit="yuan")})
    first = outlook(target("output", 150.0), zone(), FIVE_YEARS, ON)
    second = outlook(target("output", 150.0), other, in_yuan, ON)
    assert first.chance == pytest.approx(second.chance, abs=0.01)
    assert first.median is not None and second.median == pytest.approx(first.median * 1e8, rel=0.01)


def test_a_target_is_never_evidence() -> None:
    ask = target("output", 150.0)
    promise = reading("output", "2025", 999.0, "target", known_on=date(2024, 1, 1))
    with_promise = outlook(ask, zone(), [*FIVE_YEARS, promise], ON)
    assert with_promise.chance == outlook(ask, zone(), FIVE_YEARS, ON).chance
    assert (promise, "unused_promise") in with_promise.unused


def test_a_bound_that_does_not_bind_changes_nothing() -> None:
    ask = target("output", 150.0)
    bound = reading("output", "2023", 20.0, "at_least", known_on=date(2024, 1, 1))
    plain, bounded = (outlook(ask, zone(draws=20_000), f, ON) for f in (FIVE_YEARS, [*FIVE_YEARS, bound]))
    assert bounded.chance == pytest.approx(plain.chance, abs=0.02)
    assert bounded.median == pytest.approx(plain.median, rel=0.005)


def test_a_bound_above_the_rest_lifts_the_path() -> None:
    ask = target("output", 150.0)
    bound = reading("output", "2023", 140.0, "at_least", known_on=date(2024, 1, 1))
    plain, bounded = (outlook(ask, zone(), f, ON) for f in (FIVE_YEARS[:-1], [*FIVE_YEARS[:-1], bound]))
    assert plain.chance is not None and bounded.chance is not None
    assert bounded.chance > plain.chance + 0.1


def test_steady_growth_is_carried_on_and_its_doubt_grows_with_time() -> None:
    found = outlook(target("output", 150.0), zone(), FIVE_YEARS, ON)
    assert found.median == pytest.approx(100.0 * 1.06**7, rel=0.05)
    widths = [point.p95 / point.p05 for point in found.path]
    assert widths[-1] > widths[-2] > widths[-3] >= 1.0


def test_more_figures_never_widen_on_average() -> None:
    widths = []
    for count in (1, 2, 4, 6):
        found = outlook(target("output", 150.0), zone(), FIVE_YEARS[-count:], ON)
        assert found.p95 is not None and found.p05 is not None
        widths.append(found.p95 / found.p05)
    assert widths == sorted(widths, reverse=True)


def test_one_figure_gives_a_wide_answer_not_silence() -> None:
    found = outlook(target("output", 150.0), zone(), FIVE_YEARS[-1:], ON)
    assert found.p05 is not None and found.p95 is not None
    assert found.p95 / found.p05 > 1.3


def test_growth_alone_says_nothing_of_a_level() -> None:
    found = outlook(target("output", 150.0), zone(), [reading("output", "2023", 0.06, "growth_yoy_pct")], ON)
    assert (found.verdict, found.because) == ("no evidence", "only_growth")


def test_growth_carries_a_level_forward() -> None:
    figures = [FIVE_YEARS[0], *(reading("output", str(y), 0.06, "growth_yoy_pct") for y in range(2019, 2024))]
    found = outlook(target("output", 150.0), zone(), figures, ON)
    at_2023 = next(point for point in found.path if point.year == 2023)
    assert at_2023.median == pytest.approx(100.0 * 1.06**5, rel=0.06)


def test_months_of_the_year_speak_for_the_year_by_the_share_they_had() -> None:
    years = {2019: 100.0, 2020: 115.0, 2021: 98.0, 2022: 112.0}
    past = [reading("output", str(y), v) for y, v in years.items()]
    past += [reading("output", f"{y}-01..06", 0.4 * v, "ytd") for y, v in years.items()]
    found = outlook(target("output", 90.0), zone(), [*past, reading("output", "2023-01..06", 48.0, "ytd")], ON)
    at_2023 = next(point for point in found.path if point.year == 2023)
    assert at_2023.median == pytest.approx(120.0, rel=0.03)


def test_a_figure_of_another_area_speaks_only_through_a_declared_relation() -> None:
    elsewhere = [replace(r, area="CORE", id=r.id + "core") for r in FIVE_YEARS]
    ask = target("output", 150.0)
    alone = outlook(ask, zone(), elsewhere, ON)
    assert alone.verdict == "no evidence"
    assert {reason for _, reason in alone.unused} == {"unused_other_area"}
    related = outlook(ask, zone(("output", "CORE", 1.0, 1.2)), elsewhere, ON)
    assert related.median == pytest.approx(100.0 * 1.06**7 * 1.095, rel=0.06)
    assert "note_other_area:CORE,ZONE" in related.notes
    assert "missing_own_area:ZONE" in related.missing


def test_a_ratio_is_drawn_from_both_parts_together() -> None:
    city = [reading("output", str(2018 + i), 500.0, area="CITY") for i in range(6)]
    found = outlook(target("share", 25.0, "over"), zone(), [*FIVE_YEARS, *city], ON)
    # Numerator 150 over 500 is 30 %; the denominator's own drift prior pulls it up a little.
    assert found.median == pytest.approx(29.3, abs=1.5)
    assert "note_parts:output,output" in found.notes


def test_a_published_ratio_ties_its_parts() -> None:
    city_once = [reading("output", "2018", 500.0, area="CITY")]
    shares = [reading("share", str(year), 20.0, text="20.0") for year in (2021, 2022, 2023)]
    found = outlook(target("share", 25.0, "over"), zone(), [*FIVE_YEARS, *city_once, *shares], ON)
    at_2023 = next(point for point in found.path if point.year == 2023)
    assert at_2023.median == pytest.approx(20.0, abs=0.5)


def test_a_sum_of_yearly_flows_adds_the_years() -> None:
    ask = target("output", 400.0, "over", sum_from=2023)
    found = outlook(ask, zone(), FIVE_YEARS, ON)
    assert found.median == pytest.approx(sum(100.0 * 1.06**i for i in (5, 6, 7)), rel=0.05)


def test_evidence_older_than_the_declared_limit_gives_no_chance_but_is_shown_with_its_age() -> None:
    found = outlook(target("output", 150.0), zone(), FIVE_YEARS, date(2027, 1, 2))
    assert (found.verdict, found.because, found.chance) == ("no evidence", "evidence_too_old", None)
    assert found.latest is not None and found.latest.period.text == "2023"
    assert found.latest_age_years == pytest.approx(3.005, abs=0.01)


def test_no_number_promised_is_said() -> None:
    assert outlook(target("output", None), zone(), FIVE_YEARS, ON).verdict == "no number promised"


def test_rising_is_judged_against_the_base_year() -> None:
    ask = target("output", None, "rising", base_year=2023)
    found = outlook(ask, zone(), FIVE_YEARS, ON)
    assert found.chance is not None and found.chance > 0.8


def test_a_share_stays_inside_its_bounds() -> None:
    figures = [reading("coverage", str(2020 + i), 90.0 + 2 * i) for i in range(4)]
    found = outlook(target("coverage", 99.0), zone(), figures, ON)
    assert all(0.0 < p.p05 <= p.p95 < 100.0 for p in found.path)


def test_a_signed_amount_may_cross_zero() -> None:
    figures = [reading("balance", str(2020 + i), -10.0 + 6 * i, text=f"{-10 + 6 * i}") for i in range(4)]
    found = outlook(target("balance", 10.0), zone(), figures, ON)
    assert found.p05 is not None and found.p05 < 10.0 < (found.p95 or 0.0)


def test_what_is_counted_from_a_start_never_falls() -> None:
    figures = [reading("counted", "2021", 100.0), reading("counted", "2022", 101.0), reading("counted", "2023", 101.0)]
    found = outlook(target("counted", 150.0), zone(), figures, ON)
    medians = [p.median for p in found.path]
    assert medians == sorted(medians)


def test_zeros_do_not_stand_on_a_log_scale_and_are_said_to_be_unused() -> None:
    found = outlook(target("output", 150.0), zone(), [*FIVE_YEARS, reading("output", "2017", 0.0)], ON)
    assert [reason for r, reason in found.unused if r.value == 0.0] == ["unused_off_scale"]
    assert found.chance is not None


def test_contradicting_figures_widen_instead_of_failing() -> None:
    ask = target("output", 150.0)
    clash = [*FIVE_YEARS, reading("output", "2023", 300.0, known_on=date(2024, 3, 1))]
    found, plain = outlook(ask, zone(), clash, ON), outlook(ask, zone(), FIVE_YEARS, ON)
    assert found.p95 is not None and found.p05 is not None and plain.p95 is not None and plain.p05 is not None
    assert found.p95 / found.p05 > plain.p95 / plain.p05


def test_the_next_stage_is_more_likely_with_more_time() -> None:
    figures = [reading("stage", "2020-06-30", 1.0), reading("stage", "2022-06-30", 2.0)]
    ask = target("stage", 3.0)
    soon, late = (outlook(replace(ask, deadline=d), zone(), figures, ON) for d in (date(2023, 1, 1), ask.deadline))
    assert soon.chance is not None and late.chance is not None and soon.chance < late.chance
    # Gamma(2 + 1) steps over 3 + 2 years: P(at least one in 3.5 years) = 1 - (5 / 8.5) ** 3.
    assert late.chance == pytest.approx(1.0 - (5.0 / 8.5) ** 3, abs=0.015)


def test_a_promise_without_a_number_shows_the_figures_beside_it_and_judges_nothing() -> None:
    found = outlook(target("output", None), zone(), FIVE_YEARS, ON)
    assert (found.verdict, found.because, found.chance, found.median) == ("no number promised", "no_number", None, None)
    assert [reading.period.text for reading in found.evidence] == ["2023", "2022", "2021", "2020", "2019", "2018"]
    assert found.latest == FIVE_YEARS[-1]
    assert found.missing == ()
