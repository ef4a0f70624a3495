"""Rows that stand in their file until the check reads them get the verdict of rows that were read before."""

import contextlib
import random
from dataclasses import replace

import pytest

from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.receive.batch import Unproven
from milepost.show import intake
from milepost.show.intake import take_in
from small_registers import METER, READING, TODAY, Trial, records_zone

HEAD = "meter_code,site_code,owner_code,industry,valid_from,valid_until"
CELLS = {
    "meter_code": ["M1", "M1", "M2", "", " M1"],
    "read_at": ["2026-01-05 10:00", "2026-01-05T11:30:00", "2026-01-05", "2026-02-30 10:00", "2026-01-05 10:00Z", ""],
    "index_kwh": ["100.5", "100.500", "1e3", "0x1", "-0", "+7.25", ".5", "5.", "1.23456", "1,000", "", "007"],
    "energy_kwh": ["2.25", "2.250", "-1", "1000000", "12.3450000", "x", ""],
    "how": ["read", "estimated", "guessed", ""],
    "is_final": ["yes", "no", "是", "?", ""],
    "pieces": ["1", "01", "1.0", "1.5", "+3", "99999999999999999999", ""],
    "temperature": ["1", "-1.5e2", "1e999", "warm", ""],
    "page": ["https://a.example/x", "ftp://a", ""],
    "billed_in": ["2026-01", "2026-01-01", "2026-01-02", "2026-13", ""],
    "about": ["2025", "2025-Q1", "soon", ""],
}


@pytest.fixture
def trial(tmp_path):
    found = Trial(tmp_path)
    found.keep("meter", [METER, METER | {"meter_code": "M2", "site_code": "S2"}])
    with found.engine:
        yield found


def told(trial, verdict):
    """All that a verdict says but for the names of its tables, with the rows that passed."""
    same = replace(verdict, batch=None, accepted="", refused="", held="")
    waiting = trial.engine.rows(f'select * from "{verdict.refused}" order by _line')
    held = trial.engine.rows(f'select * from "{verdict.held}" order by all')
    return same, trial.accepted(verdict, *CELLS), waiting, held


@pytest.mark.parametrize("seed", range(4))
def test_any_rows_get_the_same_verdict(trial, seed):
    rng = random.Random(seed)
    rows = [{name: rng.choice(cells) for name, cells in CELLS.items()} for _ in range(300)]
    rows += [READING | {"read_at": f"2026-01-06 {hour:02}:00"} for hour in range(24)]
    rng.shuffle(rows)
    before = told(trial, trial.check("reading", rows))
    verdict = trial.check("reading", rows, may_stand=True)
    assert verdict.batch.standing
    assert told(trial, verdict) == before
    assert before[1]
    assert before[2]


@pytest.mark.parametrize("line", ["", ",,,,,", "M1", "M3,S3,,,2020-01-01,,9"], ids=["empty", "blank", "short", "long"])
def test_what_was_not_promised_is_unproven_and_taken_in_the_exact_way(tmp_path, monkeypatch, line):
    zone = records_zone(tmp_path)
    path = tmp_path / "meters.csv"
    path.write_text(f"{HEAD}\nM1,S1,,,2020-01-01,\n{line}\nM2,S2,,,2020-01-01,\n", "utf-8")
    trial = Trial(tmp_path)
    with trial.engine, contextlib.suppress(Unproven):
        assert not trial.check("meter", path, may_stand=True).batch.standing
    monkeypatch.setattr(intake, "_LARGE_BYTES", 0)
    by_the_engine, load_lines = [], Engine.load_lines

    def watched(*asked):
        by_the_engine.append(load_lines(*asked))
        return by_the_engine[-1]

    monkeypatch.setattr(Engine, "load_lines", watched)
    found = take_in(zone, Store(tmp_path / "data"), path, "small.meter", TODAY, "somebody")
    assert (found.accepted, found.refused) == (2, 0 if set(line) <= {","} else 1)
    # Of rows that are all there, some of them blank, the engine still reads the file.
    assert by_the_engine == [2 if line == ",,,,," else None]
    if found.refused:
        assert [refusal.line for refusal in found.refusals] == [3]
