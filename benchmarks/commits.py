"""Many small commits: does the last of them take longer than the first?

    .venv/bin/python benchmarks/commits.py [--commits 1000]

A file of ten rows is received, checked and kept again and again, every tenth as a correction. The last line is one
JSON object: `commit_ratio` is the median time of the last twenty deliveries over that of the first twenty.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from measuring import made_zone

from milepost.engines.embedded import Engine
from milepost.show.intake import take_in
from milepost.show.walk import store_of

_ENDS = 20


def commit_ratio(commits: int = 1_000) -> dict[str, Any]:
    """Time every delivery of a register, and a look at all of its rows at both ends."""
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        zone = made_zone(folder)
        store, register = store_of(zone), zone.registers["made.bill"]
        looked = []
        for number in range(commits):
            is_again = number % 10 == 9
            first = (number - is_again) * 10
            lines = [f"{first + n},S{n:05d},peak,2024-01-{1 + n:02d},{number}.125,1.50" for n in range(10)]
            file = folder / f"bill_{number}.csv"
            file.write_text("\n".join(["bill,site,kind,day,energy,amount", *lines, ""]), "utf-8")
            begun = time.perf_counter()
            change = "correct" if is_again else "add"
            intake = take_in(zone, store, file, register.id, date(2026, 1, 1), "benchmark", change=change)
            seconds.append(time.perf_counter() - begun)
            if intake.refused or intake.accepted != 10:
                raise SystemExit("not every row was kept")
            if number in (_ENDS, commits - 1):
                begun = time.perf_counter()
                with Engine() as engine:
                    ((count,),) = engine.rows(f'select count(*) from "{store.view(engine, register)}"')
                looked.append(time.perf_counter() - begun)
        if count != 10 * (commits - commits // 10):
            raise SystemExit("rows were lost or doubled")
    first, last = statistics.median(seconds[:_ENDS]), statistics.median(seconds[-_ENDS:])
    return {
        "commit_ratio": round(last / first, 3),
        "commits": commits,
        "first_s": round(first, 4),
        "last_s": round(last, 4),
        "view_first_s": round(looked[0], 4),
        "view_last_s": round(looked[-1], 4),
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--commits", type=int, default=1_000)
    print(json.dumps(commit_ratio(reader.parse_args().commits)))


if __name__ == "__main__":
    main()
