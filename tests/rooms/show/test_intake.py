"""A file is taken in: once, whole, and again only when something about it has changed."""

import csv
import dataclasses
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.measure.published import published_readings
from milepost.show import verdict_lines
from milepost.show.intake import take_in
from small_zone import REGISTER, TODAY, row, small_zone, write

HERE = Path(__file__).resolve()


def taken(folder, rows, zone=None, name="f.csv", today=TODAY):
    path = write(folder / name, rows)
    return take_in(zone or small_zone(), Store(folder / "data"), path, "published_figures", today, "somebody")


def kept_notes(folder):
    with Engine() as engine:
        view = Store(folder / "data").view(engine, REGISTER)
        return [note for (note,) in engine.rows(f'select note from "{view}" order by note')]


def test_good_rows_go_on_and_bad_ones_wait(tmp_path):
    intake = taken(tmp_path, [row(note="good"), row(value="x"), row(area="BDAA", unit="cubits")])
    assert (intake.accepted, intake.refused, intake.version.number) == (1, 2, 1)
    with intake.refused_file.open(encoding="utf-8-sig", newline="") as file:
        waiting = list(csv.DictReader(file))
    assert [(w["refused_line"], w["refused_rules"]) for w in waiting] == [("3", "C022"), ("4", "C011; C012")]
    assert kept_notes(tmp_path) == ["good"]


def test_the_same_file_twice_is_one_batch(tmp_path):
    first = taken(tmp_path, [row(note="a"), row(value="x")])
    again = taken(tmp_path, [row(note="a"), row(value="x")], name="other.csv")
    assert (first.was_known, again.was_known) == (False, True)
    assert (again.accepted, again.refused, again.version) == (1, 1, first.version)
    assert again.refused_file == first.refused_file
    assert len(Store(tmp_path / "data").versions("published_figures")) == 1


def test_a_known_file_tells_again_why_its_rows_wait(tmp_path):
    rows = [row(note="a"), row(value="x", area="BDAA")]
    first, again = taken(tmp_path, rows), taken(tmp_path, rows)
    assert (again.was_known, again.verdict) == (True, None)
    assert again.refusals == first.refusals
    assert again.refusals[0].rules == ("C022", "C011")
    assert again.rule_counts == first.rule_counts
    assert verdict_lines.document(again)["refusals"] == verdict_lines.document(first)["refusals"]


def test_a_known_file_is_not_read_again(tmp_path):
    taken(tmp_path, [row()])
    (tmp_path / "data" / "01_received").rename(tmp_path / "data" / "elsewhere")
    assert taken(tmp_path, [row()]).was_known
    assert not list((tmp_path / "data" / "01_received").iterdir())


def test_refused_rows_can_be_mended_and_sent_again(tmp_path):
    intake = taken(tmp_path, [row(note="a"), row(note="=b", value="x"), row(note="c", value="y")])
    text = intake.refused_file.read_text("utf-8-sig")
    (tmp_path / "mended.csv").write_text(text.replace(",x,", ",7,"), encoding="utf-8")
    store = Store(tmp_path / "data")
    again = take_in(small_zone(), store, tmp_path / "mended.csv", "published_figures", TODAY, "somebody")
    assert (again.accepted, again.refused) == (1, 1)
    assert kept_notes(tmp_path) == ["=b", "a"]


def test_refused_rows_pass_once_the_zone_declares_them(tmp_path):
    rows = [row(note="a"), row(note="b", unit="cubits")]
    assert taken(tmp_path, rows).refused == 1
    zone = small_zone()
    declared = dataclasses.replace(zone.declared, units={**zone.declared.units, "cubits": "CNY_100m"})
    again = taken(tmp_path, rows, dataclasses.replace(zone, declared=declared))
    assert (again.was_known, again.accepted, again.refused, again.already_kept) == (False, 1, 0, 1)
    assert again.refused_file is None
    assert list((tmp_path / "data" / "02_refused" / "published_figures").iterdir()) == []
    assert kept_notes(tmp_path) == ["a", "b"]
    assert taken(tmp_path, rows).was_known


def test_a_row_of_tomorrow_passes_tomorrow(tmp_path):
    rows = [row(published_on="2026-04-01")]
    assert taken(tmp_path, rows).refused == 1
    assert taken(tmp_path, rows).was_known
    assert taken(tmp_path, rows, today=TODAY.replace(month=4, day=1)).accepted == 1


def test_a_file_with_an_old_and_a_new_row_adds_the_new_one(tmp_path):
    taken(tmp_path, [row(note="a")])
    more = taken(tmp_path, [row(note="b"), row(note="a")])
    assert (more.accepted, more.already_kept, more.refused) == (1, 1, 0)
    assert kept_notes(tmp_path) == ["a", "b"]


def test_a_file_that_cannot_be_read_leaves_what_was_kept(tmp_path):
    taken(tmp_path, [row(note="a")])
    (tmp_path / "bad.csv").write_bytes(b"")
    with pytest.raises(YoursToMend, match="R001"):
        take_in(small_zone(), Store(tmp_path / "data"), tmp_path / "bad.csv", "published_figures", TODAY, "somebody")
    assert kept_notes(tmp_path) == ["a"]


def _take_many(folder, writer, count):
    for number in range(count):
        taken(Path(folder), [row(note="shared"), row(note=f"{writer}-{number}")], name=f"{writer}-{number}.csv")


@pytest.mark.slow
def test_several_writers_at_once_lose_nothing_and_keep_nothing_twice(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_take_many, args=(str(tmp_path), writer, 4)) for writer in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert kept_notes(tmp_path) == sorted(["shared", *(f"{w}-{n}" for w in "abc" for n in range(4))])


PROGRAM = """
import os, sys, signal, threading, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from small_zone import small_zone, TODAY
from milepost.keep.store import Store
from milepost.show.intake import take_in
folder, point = Path(sys.argv[1]), sys.argv[2]
if point.startswith("call:"):
    place, name = point[5:].split(".")
    import milepost.engines.delta as delta, milepost.keep.store as store, milepost.show.intake as intake
    module = dict(delta=delta, intake=intake, store=store)[place]
    before = name.startswith("before_")
    name = name.removeprefix("before_").removeprefix("after_")
    real = getattr(module, name)
    def dies(*arguments, **named):
        if before:
            os._exit(9)
        real(*arguments, **named)
        os._exit(9)
    setattr(module, name, dies)
print("ready", flush=True)
take_in(small_zone(), Store(folder / "data"), folder / "f.csv", "published_figures", TODAY, "somebody")
"""

POINTS = [
    "delta.before_create",
    "delta.after_create",
    "store.before__placed",
    "store.before__stats",
    "delta.before_attach",
    "delta.before_AddAction",
    "delta.after_attach",
    "intake.after_keep_refused",
    "intake.before_remember",
    "intake.after_remember",
]


def run(folder, point):
    program = PROGRAM.format(tests=str(HERE.parents[2]))
    return subprocess.Popen([sys.executable, "-c", program, str(folder), point], stdout=subprocess.PIPE)


def whole(folder):
    """Whatever happened before, the next attempt ends with every row once."""
    store = Store(folder / "data")
    assert kept_notes(folder) in ([], ["0", "1", "2"])
    intake = take_in(small_zone(), store, folder / "f.csv", "published_figures", TODAY, "somebody")
    assert kept_notes(folder) == ["0", "1", "2"]
    assert intake.refused == 1
    assert intake.refused_file.is_file()
    with Engine() as engine:
        assert len(published_readings(engine, small_zone(), store)) == 3


ROWS = [row(note="0"), row(note="1"), row(note="2"), row(note="3", value="x")]


@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_dies_at_a_point_leaves_the_store_whole(tmp_path, point):
    write(tmp_path / "f.csv", ROWS)
    with run(tmp_path, f"call:{point}") as process:
        assert process.wait(60) == 9, "it died where it was meant to"
    whole(tmp_path)


@pytest.mark.slow
def test_a_process_killed_at_any_moment_leaves_the_store_whole(tmp_path):
    chance = random.Random(2)
    for attempt in range(6):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        write(folder / "f.csv", ROWS)
        with run(folder, "none") as process:
            process.stdout.readline()
            time.sleep(chance.uniform(0.1, 0.8))
            os.kill(process.pid, signal.SIGKILL)
        whole(folder)
