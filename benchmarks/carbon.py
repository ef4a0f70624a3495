"""A year of 15-minute readings of many meters, from files to the zone's inventory, beside one SQL statement.

The readings are synthetic: each is made from a hash of its meter and moment, the same every time. Main meters read the
sum of the meters below them and 3 % more. One file a month is received, checked and kept; the walk measures; the meters
are reconciled and the inventory of the zone taken. Then the last day's readings arrive, and only what they touch is
measured again. Each step is a process of its own, so its peak memory is its own.

The alternative is one hand-written SQL statement on the embedded engine, over the same files in the same run, which
does only the final sum: nothing is checked, kept, reconciled or explained.

    .venv/bin/python benchmarks/carbon.py [--meters 40] [--months 12] [--format parquet]

The full size is `--meters 10000 --months 12`: 350 million readings. Memory grows with the rows of one file, not with
the year: receiving took 448 MB at 0.6 million rows a file, 755 MB at 1.5 and 949 MB at 2.0 million, about 0.35 kB a
row; the other steps under 500 MB beside 24.5 million readings kept. Prints a table and, as its last line, one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

REPOSITORY = Path(__file__).resolve().parents[1]
YEAR, MINUTES, METERS_A_SITE, FACTOR = 2023, 15, 50, 0.5306
MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
TOLERANCE = 1e-9

ZONE = """id: synthetic
name: {en: Synthetic meters (invented), zh: 合成计量点（虚构）}
main_area: ZONE
areas:
  - id: ZONE
    name: {en: The zone, zh: 园区}
    kind: zone
"""
# A reading of meter m at moment t: 2 to 12 kWh in hundredths, from a hash; site s has meters s*50 .. s*50+49, of which
# the first is the main one.
OF_HASH = "200 + hash(m * 1000003 + epoch(t)::bigint) % 1000"
READINGS = """
copy (
  with moments as (
    select unnest(generate_series(timestamp '{start}', timestamp '{end}' - interval {minutes} minute,
                                  interval {minutes} minute)) as t),
  below as (select m, m // {site} as s, t, ({of_hash})::bigint as c from range({meters}) r(m), moments
            where m % {site} <> 0),
  mains as (select s * {site} as m, s, t, sum(c) * 103 // 100 as c from below group by s, t)
  select 'm' || m as meter_code, 'd1' as device_code, t as begins_at, (c / 100.0)::decimal(18, 4) as energy_kwh,
         null::decimal(18, 4) as index_kwh
  from (select m, t, c from below union all select m, t, c from mains)
  order by m, t
) to '{file}' {options}
"""


@dataclass(frozen=True)
class Step:
    """One process: its wall-clock time [s], its peak memory [MB], what it printed."""

    seconds: float
    peak_mb: float
    said: str


def run(*arguments: str) -> Step:
    """Run a command of the house to its end."""
    command = [sys.executable, "-m", "milepost.show.command", *arguments]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=told, cwd=REPOSITORY)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{told.read().decode()}")
        return Step(seconds, usage.ru_maxrss * MAXRSS_UNIT_BYTES / 1e6, out.read().decode())


def make_zone(folder: Path, meters: int, until: date) -> Path:
    """Write the zone's folder: its sites, its meters (in use up to a day), no reading yet."""
    records = folder / "synthetic/records"
    records.mkdir(parents=True)
    (folder / "synthetic/zone.yaml").write_text(ZONE, "utf-8")
    sites = range(-(-meters // METERS_A_SITE))
    head = "site_code,kind,parent_code,site_name,holder_code,industry_code,region,floor_area_m2,estimated_kwh,"
    lines = [head + "is_key_emitter,valid_from,valid_until"]
    lines += [f"s{s},site,,Site {s},,,china,,,,{YEAR - 3}-01-01," for s in sites]
    (records / "carbon.site.csv").write_text("\n".join(lines) + "\n", "utf-8")
    head = "meter_code,device_code,site_code,parent_code,carrier,unit,role,interval_minutes,error_percent,"
    lines = [head + "valid_from,valid_until"]
    for m in range(meters):
        s, is_main = m // METERS_A_SITE, m % METERS_A_SITE == 0
        parent, role = ("", "purchase") if is_main else (f"m{s * METERS_A_SITE}", "part")
        lines.append(f"m{m},d1,s{s},{parent},electricity,kWh,{role},{MINUTES},1,{YEAR}-01-01,{until}")
    (records / "meter.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "synthetic"


def make_readings(folder: Path, meters: int, start: date, end: date, form: str) -> Path:
    """Write one file of readings from a day to another (the second not included)."""
    file = folder / f"readings_{start}_{end}.{form}"
    options = "(format parquet, compression zstd)" if form == "parquet" else "(format csv, header)"
    duckdb.sql(READINGS.format(start=start, end=end, minutes=MINUTES, site=METERS_A_SITE, meters=meters,
                               of_hash=OF_HASH, file=file, options=options))  # fmt: skip
    return file


def one_statement(files: list[Path], form: str) -> tuple[float, float]:
    """Give the tonnes and the time of one SQL statement that does only the final sum."""
    named = ", ".join(f"'{file}'" for file in files)
    mains = f"cast(substr(meter_code, 2) as bigint) % {METERS_A_SITE} = 0"
    query = f"select sum(energy_kwh)::double / 1000 * {FACTOR} from read_{form}([{named}]) where {mains}"
    begun = time.perf_counter()
    ((tonnes,),) = duckdb.sql(query).fetchall()
    return float(tonnes), time.perf_counter() - begun


def measured(folder: Path, meters: int, months: int, form: str) -> dict[str, Any]:
    """Run every step; give the figures."""
    ends = [date(YEAR, m, monthrange(YEAR, m)[1]) + timedelta(1) for m in range(1, months + 1)]
    starts = [date(YEAR, m, 1) for m in range(1, months + 1)]
    zone = make_zone(folder, meters, ends[-1])
    last = ends[-1] - timedelta(1)
    ends[-1] = last  # the last day arrives later
    files = [make_readings(folder, meters, start, end, form) for start, end in zip(starts, ends, strict=True)]
    day = make_readings(folder, meters, last, last + timedelta(1), form)
    steps: dict[str, Step] = {"records": run("walk", str(zone), "--json")}
    received = [run("receive", str(zone), "carbon.meter_reading", str(file)) for file in files]
    steps["receive"] = Step(sum(s.seconds for s in received), max(s.peak_mb for s in received), "")
    steps["measure"] = run("walk", str(zone), "--json")
    asked = ("--set", f"year={YEAR}", "--json")
    steps["reconcile"] = run("ask", str(zone), "carbon.balance", *asked)
    steps["inventory"] = run("ask", str(zone), "carbon.inventory", *asked)
    expected, seconds = one_statement(files, form)
    found = json.loads(steps["inventory"].said)
    known = found["scope_2_location_t"] or found["lacking"]["scope_2_location"]["known_t"]
    steps["day_receive"] = run("receive", str(zone), "carbon.meter_reading", str(day))
    steps["day_measure"] = run("walk", str(zone), "--json")
    steps["day_inventory"] = run("ask", str(zone), "carbon.inventory", *asked)
    steps["day_reconcile"] = run("ask", str(zone), "carbon.balance", *asked)
    whole = json.loads(steps["day_inventory"].said)
    gaps = json.loads(steps["day_reconcile"].said)["gaps"]
    all_tonnes, _ = one_statement([*files, day], form)
    full = sum(steps[name].seconds for name in ("receive", "measure", "reconcile", "inventory"))
    day_seconds = steps["day_receive"].seconds + steps["day_measure"].seconds
    count = duckdb.sql(f"select count(*) from read_{form}({[str(f) for f in (*files, day)]})").fetchall()
    return {
        "meters": meters, "months": months, "format": form,
        "readings": int(count[0][0]),
        "file_mb": round(sum(file.stat().st_size for file in (*files, day)) / 1e6, 1),
        "steps": {name: {"seconds": round(s.seconds, 2), "peak_mb": round(s.peak_mb)} for name, s in steps.items()},
        "full_seconds": round(full, 2), "statement_seconds": round(seconds, 3),
        "ratio_to_statement": round(full / seconds, 1),
        "day_measure_share_percent": round(100 * steps["day_measure"].seconds / steps["measure"].seconds, 2),
        "day_share_of_full_percent": round(100 * day_seconds / full, 2),
        "tonnes_without_last_month_expected": expected, "tonnes_known_before_the_last_day": known,
        "tonnes": whole["scope_2_location_t"], "tonnes_of_statement": all_tonnes,
        "is_same": whole["scope_2_location_t"] is not None
        and abs(whole["scope_2_location_t"] - all_tonnes) <= TOLERANCE * all_tonnes,
        "gaps_percent": [round(100 * gap["gap_kwh"] / gap["children_kwh"], 4) for gap in gaps[:5]],
        "peak_mb": round(max(s.peak_mb for s in steps.values())),
    }  # fmt: skip


def print_table(told: dict[str, Any]) -> None:
    """Print one line for each step."""
    print(f"{told['readings']:,} readings of {told['meters']:,} meters in {told['file_mb']:,} MB of {told['format']}")
    for name, step in told["steps"].items():
        print(f"{name:<16}{step['seconds']:>10.2f} s{step['peak_mb']:>10} MB")
    print(f"{'one statement':<16}{told['statement_seconds']:>10.3f} s")
    print(f"files to inventory / one statement: {told['ratio_to_statement']}")
    print(f"one more day, measured again: {told['day_measure_share_percent']} % of the first measure")
    print(f"the same tonnes as the statement: {'yes' if told['is_same'] else 'NO'}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Meters to inventory, beside one SQL statement.")
    parser.add_argument("--meters", type=int, default=40)
    parser.add_argument("--months", type=int, default=12, choices=range(1, 13))
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = measured(Path(folder), asked.meters, asked.months, asked.format)
    print_table(told)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
