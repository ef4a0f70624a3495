"""What is wrong in the records of carbon is found by a rule, row by row, and nothing wrong is taken for good."""

import json
import re
import shutil
from datetime import datetime, timedelta

import pytest

from milepost.basics.credit_code import check_character
from milepost.show.command import main

SITE = "a,site,,A,,,china,,,no,2023-01-01,"
SITE_HEAD = (
    "site_code,kind,parent_code,site_name,holder_code,industry_code,region,floor_area_m2,estimated_kwh,"
    "is_key_emitter,valid_from,valid_until"
)
METER_HEAD = (
    "meter_code,device_code,site_code,parent_code,carrier,unit,role,interval_minutes,error_percent,valid_from,"
    "valid_until"
)
METERS = (
    "m,d1,a,,electricity,kWh,purchase,60,1,2023-01-01,2023-02-01",
    "m,d2,a,,electricity,kWh,purchase,60,1,2023-02-01,",
)
READING_HEAD = "meter_code,device_code,begins_at,energy_kwh,index_kwh"
INSTRUMENT_HEAD = (
    "instrument_code,kind,site_code,amount_mwh,made_from,made_until,technology,region,retirement_code,retired_on,"
    "is_also_credit"
)


@pytest.fixture
def received(repository, tmp_path, capsys):
    """Receives rows for a register of a zone that has one site and one meter whose device was replaced."""
    ignored = shutil.ignore_patterns("data", "*.csv", "carbon")
    zone = shutil.copytree(repository / "examples/two_scope2", tmp_path / "zone", ignore=ignored)
    for name, rows in (("carbon.site", (SITE_HEAD, SITE)), ("meter", (METER_HEAD, *METERS))):
        (zone / f"records/{name}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    assert main(["walk", str(zone), "--json"]) == 0
    capsys.readouterr()

    def receive(register, head, *rows):
        path = tmp_path / f"{register}.csv"
        path.write_text("\n".join((head, *rows)) + "\n", "utf-8")
        main(["receive", str(zone), f"carbon.{register}", str(path), "--json"])
        (told,) = json.loads(capsys.readouterr().out)["files"]
        return (
            told["accepted_count"],
            told["refused_count"],
            {re.split("[ /]", rule)[-1] for rule in told["rule_counts"]},
        )

    receive.zone = zone
    return receive


def told_of(capsys, zone, study, **given):
    pairs = [part for name, value in given.items() for part in ("--set", f"{name}={value}")]
    assert main(["ask", str(zone), f"carbon.{study}", *pairs, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def reading(at, kwh="", index="", device="d1", meter="m"):
    return f"{meter},{device},{at},{kwh},{index}"


def test_a_negative_reading_waits(received):
    assert received("meter_reading", READING_HEAD, reading("2023-01-01 00:00", -5), reading("2023-01-01 01:00", 5)) == (
        1, 1, {"energy_kwh_is_not_negative"}
    )  # fmt: skip


def test_a_reading_of_one_moment_written_twice_waits(received):
    twice = [reading("2023-01-01 00:00", 5), reading("2023-01-01 00:00", 6)]
    accepted, refused, rules = received("meter_reading", READING_HEAD, *twice, reading("2023-01-01 01:00", 5))
    assert accepted + refused == 3
    assert refused >= 1
    assert len(rules) == 1


def test_an_index_that_falls_is_told_and_a_replaced_device_begins_anew(received):
    fell = [reading("2023-01-01 00:00", 5, 100), reading("2023-01-01 01:00", 5, 90)]
    assert received("meter_reading", READING_HEAD, *fell)[2] == {"index_of_a_device_does_not_fall"}
    new = [reading("2023-01-31 00:00", 5, 900), reading("2023-02-01 00:00", 5, 0, "d2")]
    assert received("meter_reading", READING_HEAD, *new) == (2, 0, set())


def test_a_reading_in_another_unit_is_told(received):
    usual = [reading(f"2023-01-01 {hour:02d}:00", 4) for hour in range(12)]
    assert "no_reading_is_a_thousand_times_the_usual" in received(
        "meter_reading", READING_HEAD, *usual, reading("2023-01-01 13:00", 4000)
    )[2]  # fmt: skip


def test_a_reading_of_a_meter_nobody_knows_waits(received):
    assert received("meter_reading", READING_HEAD, reading("2023-01-01 00:00", 5, meter="x")) == (
        0, 1, {"meter_is_known_on_that_day"}
    )  # fmt: skip
    assert received("meter_reading", READING_HEAD, reading("2022-12-31 23:00", 5))[1] == 1


def test_boundaries_that_overlap_wait(received):
    rows = ["b,site,,B,,,china,,,no,2023-01-01,2023-07-01", "b,site,,B,,,china,,,no,2023-06-01,"]
    _, refused, rules = received("site", SITE_HEAD, *rows)
    assert refused >= 1
    assert len(rules) >= 1
    sold = ["c,site,,C,,,china,,,no,2023-01-01,2023-07-01", "c,site,,C,,,china,,,no,2023-07-01,"]
    assert received("site", SITE_HEAD, *sold) == (2, 0, set())


def test_an_instrument_retired_twice_waits_both_times(received):
    rows = [f"i{n},green_certificate,a,5,2023-01-01,2024-01-01,wind,china,R1,2024-01-10,no" for n in (1, 2)]
    assert received("instrument", INSTRUMENT_HEAD, *rows) == (0, 2, {"a_retirement_stands_once"})


def test_a_clock_that_was_changed_leaves_a_gap_that_is_named_or_a_moment_twice_that_waits(received, capsys):
    """One put forward lacks an hour: the month has no sum. One put back has an hour twice: the second waits."""
    hours = [datetime(2023, 1, 1) + timedelta(hours=n) for n in range(744)]
    kept = [reading(f"{at:%Y-%m-%d %H:%M}", 10) for at in hours if at != datetime(2023, 1, 15, 2)]
    twice = reading("2023-01-22 02:00", 9)
    accepted, refused, rules = received("meter_reading", READING_HEAD, *kept, twice)
    assert accepted + refused == 744
    assert refused >= 1
    assert len(rules) == 1
    found = told_of(capsys, received.zone, "balance", year=2023)
    (month,) = [one for one in found["incomplete_months"] if one["month"] == "2023-01"]
    assert (month["meter"], month["due"]) == ("m", 744)
    assert month["read"] == accepted < 744
    inventory = told_of(capsys, received.zone, "inventory", year=2023)
    assert inventory["scope_2_location_t"] is None
    assert inventory["missing"]


def test_a_year_without_a_factor_is_missing_and_says_which_years_there_are(received, capsys):
    head = (
        "bill_code,site_code,kind,period_from,period_until,energy_kwh,heat_gj,own_factor_t_per_gj,own_factor_source,"
        "uncertainty_percent"
    )
    late = "b,a,purchased_electricity,2024-01-01,2025-01-01,1000,,,,"
    assert received("bought_energy", head, late) == (1, 0, set())
    found = told_of(capsys, received.zone, "inventory", year=2024)
    assert found["scope_2_location_t"] is None
    assert any("2024" in one["en"] and "2023" in one["en"] for one in found["missing"])
    allowed = told_of(capsys, received.zone, "inventory", year=2024, year_rule="latest_known")
    assert allowed["scope_2_location_t"] == pytest.approx(0.5306)


def test_a_site_sold_in_mid_year_is_asked_for_in_two_bills(received, capsys):
    first, second = (start + check_character(start) for start in ("91110302MA0000001", "91110302MA0000002"))
    rows = [f"c,site,,C,{holder},,china,,,no,{days}" for holder, days in
            ((first, "2023-01-01,2023-07-01"), (second, "2023-07-01,"))]  # fmt: skip
    accepted, _, rules = received("site", SITE_HEAD, *rows)
    assert (accepted, rules) == (2, set())
    head = (
        "bill_code,site_code,kind,period_from,period_until,energy_kwh,heat_gj,own_factor_t_per_gj,own_factor_source,"
        "uncertainty_percent"
    )
    received("bought_energy", head, "w,c,purchased_electricity,2023-01-01,2024-01-01,1000,,,,")
    for holder in (first, second):
        found = told_of(capsys, received.zone, "inventory", year=2023, holder=holder)
        assert found["scope_2_location_t"] is None
        assert found["missing"]
    halves = [f"h{n},c,purchased_electricity,{days},{kwh},,,," for n, days, kwh in
              ((1, "2023-01-01,2023-07-01", 400), (2, "2023-07-01,2024-01-01", 600))]  # fmt: skip
    received("bought_energy", head, *halves)
    assert told_of(capsys, received.zone, "inventory", year=2023, holder=first)["lines"]
