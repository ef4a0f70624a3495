"""Run by a test: keepers who take in files of unit records and are killed with SIGKILL, or who all write at once.

Every keeper and every judge is forked from one parent that has imported all and touched no table, for a table's
threads do not survive a fork. What is printed is one JSON object for each keeper.

`lines ACT STRIDE`: the act (`add`, `correct`, `close`, `large`, a delivery that is written while it is checked, or
`gather`, the version after which small files are written together) is done on a zone of its own, and the keeper dies at
the k-th line it runs of the watched modules, for every `STRIDE`-th k; the last one comes through. `moments COUNT`: one
keeper after another does add, correct and close and is killed by the clock. `together WRITERS FILES`: writers who all
begin at one moment.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import Any

# What is imported only when needed is imported here once, before the keepers.
import milepost.check.check
import milepost.check.records
import milepost.domains.carbon
import milepost.domains.industry
import milepost.engines.delta
import milepost.keep.files
import milepost.measure.figures  # noqa: F401
from milepost.check.verdict import Verdict
from milepost.engines import delta
from milepost.engines.embedded import Engine
from milepost.keep import store as kept
from milepost.keep.rows import is_bare
from milepost.measure.figures import measured_readings
from milepost.plan.zone import Zone
from milepost.receive.batch import Batch, Receipt
from milepost.show import intake
from milepost.show.catalogue import open_zone
from milepost.show.intake import take_in
from milepost.show.today import today_in
from milepost.show.walk import store_of

WATCHED = ("check/staging.py", "keep/rows.py", "keep/store.py", "keep/files.py", "keep/columns.py", "engines/delta.py")
TODAY = date(2026, 3, 31)
ZONE = """
id: yard
name: {en: Yard, zh: 场站}
main_area: HERE
areas: [{id: HERE, name: {en: Here, zh: 此处}, kind: zone}]
"""
REGISTERS = """
trip:
  name: {en: Trip, zh: 行程}
  definition: {en: A trip of a bus, zh: 公交行程}
  key: [bus, on_day]
  happened: on_day
  is_public: true
  columns:
    - {id: bus, type: text, name: {en: Bus, zh: 车辆}}
    - {id: on_day, type: date, name: {en: Day, zh: 日期}}
    - {id: distance, type: number, places: 1, unit: km, name: {en: Distance, zh: 里程}}
"""
INDICATORS = """
distance:
  name: {en: Distance, zh: 里程}
  definition: {en: Distance of all trips, zh: 行程里程合计}
  kind: flow
  unit: km
  register: yard.trip
  formula: sum(distance)
  contributor: bus
"""
HEAD = "bus,on_day,distance\n"
FILES = {
    # One row of the first is refused, so that the file of refused rows is written as well.
    "add": HEAD + "".join(f"B{n % 5},2025-01-{n:02d},{n}.5\n" for n in range(1, 21)) + "B9,2025-01-01,far\n",
    "correct": HEAD + "".join(f"B{n % 5},2025-01-{n:02d},{n + 100}.5\n" for n in range(1, 11)),
    "close": HEAD + "".join(f"B{n % 5},2025-01-{n:02d},0\n" for n in range(11, 16)),
    "large": HEAD + "".join(f"B{n % 5},2025-03-{n:02d},{n}.5\n" for n in range(1, 21)),
    "gather": HEAD + "B7,2025-02-01,7.5\n",
}
BEFORE = {"add": (), "correct": ("add",), "close": ("add", "correct"), "large": ("add",), "gather": ()}
ACTS = ("add", "correct", "close")
GATHERED = 25


def made_zone(folder: Path) -> Path:
    """A zone with nothing kept, and the files to be taken in."""
    folder.mkdir(parents=True)
    for name, text in (("zone.yaml", ZONE), ("registers.yaml", REGISTERS), ("indicators.yaml", INDICATORS)):
        (folder / name).write_text(text, "utf-8")
    for act, text in FILES.items():
        (folder / f"{act}.csv").write_text(text, "utf-8")
    return folder


@functools.cache
def read_zone(folder: Path) -> Zone:
    return open_zone(folder)


def zone_in(folder: Path) -> Zone:
    """The zone in one of the folders: read once, for all are alike."""
    return dataclasses.replace(read_zone(folder.parent / "begun"), folder=folder)


def do(zone: Zone, act: str) -> None:
    """Take in the file of an act."""
    change: Any = act if act in ACTS else "add"
    if act == "large":
        intake._LARGE_BYTES = kept._BARE_BYTES = 0
    take_in(zone, store_of(zone), zone.folder / f"{act}.csv", "yard.trip", TODAY, "somebody", change=change)


def many_versions(zone: Zone) -> None:
    """Keep a row a day, one version each, up to the one before small files are written together."""
    register, store = zone.register_named("yard.trip"), store_of(zone)
    types = {"_line": "bigint", "bus": "varchar", "on_day": "date", "distance": "decimal(18, 1)"}
    with Engine(threads=1) as engine:
        for number in range(1, GATHERED):
            engine.load("accepted", types, [(2, "B1", date(2025, 1, number), number)])
            receipt = Receipt("a.csv", f"{number:064x}", datetime.now(UTC), "somebody", "CSV")
            batch = Batch(register.id, "accepted", 1, register.column_ids, receipt)
            store.commit(engine, register, Verdict(batch, "accepted", 1, (), ()), store.newest(register.id))


def seen(zone: Zone) -> dict[str, Any]:
    """What a reader sees: the rows that stand, those of every version, the counts told, and the figures."""
    store, register = store_of(zone), zone.register_named("yard.trip")
    versions = store.versions(register.id)
    with Engine(threads=1) as engine:

        def rows(number: int | None = None) -> list[list[str]]:
            view = store.view(engine, register, number)
            found = engine.rows(f'select bus, on_day, distance from "{view}" order by all')
            return [[str(cell) for cell in row] for row in found]

        figures = measured_readings(engine, zone, store, today_in(zone), ("month", "year")) if versions else []
        shown = [1, *(one.number for one in versions[-3:])] if versions else []
        return {
            "rows": rows(),
            "versions": {str(number): rows(number) for number in dict.fromkeys(shown)},
            "counts": {str(one.number): one.count for one in versions if one.number in shown},
            "files": [one.content_hash for one in versions],
            "bare": sum(map(is_bare, delta.files(store.table(register.id)))) if versions else 0,
            "figures": sorted([one.period.text, one.value, one.contributors] for one in figures),
        }


def stray(folder: Path) -> list[str]:
    """Files that somebody could take for whole ones: none but those under a passing name may be half."""
    waiting = folder / "data/02_refused/yard.trip"
    found = list(waiting.glob("*")) if waiting.is_dir() else []
    return sorted(one.suffix for one in found if not one.name.startswith("."))


def judge(folder: Path, again: tuple[str, ...]) -> dict[str, Any]:
    """What is there after the kill; then the same commands are given again, and what is there after them."""
    zone = zone_in(folder)
    told = {"found": seen(zone), "stray": stray(folder)}
    for act in again:
        do(zone, act)
    return told | {"again": seen(zone), "stray_again": stray(folder)}


def forked(work: Callable[[], Any], seconds: float = 0.0) -> tuple[Any, int]:
    """Do some work in a process of its own, killed after some seconds; gives its answer and how it ended."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        ended = 1
        try:
            answer = json.dumps(work()).encode()
            while answer:
                answer = answer[os.write(said, answer) :]
            ended = 0
        finally:
            os._exit(ended)
    os.close(said)
    if seconds:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    answer = b""
    while piece := os.read(heard, 65536):
        answer += piece
    os.close(heard)
    status = os.waitpid(child, 0)[1]
    return (json.loads(answer) if answer else None), os.WTERMSIG(status) or os.WEXITSTATUS(status)


def counting(line: int) -> Callable[[], int]:
    """From now on count the lines of the watched modules, and die at the given one (0 for none)."""
    run = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal run
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        if event == "line":
            run += 1
            if run == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    return lambda: run


def keeper(folder: Path, acts: tuple[str, ...], line: int = 0) -> int:
    """Do the acts; gives how many lines of the watched modules that took."""
    zone = zone_in(folder)
    count = counting(line)
    for act in acts:
        do(zone, act)
    sys.settrace(None)
    return count()


def lines(folder: Path, act: str, stride: int) -> Iterator[dict[str, Any]]:
    """One keeper for every `stride`-th line of an act, the last of which comes through."""
    begun = made_zone(folder / "begun")
    read_zone(begun)
    if act == "gather":
        forked(lambda: many_versions(zone_in(begun)))
    else:
        forked(lambda: keeper(begun, BEFORE[act]))
    done = shutil.copytree(begun, folder / "done")
    whole, _ = forked(lambda: keeper(done, (act,)))
    yield {"before": forked(lambda: seen(zone_in(begun)))[0], "after": forked(lambda: seen(zone_in(done)))[0]}
    first = 1 + random.Random(f"{act} {stride}").randrange(stride)
    if act == "gather":  # all before is the same as in any other act
        first += whole * 3 // 4
    for line in [*range(first, whole + 1, stride), 0]:
        mine = shutil.copytree(begun, folder / f"at-{line}")
        _, ended = forked(lambda mine=mine, line=line: keeper(mine, (act,), line))  # type: ignore[misc]
        told, judged = forked(lambda mine=mine: judge(mine, (act,)))  # type: ignore[misc]
        yield {"line": line, "of": whole, "ended": ended, "judged": judged, **(told or {})}
        shutil.rmtree(mine)


def moments(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    """Keepers who do all acts and are killed by the clock at any moment of them."""
    chance = random.Random(20260331)
    begun = made_zone(folder / "begun")
    read_zone(begun)
    since, timed = time.monotonic(), shutil.copytree(begun, folder / "timed")
    forked(lambda: keeper(timed, ACTS))
    seconds = time.monotonic() - since
    whole = shutil.copytree(begun, folder / "whole")
    states = [forked(lambda: seen(zone_in(whole)))[0]]
    for act in ACTS:
        forked(lambda act=act: keeper(whole, (act,)))  # type: ignore[misc]
        states.append(forked(lambda: seen(zone_in(whole)))[0])
    yield {"states": states}
    for number in range(count):
        mine = shutil.copytree(begun, folder / f"moment-{number}")
        _, ended = forked(lambda mine=mine: keeper(mine, ACTS), chance.uniform(0.01, seconds))  # type: ignore[misc]
        told, judged = forked(lambda mine=mine: judge(mine, ACTS))  # type: ignore[misc]
        yield {"ended": ended, "judged": judged, **(told or {})}
        shutil.rmtree(mine)


def writer(folder: Path, number: int, files: int, begin: float) -> int:
    """One of several writers: its own files, and one that all of them send."""
    zone = zone_in(folder)
    time.sleep(max(begin - time.time(), 0))
    for one in range(files):
        path = folder / f"w{number}-{one}.csv"
        path.write_text(HEAD + "".join(f"W{number},2025-{one + 1:02d}-{d:02d},1.5\n" for d in range(1, 11)), "utf-8")
        take_in(zone, store_of(zone), path, "yard.trip", TODAY, f"writer {number}")
    do(zone, "add")
    return files


def together(folder: Path, writers: int, files: int) -> Iterator[dict[str, Any]]:
    """Writers who begin at one moment in one zone, and what is there when the last has ended."""
    mine, begin = made_zone(folder / "begun"), time.time() + 0.5
    children = []
    for number in range(writers):
        child = os.fork()
        if child == 0:
            ended = 1
            try:
                writer(mine, number, files, begin)
                ended = 0
            finally:
                os._exit(ended)
        children.append(child)
    ended = [os.waitpid(child, 0)[1] for child in children]
    zone_now, judged = forked(lambda: seen(zone_in(mine)))
    yield {"ended": ended, "judged": judged, "found": zone_now}


def main() -> None:
    mode, folder, *more = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]
    if mode == "lines":
        found = lines(folder, more[0], int(more[1]))
    elif mode == "moments":
        found = moments(folder, int(more[0]))
    else:
        found = together(folder, int(more[0]), int(more[1]))
    for one in found:
        print(json.dumps(one), flush=True)


if __name__ == "__main__":
    main()
