"""Tables as pictures: what is drawn is what stands in the table."""

import math
import re
from itertools import pairwise

import pytest

from milepost.basics.answer import AnswerTable, Column, Picture
from milepost.basics.text import Text
from milepost.show.web.plot import plot

YEARS = [{"year": 2020 + n, "a": 10.0 + n, "b": 5.0 - n, "low": 8.0 + n, "high": 13.0 + n} for n in range(5)]


def table(rows, picture):
    columns = tuple(Column(name, Text(name, name), "tonne") for name in rows[0])
    return AnswerTable("t", Text("t", "t"), columns, tuple(rows), picture=picture)


def drawn(rows, picture):
    return plot(table(rows, picture), "en")


def rectangles(svg, kind="bar"):
    found = re.findall(
        r'<rect class="' + kind + r'[^"]*" x="([\d.-]+)" y="([\d.-]+)" width="([\d.-]+)" height="([\d.-]+)"', svg
    )
    return [tuple(map(float, one)) for one in found]


def test_a_line_passes_through_every_point_and_breaks_where_one_is_missing():
    rows = [dict(row) for row in YEARS]
    rows[2]["a"] = math.nan
    svg = drawn(rows, Picture("lines", "year", ("a",)))
    assert svg.count("<circle") == 4
    assert re.search(r'class="path series-0" d="M[^M]*M', svg), "two strokes"


@pytest.mark.parametrize("years", [[1994, 2015, 2019, 2020, 2021, 2022], list(range(1949, 2026)), [2020], [2024, 2025]])
def test_the_names_of_years_have_room_beside_each_other_and_the_last_one_stands(years):
    rows = [{"year": year, "a": 1.0 + place} for place, year in enumerate(years)]
    svg = drawn(rows, Picture("lines", "year", ("a",)))
    labels = re.findall(r'x="([\d.]+)" y="[\d.]+" text-anchor="middle">(\d{4})[.0]*<', svg)
    found = [(float(x), text) for x, text in labels]
    assert found[-1][1] == str(years[-1])
    assert all(right - left >= 4 * 7 for (left, _), (right, _) in pairwise(found))
    assert len(found) >= min(len(years), 3)


def test_an_interval_is_drawn_around_its_line():
    assert 'class="band-90"' in drawn(YEARS, Picture("lines", "year", ("a",), low="low", high="high"))


def test_bars_are_as_high_as_their_numbers():
    heights = [height for *_, height in rectangles(drawn(YEARS, Picture("bars", "year", ("a",))))]
    assert [h / heights[0] for h in heights] == pytest.approx([row["a"] / 10 for row in YEARS], rel=0.01)


def test_parts_begin_where_the_last_one_ended_and_reach_the_sum():
    rows = [{"part": "a", "x": 30.0}, {"part": "b", "x": -12.0}, {"part": "sum", "x": 18.0}]
    (a, b, total) = rectangles(drawn(rows, Picture("parts", "part", ("x",))))
    assert b[1] == pytest.approx(a[1], abs=0.2), "the second hangs from the top of the first"
    assert total[1] == pytest.approx(b[1] + b[3], abs=0.2), "the sum is as high as where the parts end"


def test_steps_are_as_wide_as_their_size():
    rows = [{"m": "x", "t": 100.0, "c": 20.0}, {"m": "y", "t": 300.0, "c": 50.0}]
    one, other = rectangles(drawn(rows, Picture("steps", "m", ("c",), width="t")))
    assert other[2] / one[2] == pytest.approx(3, rel=0.03)


def test_a_kilometre_is_as_long_to_the_north_as_to_the_east():
    """At 60 degrees north a degree of longitude is half as long as one of latitude."""
    rows = [{"n": str(i), "lat": lat, "lon": lon} for i, (lat, lon) in enumerate([(60, 10), (60.1, 10), (60, 10.2)])]
    svg = drawn(rows, Picture("places", "n", ("lat", "lon")))
    points = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)]
    north = points[0][1] - points[1][1]
    east = points[2][0] - points[0][0]
    assert east / north == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("kind", ["lines", "bars", "parts"])
def test_odd_tables_are_drawn_or_left_alone(kind):
    picture = Picture(kind, "n", ("x",))
    assert drawn([{"n": "a", "x": None}], picture) == ""
    for values in ([0.0], [0.0, 0.0], [-5.0], [1e-9, 1e12], [7.0, 7.0, 7.0]):
        svg = drawn([{"n": f"<{i}>", "x": v} for i, v in enumerate(values)], picture)
        assert svg.startswith("<svg") and "nan" not in svg and "inf" not in svg
        assert "<0>" not in svg


def test_a_picture_is_drawn_in_the_scale_and_the_language_of_its_unit() -> None:
    rows = ({"n": Text("one", "一"), "x": 2000.0}, {"n": Text("two", "二"), "x": 1000.0})
    columns = (Column("n", Text("Name", "名称")), Column("x", Text("Amount", "金额"), "CNY_100m"))
    made = AnswerTable("t", Text("T", "表"), columns, rows, picture=Picture("bars", "n", ("x",)))
    english, chinese = plot(made, "en"), plot(made, "zh")
    assert ">billion yuan<" in english and ">200<" in english and ">2,000<" not in english and ">one<" in english
    assert ">亿元<" in chinese and ">2,000<" in chinese and ">一<" in chinese
