"""Odd figures and odd targets get a defined answer: by command line, and in words on the page in both languages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from journeys.odd_harbour import Asked, figure, odd_harbour

Ask = Callable[..., Asked]


@pytest.fixture
def ask(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    made = itertools.count()

    def asked(rows: Sequence[dict[str, str]], on: str = "2026-06-30", **target: Any) -> Asked:
        return Asked(odd_harbour(repository, tmp_path / f"harbour{next(made)}", rows, **target), on, capsys)

    return asked


def years(*values: float, name: str = "output", last: int = 2025) -> list[dict[str, str]]:
    return [figure(name, str(last - len(values) + 1 + i), value) for i, value in enumerate(values)]


def says(asked: Asked, english: str, chinese: str) -> None:
    assert english in asked.page("en")
    assert chinese in asked.page("zh")


def test_one_figure_gives_a_chance_with_a_wide_range(ask: Ask) -> None:
    found = ask(years(140))
    assert 0.05 < found.outlook["chance"] < 0.95
    assert found.ends[1] / found.ends[0] > 1.3


def test_no_figure_is_no_evidence(ask: Ask) -> None:
    asked = ask([])
    assert (asked.outlook["verdict"], asked.outlook["because"]) == ("no evidence", "no_evidence")
    says(asked, "No published figure known on this day gives the level", "没有已公布的数据给出这一指标的水平")


@pytest.mark.parametrize(("goal", "low", "high"), [(100.5, 0.2, 0.8), (95, 0.5, 0.97), (110, 0.03, 0.6)])
def test_figures_that_are_all_equal_give_no_certainty(ask: Ask, goal: float, low: float, high: float) -> None:
    assert low < ask(years(*[100] * 6), value=goal).outlook["chance"] < high


@pytest.mark.parametrize("values", [(0, 0, 0), (100, 60, 20, 0)])
def test_zeros_give_no_chance_and_say_why(ask: Ask, values: tuple[float, ...]) -> None:
    asked = ask(years(*values))
    assert (asked.outlook["chance"], asked.outlook["because"]) == (None, "off_scale_now")
    says(asked, "Growth cannot be read from such a figure", "无法由此推算增长")


def test_a_zero_long_ago_is_set_aside_and_said(ask: Ask) -> None:
    asked = ask(years(0, 80, 90, 100, 105, 110))
    assert asked.outlook["chance"] is not None
    says(
        asked, "Figures that are zero, negative or beyond the whole are set aside", "为零、为负或超出整体的数据未予采用"
    )


def test_a_count_of_nothing_yet_gives_no_chance(ask: Ask) -> None:
    assert ask(years(0, 0, 0, name="berths"), name="berths", value=5).outlook["because"] == "off_scale_now"


def test_a_sign_change_is_followed_where_the_scale_allows_it(ask: Ask) -> None:
    balance = ask(years(-20, -5, 10, 20, 30, 40, name="exports_balance"), name="exports_balance", value=50)
    assert 0.05 < balance.outlook["chance"] < 0.95
    assert balance.ends[0] < 40 < balance.ends[1]


def test_negative_amounts_are_refused_and_counted(ask: Ask) -> None:
    asked = ask(years(-20, -5, 10, 20, 30, 40))
    assert asked.outlook["chance"] is not None
    assert "C017" in asked.complaints
    assert "2 rows refused" in asked.page("en")


def test_a_target_already_passed_is_likely_but_not_met_before_its_time(ask: Ask) -> None:
    found = ask(years(100, 120, 140, 160, 180, 200)).outlook
    assert (found["verdict"], found["because"]) == ("on course", "by_chance")
    assert found["chance"] > 0.95


def test_months_that_already_reach_a_yearly_total_meet_it(ask: Ask) -> None:
    rows = [*years(100, 120, 130, last=2024), figure("output", "2025-01..09", 155, "ytd", "2025-10-20")]
    asked = ask(rows, on="2025-11-30", deadline=date(2025, 12, 31))
    assert (asked.outlook["verdict"], asked.outlook["because"]) == ("met", "met_before_the_end")
    says(asked, "already reach the promised total", "合计已达到承诺的总量")


def test_months_that_already_exceed_a_limit_miss_it(ask: Ask) -> None:
    rows = [*years(100, 120, 130, last=2024), figure("output", "2025-01..09", 155, "at_least", "2025-10-20")]
    asked = ask(rows, on="2025-11-30", deadline=date(2025, 12, 31), comparison="at_most")
    assert (asked.outlook["verdict"], asked.outlook["because"]) == ("missed", "missed_before_the_end")
    says(asked, "already exceed what was promised not to be exceeded", "合计已超过承诺的上限")


def test_a_deadline_before_the_plan_is_refused_by_check_zone(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from milepost.show.command import main

    folder = odd_harbour(repository, tmp_path / "harbour", years(100), deadline=date(2022, 12, 31))
    assert main(["check-zone", str(folder)]) == 1
    assert "Z012" in capsys.readouterr().out


def test_a_deadline_before_any_figure_is_carried_back_and_said(ask: Ask) -> None:
    asked = ask(years(140), deadline=date(2024, 12, 31), value=125)
    assert asked.outlook["because"] == "by_chance_after_deadline"
    assert 0.2 < asked.outlook["chance"] < 0.98
    says(asked, "The deadline lies before the first figure", "期限早于首个数据")


def test_figures_that_contradict_each_other_are_kept_widen_and_are_said(ask: Ask) -> None:
    rows = years(100, 105, 110, 115, last=2024)
    plain = ask(rows)
    clash = [*rows, figure("output", "2024", 200, "at_least"), figure("output", "2024", 60, "approx")]
    asked = ask(clash)
    assert asked.ends[1] / asked.ends[0] > plain.ends[1] / plain.ends[0]
    says(asked, "Figures for 2024 contradict each other", "2024的数据相互矛盾")


def test_a_series_that_ended_ten_years_ago_is_no_evidence(ask: Ask) -> None:
    asked = ask(years(100, 105, 110, last=2015))
    assert (asked.outlook["chance"], asked.outlook["because"]) == (None, "evidence_too_old")
    says(asked, "too old to judge by", "不足以作出判断")


def test_a_figure_that_settles_a_target_settles_it_for_ever(ask: Ask) -> None:
    found = ask(years(100, 120, 160, last=2024), deadline=date(2024, 12, 31), on="2026-06-30").outlook
    assert (found["verdict"], found["because"]) == ("met", "met_by_figure")


def test_growth_alone_gives_no_level(ask: Ask) -> None:
    asked = ask([figure("output", str(year), 5, "growth_yoy_pct") for year in (2023, 2024, 2025)])
    assert asked.outlook["because"] == "only_growth"
    says(asked, "Only growth is published, and no level", "只公布了增速，没有公布水平")


def test_a_whole_share_can_be_reached(ask: Ask) -> None:
    rows = years(60, 85, 100, name="coverage")
    assert 0.2 < ask(rows, name="coverage", value=100).outlook["chance"] < 0.9


def test_a_deadline_inside_a_year_is_judged_on_its_day_or_says_that_it_is_not(ask: Ask) -> None:
    asked = ask(years(100, 105, 110, 115, 120, 125), deadline=date(2027, 6, 30))
    says(asked, "The whole year of the deadline is judged", "按期限所在全年判断")
