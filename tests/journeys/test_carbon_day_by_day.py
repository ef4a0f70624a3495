"""Readings come day by day, are corrected and taken back: every answer is that of all rows, to the last digit."""

import json
import shutil
from datetime import datetime, timedelta

import pytest

from milepost.show.command import main

SITES = """site_code,kind,parent_code,site_name,holder_code,industry_code,region,floor_area_m2,estimated_kwh,\
is_key_emitter,valid_from,valid_until
a,site,,A,,,china,,,no,2023-01-01,
"""
METERS = """meter_code,device_code,site_code,parent_code,carrier,unit,role,interval_minutes,error_percent,valid_from,\
valid_until
m,d1,a,,electricity,kWh,purchase,360,1,2023-01-01,2023-03-01
n,d1,a,m,electricity,kWh,part,360,1,2023-01-01,2023-03-01
"""
HEAD = "meter_code,device_code,begins_at,energy_kwh,index_kwh"


@pytest.fixture
def zone(repository, tmp_path, capsys):
    """A zone with one site, a main meter and one below it, each read four times a day, in use for two months."""
    ignored = shutil.ignore_patterns("data", "*.csv", "carbon")
    zone = shutil.copytree(repository / "examples/two_scope2", tmp_path / "zone", ignore=ignored)
    (zone / "records/carbon.site.csv").write_text(SITES, "utf-8")
    (zone / "records/meter.csv").write_text(METERS, "utf-8")
    assert main(["walk", str(zone), "--json"]) == 0
    capsys.readouterr()
    return zone


def readings(first, days):
    moments = [datetime(2023, 1, 1) + timedelta(days=first, hours=6 * n) for n in range(4 * days)]
    return [f"{meter},d1,{at:%Y-%m-%d %H:%M},{(at.day * 7 + at.hour) % 11 + (meter == 'm') + 0.0001:.4f},"
            for at in moments for meter in ("m", "n")]  # fmt: skip


def send(zone, capsys, rows, *how):
    file = zone.parent / "readings.csv"
    file.write_text("\n".join((HEAD, *rows)) + "\n", "utf-8")
    assert main(["receive", str(zone), "carbon.meter_reading", str(file), *how, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["accepted_count"] == len(rows)


def answers(zone, capsys):
    """Both answers, which must not depend on whether anything was measured before."""
    found = []
    for study in ("balance", "inventory"):
        told = []
        for _ in range(2):
            assert main(["ask", str(zone), f"carbon.{study}", "--set", "year=2023", "--json"]) == 0
            told.append(capsys.readouterr().out)
            shutil.rmtree(zone / "data/04_measured", ignore_errors=True)
        assert told[0] == told[1]
        assert main(["ask", str(zone), f"carbon.{study}", "--set", "year=2023", "--json"]) == 0
        assert capsys.readouterr().out == told[0]
        found.append(json.loads(told[0]))
    return found


def test_a_day_more_a_correction_and_a_closing_are_answered_as_if_all_rows_were_read(zone, capsys):
    send(zone, capsys, readings(0, 58))
    balance, inventory = answers(zone, capsys)
    assert [(one["meter"], one["month"], one["read"]) for one in balance["incomplete_months"]] == [
        ("m", "2023-02", 108), ("n", "2023-02", 108),
    ]  # fmt: skip
    assert (balance["gaps"][0]["gap_kwh"], inventory["scope_2_location_t"]) == (None, None)
    send(zone, capsys, readings(58, 1))
    balance, inventory = answers(zone, capsys)
    assert balance["gaps"][0]["gap_kwh"] == pytest.approx(59 * 4) and inventory["scope_2_location_t"] > 0
    (main_row,) = (line for line in inventory["lines"] if line["basis"] == "location" and "m:2023-02" in str(line))
    assert main_row["records"] == ["meter:m:2023-02"]
    send(zone, capsys, ["m,d1,2023-01-05 06:00,100.5,"], "--correct")
    corrected, _ = answers(zone, capsys)
    assert corrected["gaps"][0]["reading_kwh"] > balance["gaps"][0]["reading_kwh"] + 80
    send(zone, capsys, ["n,d1,2023-02-03 06:00,,"], "--close")
    closed, _ = answers(zone, capsys)
    assert [(one["meter"], one["month"], one["read"]) for one in closed["incomplete_months"]] == [("n", "2023-02", 111)]
    assert closed["gaps"][0]["gap_kwh"] is None
