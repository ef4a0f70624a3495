"""A zone with registers of its own and no plan: from its files to its figures, and from each figure to its rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from fakes.browsing import Answer, visit
from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.rooms import site_of

ZONE = """
id: buses
name: {en: Bus network, zh: 公交网}
main_area: CITY
areas: [{id: CITY, name: {en: The city, zh: 全市}, kind: city}]
"""
REGISTERS = """
trip:
  name: {en: Trips of a day, zh: 日运行}
  definition: {en: What a bus did on a day, zh: 车辆日运行}
  key: [plate, on_day]
  happened: on_day
  is_public: true
  columns:
    - {id: plate, type: text, name: {en: Plate, zh: 车牌}}
    - {id: on_day, type: date, name: {en: Day, zh: 日期}}
    - {id: district, type: code, code_list: district, name: {en: District, zh: 片区}}
    - {id: distance, type: number, places: 1, unit: km, name: {en: Distance, zh: 里程}}
    - {id: passengers, type: whole, unit: person, may_be_empty: true, name: {en: Passengers, zh: 乘客}}
"""
INDICATORS = """
distance:
  name: {en: Distance of buses, zh: 公交里程}
  definition: {en: Distance of all buses, zh: 全部公交车里程}
  kind: flow
  unit: km
  register: buses.trip
  formula: sum(distance)
  by: [district]
  contributor: plate
per_km:
  name: {en: Passengers per km, zh: 每公里乘客}
  definition: {en: Passengers over distance, zh: 乘客数除以里程}
  kind: ratio
  unit: person / km
  register: buses.trip
  formula: sum(passengers) / sum(distance)
  contributor: plate
"""
CODES = "code,name_en,name_zh,parent\nN,North,北部,\nS,South,南部,\n"


def rows(year: int, months: int) -> str:
    """Four buses, a row on the first of each month: 10 km in the north or 30 in the south, every second one counted."""
    found = ["plate,on_day,district,distance,passengers"]
    for month in range(1, months + 1):
        for bus in range(4):
            place, distance = ("N", 10) if bus < 2 else ("S", 30)
            found.append(f"B{bus},{year}-{month:02d}-01,{place},{distance},{20 if bus % 2 else ''}")
    return "\n".join(found) + "\n"


def write(folder: Path, registers: str = REGISTERS) -> Path:
    (folder / "codes").mkdir(parents=True)
    declared = {"zone.yaml": ZONE, "registers.yaml": registers, "indicators.yaml": INDICATORS}
    sent = {"full.csv": rows(2024, 12), "half.csv": rows(2025, 6)}
    for name, text in (declared | {"codes/district.csv": CODES} | sent).items():
        (folder / name).write_text(text, "utf-8")
    for name in sent:
        assert main(["receive", str(folder), "buses.trip", str(folder / name)]) == 0
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    return write(tmp_path_factory.mktemp("own") / "zone")


@pytest.fixture(scope="module")
def app(folder: Path) -> Any:
    return site_of(open_zone(folder))


def to_rows(page: Answer) -> list[str]:
    return [link for link in page.links() if "/row/" in link]


@pytest.mark.parametrize(
    ("language", "distance", "half", "share"),
    [
        ("en", "480\u202fkm", "up to 30 Jun 2025", "50\u202f% of its rows have a value"),
        ("zh", "480 公里", "截至2025年6月30日", "50%的记录有值"),
    ],
)
def test_a_zone_without_a_plan_begins_with_its_figures(
    app: Any, language: str, distance: str, half: str, share: str
) -> None:
    found = visit(app, f"/{language}/")
    assert found.status == 200
    assert "9999" not in found.text
    assert distance in found.text
    assert half in found.words, "a year that is not over says how far it goes"
    assert share in found.text
    assert f"/{language}/figures/" in found.links()
    for link in found.links():
        if link.startswith("/api/readings."):
            assert visit(app, link).status == 200


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_figure_leads_to_its_formula_and_its_rows(app: Any, language: str) -> None:
    links = to_rows(visit(app, f"/{language}/figures/"))
    assert len(set(links)) >= 4
    for link in links:
        page = visit(app, link)
        assert page.status == 200, link
        assert "sum(distance)" in page.text
        assert "half.csv" in page.text


def test_a_table_is_of_one_period_and_names_its_codes(app: Any) -> None:
    page = visit(app, "/en/figures/").text
    (table,) = re.findall(r"<table.*?</table>", page, re.DOTALL)
    cells = re.findall(r"<td[^>]*>(?:<a[^>]*>)?([^<]*)", table)
    assert [one.replace("\u202f", " ") for one in cells] == [
        "South", "360 km (up to 30 Jun 2025)", "North", "120 km (up to 30 Jun 2025)"
    ]  # fmt: skip


def test_a_year_that_is_not_over_is_no_point_of_a_course(app: Any) -> None:
    assert "<figure>" not in visit(app, "/en/figures/").text, "2025 would look like a fall from 2024"


def test_a_zone_that_uses_a_wing_and_has_no_plan_begins_with_the_way_there(repository: Path, tmp_path: Path) -> None:
    where = shutil.copytree(repository / "examples/two_scope2", tmp_path / "zone")
    links = visit(site_of(open_zone(where)), "/en/").links()
    assert "/en/wing/carbon/" in links
    assert "/en/wing/industry/" not in links, "it has no figure there"


def test_of_registers_that_are_not_public_the_number_of_rows_is_told_and_not_where_they_stand(tmp_path: Path) -> None:
    app = site_of(open_zone(write(tmp_path / "zone", REGISTERS.replace("  is_public: true\n", ""))))
    links = to_rows(visit(app, "/en/figures/"))
    assert links
    for link in links:
        page = visit(app, link)
        assert page.status == 200
        assert "From 24 rows" in page.words
        assert "half.csv" not in page.text.split("</main>")[0]


def test_a_figure_of_the_first_version_is_still_walked_back(folder: Path, capsys: Any) -> None:
    capsys.readouterr()
    assert main(["lineage", str(folder), "measured:buses.distance:CITY:2024@1"]) == 0
    told = capsys.readouterr().out
    assert "counted from 48 rows of buses.trip, version 1" in told
    assert main(["lineage", str(folder), "measured:buses.per_km:CITY:2024@2"]) == 0
    assert "24 of them have an empty passengers and add nothing" in capsys.readouterr().out
