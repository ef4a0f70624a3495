"""Published status rules give the published words, at the bands' edges too."""

import numpy as np
import pytest

from milepost.forecast.pace import required_pace
from milepost.forecast.status import Course, growth_ratio, judge, linear_pace, remaining_miss, status_rules


def growing(rate: float, goal_rate: float = 0.05) -> Course:
    """A course growing by `rate` a year for five years of fifteen, whose goal asks for `goal_rate`."""
    years = np.arange(2015, 2021)
    return Course.of(years, 100 * (1 + rate) ** (years - 2015), 100 * (1 + goal_rate) ** 15, 2030)


@pytest.mark.parametrize(
    ("share", "status"),
    [
        *[(1.2, "on course"), (0.951, "on course"), (0.949, "at risk"), (0.601, "at risk"), (0.599, "behind")],
        *[(0.001, "behind"), (-0.001, "wrong way"), (-1.0, "wrong way")],
    ],
)
def test_growth_ratio_bands_are_those_of_eurostat_and_open_sdg(share, status):
    judged = judge("growth_ratio", growing(0.05 * share))
    assert judged.status == status
    assert judged.measure == pytest.approx(share)


def test_growth_ratio_of_a_falling_indicator_counts_the_fall():
    # From 200 to a goal of 100 in ten years; after five years at 150: (0.75^(1/5) - 1) / (0.5^(1/10) - 1).
    course = Course.of([2015, 2020], [200, 150], 100, 2025, more_is_better=False)
    assert growth_ratio(course) == pytest.approx((0.75**0.2 - 1) / (0.5**0.1 - 1))
    assert judge("growth_ratio", course).status == "at risk"


@pytest.mark.parametrize(
    ("yearly", "status", "miss"),
    [
        *[(9.6, "on course", 0.04), (12.0, "on course", -0.2), (9.5, "at risk", 0.05), (8.0, "at risk", 0.2)],
        *[(7.9, "behind", 0.21), (0.1, "behind", 0.99), (0.0, "wrong way", 1.0), (-3.0, "wrong way", 1.3)],
    ],
)
def test_remaining_miss_bands_are_those_of_the_german_strategy(yearly, status, miss):
    years = np.arange(2015, 2021)
    course = Course.of(years, 500 + yearly * (years - 2020), 600, 2030)
    judged = judge("remaining_miss", course)
    assert judged.measure == pytest.approx(miss)
    if miss not in (0.05, 0.2):  # the edge itself is met only up to rounding
        assert judged.status == status


def test_the_edges_belong_to_the_band_that_is_published():
    rule = status_rules()["remaining_miss"]
    assert [rule.band(miss).status for miss in (0.0499, 0.05, 0.20, 0.2001, 1.0)] == [
        "on course", "at risk", "at risk", "behind", "wrong way",
    ]  # fmt: skip
    rule = status_rules()["growth_ratio"]
    assert [rule.band(ratio).status for ratio in (0.95, 0.6, 0.0, -1e-9)] == [
        "on course", "at risk", "behind", "wrong way",
    ]  # fmt: skip


def test_only_the_last_six_points_speak_in_the_german_rule():
    early = Course.of(np.arange(2010, 2021), [900.0] * 5 + list(450.0 + 10 * np.arange(6)), 600, 2030)
    late = Course.of(np.arange(2015, 2021), 450.0 + 10 * np.arange(6), 600, 2030)
    assert remaining_miss(early) == remaining_miss(late)


def test_linear_pace_is_way_over_time():
    course = Course.of([2020, 2022], [100, 115], 150, 2025)
    assert linear_pace(course) == pytest.approx((15 / 50) / (2 / 5))
    assert judge("linear_pace", course).status == "behind"
    assert judge("linear_pace", Course.of([2020, 2022], [100, 120], 150, 2025)).status == "on course"
    assert judge("linear_pace", Course.of([2020, 2022], [100, 90], 150, 2025)).status == "wrong way"


@pytest.mark.parametrize("rule", ["growth_ratio", "remaining_miss", "linear_pace"])
def test_bad_input_has_an_answer(rule):
    def said(*given, **more):
        judged = judge(rule, Course.of(*given, **more))
        return judged.status, judged.because

    assert said([2020, 2021], [1, 9], 8, 2025) == ("met", "goal_reached")
    assert said([2020, 2021], [9, 1], 2, 2025, more_is_better=False) == ("met", "goal_reached")
    assert said([2020, 2021], [1, 2], 8, 2021) == ("missed", "goal_year_has_come")
    assert said([2020], [1], 8, 2025)[0] == "no answer"


def test_what_a_rule_cannot_say_it_names():
    assert judge("growth_ratio", Course.of([2020, 2021], [-1, 1], 8, 2025)).because == "growth_across_zero"
    assert judge("growth_ratio", Course.of([2020, 2021], [0, 1], 8, 2025)).because == "growth_across_zero"
    assert judge("growth_ratio", Course.of([2020, 2021], [10, 7], 8, 2025)).because == "base_is_past_goal"
    assert judge("linear_pace", Course.of([2020, 2021], [8, 7], 8, 2025)).because == "base_is_past_goal"
    assert judge("remaining_miss", Course.of([2020, 2021], [1, 2], 8, 2025)).because == "needs_six_figures"


def test_order_of_figures_does_not_matter_and_units_change_nothing():
    years, values = np.arange(2014, 2021), np.array([10.0, 11, 13, 12, 14, 15, 15.5])
    plain = Course.of(years, values, 20, 2027)
    turned = Course.of(years[::-1], values[::-1] * 1000, 20_000, 2027)
    for rule in status_rules():
        assert judge(rule, plain).status == judge(rule, turned).status
        assert judge(rule, plain).measure == pytest.approx(judge(rule, turned).measure)


def test_every_rule_says_where_it_is_published_in_both_languages():
    assert set(status_rules()) == {"growth_ratio", "remaining_miss", "linear_pace"}
    for rule in status_rules().values():
        assert len(rule.source) > 40
        assert rule.name.zh
        untils = [band.until for band in rule.bands]
        assert untils[-1] is None
        assert untils[:-1] == sorted(untils[:-1])


def test_a_course_refuses_what_is_no_course():
    for years, values in (([], []), ([2020, 2020], [1, 2]), ([2020], [np.nan]), ([2020, 2021], [1])):
        with pytest.raises(ValueError, match=r"course|twice"):
            Course.of(years, values, 1, 2030)


def test_required_pace_stands_beside_what_was_achieved():
    pace = required_pace(Course.of([2018, 2019, 2020, 2021], [100, 104, 120, 121], 170, 2023))
    assert pace.is_growth
    assert pace.needed == pytest.approx((170 / 121) ** 0.5 - 1)
    assert pace.best_year == pytest.approx(120 / 104 - 1)
    assert pace.best_stretch == pytest.approx((120 / 100) ** 0.5 - 1)
    assert (pace.stretch_years, pace.share_as_fast, pace.is_beyond_all) == (2.0, 0.0, True)


def test_required_pace_of_a_fall_and_across_zero():
    falling = required_pace(Course.of([2019, 2020, 2021], [100, 80, 72], 60, 2023, more_is_better=False))
    assert falling.needed == pytest.approx((60 / 72) ** 0.5 - 1)
    assert falling.best_year == pytest.approx(-0.2)
    assert not required_pace(Course.of([2019, 2020, 2021], [100, 80, 64], 50, 2023, more_is_better=False)).is_beyond_all
    crossing = required_pace(Course.of([2020, 2021], [-4, -1], 5, 2024))
    assert not crossing.is_growth
    assert (crossing.needed, crossing.best_year) == (2.0, 3.0)


def test_no_pace_is_required_when_all_is_decided():
    assert required_pace(Course.of([2020, 2021], [1, 9], 8, 2025)) is None
    assert required_pace(Course.of([2020, 2021], [1, 2], 8, 2021)) is None
    alone = required_pace(Course.of([2020], [4], 8, 2021))
    assert (alone.needed, alone.best_year, alone.is_beyond_all) == (1.0, None, False)
