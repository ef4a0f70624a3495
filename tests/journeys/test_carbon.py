"""From files to the inventory by command line: two figures for one works, a real meter, every EU ETS installation."""

import json
import shutil
from datetime import date

import pytest

from milepost.engines.embedded import Engine
from milepost.measure.figures import Measure
from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.computed import computed_readings
from milepost.show.today import today_in
from milepost.show.walk import store_of


@pytest.fixture
def zone_of(repository, tmp_path):
    def copied(name):
        return shutil.copytree(repository / "examples" / name, tmp_path / name, ignore=shutil.ignore_patterns("data"))

    return copied


def asked(capsys, zone, study, **given):
    pairs = [part for name, value in given.items() for part in ("--set", f"{name}={value}")]
    assert main(["ask", str(zone), f"carbon.{study}", *pairs, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def by_year(zone, indicator):
    """The computed readings of an indicator, by year."""
    here = open_zone(zone)
    with Engine() as engine:
        return {
            r.period.text: r.value for r in Measure(engine, here, store_of(here), today_in(here)).readings(indicator)
        }


def test_a_works_has_two_figures_and_both_name_their_records(zone_of, capsys):
    found = asked(capsys, zone_of("two_scope2"), "inventory")
    assert found["scope_2_location_t"] == pytest.approx(5306)
    assert found["scope_2_market_t"] == pytest.approx(3048)
    assert {line["basis"]: line["records"] for line in found["lines"] if line["tonnes"]} == {
        "location": ["2023-power"],
        "market": ["2023-power"],
    }
    assert {one["register"] for one in found["versions"]} >= {
        "carbon.site",
        "carbon.bought_energy",
        "carbon.instrument",
    }


def test_the_equivalent_value_of_power_is_declared_where_the_answer_says(zone_of, capsys):
    zone = zone_of("two_scope2")
    before = asked(capsys, zone, "balance")
    assert before["standard_coal_tce"] == {"calorific": pytest.approx(1229), "equivalent": None}
    (told,) = [text for text in before["missing"] if "等价值" in text["zh"]]
    assert "carbon/factors/standard_coal.csv" in told["en"] and "carbon.factor" in told["en"]
    head = "factor,family,kind,subject,region,year,value,unit,in_force_from,in_force_until,uncertainty_percent"
    row = "own,gbt2589,standard_coal_equivalent,electricity,china,2023,0.3,kgce_per_kWh,,,,invented,invented for a test"
    place = zone / "carbon/factors/standard_coal.csv"
    place.parent.mkdir(parents=True)
    place.write_text(f"{head},standing,source\n{row}\n", "utf-8")
    after = asked(capsys, zone, "balance")
    assert after["standard_coal_tce"] == {"calorific": pytest.approx(1229), "equivalent": pytest.approx(3000)}
    assert not [text for text in after["missing"] if "等价值" in text["zh"]]


def test_an_instrument_retired_twice_waits_and_serves_nobody(zone_of, capsys):
    zone = zone_of("two_scope2")
    path = zone / "records/instrument.csv"
    row = path.read_text("utf-8").splitlines()[1]
    path.write_text(path.read_text("utf-8") + row.replace("gec-2023", "gec-again") + "\n", "utf-8")
    found = asked(capsys, zone, "inventory")
    assert found["scope_2_market_t"] == pytest.approx(6096)
    assert found["instruments"]["matched_mwh"] == 0


def test_a_real_meter_is_read_whole_and_a_rule_finds_its_midnight(zone_of, shared, capsys):
    zone = zone_of("steel_works")
    file = shared / "data/steel_meters/steel_industry_uci851.csv.gz"
    assert main(["receive", str(zone), "steel_works.reading", str(file), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert (told["accepted_count"], told["refused_count"]) == (35040, 0)
    ((rule, count),) = told["rule_counts"].items()
    assert rule.endswith("an_interval_ends_after_its_day_began")
    assert count == 365
    assert by_year(zone, "steel_works.electricity") == {"2018": pytest.approx(959_636.71, abs=1e-6)}
    without = asked(capsys, zone, "inventory")
    assert without["scope_2_location_t"] is None
    assert any("2018" in text["en"] for text in without["missing"])
    stated = asked(capsys, zone, "inventory", location_family="implied_by_data_set")
    assert stated["scope_2_location_t"] == pytest.approx(403.81, abs=0.01)
    assert stated["scope_2_market_t"] is None


def test_installations_without_a_number_wait_and_the_years_add_up(zone_of, shared, capsys):
    zone = zone_of("eu_ets")
    file = shared / "data/eu_ets/eutl_verified_emissions_2005_2020.csv.gz"
    main(["receive", str(zone), "eu_ets.verified_emission", str(file)])
    said = capsys.readouterr().out
    assert "164214" in said
    assert "3486" in said
    assert "not a number" in said
    totals = by_year(zone, "eu_ets.verified_emissions")
    assert {year: round(totals[year] / 1e6, 1) for year in ("2005", "2010", "2015", "2020")} == {
        "2005": 2014.1,
        "2010": 1938.8,
        "2015": 1803.1,
        "2020": 1353.4,
    }
    assert len(totals) == 16


def test_the_cheapest_path_is_found_or_proven_not_to_be(zone_of, capsys):
    zone = zone_of("two_scope2")
    found = asked(capsys, zone, "path", curve="no")
    assert (found["status"], found["proof"]["kind"]) == ("optimal", "optimal")
    assert found["gap"] <= 1e-3
    assert {step["measure"] for step in found["steps"]} == {"boiler_tuning", "drives", "heat_pump", "led", "pv"}
    assert found["abatement"]["sum_of_single_t"] == pytest.approx(2033.3, abs=0.1)
    assert found["abatement"]["together_t"] == pytest.approx(2089.8, abs=0.1)
    last = found["years"][-1]
    assert last["net_t"] == pytest.approx(0, abs=1e-5)
    assert last["emissions_t"] == pytest.approx(5000 * 0.92 * 0.4 * 0.2)
    refused = asked(capsys, zone, "path", curve="no", offset_percent=5)
    assert refused["proof"]["kind"] == "infeasible"
    helps = {one["limit"]: one["by"] for one in refused["blocked_by"] if one["is_enough_alone"]}
    assert set(helps) == {"target", "offset cap"}
    assert helps["offset cap"] == {"offset cap 2030": pytest.approx(368 - 0.05 * 7096, abs=1e-3)}


def test_the_target_of_zero_carbon_factories_counts_what_is_valid_on_a_day(repository, tmp_path, capsys):
    zone = shutil.copytree(repository / "zones/etown", tmp_path / "etown", ignore=shutil.ignore_patterns("data"))
    head = "site_code,kind,parent_code,site_name,holder_code,industry_code,region,floor_area_m2,estimated_kwh,"
    sites = [f"s{n},site,,S{n},,,beijing,,,no,2020-01-01," for n in range(7)]
    validity = [("2025-01-01", "2100-01-01")] * 3 + [("2025-01-01", "2101-01-01")] * 3 + [("2024-01-01", "2025-01-01")]
    papers = [f"c{n},s{n},zero_carbon_factory,ISO 14068-1:2023,a body,{a},{b}" for n, (a, b) in enumerate(validity)]
    for name, lines in (
        ("site", [head + "is_key_emitter,valid_from,valid_until", *sites]),
        ("certificate", ["certificate_code,site_code,kind,standard,issuer,valid_from,valid_until", *papers]),
    ):
        (zone / f"records/carbon.{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert main(["walk", str(zone), "--json"]) == 0
    walked = json.loads(capsys.readouterr().out)
    (target,) = [one for one in targets_of(walked) if one["id"] == "T12.zero_carbon_factories"]
    assert (target["indicator"], target["latest"]["value"]) == ("carbon.zero_carbon_factories", 6)

    def count(day):
        found = {r.period.text: r.value for r in computed_readings(open_zone(zone), day)
                 if r.indicator == "carbon.zero_carbon_factories"}  # fmt: skip
        return found.get(day.isoformat())

    assert count(date(2099, 12, 31)) == 6
    assert count(date(2100, 1, 1)) == 3
    assert count(date(2101, 1, 1)) is None  # nothing valid: fewer than may be told


def targets_of(node):
    """Every target of a walk's document, wherever it stands."""
    if isinstance(node, dict):
        if "deadline" in node and "latest" in node:
            yield node
        for child in node.values():
            yield from targets_of(child)
    elif isinstance(node, list):
        for child in node:
            yield from targets_of(child)
