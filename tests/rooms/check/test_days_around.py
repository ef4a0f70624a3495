"""Rules that look beside a row read the kept days around it and no more, and say what all kept rows would."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from milepost.basics.declared import Placed
from milepost.basics.text import Text
from milepost.check.forms import Ground, lines_that_break
from milepost.engines.embedded import Engine
from milepost.registers.meaning import rule_formulas
from milepost.registers.register import Column, Register, register_faults
from milepost.registers.rule import Course, Rule

SAY = Text("a", "a")
FALLS = Rule("index_never_falls", "block", SAY, SAY, SAY, where=Placed("energy >= 0"),
             never_falls=Course("index", "at", ("meter", "device")))  # fmt: skip
USUAL = Rule("energy_is_usual", "hold", SAY, SAY, SAY, holds=Placed("max(energy) < 100 * median(energy)"),
             by=("meter",), within_days=7)  # fmt: skip
READINGS = Register(
    "z.reading",
    SAY,
    SAY,
    (
        Column("meter", SAY, "text"), Column("device", SAY, "text", may_be_empty=True), Column("at", SAY, "moment"),
        Column("energy", SAY, "number", unit="kWh", places=1, may_be_empty=True),
        Column("index", SAY, "number", unit="kWh", places=1, may_be_empty=True),
    ),
    key=("meter", "at"), happened="at", rules=(FALLS, USUAL),
)  # fmt: skip
TYPES = {"_line": "bigint", "meter": "varchar", "device": "varchar", "at": "timestamp", "energy": "decimal(18, 1)",
         "index": "decimal(18, 1)"}  # fmt: skip
START = datetime(2024, 1, 1)


def broken(engine, rule, typed, kept, is_near=True):
    """The lines of the batch that break a rule beside the kept rows."""
    engine.load("typed", TYPES, [(line, *row) for line, row in enumerate(typed, start=2)])
    engine.load("kept", TYPES, [(line, *row) for line, row in enumerate(kept, start=2)])
    days = [row[2].date() for row in typed]
    span = (min(days), max(days)) if is_near else None
    ground = Ground(READINGS, "typed", "", "kept", {}, {READINGS.id: READINGS}, span)
    formulas = rule_formulas(rule, READINGS, {READINGS.id: READINGS})
    query = lines_that_break(ground, rule, formulas)
    return sorted(line for (line,) in engine.rows(f"select distinct _line from ({query}) b"))


def readings(chance, days, count):
    """Readings of a few meters at moments of some days, with indexes that mostly rise, and empty cells."""
    found = {}
    for _ in range(count):
        at = START + timedelta(days=chance.choice(days), hours=chance.randrange(3))
        meter = chance.choice(["m1", "m2", "m3"])
        index = (
            None
            if chance.random() < 0.2
            else (at - START).days * 10 + chance.randrange(-90, 90) * chance.choice([1, 30])
        )
        found[meter, at] = (meter, chance.choice(["d1", "d1", None]), at, chance.choice([1, 2, None, -1]), index)
    return list(found.values())


@pytest.mark.parametrize("seed", range(3))
def test_a_course_is_judged_as_beside_all_kept_rows(seed):
    """Batches lie before, behind and amid what is kept, a day or a year away from it, of known and new devices."""
    chance, count = random.Random(seed), 0
    with Engine(threads=1) as engine:
        for _ in range(30):
            first = chance.choice([0, 15, 200, 400])
            batch = readings(chance, range(first, first + chance.choice([1, 9])), 60)
            kept = [day for day in range(400) if day not in range(first, first + 9) or chance.random() < 0.3]
            kept_days = chance.sample(kept, chance.choice([2, 40]))
            rows = [row for row in readings(chance, kept_days, 60) if row[:1] + row[2:3] not in
                    {(one[0], one[2]) for one in batch}]  # fmt: skip
            near = broken(engine, FALLS, batch, rows)
            assert near == broken(engine, FALLS, batch, rows, is_near=False)
            count += len(near)
    assert count > 40


def usual(days, energy, meter="m1"):
    return [(meter, "d", START + timedelta(days=day, hours=hour), energy, None) for day in days for hour in range(3)]


def test_a_group_is_judged_with_the_kept_rows_of_the_days_around():
    with Engine(threads=1) as engine:
        far, near = usual(range(20), 1), usual(range(93, 100), 1)
        strange = [("m1", "d", START + timedelta(days=100), 500, None)]
        assert broken(engine, USUAL, strange, far) == []  # what was usual long ago says nothing
        assert broken(engine, USUAL, strange, near) == [2]
        assert broken(engine, USUAL, strange, [row for row in usual([92], 1) if row[2].hour < 3]) == []
        assert broken(engine, USUAL, strange, usual(range(101, 108), 1)) == [2]  # days behind count as well
        assert broken(engine, USUAL, strange, usual(range(108, 120), 1)) == []
        assert broken(engine, USUAL, strange, usual(range(93, 100), 1, "m2")) == []
        # A strange reading that is kept since long does not hold what comes now.
        assert broken(engine, USUAL, usual([100], 1), [*near, ("m1", "d", START, 900, None)]) == []


def test_the_last_days_of_the_calendar_have_days_around_too():
    with Engine(threads=1) as engine:
        for day in (date.min, date.max):
            at = datetime(day.year, day.month, day.day)
            batch = [("m1", "d", at, 1, 5), ("m1", "d", at + timedelta(hours=1), 500, 4)]
            assert broken(engine, FALLS, batch, []) == [3]
            assert broken(engine, USUAL, batch, []) == []


def test_days_around_stand_beside_a_condition_over_a_group_alone():
    assert list(register_faults(READINGS)) == []
    for wrong in (replace(USUAL, within_days=0), replace(USUAL, by=()), replace(FALLS, within_days=7)):
        (trouble,) = register_faults(replace(READINGS, rules=(wrong,)))
        assert trouble.code == "D026"
    (trouble,) = register_faults(replace(READINGS, happened=None))
    assert trouble.code == "D026"
