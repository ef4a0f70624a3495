"""Wings and zones meet: E-Town and the invented zone open, whole and fast."""

import csv
import hashlib
import shutil
import subprocess
import sys
import time
from collections import Counter

import pytest

from milepost.basics.period import parse_period
from milepost.basics.unit import factor
from milepost.show.catalogue import check_zone, find_wings, open_zone

TARGETS = [
    "G1.innovation_platforms",
    "G2.gross_output_share",
    "G2.labour_productivity",
    "G2.high_tech_enterprises",
    "G3.regional_coordination",
    "T1.integrated_circuits",
    "T2.information_communications",
    "T3.av_stage",
    "T4.clusters_100bn",
    "T5.laboratory_cooperation",
    "T6.transferred_projects",
    "T7.integrated_scenarios",
    "T8.licence_coverage",
    "T9.tianjin_hebei_sourcing",
    "T10.chains_laid_out",
    "T11.green_industry",
    "T12.zero_carbon_factories",
    "T13.smart_city",
    "T14.new_infrastructure",
]


@pytest.fixture(scope="module")
def etown(repository):
    return open_zone(repository / "zones/etown")


@pytest.fixture(scope="module")
def rows(repository):
    path = repository / "zones/etown/records/published_figures.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_zones_that_ship_are_well_formed(repository):
    zones = sorted(path.parent for path in repository.glob("*/*/zone.yaml"))
    assert len(zones) >= 2
    for zone in zones:
        assert check_zone(zone) == ()


def test_a_folder_that_is_no_zone_is_told_and_not_raised(tmp_path):
    assert [trouble.code for trouble in check_zone(tmp_path)] == ["Z001"]


def test_rows_of_a_zones_records_are_tried_and_nothing_is_kept(repository, tmp_path):
    zone = tmp_path / "zone"
    shutil.copytree(repository / "examples/harbour_city", zone, ignore=shutil.ignore_patterns("data"))
    file = zone / "records/published_figures.csv"
    head, *lines = file.read_text("utf-8").splitlines()
    broken = [lines[0].replace("HARBOUR", "HARBUOR"), lines[1], lines[2].replace("HARBOUR", "HARBUOR")]
    file.write_text("\n".join([head, *broken, lines[3].replace("10.6", "ten")]) + "\n", "utf-8")
    troubles = check_zone(zone)
    assert [(one.code, one.place.file, one.place.line) for one in troubles] == [
        ("C011", str(file), 2), ("C022", str(file), 5),
    ]  # fmt: skip
    assert "and in 1 more row)" in troubles[0].what
    assert "did you mean HARBOUR" in troubles[0].mend
    assert not (zone / "data").exists()
    file.write_bytes(b"")
    assert "Z013" in {one.code for one in check_zone(zone)}


def test_duties_of_a_zone_are_checked_with_it(repository, tmp_path):
    zone = tmp_path / "zone"
    shutil.copytree(repository / "examples/harbour_city", zone, ignore=shutil.ignore_patterns("data"))
    duty = "- {id: Berths, name: {en: Power, zh: 岸电}, owner: desk, due_date: 2026-12-31, depends_on: [Berhts]}"
    (zone / "plan/duties.yaml").write_text(f"duties:\n  {duty}\n", "utf-8")
    (trouble,) = check_zone(zone)
    assert (trouble.code, trouble.place.line, trouble.mend) == ("U002", 2, "did you mean Berths")
    (zone / "plan/duties.yaml").write_text(f"duties:\n  {duty.replace(', depends_on: [Berhts]', '')}\n", "utf-8")
    assert check_zone(zone) == ()


def test_figures_are_carried_over_unchanged(repository, shared):
    ours = (repository / "zones/etown/records/published_figures.csv").read_bytes()
    source = (shared / "facts/published_figures.csv").read_bytes()
    assert hashlib.sha256(ours).hexdigest() == hashlib.sha256(source).hexdigest()


def test_every_published_name_means_an_indicator(etown, rows):
    assert len(rows) == 703
    assert set(etown.figures) == {row["indicator"] for row in rows}
    assert len(etown.figures) == 289


def test_every_area_and_period_of_the_figures_is_known(etown, rows):
    undated = frozenset(etown.declared.undated_periods)
    assert {row["area"] for row in rows if etown.area_named(row["area"]) is None} == set()
    assert all(parse_period(row["period"], undated).text for row in rows)


def test_every_figure_can_be_told_in_its_indicators_unit(etown, rows):
    """Growth is in percent of anything; a promised growth is the one other figure whose unit does not fit."""
    unfit = Counter()
    for row in rows:
        figure = etown.figures[row["indicator"]]
        unit = figure.unit or etown.unit_named(row["unit"])
        if row["kind"] == "growth_yoy_pct":
            assert unit == "percent"
        elif factor(unit, etown.indicators[figure.indicator].unit) is None:
            unfit[row["indicator"], row["kind"], unit] += 1
    assert unfit == {("gdp", "target", "percent"): 2, ("gio_above_scale", "target", "percent"): 1}


def test_the_plan_is_the_one_announced(etown):
    plan = etown.plan
    assert (len(plan.goals), len(plan.actions), len(list(plan.items())), plan.tasks_announced) == (3, 6, 14, 22)
    assert [target.id for target in plan.targets()] == TARGETS
    assert {str(target.deadline) for target in plan.targets()} == {"2025-12-31"}
    assert all(target.source for target in plan.targets())


def test_the_numbers_promised_are_those_announced(etown):
    promised = {t.id: (t.comparison, t.value, t.area) for t in etown.plan.targets() if t.value is not None}
    assert promised == {
        "G2.gross_output_share": ("over", 25, "NEW_AREA"),
        "G2.labour_productivity": ("about", 650_000, "NEW_AREA"),
        "G2.high_tech_enterprises": ("over", 2300, "NEW_AREA"),
        "T3.av_stage": ("at_least", 3, "AV_ZONE"),
        "T4.clusters_100bn": ("at_least", 6, "NEW_AREA"),
        "T6.transferred_projects": ("over", 500, "NEW_AREA"),
        "T8.licence_coverage": ("at_least", 100, "NEW_AREA"),
    }


def test_the_output_share_is_a_share_of_beijing(etown):
    ratio = etown.indicators["industry.gross_output_share"].ratio
    assert (ratio.numerator, ratio.denominator, ratio.of_area) == (*["industry.gross_output"] * 2, "BEIJING")


def test_an_area_planned_is_never_evidence_of_an_area_covered(etown):
    assert etown.figures["av_zone_area_planned_km2"].indicator != etown.figures["av_zone_area_km2"].indicator


def test_every_item_belongs_to_a_wing_and_every_wing_has_one(etown):
    assert {item.wing for item in etown.plan.items()} == {wing.id for wing in find_wings()}


def test_opening_a_zone_loads_no_heavy_library_and_is_fast(repository):
    script = (
        "import sys, time; from pathlib import Path; from milepost.show.catalogue import open_zone; "
        f"start = time.process_time(); open_zone(Path({str(repository / 'zones/etown')!r})); "
        "print(time.process_time() - start); print(*(sys.modules.keys() & {'pint', 'numpy', 'duckdb', 'django'}))"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, heavy = done.stdout.splitlines()
    assert heavy == ""
    assert float(seconds) < 0.3
    assert time.perf_counter() - began < 5
