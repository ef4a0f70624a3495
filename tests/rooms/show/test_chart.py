"""What a chart draws: bounds as bounds, roundings as bars, and nothing that says nothing of the target."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date

import pytest

from fakes.etown import HIGH_TECH, READINGS, SHARE, TODAY, walk_on
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.show.web.axis import apart, round_ticks, year_place
from milepost.show.web.chart import Chart, chart_of
from milepost.show.web.drawing import NARROW, WIDE, draw
from milepost.show.wording import Wording

OUTPUT = [one for one in READINGS if one.indicator == "gross_output"]
WORDS = Wording("en")


def chart(*readings: Reading, outlook: Outlook | None = None, **changes: object) -> Chart:
    found = outlook or walk_on(None).outlooks[SHARE.id]
    found = replace(found, evidence=readings or found.evidence, **changes)  # type: ignore[arg-type]
    target = replace(SHARE, indicator="gross_output", value=6000.0, unit="CNY_100m") if readings else SHARE
    return chart_of(target, target.unit, target.value, found, TODAY, WORDS, lambda one: f"/row/{one.id}/?a=1&b=2")


def of_kind(kind: str) -> Reading:
    return next(one for one in OUTPUT if one.kind == kind)


def elements(svg: str, name: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(svg).iter() if one.get("class", "").split(" ")[0] == name]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_drawing_is_well_formed_and_within_its_frame(size) -> None:
    svg = ElementTree.fromstring(draw(chart(), size, WORDS))
    for circle in svg.iter("circle"):
        assert 0 <= float(circle.get("cx", "")) <= size.width
        assert 0 <= float(circle.get("cy", "")) <= size.height


def test_a_rounding_is_a_bar_as_wide_as_what_it_leaves_open() -> None:
    mark = chart(of_kind("approx")).marks[0]
    assert (mark.value, mark.half) == (6000, 500)


def test_a_bound_points_upward_and_an_exact_figure_is_a_dot() -> None:
    svg = draw(chart(of_kind("at_least"), of_kind("actual")), WIDE, WORDS)
    bound, exact = (
        next(one for one in elements(svg, "mark") if kind in one.get("class", "")) for kind in ("at_least", "actual")
    )
    assert "v-15" in (bound.find("path").get("d") or "")  # type: ignore[union-attr]
    assert exact.find("circle") is not None


def test_growth_and_year_to_date_are_counted_and_not_drawn() -> None:
    found = chart(of_kind("actual"), of_kind("ytd"), of_kind("growth_yoy_pct"))
    assert [mark.kind for mark in found.marks] == ["actual"]
    assert found.left_out == 2


def test_a_figure_printed_by_several_sources_is_one_mark() -> None:
    one = of_kind("actual")
    assert len(chart(one, replace(one, id="copy", source_url="http://elsewhere.example")).marks) == 1


def test_a_figure_of_an_area_that_says_nothing_of_the_target_is_not_drawn() -> None:
    city = replace(of_kind("actual"), id="city", area="BEIJING", value=25_000.0)
    found = chart(of_kind("actual"), unused=((city, "unused_other_area"),))
    assert [mark.value for mark in found.marks] == [of_kind("actual").value]
    assert found.elsewhere == 1


def test_a_promise_is_no_mark() -> None:
    assert all(mark.kind != "target" for mark in chart().marks)


def test_every_mark_leads_to_its_row() -> None:
    links = [one.get("href") for one in elements(draw(chart(), WIDE, WORDS), "mark")]
    assert sorted(filter(None, links)) == ["/row/figures-301/?a=1&b=2", "/row/figures-302/?a=1&b=2"]


def test_the_path_still_to_come_is_dashed_from_the_known_on_day() -> None:
    svg = draw(replace(chart(), known_on=date(2023, 12, 31)), WIDE, WORDS)
    behind, ahead = (one.get("d", "").count("L") + 1 for one in elements(svg, "path"))
    assert (behind, ahead) == (4, 3), "2020 to 2023 is behind, 2023 to 2025 ahead"


def test_a_wide_fan_does_not_flatten_the_history() -> None:
    found = chart()
    wild = replace(found, path=tuple(replace(point, p95=1e9) for point in found.path))
    places = [float(one.get("cy", "")) for one in ElementTree.fromstring(draw(wild, WIDE, WORDS)).iter("circle")]
    svg = draw(wild, WIDE, WORDS)
    assert "1,000,000" not in "".join(one.text or "" for one in elements(svg, "tick"))
    assert places


def test_nothing_known_draws_nothing() -> None:
    empty = walk_on(date(1999, 12, 31)).outlooks[HIGH_TECH.id]
    found = chart_of(HIGH_TECH, "count", 2300.0, empty, date(1999, 12, 31), WORDS, lambda one: "")
    assert draw(found, WIDE, WORDS) == ""


def test_labels_stand_apart_in_their_order() -> None:
    places = apart([50.0, 51.0, 52.0, 90.0], 18, 0, 100)
    assert places == sorted(places)
    assert all(second - first >= 18 - 1e-9 for first, second in itertools.pairwise(places))


@pytest.mark.parametrize(("low", "high"), [(0, 1e-6), (-3, 7), (0.2, 0.9), (1e6, 5e9), (21.3, 28.9)])
def test_ticks_are_round_and_within_the_range(low: float, high: float) -> None:
    ticks = round_ticks(low, high, 6)
    assert 3 <= len(ticks) <= 13
    assert all(low - 1e-12 <= tick <= high + 1e-12 for tick in ticks)


def test_a_year_stands_at_its_end() -> None:
    assert year_place(date(2024, 12, 31)) == 2024.0
    assert 2023.0 < year_place(date(2024, 6, 1)) < 2024.0
