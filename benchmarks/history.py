"""One enterprise's history among many rows: the index beside a scan of the same files by the engine.

    .venv/bin/python benchmarks/history.py [--rows 1000000]

The rows are monthly returns of many enterprises, kept in ten versions. The index is made once and its time told; then
keys are asked for at random. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measuring import made_zone

from milepost.check.verdict import Verdict
from milepost.engines.embedded import Engine
from milepost.keep.history import history
from milepost.receive.batch import Batch, Receipt
from milepost.show.walk import store_of

MADE = """
select i as _line, i as bill, 'S' || lpad((hash(i) % {firms})::varchar, 7, '0') as site, 'peak' as kind,
  (date '2020-01-01' + (i % 1826)::integer)::date as day, (i % 1000)::decimal(18, 3) as energy,
  1::decimal(18, 2) as amount from range({first}, {last}) t(i)
"""
_VERSIONS, _ASKED = 10, 200


def run(rows: int) -> dict[str, Any]:
    """Keep the rows, make the index, ask for keys."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        zone = made_zone(folder)
        store, register = store_of(zone), zone.registers["made.bill"]
        with Engine() as engine:
            for number in range(_VERSIONS):
                first, last = rows * number // _VERSIONS, rows * (number + 1) // _VERSIONS
                engine.make_view("made_rows", MADE.format(first=first, last=last, firms=max(rows // 120, 1)))
                receipt = Receipt("made.csv", f"{number:064d}", datetime.now(UTC), "benchmark", "made")
                batch = Batch(register.id, "made_rows", last - first, register.column_ids, receipt)
                verdict = Verdict(batch, "made_rows", last - first, (), ())
                store.commit(engine, register, verdict, store.newest(register.id))
            begun = time.perf_counter()
            history(engine, store, register, ("0",))
            made = time.perf_counter() - begun
            seconds = []
            for _ in range(_ASKED):
                key = chance.randrange(rows)
                begun = time.perf_counter()
                (found,) = history(engine, store, register, (str(key),))
                seconds.append(time.perf_counter() - begun)
                if found["bill"] != key:
                    raise SystemExit("another row was found")
            view, scans = store.view(engine, register), []
            for _ in range(5):
                begun = time.perf_counter()
                engine.rows(f'select * from "{view}" where hash(bill) = hash({chance.randrange(rows)})')
                scans.append(time.perf_counter() - begun)
    seconds.sort()
    return {
        "rows": rows,
        "history_ms_median": round(statistics.median(seconds) * 1000, 2),
        "history_ms_p95": round(seconds[int(len(seconds) * 0.95)] * 1000, 2),
        "scan_ms_median": round(statistics.median(scans) * 1000, 1),
        "index_s": round(made, 2),
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--rows", type=int, default=1_000_000)
    print(json.dumps(run(reader.parse_args().rows)))


if __name__ == "__main__":
    main()
