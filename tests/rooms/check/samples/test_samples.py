"""Rows made from a declaration pass the check; rows made against a rule are found by that rule: in every register."""

import dataclasses
import random
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.basics.credit_code import is_credit_code
from milepost.basics.declared import Placed
from milepost.basics.errors import NOWHERE
from milepost.check.fault import faults_of
from milepost.check.samples.broken import broken
from milepost.check.samples.equations import equations_of
from milepost.check.samples.hints import text_like
from milepost.check.samples.maker import Maker
from milepost.check.samples.values import Values
from milepost.engines.embedded import Engine
from milepost.registers.formula import names_of, read_formula
from milepost.show.catalogue import open_zone, wing_registers
from small_registers import records_zone

TODAY = date(2026, 3, 31)
WINGS = sorted(wing_registers())
SMALL = ["small.meter", "small.reading", "small.share", "small.control", "small.note"]
# What can be broken in no file by any cell: with the reason.
NEVER = {
    "C040": "a moment written in a form of its own is read or not",
    "C046": "the day a row begins is part of its key",
    "C051/shares_in_a_cluster_are_at_most_one": "no two nodes are made in one cluster",
    "C047": "no code of the list ever began or ended",
}


def maker(zone, engine, seed=7):
    return Maker(engine, zone, seed, TODAY)


@pytest.fixture(scope="module")
def wings(repository):
    return open_zone(repository / "examples/steel_works")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return records_zone(tmp_path_factory.mktemp("small"))


def good_and_broken(zone, name, count=8):
    with Engine(memory_mb=1024) as engine:
        work = maker(zone, engine)
        samples = work.sample(zone.registers[name], count)
        assert samples[-1].register.id == name and len(samples[-1].rows) == count
        assert work.judge(samples[-1].register, [(row, 0) for row in samples[-1].rows]) == {}
        return samples, broken(work, samples[-1])


@pytest.mark.parametrize(
    ("holds", "sql", "columns"),
    [
        ("energy_kwh = index_kwh * 2", "(r.energy_kwh) - (r.index_kwh * 2)", ["energy_kwh", "index_kwh"]),
        ("how = 'read' and abs(energy_kwh - 1) <= 0.5", "r.energy_kwh - 1", ["energy_kwh"]),
        ("(energy_kwh is null) = (index_kwh is null)", "", []),
        ("energy_kwh >= index_kwh or energy_kwh = index_kwh", "", []),
        ("case when pieces > 1 then 'a' else 'b' end = how", "", []),
    ],
)  # fmt: skip
def test_an_equality_of_numbers_is_an_equation_and_nothing_else_is(small, holds, sql, columns):
    register = small.registers["small.reading"]
    formula = read_formula(holds, names_of(register.columns), wanted="condition")
    rule = dataclasses.replace(register.rules[0], holds=Placed(holds, NOWHERE))
    found = equations_of(register, rule, {"holds": formula})
    assert [list(one.columns) for one in found] == ([columns] if columns else [])
    said = [re.sub('["() ]', "", one.sql) for one in found]
    assert said == ([re.sub("[() ]", "", sql)] if sql else []) or "cast" in said[0].lower()


def test_there_are_registers_to_judge():
    assert len(WINGS) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("name", WINGS)
def test_made_rows_of_a_wing_pass_and_broken_ones_are_found(wings, name):
    samples, faults = good_and_broken(wings, name)
    assert all(not sample.unmet for sample in samples)
    judged(samples[-1].register, faults)


@pytest.mark.parametrize("name", SMALL)
def test_made_rows_pass_and_broken_ones_are_found(small, name):
    samples, faults = good_and_broken(small, name)
    assert all(not sample.unmet for sample in samples)
    judged(samples[-1].register, faults)


def judged(register, faults):
    made = {one.fault for one in faults.breaks}
    unbroken = {name for name, reason in faults.unbroken if not reason.startswith("it is about rows")}
    # What is usual of a group is another thing where the group's other rows are broken, too.
    unbroken -= {name for name, reason in faults.unbroken if "hidden" in reason and name.startswith("C051")}
    assert made | {name for name, _ in faults.unbroken} == set(faults_of(register))
    assert not {name for name in unbroken if not {name, name.partition("/")[0]} & set(NEVER)}


def test_made_rows_say_that_they_are_made(wings):
    with Engine(memory_mb=1024) as engine:
        register = wings.registers["industry.enterprise"]
        rows = maker(wings, engine).sample(register, 6)[-1].rows
    assert all("MADE" in row["enterprise_code"] and is_credit_code(row["enterprise_code"]) for row in rows)
    assert all("made" in row["name"] for row in rows if len(row["name"]) > 8)


def test_made_rows_name_made_rows_of_other_registers(wings):
    with Engine(memory_mb=1024) as engine:
        site, meter = maker(wings, engine).sample(wings.registers["carbon.meter"], 6)
    assert {row["site_code"] for row in meter.rows} <= {row["site_code"] for row in site.rows}


@pytest.mark.parametrize(
    "pattern",
    ["[0-9]{4}", "[A-T]|[0-9]{2,4}|total", "[0-9,]{1,15}[.]?[0-9]{0,8} ?[亿万千百]*元?[^0-9]{0,6}", "a(b|c)?d+"],
)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_text_made_from_a_pattern_matches_it(pattern, seed):
    assert re.fullmatch(pattern, text_like(pattern, random.Random(seed)))


def test_cells_are_written_as_their_column_says(small):
    register = small.registers["small.note"]
    values = Values(register, {}, random.Random(3))
    for _ in range(50):
        assert re.fullmatch(r"\d\d/\d\d/\d{4}", values.filled(register.column("on_day")))
        assert re.fullmatch(r"-?\d+(,\d+)?", values.filled(register.column("amount")))
        assert re.fullmatch(r"-?\d+", values.filled(register.column("in_thousands")))
