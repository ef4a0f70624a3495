"""A CSV file from its receipt to the kept version, beside the engine's own copy of the file to Parquet.

    .venv/bin/python benchmarks/receiving.py [--rows 2000000]

Ours reads every cell by the declared type, looks for repeated keys and odd values, keeps the file as it came, and keeps
the rows as a version with its receipt; the copy guesses types and writes. The last line is one JSON object.

Of 20 million rows (898 MB) on two processors, with other work on the machine, it took 1.2 to 1.4 copies (6.2 to 7.9 s)
and 1 GB of memory at most. Of about 12.5 s of processor time 1.1 go to copying, hashing and the survey, 0.5 to having
the copy on the disk, 10 to the one pass that reads, casts, judges and writes, 0.2 to the order of keys, 0.6 to odd
amounts; the copy takes 8.5.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from measuring import BILLS, DAYS, SITES, made_zone

from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.show.intake import take_in

ROUNDS = 3
"""Both ways are gone in turn, and the fastest of each is compared: what else the machine does is in neither."""


def run(rows: int) -> dict[str, Any]:
    """Time the copy, then the way of the same file into the register."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        zone, file = made_zone(folder), folder / "bill.csv"
        made = BILLS.format(first=0, last=rows, rows=rows, days=DAYS, sites=SITES)
        with Engine() as engine:
            cells = f"select bill, site, kind, day, energy, amount from ({made})"
            engine._run(f"copy ({cells}) to '{file}' (header, delimiter ',')")
        size = file.stat().st_size
        copied, taken = [], []
        for number in range(ROUNDS):
            begun = time.perf_counter()
            with Engine() as engine:
                engine._run(f"copy (select * from read_csv('{file}')) to '{folder / 'copy.parquet'}' (format parquet)")
            copied.append(time.perf_counter() - begun)
            store = Store(folder / f"data{number}")
            begun = time.perf_counter()
            intake = take_in(zone, store, file, "made.bill", date(2026, 1, 1), "benchmark")
            taken.append(time.perf_counter() - begun)
            if (intake.accepted, intake.refused) != (rows, 0):
                raise SystemExit("not every row was kept")
            shutil.rmtree(store.folder)
    return {
        "receive_ratio": round(min(taken) / min(copied), 3),
        "rows": rows,
        "megabytes": round(size / 1e6, 1),
        "copy_s": round(min(copied), 3),
        "ours_s": round(min(taken), 3),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--rows", type=int, default=2_000_000)
    print(json.dumps(run(reader.parse_args().rows)))


if __name__ == "__main__":
    main()
