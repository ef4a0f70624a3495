"""Real contracts from files to figures by command line: their known answers, and what the files do not hold."""

import json
import shutil
from datetime import date

import pytest

from milepost.keep.store import Store
from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.intake import take_in

CANADA = {
    "overall_total": "overall_all_summary_by_fiscal_year.csv",
    "department_total": "department_fiscalyear_totals.csv",
    "category_total": "department_category_fiscalyear.csv",
    "vendor": "department_vendor_fiscalyear.csv.gz",
    "vendor_total": "overall_all_summary_by_fiscal_year_by_vendor.csv",
}


@pytest.fixture
def data(shared):
    """Give the path of a real file, or skip where it is not at hand."""

    def path(name):
        if not (shared / "data" / name).exists():
            pytest.skip(f"{name} is not in the shared folder")
        return shared / "data" / name

    return path


@pytest.fixture
def zone_of(repository, tmp_path):
    def copied(name):
        return shutil.copytree(repository / "examples" / name, tmp_path / name, ignore=shutil.ignore_patterns("data"))

    return copied


def received(capsys, zone, register, file):
    code = main(["receive", str(zone), f"{zone.name}.{register}", str(file), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["troubles"] == []
    (told,) = document["files"]
    assert (code, told["refused_count"]) == (0, 0)
    return told


def figures(capsys, zone):
    """The computed figures of a walk by indicator and period, undivided."""
    assert main(["walk", str(zone), "--json"]) == 0
    computed = json.loads(capsys.readouterr().out)["computed"]
    return {
        (one["indicator"].removeprefix(f"{zone.name}."), one["period"]): one["value"]
        for one in computed
        if not one["dimensions"]
    }


def test_canadas_departments_reconcile_and_the_vendor_table_is_told_to_be_cut(zone_of, data, capsys):
    zone = zone_of("procurement_canada")
    told = {name: received(capsys, zone, name, data(f"procurement_canada/{file}")) for name, file in CANADA.items()}
    assert {name: one["accepted_count"] for name, one in told.items()} == {
        "overall_total": 5, "department_total": 442, "category_total": 3146, "vendor": 43924, "vendor_total": 9130,
    }  # fmt: skip
    for name in ("overall_total", "department_total", "category_total", "vendor_total"):
        assert told[name]["rule_counts"] == {}, "these totals add up"
    assert told["vendor"]["rule_counts"] == {"C055/vendors_sum_to_their_department": 43915}
    found = figures(capsys, zone)
    published = {
        "2017": 18_864_610_717.02, "2018": 19_786_176_618.09, "2019": 20_178_546_018.40,
        "2020": 24_394_219_125.22, "2021": 22_159_636_394.93,
    }  # fmt: skip
    cut = {"2017": 86.82, "2018": 88.24, "2019": 90.35, "2020": 92.42, "2021": 90.98}
    for year, total in published.items():
        assert found["overall_spending", year] == pytest.approx(total, abs=0.005)
        assert found["spending", year] == pytest.approx(total, abs=0.05)
        assert found["vendor_coverage", year] == pytest.approx(cut[year], abs=0.005)
    assert [found["vendors", year] for year in published] == [1698, 1798, 1876, 1910, 1848]


def test_the_check_says_how_far_the_vendor_table_is_cut(zone_of, data, tmp_path):
    zone, store = open_zone(zone_of("procurement_canada")), Store(tmp_path / "kept")
    verdicts = {
        name: take_in(
            zone, store, data(f"procurement_canada/{CANADA[name]}"), f"procurement_canada.{name}", date.today(), "me"
        ).verdict
        for name in ("overall_total", "department_total", "vendor")
    }
    assert verdicts["department_total"].findings == ()
    (cut,) = [one for one in verdicts["vendor"].findings if one.code == "C067"]
    assert cut.says.en == (
        "the table is cut: 435 of 442 totals fall short of their control and none is above; "
        "together the rows hold 89.9 % of it"
    )
    assert cut.subject == "vendors_sum_to_their_department"


def test_portugals_works_close_late_and_cost_more(zone_of, data, capsys):
    zone = zone_of("works_portugal")
    told = received(capsys, zone, "contract", data("works_portugal/contracts.csv.gz"))
    assert told["accepted_count"] == 5214
    assert told["rule_counts"] == {"C050/the_initial_price_is_within_the_base_price": 7}
    found = figures(capsys, zone)

    def whole(indicator):
        return sum(found.get((indicator, str(year)), 0) for year in range(2013, 2023))

    assert whole("contracts") == 5214
    assert round(100 * whole("closed_later_than_planned") / 5214, 1) == 96.2
    assert whole("closed_later_than_planned") == 5015
    assert round(100 * whole("dearer") / 5214, 1) == 30.5
    assert whole("final_price") == pytest.approx(3_332_699_418.92, abs=0.1)
    assert whole("initial_price") == pytest.approx(3_314_764_427.20, abs=0.1)
    assert found["share_closed_later", "2020"] == pytest.approx(100 * 851 / 875)


def test_open_contracting_releases_are_merged_to_the_published_record(zone_of, data, capsys):
    zone = zone_of("ocds_samples")
    folder = "ocds_samples/fictional-example/1.1"
    for register, rows in (("process", 1), ("contract", 1), ("payment", 2)):
        merged = received(capsys, zone, register, data(f"{folder}/ocds-213czf-000-00001.json"))
        assert merged["accepted_count"] == rows
        record = received(capsys, zone, register, data(f"{folder}/record/ocds-213czf-000-00001.json"))
        assert (record["accepted_count"], record["already_kept_count"]) == (0, rows), "the record says the same"
    found = figures(capsys, zone)
    assert found["tendered", "2010"] == 1_100_000, "the tender speaks, not the plan before it"
    assert found["contracted", "2010"] == 11_000_000
    assert found["paid", "2010"] == 60_000
    assert found["tenderers", "2010"] == 2
