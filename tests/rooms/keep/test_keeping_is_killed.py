"""Keeping is killed between any two lines and at any moment: a zone is as it was or as it is after, never mixed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakes.killed_keeping import ACTS

RUNNER = Path(__file__).resolve().parents[2] / "fakes/killed_keeping.py"


def told(mode: str, folder: Path, *more: object) -> list[dict[str, Any]]:
    """What the keepers and their judges tell."""
    command = [sys.executable, str(RUNNER), mode, str(folder), *map(str, more)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("stride", [89, 29])
@pytest.mark.parametrize("act", [*ACTS, "large", "gather"])
def test_killed_between_two_lines_a_zone_is_whole(tmp_path, act, stride):
    states, *keepers = told("lines", tmp_path, act, stride)
    before, after = states["before"], states["after"]
    assert before["rows"] != after["rows"] and before["figures"] != after["figures"]
    assert (before["bare"], after["bare"]) == (0, int(act == "large"))
    for number, rows in before["versions"].items():
        assert after["versions"].get(number, rows) == rows, "what was kept before reads as it did"
    assert [one["ended"] for one in keepers] == [signal.SIGKILL] * (len(keepers) - 1) + [0]
    assert len(keepers) >= 3
    for one in keepers:
        where = f"killed at line {one['line']} of {one['of']}"
        assert one["judged"] == 0, where
        assert one["found"] in (before, after), where
        assert set(one["stray"]) <= {".csv", ".json"}, where
        assert one["again"] == after, where
        assert one["stray_again"] == ([".csv", ".json"] if act != "gather" else []), where
    if act != "gather":  # there the last quarter of the lines comes behind the commit
        assert {one["found"] == after for one in keepers} == {False, True}


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 24])
def test_killed_at_any_moment_a_zone_is_whole(tmp_path, count):
    states, *keepers = told("moments", tmp_path, count)
    met = set()
    for number, one in enumerate(keepers):
        assert one["judged"] == 0, number
        assert one["found"] in states["states"], number
        assert one["again"] == states["states"][-1], number
        met.add(states["states"].index(one["found"]))
    assert len(keepers) == count and sum(one["ended"] == signal.SIGKILL for one in keepers) > count // 2
    assert len(met) >= 2, "some were killed before a commit, some behind it"


@pytest.mark.slow
def test_four_writers_at_once_keep_everything_and_nothing_twice(tmp_path):
    (told_last,) = told("together", tmp_path, 4, 3)
    found = told_last["found"]
    assert told_last["ended"] == [0] * 4 and told_last["judged"] == 0
    own = [row for row in found["rows"] if row[0].startswith("W")]
    assert len(own) == 4 * 3 * 10
    assert len(found["rows"]) == len(own) + 20, "the file that all of them sent is kept once"
    assert len({(bus, day) for bus, day, _ in found["rows"]}) == len(found["rows"])
    assert len(found["files"]) == len(set(found["files"])) == 4 * 3 + 1
    assert max(found["counts"].values()) == len(found["rows"])
    year = next(value for when, value, _ in found["figures"] if when == "2025")
    assert year == pytest.approx(sum(float(km) for *_, km in found["rows"]))
