"""Time and peak memory of a walk, beside the plain alternative, each as a whole process in alternating runs.

Cold: the zone's data folder is absent; the walk receives, checks, keeps, measures and forecasts. Warm: it is there.
The alternative is what the best existing plan monitor does with the same file: read the CSV with pandas, fit a
straight line through each target's figures, extrapolate to the deadline. It reads no bounds, keeps nothing, knows
no dates of publication and gives no chance.

    .venv/bin/python benchmarks/walk.py [--zone zones/etown] [--runs 5]

Prints a table and, as its last line, one JSON object. The zone is copied first, so that its data stays untouched.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
COLD, WARM, PLAIN = "walk_cold", "walk_warm", "plain"
MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
TIMES_ALLOWED = 2.0


@dataclass(frozen=True)
class Run:
    """One process: its wall-clock and processor time [s], its peak memory [MB], and the document it printed."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    document: dict[str, Any]


def plain_series(rows: Any, area: str | None) -> Any:
    """Give the figures of the target's area (of the best documented one where it has no two), in one unit."""
    own = rows[rows["area"] == area]
    if own["year"].nunique() < 2 and len(rows):
        own = rows[rows["area"] == rows["area"].mode()[0]]
    return own[own["unit"] == own["unit"].mode()[0]] if len(own) else own


def plain_alternative(zone: Path) -> dict[str, Any]:
    """Give a straight line's value at the deadline for each target with a number and two figures."""
    import numpy as np
    import pandas as pd
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows = pd.read_csv(zone / "records/published_figures.csv", encoding="utf-8-sig")
    named = yaml.load((zone / "figures.yaml").read_text("utf-8"), Loader=loader)
    meant = {name: one if isinstance(one, str) else one["indicator"] for name, one in named.items()}
    rows["means"] = rows["indicator"].map(meant)
    rows["year"] = pd.to_datetime(rows["period_end"], errors="coerce").dt.year
    rows["number"] = pd.to_numeric(rows["value"], errors="coerce")
    rows = rows[rows["kind"].isin(["actual", "preliminary", "approx", "at_least"])].dropna(subset=["year", "number"])
    targets = []
    for path in sorted((zone / "plan").glob("*.yaml")):
        plan = yaml.load(path.read_text("utf-8"), Loader=loader)
        items = [item for action in plan.get("actions", ()) for item in action["items"]]
        for target in (target for part in (*plan.get("goals", ()), *items) for target in part.get("targets", ())):
            series = plain_series(rows[rows["means"] == target.get("indicator")], target.get("area"))
            line = None
            if series["year"].nunique() > 1:
                slope, start = np.polyfit(series["year"] - 2020, series["number"], 1)
                deadline = target.get("deadline") or plan["deadline"]
                line = float(start + slope * (deadline.year - 2020))
            promised = target.get("value")
            is_met = None if line is None or promised is None else bool(line >= promised)
            targets.append({"id": target["id"], "value": promised, "line": line, "is_met": is_met})
    return {"targets": targets}


def run(command: list[str]) -> Run:
    """Run a process to its end and measure all of it, from its start to its last byte."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=said, cwd=REPOSITORY)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said.read().decode()}")
        cpu_seconds = usage.ru_utime + usage.ru_stime
        return Run(seconds, cpu_seconds, usage.ru_maxrss * MAXRSS_UNIT_BYTES / 1e6, json.load(out))


def measured(zone: Path, runs: int) -> dict[str, list[Run]]:
    """Give the runs of each way, taken in turns; the first turn warms the disk's cache and is not counted."""
    walk = [sys.executable, "-m", "milepost.show.command", "walk", str(zone), "--json"]
    plain = [sys.executable, str(Path(__file__).resolve()), "--zone", str(zone), "--only-plain"]
    found: dict[str, list[Run]] = {COLD: [], WARM: [], PLAIN: []}
    for turn in range(runs + 1):
        shutil.rmtree(zone / "data", ignore_errors=True)
        done = {COLD: run(walk), WARM: run(walk), PLAIN: run(plain)}
        if turn:
            for way, one in done.items():
                found[way].append(one)
    return found


def summary(found: dict[str, list[Run]]) -> dict[str, Any]:
    """Give medians of each way, and its ratios to the plain alternative: the median over turns.

    Runs of one turn stand next to each other in time, so their ratio suffers least from a busy machine.
    """
    measures = ("seconds", "cpu_seconds", "peak_mb")
    figures = {
        way: {measure: round(statistics.median(getattr(one, measure) for one in runs), 3) for measure in measures}
        | {"seconds_least": round(min(one.seconds for one in runs), 3)}
        | {"seconds_most": round(max(one.seconds for one in runs), 3)}
        for way, runs in found.items()
    }
    ratios = {
        way: {measure: round(statistics.median(_ratios(runs, found[PLAIN], measure)), 2) for measure in measures}
        for way, runs in found.items()
        if way != PLAIN
    }
    return {"figures": figures, "ratios": ratios}


def _ratios(runs: list[Run], plain: list[Run], measure: str) -> list[float]:
    return [getattr(one, measure) / getattr(other, measure) for one, other in zip(runs, plain, strict=True)]


def print_table(told: dict[str, Any]) -> None:
    """Print one line for each way."""
    rows = [("", "seconds", "least", "most", "cpu s", "peak MB", "times the plain (s, cpu, MB)")]
    for way, one in told["figures"].items():
        seconds = (f"{one[name]:.2f}" for name in ("seconds", "seconds_least", "seconds_most", "cpu_seconds"))
        times = ", ".join(f"{ratio:.2f}" for ratio in told["ratios"].get(way, {}).values())
        rows.append((way, *seconds, f"{one['peak_mb']:.0f}", times))
    for first, *cells, last in rows:
        print(f"{first:<10}" + "".join(f"{cell:>9}" for cell in cells) + f"{last:>30}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time and peak memory of a walk beside the plain alternative.")
    parser.add_argument("--zone", type=Path, default=REPOSITORY / "zones/etown")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only-plain", action="store_true", help="run the plain alternative alone and print it")
    asked = parser.parse_args()
    if asked.only_plain:
        print(json.dumps(plain_alternative(asked.zone)))
        return
    with tempfile.TemporaryDirectory() as folder:
        zone = Path(folder) / asked.zone.name
        shutil.copytree(asked.zone, zone, ignore=shutil.ignore_patterns("data"))
        found = measured(zone, asked.runs)
        with (zone / "records/published_figures.csv").open(encoding="utf-8-sig", newline="") as file:
            row_count = sum(1 for _ in csv.reader(file)) - 1
    told = summary(found)
    judged, lined = (len(found[way][-1].document["targets"]) for way in (COLD, PLAIN))
    if judged != lined:
        sys.exit(f"the walk judged {judged} targets and the plain alternative {lined}: they must be the same")
    print(f"{row_count} figures, {judged} targets, median of {asked.runs} alternating runs of whole processes\n")
    print_table(told)
    print(f"\nThe aim is a cold walk in at most {TIMES_ALLOWED:g} times the plain alternative's time.")
    told["is_aim_reached"] = told["ratios"][COLD]["seconds"] <= TIMES_ALLOWED
    print(json.dumps({"benchmark": "walk", "runs": asked.runs, "target_count": judged, **told}))


if __name__ == "__main__":
    main()
