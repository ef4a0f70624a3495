"""How cells are written that were not read: what to declare is said, and, declared, the same cells are read."""

import dataclasses
from decimal import Decimal

import pytest

from milepost.registers.register import Written
from small_registers import METER, READING, Trial


@pytest.fixture
def trial(tmp_path):
    made = Trial(tmp_path)
    made.keep("meter", [METER])
    yield made
    made.engine.close()


def readings(cells, column="energy_kwh"):
    return [READING | {"read_at": f"2026-01-{day:02d} 10:00", "index_kwh": "", column: cell}
            for day, cell in enumerate(cells, start=1)]  # fmt: skip


def told(verdict, code):
    return {(one.subject, one.count, one.says.en.split(",")[0]) for one in verdict.findings if one.code == code}


def written(trial, register, column, **how):
    """The zone with a column written in another way."""
    name = f"small.{register}"
    before = trial.zone.registers[name]
    columns = tuple(
        dataclasses.replace(one, written=Written(**how)) if one.id == column else one for one in before.columns
    )
    registers = {**trial.zone.registers, name: dataclasses.replace(before, columns=columns)}
    trial.zone = dataclasses.replace(trial.zone, registers=registers)


@pytest.mark.parametrize(
    ("cells", "says", "how", "values"),
    [
        (["1,234,567", "1,234.5"], "these numbers have a comma between thousands", {"thousands": ","},
         "1234567 1234.5"),
        (["1,234,567", "1,234"], "these numbers have a comma between thousands", {"thousands": ","}, "1234567 1234"),
        (["1,5", "2,234"], "these numbers have a decimal comma", {"decimal": ","}, "1.5 2.234"),
        (["1.234,5", "12.345.678"], "these numbers have points between thousands and a decimal comma",
         {"decimal": ",", "thousands": "."}, "1234.5 12345678"),
        (["(12.5)", "(0.25)"], "these numbers stand in brackets", {"has_brackets": True}, "-12.5 -0.25"),
        (["5%", "12.5 %"], "these numbers have a percent sign", {"behind": "%"}, "5 12.5"),
        (["5 kWh", "12.5kWh"], "these numbers have a word behind them", {"behind": "kWh"}, "5 12.5"),
    ],
)  # fmt: skip
def test_what_is_said_of_numbers_reads_them_when_it_is_declared(trial, cells, says, how, values):
    first = trial.check("reading", readings(cells))
    assert first.accepted_count == 0
    assert told(first, "C068") == {("energy_kwh", len(cells), says)}
    written(trial, "reading", "energy_kwh", **how)
    again = trial.check("reading", readings(cells))
    rows = {row for (row,) in trial.accepted(again, "energy_kwh")}
    wanted = {Decimal(value) for value in values.split()}
    assert rows == {value for value in wanted if value >= 0}, "energy is not negative, by a rule of its own"
    assert again.refused_count == sum(value < 0 for value in wanted)
    assert not told(again, "C068")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["１２", "１２．５"], "these cells have full-width digits or signs"),
        (["1e3", "1.5E-2"], "these numbers are written with an exponent"),
        ([" 12", "1 000"], "these numbers have blanks before"),
        (["1,234"], "the comma of these numbers is before three digits: a decimal or a thousands comma"),
    ],
)
def test_what_is_not_to_be_declared_is_said_too(trial, cells, says):
    assert told(trial.check("reading", readings(cells)), "C068") == {("energy_kwh", len(cells), says)}


def test_a_sign_alone_is_no_empty_cell(trial):
    written(trial, "reading", "energy_kwh", behind="%", has_brackets=True)
    verdict = trial.check("reading", readings(["%", "()", "(-5)", "（5）", "5"]))
    assert [row for (row,) in trial.accepted(verdict, "energy_kwh")] == [5]
    assert {one.line: one.rules for one in verdict.refusals} == {2: ("C022",), 3: ("C022",), 4: ("C022",), 5: ("C050",)}


def test_day_numbers_and_full_width_dates_are_told(trial):
    rows = [READING | {"billed_in": cell, "read_at": f"2026-01-{day:02d} 10:00"}
            for day, cell in enumerate(("45292", "２０２５－０１", "2025-01"), start=1)]  # fmt: skip
    verdict = trial.check("reading", rows)
    assert verdict.accepted_count == 1
    assert told(verdict, "C062") == {
        ("billed_in", 1, "these cells are day numbers of a spreadsheet"),
        ("billed_in", 1, "these cells have full-width digits or signs"),
    }


def test_dates_in_several_ways_are_told_with_all_that_is_to_be_declared(trial):
    cells = ["2020-01-01", "2020/02/29", "20200315", "2020年12月31日"]
    rows = [METER | {"meter_code": f"N{n}", "site_code": f"N{n}", "valid_from": cell} for n, cell in enumerate(cells)]
    verdict = trial.check("meter", rows)
    (found,) = (one for one in verdict.findings if one.code == "C062")
    assert (verdict.accepted_count, found.count) == (1, 3)
    forms = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
    assert all(f'"{form}"' in found.mend.en for form in forms), "the form that was read already is among them"
    written(trial, "meter", "valid_from", dates=forms)
    assert trial.check("meter", rows).accepted_count == 4


def test_codes_that_a_spreadsheet_has_shortened_are_told(trial):
    codes = ["9.11E+17", "911100000000000000"]
    rows = [METER | {"meter_code": f"N{n}", "site_code": f"N{n}", "owner_code": c} for n, c in enumerate(codes)]
    rows.append(METER | {"meter_code": "1.23E+17", "site_code": "N9"})
    found = told(trial.check("meter", rows), "C069")
    assert {(subject, count) for subject, count, _ in found} == {("owner_code", 2), ("meter_code", 1)}


@pytest.mark.parametrize("word", ["合计", "合 计", "总　计", "Total", "grand total"])
def test_a_row_that_names_a_total_is_told(trial, word):
    verdict = trial.check("meter", [METER | {"meter_code": "N1", "site_code": "N1"}, METER | {"meter_code": word}])
    assert {(one.subject, one.lines) for one in verdict.findings if one.code == "C070"} == {("meter_code", (3,))}


def test_nothing_is_told_of_cells_that_are_as_declared(trial):
    verdict = trial.check("reading", readings(["1", "2.5", "3.125"]))
    assert not {one.code for one in verdict.findings} & {"C062", "C068", "C069", "C070"}
