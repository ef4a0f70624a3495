"""Run by a test: clerks who act on cases and are killed with SIGKILL, at every line or at any moment.

`lines`: clerk number k is killed at the k-th line it runs of the ledger's own modules (every `stride`-th
k); the runner goes on until a clerk comes through. `moments`: clerks write without pause and are killed by the clock.
Each line printed is `case acknowledged-events`.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from milepost.basics.calendar import china
from milepost.cases.declaration import read_processes
from milepost.keep.docket import Docket
from milepost.keep.ledger import Ledger

REPOSITORY = Path(__file__).resolve().parents[2]
PROCESSES = read_processes(REPOSITORY / "src/milepost/domains/licensing/cases.yaml")
WATCHED = ("keep/ledger.py", "keep/docket.py", "engines/sql_ledger.py")
AT = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)


def work(docket: Docket, case: str, said: int) -> None:
    """Open, hand in, accept; each step is asked for under an id of its own and acknowledged when done."""
    docket.open("single_permit", case, "ann", "applicant", AT, "A", event_id=f"{case}/1")
    os.write(said, b"1")
    docket.act(case, "submit", "ann", "applicant", AT, data={"fields": {}}, event_id=f"{case}/2")
    os.write(said, b"2")
    docket.act(case, "accept", "win", "window", AT, event_id=f"{case}/3")
    os.write(said, b"3")


def kill_at(line: int) -> None:
    """From now on, die at the given line of the watched modules."""
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def clerk(url: str, case: str, said: int, line: int) -> None:
    if line:
        kill_at(line)
    docket = Docket(Ledger(url), PROCESSES, china())
    number = 0
    while True:
        work(docket, case if line else f"{case}-{number}", said)
        number += 1
        if line:
            return


def run(url: str, case: str, line: int, seconds: float) -> tuple[bytes, int]:
    """One clerk in a process of its own; gives what it acknowledged and how it ended."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        clerk(url, case, said, line)
        os._exit(0)
    os.close(said)
    if seconds:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    acknowledged = b""
    while piece := os.read(heard, 4096):
        acknowledged += piece
    os.close(heard)
    return acknowledged, os.waitpid(child, 0)[1]


def main() -> None:
    mode, url, most, stride = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    Ledger(url).close()  # the tables, and what is imported only when needed: once, before the clerks
    chance = random.Random(20260209)
    for number in range(1, most + 1, stride):
        if mode == "lines":
            acknowledged, ended = run(url, f"case-{number}", number, 0)
        else:
            acknowledged, ended = run(url, f"case-{number}", 0, chance.uniform(0.02, 0.2))
        print(f"case-{number}", acknowledged.decode() or "-", os.WTERMSIG(ended), flush=True)
        if mode == "lines" and ended == 0:
            return


if __name__ == "__main__":
    main()
