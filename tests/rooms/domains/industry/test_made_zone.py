"""The synthetic zone: its totals are the given ones to the fen, it is nobody's, and its records pass every rule."""

from __future__ import annotations

import csv
import datetime
import importlib.machinery
import importlib.util
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from milepost.basics.credit_code import is_credit_code
from milepost.domains.industry.made_zone import Wanted, credit_code, made_zone
from milepost.show.asking import ask
from milepost.show.catalogue import check_zone, open_zone

REPOSITORY = Path(__file__).resolve().parents[4]
TITLES, CLASSES = ["汽车整车制造", "软件开发", "餐饮服务"], ["3612", "6513", "6210"]
TOTALS = [(2023, 520_000_000_000.0), (2024, 647_080_000_000.0)]
SMALL = Wanted(enterprises=300, above_scale=80, seed=5)


@pytest.fixture(scope="module")
def script():
    path = str(REPOSITORY / "scripts/synthetic-zone")
    loader = importlib.machinery.SourceFileLoader("synthetic_zone", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("synthetic_zone", loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(script, tmp_path_factory):
    where = tmp_path_factory.mktemp("synthetic") / "zone"
    script.write(where, Wanted(enterprises=400, above_scale=120, seed=3))
    return where


def test_yearly_output_of_the_panel_is_the_given_total_to_the_fen():
    rows = made_zone(TOTALS, TITLES, CLASSES, SMALL)["return"]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for month, inside, output in zip(rows["month"], rows["is_in_panel"], rows["gross_output_cny"], strict=True):
        sums[month[:4]] += Decimal(output) if inside == "yes" else 0
    assert sums == {"2023": Decimal("520000000000.00"), "2024": Decimal("647080000000.00")}


def test_same_seed_gives_the_same_zone():
    first, again = (made_zone(TOTALS, TITLES, CLASSES, SMALL) for _ in range(2))
    other = made_zone(TOTALS, TITLES, CLASSES, Wanted(300, 80, 6))
    assert first == again and first["return"] != other["return"]


def test_codes_are_well_formed_and_nobodys():
    codes = [credit_code(number) for number in range(500)]
    assert len(set(codes)) == 500 and all(is_credit_code(code) and code[2:8] == "990000" for code in codes)


def test_names_and_evidence_say_that_they_are_synthetic():
    records = made_zone(TOTALS, TITLES, CLASSES, SMALL)
    assert all(name.startswith("合成") for name in records["enterprise"]["name"])
    assert all("合成" in said for said in records["membership"]["evidence"])
    assert all(said == "合成数据" for said in records["region_cell"]["source"])


def test_a_panel_larger_than_the_zone_is_refused():
    with pytest.raises(ValueError, match="twice as many"):
        made_zone(TOTALS, TITLES, CLASSES, Wanted(100, 80))


def test_totals_are_those_published_for_the_zone(script):
    given = {year: (total, basis) for year, total, basis in script.totals()}
    assert {year: total for year, (total, _) in given.items()} == {
        2019: 4183, 2020: 4467.9, 2021: 6000, 2022: 5371.2, 2023: 5200, 2024: 6470.8, 2025: 7247.3,
    }  # fmt: skip
    assert all(("assumed" in basis) == (year > 2023) for year, (_, basis) in given.items())


def test_written_zone_passes_its_rules_and_says_what_it_is(folder):
    assert check_zone(folder) == ()
    declared = open_zone(folder).declared
    assert declared.name.en.startswith("SYNTHETIC")
    assert declared.notice.en.startswith("SYNTHETIC") and declared.notice.zh.startswith("合成")
    plan = (folder / "plan/plan.yaml").read_text("utf-8")
    assert plan.startswith("# SYNTHETIC") and plan.count("SYNTHETIC: at least") == 4
    for path in folder.glob("records/*/*.csv"):
        assert path.name.startswith("synthetic_")
    assert (folder / "README.md").read_text("utf-8").startswith("# SYNTHETIC")


def test_ledger_of_the_written_zone_is_its_total(folder):
    answer = ask(open_zone(folder), "industry.ledger", {"year": "2022"}).answer
    assert answer.document["reconciles"] is True
    assert answer.document["total_cny"]["output"] == "537120000000.00"
    with (folder / "records/industry.return/synthetic_return.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["month"][:4] == "2022" and row["is_in_panel"] == "yes"]
    assert sum(Decimal(row["gross_output_cny"]) for row in rows) == Decimal("537120000000.00")


def test_growth_of_the_written_zone_is_the_published_one(folder):
    found = ask(open_zone(folder), "industry.growth", {"end_year": "2022", "start_year": "2021"}).answer
    panel = found.document["panel"]
    assert panel["nominal_percent"] == round(100 * (5371.2 / 6000 - 1), 2)
    assert sum(panel["parts_cny"].values()) == pytest.approx(panel["end_cny"] - panel["start_cny"], abs=1)
    assert panel["parts_cny"]["unexplained"] == 0


def test_specialisation_and_gaps_of_the_written_zone(folder):
    zone = open_zone(folder)
    found = ask(zone, "industry.concentration", {}).answer
    assert {table.id for table in found.tables} == {"industries", "pairs", "relatedness"}
    for row in found.tables[0].rows:
        if row["quotient"] is not None:
            assert row["low"] <= row["quotient"] <= row["high"]
    gaps = ask(zone, "industry.chain_gaps", {}).answer
    for scores in gaps.document["gaps"].values():
        amounts = [scores[ring] for ring in ("zone", "city", "region", "nation")]
        assert amounts == sorted(amounts, reverse=True), "a wider ring supplies no less"


def test_uncoded_enterprises_are_coded_or_left_to_an_officer(folder):
    found = ask(open_zone(folder), "industry.uncoded", {}).answer
    assert found.document["asked"] == sum(found.document["coded"].values()) > 5


def test_tracker_gives_clusters_a_chance_year_by_year(folder):
    finding = ask(open_zone(folder), "industry.tracker", {"years_ahead": "2"})
    outlooks, year = finding.answer.document["outlooks"], datetime.date.today().year
    for name in ("auto", "new_it"):
        asked = outlooks[f"industry.cluster_output_{name}"]["years"]
        assert list(asked) == [str(year + more) for more in range(3)]
        assert all(0 <= one["chance"] <= 1 and one["p05"] <= one["median"] <= one["p95"] for one in asked.values())
    for asked in outlooks.values():
        passed = [one["passed_by"] for one in asked["years"].values()]
        assert passed == sorted(passed), "what was reached once stays reached"
        assert all(one["passed_by"] >= one["chance"] for one in asked["years"].values())
    reached = outlooks["industry.cluster_output_auto"]["reached_by"]
    known = [reached[name] for name in ("tenth", "half", "nine_tenths") if reached[name] is not None]
    assert known == sorted(known)
    assert any(name.endswith("_without_five") for name in outlooks)
    assert np.isfinite([row["chance"] for row in finding.answer.tables[-1].rows]).all()


def test_tracker_knows_no_returns_that_were_kept_later(folder):
    finding = ask(open_zone(folder), "industry.tracker", {"years_ahead": "0"}, datetime.date(2026, 2, 28))
    assert finding.answer.document["output_cny_100m"] == {}
