"""A year of 15-minute readings of many meters, from files to the zone's inventory, beside one SQL statement.

The readings are synthetic: each is made from a hash of its meter and moment, the same every time. Main meters read the
sum of the meters below them and 3 % more. One file a day, a week or a month is received, checked and kept; the walk
measures; the meters are reconciled and the inventory of the zone taken. Then the last day's readings arrive, and only
what they touch is measured again. Each step is a process of its own, so its peak memory and processor time are its own.

The alternative is one hand-written SQL statement on the embedded engine, over the same files in the same run, which
does only the final sum: nothing is checked, kept, reconciled or explained.

    .venv/bin/python benchmarks/carbon.py [--meters 40] [--months 12] [--files week] [--format parquet] [--engine spark]

With `--engine spark` the kept readings are measured, reconciled and taken into the inventory once more from all their
rows, on a private cluster of one master and two workers (or one at a given `spark://HOST:PORT`), and the answers are
compared with the embedded engine's, value by value. Prints a table and, as its last line, one JSON object.

The full size, `--meters 10000 --months 12`, is 350,400,000 readings in 53 files of a week or a day. On a machine of two
processors with other work on both it took 35 to 41 minutes from files to inventory, 18 to 28 of processor time: 117
times the one statement's processor time. The last day was received and measured in 28 s, 1.1 % of that; with both
questions asked again 2.5 %. Memory grows with the rows of one file, not with the year: 2.6 GB at most for a week of 6.7
million rows (0.6 GB for a day of 1 million), the other steps under 1.4 GB; the kept readings take 2.1 GB of disk, which
counts the files as they were received, and those of older versions that were written together since. A zone of
24,528,000 readings (`--meters 700 --files month`) took 172 times its statement (134 in processor time), the day 4.3 %
(3.9 in processor time): two starts of the program, most of it. Asking two questions again starts it twice more.

A month of 29,760,000 readings in two CSV files (`--meters 10000 --months 1 --files month --format csv`, 1.1 GB) was
received in 13 s with 1.4 GB of memory at most, and all of it took 11 times its statement (8 in processor time): a large
plain file is written in the pass that checks it.

On the cluster (`--engine spark`) all 350,400,000 readings gave the same walk, balance and inventory, value by value:
the walk in 635 s, the two questions in 73 and 71 s, with one gigabyte for each of the two workers, on the same machine
behind other work. 7,008,000 readings (`--meters 200 --files month`) took 12 minutes: its time is that of its many
small steps.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from calendar import monthrange
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

from fakes.spark_cluster import given_or_private

YEAR, MINUTES, METERS_A_SITE, FACTOR = 2023, 15, 50, 0.5306
MAKING_MB = 4096
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
    """One process: its wall-clock and its processor time [s], its peak memory [MB], what it printed."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    said: str

    def told(self) -> dict[str, float]:
        """Give the figures."""
        return {"seconds": round(self.seconds, 2), "cpu_seconds": round(self.cpu_seconds, 2),
                "peak_mb": round(self.peak_mb)}  # fmt: skip


def together(steps: Sequence[Step]) -> Step:
    """Give steps that were run one after another as one."""
    return Step(sum(s.seconds for s in steps), sum(s.cpu_seconds for s in steps), max(s.peak_mb for s in steps), "")


def run(*arguments: str) -> Step:
    """Run a command of the house to its end."""
    command = [sys.executable, "-m", "milepost.show.command", *arguments]
    # Each step begins as an installed program does: with its modules compiled once, not at every start.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=told, cwd=REPOSITORY, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{told.read().decode()}")
        step = Step(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_UNIT_BYTES / 1e6,
                    out.read().decode())  # fmt: skip
        said = f"{seconds:9.1f} s {step.cpu_seconds:9.1f} s of processors {step.peak_mb:7.0f} MB"
        print(f"{said}  {' '.join((arguments[0], *(Path(one).name for one in arguments[2:])))}", file=sys.stderr)
        return step


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


def one_statement(files: Sequence[Path], form: str) -> tuple[float, Step]:
    """Give the tonnes of one SQL statement that does only the final sum, and its times."""
    named = ", ".join(f"'{file}'" for file in files)
    mains = f"cast(substr(meter_code, 2) as bigint) % {METERS_A_SITE} = 0"
    query = f"select sum(energy_kwh)::double / 1000 * {FACTOR} from read_{form}([{named}]) where {mains}"
    begun, begun_cpu = time.perf_counter(), time.process_time()
    ((tonnes,),) = duckdb.sql(query).fetchall()
    return float(tonnes), Step(time.perf_counter() - begun, time.process_time() - begun_cpu, 0, "")


def starts_of_files(months: int, every: str) -> list[date]:
    """Give the first day of each file, and the day behind the last."""
    until = date(YEAR, months, monthrange(YEAR, months)[1]) + timedelta(1)
    if every == "month":
        return [*(date(YEAR, month, 1) for month in range(1, months + 1)), until]
    step = {"day": 1, "week": 7}[every]
    return [*(date(YEAR, 1, 1) + timedelta(n) for n in range(0, (until - date(YEAR, 1, 1)).days, step)), until]


def walked(zone: Path, *engine: str) -> dict[str, Step]:
    """Run what stands behind keeping: the walk, the reconciliation and the inventory."""
    asked = ("--set", f"year={YEAR}", "--json", *engine)
    return {
        "measure": run("walk", str(zone), "--json", *engine),
        "reconcile": run("ask", str(zone), "carbon.balance", *asked),
        "inventory": run("ask", str(zone), "carbon.inventory", *asked),
    }


def apart(call: Callable[..., Any], *given: Any) -> Any:
    """Give what a call gives in a process of its own, whose memory the steps that follow do not begin with."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(call, *given).result()


def make_all(folder: Path, meters: int, spans: Sequence[tuple[date, date]], form: str) -> list[Path]:
    """Write the files of readings."""
    duckdb.sql(f"set memory_limit = '{MAKING_MB}MB'; set enable_progress_bar = false")
    return [make_readings(folder, meters, start, end, form) for start, end in spans]


def count_of(files: Sequence[Path], form: str) -> int:
    """Give the count of readings in files."""
    ((count,),) = duckdb.sql(f"select count(*) from read_{form}({[str(file) for file in files]})").fetchall()
    return int(count)


def measured(folder: Path, meters: int, months: int, every: str, form: str, engine: str) -> dict[str, Any]:
    """Run every step; give the figures."""
    starts = starts_of_files(months, every)
    last = starts[-1] - timedelta(1)
    zone = make_zone(folder, meters, starts[-1])
    spans = [(start, min(end, last)) for start, end in itertools.pairwise(starts) if start < last]
    *files, day = apart(make_all, folder, meters, [*spans, (last, starts[-1])], form)  # the last day arrives later
    steps: dict[str, Step] = {"records": run("walk", str(zone), "--json")}
    steps["receive"] = together([run("receive", str(zone), "carbon.meter_reading", str(file)) for file in files])
    steps |= walked(zone)
    expected, statement = apart(one_statement, files, form)
    found = json.loads(steps["inventory"].said)
    known = found["scope_2_location_t"] or found["lacking"]["scope_2_location"]["known_t"]
    steps["day_receive"] = run("receive", str(zone), "carbon.meter_reading", str(day))
    steps |= {f"day_{name}": step for name, step in walked(zone).items()}
    whole = json.loads(steps["day_inventory"].said)
    gaps = json.loads(steps["day_reconcile"].said)["gaps"]
    all_tonnes, _ = apart(one_statement, [*files, day], form)
    full = together([steps[name] for name in ("receive", "measure", "reconcile", "inventory")])
    touched = together([steps[name] for name in ("day_receive", "day_measure")])
    asked = together([touched, steps["day_reconcile"], steps["day_inventory"]])
    return {
        "meters": meters, "months": months, "format": form, "files": len(files) + 1, "file_a": every,
        "readings": apart(count_of, [*files, day], form),
        "file_mb": round(sum(file.stat().st_size for file in (*files, day)) / 1e6, 1),
        "kept_mb": round(sum(file.stat().st_size for file in zone.rglob("*.parquet")) / 1e6, 1),
        "steps": {name: step.told() for name, step in steps.items()},
        "full_seconds": round(full.seconds, 2), "full_cpu_seconds": round(full.cpu_seconds, 2),
        "statement_seconds": round(statement.seconds, 3), "statement_cpu_seconds": round(statement.cpu_seconds, 3),
        "ratio_to_statement": round(full.seconds / statement.seconds, 1),
        "cpu_ratio_to_statement": round(full.cpu_seconds / statement.cpu_seconds, 1),
        "day_share_of_full_percent": _percent(touched.seconds, full.seconds),
        "day_cpu_share_of_full_percent": _percent(touched.cpu_seconds, full.cpu_seconds),
        "day_and_answers_share_of_full_percent": _percent(asked.seconds, full.seconds),
        "day_and_answers_cpu_share_of_full_percent": _percent(asked.cpu_seconds, full.cpu_seconds),
        "tonnes_without_last_month_expected": expected, "tonnes_known_before_the_last_day": known,
        "tonnes": whole["scope_2_location_t"], "tonnes_of_statement": all_tonnes,
        "is_same": whole["scope_2_location_t"] is not None
        and abs(whole["scope_2_location_t"] - all_tonnes) <= TOLERANCE * all_tonnes,
        "gaps_percent": [round(100 * gap["gap_kwh"] / gap["children_kwh"], 4) for gap in gaps[:5]],
        "peak_mb": round(max(s.peak_mb for s in steps.values())),
        **(on_a_cluster(folder, zone, steps, engine) if engine != "embedded" else {}),
    }  # fmt: skip


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)


def on_a_cluster(folder: Path, zone: Path, steps: dict[str, Step], engine: str) -> dict[str, Any]:
    """Walk and ask once more on the distributed engine, from all kept rows; give times and whether answers are equal.

    The copy of the zone has the same kept files and none of what was measured.
    """
    copy = folder / "on_a_cluster" / zone.name
    shutil.copytree(zone, copy, copy_function=os.link, ignore=shutil.ignore_patterns("04_measured"))
    with given_or_private(folder, None if engine == "spark" else engine) as url:
        found = walked(copy, "--engine", url)
    same = {name: json.loads(step.said) == json.loads(steps[f"day_{name}"].said) for name, step in found.items()}
    return {"engine": engine, "engine_steps": {name: step.told() for name, step in found.items()},
            "engine_is_same": same}  # fmt: skip


def print_table(told: dict[str, Any]) -> None:
    """Print one line for each step."""
    print(f"{told['readings']:,} readings of {told['meters']:,} meters in {told['files']} files, "
          f"{told['file_mb']:,} MB of {told['format']}")  # fmt: skip
    engine = {f"{told.get('engine')} {name}": step for name, step in told.get("engine_steps", {}).items()}
    for name, step in (told["steps"] | engine).items():
        print(f"{name:<28}{step['seconds']:>10.2f} s{step['cpu_seconds']:>10.2f} s of processors"
              f"{step['peak_mb']:>8} MB")  # fmt: skip
    print(f"{'one statement':<28}{told['statement_seconds']:>10.3f} s{told['statement_cpu_seconds']:>10.3f} s")
    print(f"files to inventory / one statement: {told['ratio_to_statement']}"
          f" ({told['cpu_ratio_to_statement']} in processor time)")  # fmt: skip
    print(f"one more day, received and measured: {told['day_share_of_full_percent']} % of the full time"
          f" ({told['day_cpu_share_of_full_percent']} % of the processors')")  # fmt: skip
    print(f"and with both questions asked again: {told['day_and_answers_share_of_full_percent']} %"
          f" ({told['day_and_answers_cpu_share_of_full_percent']} %)")  # fmt: skip
    print(f"the same tonnes as the statement: {'yes' if told['is_same'] else 'NO'}")
    for name, is_same in told.get("engine_is_same", {}).items():
        print(f"the same {name} on {told['engine']}: {'yes' if is_same else 'NO'}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Meters to inventory, beside one SQL statement.")
    parser.add_argument("--meters", type=int, default=40)
    parser.add_argument("--months", type=int, default=12, choices=range(1, 13))
    parser.add_argument("--files", choices=("day", "week", "month"), default="week", help="one file a ...")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--engine", default="embedded", help="embedded, spark (a private cluster) or spark://HOST:PORT")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = measured(Path(folder), asked.meters, asked.months, asked.files, asked.format, asked.engine)
    print_table(told)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
