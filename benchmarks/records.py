"""Unit records from file to figure: what checking, measuring and keeping cost beside what they cannot do without.

    .venv/bin/python benchmarks/records.py [--check-rows N] [--measure-rows N] [--receive-rows N] [--commits N]

Every figure is a ratio of two times of the same run (`checking.py`, `measuring.py`, `receiving.py`, `commits.py` say of
what). The full sizes are 10 million rows to check, 100 million to measure, 20 million to receive and 1,000 commits;
without options a tenth of that, but for the commits. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import checking
import commits
import measuring
import receiving


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--check-rows", type=int, default=1_000_000)
    reader.add_argument("--measure-rows", type=int, default=10_000_000)
    reader.add_argument("--receive-rows", type=int, default=2_000_000)
    reader.add_argument("--commits", type=int, default=1_000)
    asked = reader.parse_args()
    parts: dict[str, dict[str, Any]] = {}
    for name, run, size in (
        ("check", checking.run, asked.check_rows),
        ("measure", measuring.run, asked.measure_rows),
        ("receive", receiving.run, asked.receive_rows),
        ("commit", commits.commit_ratio, asked.commits),
    ):
        parts[name] = run(size)
        print(name, json.dumps(parts[name]), flush=True)
    wanted = ("check_ratio", "measure_ratio", "incremental_share", "receive_ratio", "commit_ratio")
    told = {name: value for part in parts.values() for name, value in part.items() if name in wanted}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
