"""A zone's folder is read as a whole, and every trouble is told with its file, line and mend."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from milepost.basics.errors import YoursToMend
from milepost.basics.text import Text
from milepost.plan.folder import load_zone
from milepost.registers.indicator import Indicator, Ratio

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "zones"
CASES = sorted(folder.name for folder in GOLDEN.iterdir() if folder.name != "well_formed")
WINGS = {
    "harbour.quay_length": Indicator(
        "harbour.quay_length", Text("Quay", "岸线"), Text("Length", "长度"), "stock", "km"
    ),
    "harbour.quay_share": Indicator(
        "harbour.quay_share",
        Text("Share", "占比"),
        Text("Share of the city's quay", "占比"),
        "ratio",
        "percent",
        scale="logit",
        ratio=Ratio("harbour.quay_length", "harbour.quay_length", "city"),
    ),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A well-formed zone at the path `zone`, as a message shows it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(GOLDEN / "well_formed", "zone")
    return Path("zone")


def told(folder):
    with pytest.raises(YoursToMend) as caught:
        load_zone(folder, WINGS)
    return "\n".join(str(trouble) for trouble in caught.value.troubles) + "\n"


def test_there_are_broken_zones_to_judge():
    assert len(CASES) >= 8


@pytest.mark.parametrize("case", CASES)
def test_a_broken_zone_is_told_as_expected(case, folder):
    shutil.copytree(GOLDEN / case, folder, dirs_exist_ok=True)
    (folder / "expected.txt").unlink()
    assert told(folder) == (GOLDEN / case / "expected.txt").read_text("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_every_expected_message_names_file_code_and_mend(case):
    for line in (GOLDEN / case / "expected.txt").read_text("utf-8").splitlines():
        file, rest = line.split(": ", 1)
        assert file.startswith("zone/")
        assert rest[0] in "DZ" and rest[1:4].isdigit()
        assert len(rest.split(". ")) >= 2, "what happened, then how to mend it"


def test_a_well_formed_zone_is_read_whole(folder):
    zone = load_zone(folder, WINGS)
    assert sorted(zone.areas) == ["PIER", "TOWN"]
    assert [target.id for target in zone.plan.targets()] == ["G1.boats"]
    assert zone.figures["share_of_boats"].unit == "fraction"
    assert zone.figures["boats_counted"].indicator == "pier.boats"
    assert {"pier.boats", "harbour.quay_length"} <= set(zone.indicators)


def test_a_role_becomes_the_zones_own_area(folder):
    zone = load_zone(folder, WINGS)
    assert zone.indicators["pier.boats_share"].ratio.of_area == "TOWN"
    assert zone.indicators["harbour.quay_share"].ratio.of_area == "TOWN"


def test_areas_and_units_are_known_by_other_spellings(folder):
    zone = load_zone(folder, WINGS)
    assert zone.area_named("The Pier") == zone.area_named("PIER") == "PIER"
    assert zone.area_named("the pier") is None
    assert zone.unit_named("count") == "count"


def test_a_folder_without_zone_file_is_no_zone(folder):
    (folder / "zone.yaml").unlink()
    assert told(folder).startswith("zone/zone.yaml: Z001: ")


def test_a_zone_without_plan_is_told_together_with_other_troubles(folder):
    shutil.rmtree(folder / "plan")
    (folder / "figures.yaml").write_text("boats_counted: pier.boaat\n")
    codes = [line.split(": ")[1] for line in told(folder).splitlines()]
    assert codes == ["Z002", "Z017"]


def test_a_zone_needs_no_figures_indicators_or_records_of_its_own(folder):
    shutil.rmtree(folder / "records")
    (folder / "figures.yaml").unlink()
    assert load_zone(folder, WINGS).figures == {}


def test_indicators_may_be_a_folder_of_files(folder):
    (folder / "indicators").mkdir()
    (folder / "indicators.yaml").rename(folder / "indicators" / "boats.yaml")
    assert "pier.boats_share" in load_zone(folder, WINGS).indicators


def test_a_head_with_a_byte_order_mark_is_read(folder):
    path = folder / "records/published_figures.csv"
    path.write_text("\ufeff" + path.read_text("utf-8"), "utf-8")
    load_zone(folder, WINGS)


def test_a_message_never_holds_a_records_value(folder):
    path = folder / "records/published_figures.csv"
    path.write_text("indicator,secret_head\nboats_counted,987654321\n", "utf-8")
    assert "987654321" not in told(folder)


@pytest.mark.parametrize(
    ("name", "day"), [("", date(2026, 3, 1)), ("Europe/Lisbon", date(2026, 2, 28)), ("UTC", date(2026, 2, 28))]
)
def test_a_moment_falls_on_the_day_of_the_zones_own_clock(folder, name, day):
    if name:
        file = folder / "zone.yaml"
        file.write_text(file.read_text("utf-8") + f"time_zone: {name}\n", "utf-8")
    assert load_zone(folder, WINGS).day(datetime(2026, 2, 28, 17, 0, tzinfo=UTC)) == day


def test_a_time_zone_that_nobody_knows_is_told_with_its_line(folder):
    file = folder / "zone.yaml"
    line = len(file.read_text("utf-8").splitlines()) + 1
    file.write_text(file.read_text("utf-8") + "time_zone: Asia/Shanghia\n", "utf-8")
    assert told(folder).startswith(f"zone/zone.yaml:{line}:12: Z020: ")
    assert "Asia/Shanghai" in told(folder)
