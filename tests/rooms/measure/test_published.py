"""Kept figures become readings: in the indicator's unit, known from the right day, traceable to their row."""

from datetime import date

import pytest

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.measure.published import known, lineage, published_readings
from rooms.show.test_intake import taken
from small_zone import TODAY, row, small_zone


def readings(folder, *rows, **more):
    taken(folder, list(rows))
    with Engine() as engine:
        return published_readings(engine, small_zone(), Store(folder / "data"), **more)


@pytest.mark.parametrize(
    ("changed", "value", "unit", "is_growth"),
    [
        ({}, 2456.41, "CNY_100m", False),
        ({"value": "1.35", "unit": "trillion yuan"}, 13500, "CNY_100m", False),
        ({"indicator": "gross_product", "unit": "亿元"}, 2456.41, "CNY_100m", False),
        ({"indicator": "factory_floor", "value": "2", "unit": "as printed"}, 2e6, "square_metre", False),
        ({"indicator": "green_share", "unit": "percent", "value": "22"}, 22, "percent", False),
        ({"kind": "growth_yoy_pct", "unit": "percent", "value": "5"}, 0.05, "fraction", True),
        ({"kind": "target", "unit": "percent", "value": "8"}, 0.08, "fraction", True),
        ({"kind": "target", "value": "3800"}, 3800, "CNY_100m", False),
        ({"kind": "target", "indicator": "green_share", "unit": "percent", "value": "25"}, 25, "percent", False),
        (
            {"kind": "growth_yoy_pct", "indicator": "green_share", "unit": "percent", "value": "-1"},
            -0.01,
            "fraction",
            True,
        ),
    ],
)
def test_a_value_is_in_the_indicators_unit_and_growth_a_fraction(tmp_path, changed, value, unit, is_growth):
    (reading,) = readings(tmp_path, row(**changed))
    assert reading.value == pytest.approx(value)
    assert (reading.unit, reading.is_growth) == (unit, is_growth)


@pytest.mark.parametrize(
    ("changed", "known_on", "is_assumed"),
    [
        ({"published_on": "2023-03-01"}, date(2023, 3, 1), False),
        ({"published_on": "2023-03"}, date(2023, 3, 31), True),
        ({"published_on": "2023"}, date(2023, 12, 31), True),
        ({"published_on": ""}, date(2022, 12, 31), True),
        ({"published_on": "", "period": "2022-12", "period_end": "2023-01-14"}, date(2023, 1, 14), True),
        ({"published_on": "", "period": "2022", "period_end": "2022-06-15"}, date(2022, 12, 31), True),
        ({"published_on": "2022-12-23"}, date(2022, 12, 23), False),
    ],
)
def test_a_figure_is_known_from_its_publication_or_the_last_day_it_may_be(tmp_path, changed, known_on, is_assumed):
    (reading,) = readings(tmp_path, row(**changed))
    assert (reading.known_on, reading.is_known_on_assumed) == (known_on, is_assumed)


def test_a_figure_without_any_date_is_known_from_the_day_it_was_received(tmp_path):
    (reading,) = readings(tmp_path, row(period="planned", period_end="", published_on=""))
    assert reading.known_on >= TODAY
    assert reading.is_known_on_assumed


def test_a_day_inside_the_period_is_told(tmp_path):
    rows = [row(period="2020-06", period_end="2020-06-12"), row(), row(period_end="2023-01-05")]
    found = readings(tmp_path, *rows)
    assert [reading.as_of for reading in found] == [date(2020, 6, 12), None, None]
    assert found[0].period.text == "2020-06"


def test_nothing_published_later_is_known(tmp_path):
    found = readings(tmp_path, row(), row(published_on="2023-11-22", note="same day"), row(published_on="2023-11-23"))
    assert [r.note for r in known(found, date(2023, 11, 22))] == ["", "same day"]
    assert known(found, date(2023, 2, 28)) == []


def test_a_reading_leads_back_to_its_row(tmp_path):
    found = readings(tmp_path, row(value="x"), row(area="E-Town", note="一"))
    assert (found[0].area, found[0].row.line, found[0].row.file) == ("BDA", 3, "f.csv")
    with Engine() as engine:
        told = lineage(engine, Store(tmp_path / "data"), found[0].id)
        with pytest.raises(YoursToMend, match="M002"):
            lineage(engine, Store(tmp_path / "data"), "nothing' or 1=1 --")
    assert (told["_line"], told["area"], told["note"], told["value"]) == ("3", "E-Town", "一", "2456.41")
    assert told["_content_hash"] == found[0].row.content_hash


def test_an_id_lasts(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    taken(tmp_path / "b", [row(note="before")], name="before.csv")
    first = readings(tmp_path / "a", row(note="same"))
    second = readings(tmp_path / "b", row(note="same"))
    assert first[0].id == second[1].id
    assert len({reading.id for reading in second}) == 2


def test_an_id_depends_on_the_row_and_not_on_its_file_or_line(tmp_path):
    rows = [row(note="a"), row(note="b"), row(note="c")]
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
    straight, turned = readings(tmp_path / "x", *rows), readings(tmp_path / "y", *reversed(rows))
    assert [one.id for one in straight] == [one.id for one in reversed(turned)]
    assert len({one.id for one in straight}) == 3


def test_an_older_version_gives_the_readings_of_its_time(tmp_path):
    readings(tmp_path, row(note="a"))
    both = readings(tmp_path, row(note="b"))
    with Engine() as engine:
        first = published_readings(engine, small_zone(), Store(tmp_path / "data"), version=1)
    assert [r.note for r in first] == ["a"]
    assert [r.note for r in both] == ["a", "b"]


def test_nothing_kept_gives_no_readings(tmp_path):
    with Engine() as engine:
        assert published_readings(engine, small_zone(), Store(tmp_path / "data")) == []


def test_a_row_the_zone_no_longer_explains_is_set_aside(tmp_path):
    readings(tmp_path, row(), row(indicator="balance"))
    zone = small_zone()
    del zone.indicators["balance"]
    troubles = []
    with Engine() as engine:
        found = published_readings(engine, zone, Store(tmp_path / "data"), troubles=troubles)
        with pytest.raises(YoursToMend, match=r"f.csv:3: M001"):
            published_readings(engine, zone, Store(tmp_path / "data"))
    assert len(found) == 1
    assert [(t.code, t.place.line) for t in troubles] == [("M001", 3)]


def test_revisions_stand_side_by_side(tmp_path):
    found = readings(
        tmp_path,
        row(value="1259.2", published_on="2023-09-11"),
        row(value="1081.4", published_on="2016-02-22"),
        row(value="1081.4", published_on="2021-08-25"),
    )
    told = [(r.value, r.known_on.year) for r in found]
    assert told == [(1259.2, 2023), (1081.4, 2016), (1081.4, 2021)]
