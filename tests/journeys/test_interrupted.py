"""A delivery is cut off at any moment, by Ctrl-C or by SIGKILL; the same command again goes on to the same rows."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from milepost.engines.embedded import Engine
from milepost.show.catalogue import open_zone
from milepost.show.walk import store_of

ROWS = 100_000
ZONE = """
id: cut
name: {en: Cut off, zh: 中断}
main_area: HERE
areas: [{id: HERE, name: {en: Here, zh: 此处}, kind: zone}]
"""
REGISTERS = """
load:
  name: {en: Load, zh: 负荷}
  definition: {en: A number for an hour, zh: 某小时的数}
  key: [id]
  columns:
    - {id: id, type: whole, name: {en: Number, zh: 编号}}
    - {id: on_day, type: date, name: {en: Day, zh: 日}}
    - {id: amount, type: number, places: 2, name: {en: Amount, zh: 量}}
"""


@pytest.fixture(scope="module")
def delivery(tmp_path_factory):
    """A file of which every hundredth row is refused."""
    path = tmp_path_factory.mktemp("sent") / "load.csv"
    with path.open("w") as file:
        file.write("id,on_day,amount\n")
        for number in range(ROWS):
            amount = "many" if number % 100 == 99 else f"{number % 977}.25"
            file.write(f"{number},2025-{number % 12 + 1:02d}-{number % 28 + 1:02d},{amount}\n")
    return path


def zone_in(folder):
    folder.mkdir(exist_ok=True)
    (folder / "zone.yaml").write_text(ZONE, encoding="utf-8")
    (folder / "registers.yaml").write_text(REGISTERS, encoding="utf-8")
    return folder


def start(zone, path, *more):
    command = [sys.executable, "-m", "milepost.show.command", "receive", str(zone), "cut.load", str(path), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def rows_kept(zone):
    """Rows, distinct keys and the sum of what the newest version holds."""
    here = open_zone(zone)
    with Engine() as engine:
        view = store_of(here).view(engine, here.register_named("cut.load"))
        return engine.rows(f'select count(*), count(distinct id), sum(amount) from "{view}"')[0]


def whole():
    good = [number for number in range(ROWS) if number % 100 != 99]
    return len(good), len(good), sum(number % 977 for number in good) + len(good) * 0.25


def wait_for(zone, what, process):
    """Wait until a step of the work can be seen in the zone's folder, or the work is over."""
    while process.poll() is None and not list((zone / "data").glob(what)):
        time.sleep(0.002)


def seconds_taken(zone, delivery):
    """How long a delivery takes that nobody cuts off, from where its copy begins."""
    process = start(zone, delivery)
    wait_for(zone, "01_received/*", process)
    began = time.monotonic()
    process.communicate(timeout=120)
    return time.monotonic() - began


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl_c", "killed"])
def test_a_delivery_cut_off_at_any_moment_is_taken_in_by_the_same_command_again(delivery, tmp_path, how):
    whole_time, cut, wholes = seconds_taken(zone_in(tmp_path / "whole"), delivery), 0, []
    for part in (0.0, 0.05, 0.15, 0.35, 0.7):
        zone = zone_in(tmp_path / f"{how.name}{part}")
        process = start(zone, delivery)
        wait_for(zone, "01_received/*", process)
        time.sleep(part * whole_time)
        process.send_signal(how)
        out, said = process.communicate(timeout=120)
        if process.returncode in (130, -signal.SIGKILL):
            cut += 1
            assert how == signal.SIGKILL or said.startswith("interrupted: what was kept before stays"), said
        else:
            assert process.returncode in (1, -signal.SIGINT), said
            assert "accepted" in out, "the signal came after the work was done"
        kept = rows_kept(zone)
        assert kept[0] in (0, whole()[0]), "all rows of the file are kept or none"
        again = start(zone, delivery, "--json")
        out, _ = again.communicate(timeout=120)
        (told,) = json.loads(out)["files"]
        assert again.returncode == 1
        assert told["refused_count"] == ROWS // 100
        assert (*rows_kept(zone)[:2], float(rows_kept(zone)[2])) == whole()
        wholes.append(kept[0])
    assert cut >= 2
    assert 0 in wholes


def test_a_file_that_arrives_in_a_watched_folder_is_taken_in_and_ctrl_c_ends_the_watch(delivery, tmp_path):
    zone, inbox = zone_in(tmp_path / "zone"), tmp_path / "inbox"
    inbox.mkdir()
    process = start(zone, inbox, "--watch", "--json")
    (inbox / "half.csv.part").write_bytes(delivery.read_bytes())
    (inbox / "half.csv.part").rename(inbox / "load.csv")
    told = json.loads(process.stdout.readline())
    assert told["files"][0]["accepted_count"] == whole()[0]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[0].endswith("Ctrl-C ends it")
    assert rows_kept(zone)[0] == whole()[0]
