"""Unit records: every general rule and every declared form, all reasons of a row, and nothing lost."""

import csv
import dataclasses
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.basics.declared import Placed
from milepost.basics.errors import NOWHERE
from milepost.basics.text import Text
from milepost.check import records
from milepost.registers.indicator import Indicator
from small_registers import METER, READING, Trial

GB_32100 = Path(__file__).resolve().parents[4] / "shared/data/codes_cn/uscc_vectors.csv"


@pytest.fixture
def trial(tmp_path):
    """A trial with one meter kept, valid from 2020."""
    made = Trial(tmp_path)
    made.keep("meter", [METER])
    yield made
    made.engine.close()


def faults(verdict):
    """For each line that waits the names of its faults."""
    return {refusal.line: set(refusal.rules) for refusal in verdict.refusals}


def test_a_good_row_passes_with_its_types(trial):
    given_row = {
        "is_final": "是",
        "pieces": "12",
        "temperature": "-1.5e2",
        "page": "https://a.b",
        "billed_in": "2026-01",
    }
    verdict = trial.check("reading", [READING | given_row | {"about": "2025-Q3"}])
    assert (verdict.accepted_count, verdict.refused_count, verdict.rule_counts) == (1, 0, {})
    (row,) = trial.accepted(verdict)
    assert [str(cell) for cell in row] == [
        "M1", "2026-01-05 10:00:00", "100.500", "2.250", "read", "True", "12", "-150.0", "https://a.b", "2026-01-01",
        "2025-Q3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("meter_code", "", "C021"),
        ("index_kwh", "1,081", "C022"),
        ("index_kwh", "１０", "C022"),
        ("index_kwh", "1e3", "C022"),
        ("index_kwh", " 1", "C022"),
        ("index_kwh", "1_0", "C022"),
        ("index_kwh", "1.0005", "C027"),
        ("index_kwh", "1234567890123456", "C027"),
        ("pieces", "1.5", "C027"),
        ("pieces", "99999999999999999999", "C027"),
        ("pieces", "1 000", "C022"),
        ("temperature", "nan", "C022"),
        ("temperature", "1e999", "C022"),
        ("temperature", "inf", "C022"),
        ("how", "raed", "C023"),
        ("is_final", "maybe", "C029"),
        ("page", "javascript:alert(1)", "C026"),
        ("billed_in", "2026-01-05", "C041"),
        ("billed_in", "2026-13", "C025"),
        ("about", "never", "C024"),
        ("read_at", "2026-01-05", "C040"),
        ("read_at", "2026-01-05T10:00:00+08:00", "C040"),
        ("read_at", "2026-01-05 10:00Z", "C040"),
        ("read_at", "2026-01-05 24:00", "C025"),
        ("read_at", "2026-02-30 10:00", "C025"),
        ("read_at", "05/01/2026 10:00", "C025"),
        ("energy_kwh", "-1", "C050"),
    ],
)
def test_a_cell_that_breaks_one_rule_waits_for_that_reason_alone(trial, column, cell, code):
    verdict = trial.check("reading", [READING | {column: cell}])
    assert verdict.refused_count == 1
    assert verdict.refusals[0].rules == (code,)
    assert cell == "" or len(cell) < 3 or cell not in str(verdict.refusals)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("index_kwh", "1.50000"), ("index_kwh", ".5"), ("index_kwh", "+5"), ("index_kwh", "5."), ("pieces", "12.0"),
     ("billed_in", "2026-01-01"), ("read_at", "2026-01-05T10:00:00.25"), ("is_final", "FALSE"), ("index_kwh", "")],
)  # fmt: skip
def test_a_cell_in_another_usual_form_passes(trial, column, cell):
    assert trial.check("reading", [READING | {column: cell}]).accepted_count == 1


@pytest.mark.parametrize(
    ("cell", "code"),
    [("2026-01-05 00:00:00", None), ("2026-01-05", None), ("2026-01-05 10:00", "C040"), ("2026-1-5", "C025"),
     ("20260105", "C025"), ("0026-01-05", "C025"), ("0026-01-05 00:00", "C025"), ("02026-01-05", "C025"),
     ("2026-02-29", "C025")],
)  # fmt: skip
def test_a_day_has_no_time_of_day(trial, cell, code):
    verdict = trial.check("meter", [METER | {"meter_code": "M7", "site_code": "S7", "valid_from": cell}])
    assert (verdict.refusals[0].rules if verdict.refusals else None) == ((code,) if code else None)


def test_cells_are_read_as_their_column_is_written(trial):
    rows = [
        {"on_day": "31/12/2025", "amount": "1.234,5", "in_thousands": "2.5"},
        {"on_day": "n/a", "amount": "-12,30", "in_thousands": "0.00001", "words": "ok"},
        {"on_day": "2025-12-31", "amount": "1.23", "in_thousands": "0.000001"},
        {"amount": "1,234.5"},
    ]
    verdict = trial.check("note", rows)
    assert faults(verdict) == {4: {"C025", "C022", "C027"}, 5: {"C022"}}
    read = [[str(cell) for cell in row] for row in trial.accepted(verdict)]
    assert read == [["2025-12-31", "1234.50", "2500.00", "None"], ["None", "-12.30", "0.01", "ok"]]


def test_a_credit_code_is_checked_as_the_standard_says(trial):
    if not GB_32100.exists():
        pytest.skip("../shared/data/codes_cn is not there")
    with GB_32100.open(encoding="utf-8") as file:
        vectors = [(row["code"], row["expected"]) for row in csv.DictReader(file)]
    rows = [METER | {"meter_code": f"V{n}", "site_code": "", "owner_code": code} for n, (code, _) in enumerate(vectors)]
    wrong = {line for line, codes in faults(trial.check("meter", rows)).items() if "C028" in codes}
    assert wrong == {n + 2 for n, (code, expected) in enumerate(vectors) if code and expected == "invalid"}
    assert len(vectors) > 200 and len(wrong) >= 3


def test_a_code_is_in_force_on_the_day_of_its_row(trial):
    new = {"site_code": ""}
    rows = [
        METER | new | {"meter_code": "A", "industry": "36"},
        METER | new | {"meter_code": "B", "industry": "37"},
        METER | new | {"meter_code": "C", "industry": "37", "valid_from": "2010-01-01"},
        METER | new | {"meter_code": "D", "industry": "99"},
    ]
    assert faults(trial.check("meter", rows)) == {3: {"C047"}, 5: {"C023"}}


@pytest.mark.parametrize("few", [100_000, 0])
def test_of_equal_rows_the_first_passes_and_a_key_with_other_values_waits(trial, monkeypatch, few):
    monkeypatch.setattr(records, "_FEW", few)
    other = READING | {"read_at": "2026-01-06 10:00"}
    rows = [READING, READING, other, other | {"energy_kwh": "3"}, READING | {"read_at": "2026-01-07 00:00"}]
    assert faults(trial.check("reading", rows)) == {3: {"C019"}, 4: {"C042"}, 5: {"C042"}}
    assert faults(trial.check("reading", [READING, other])) == {}


def test_a_row_without_a_key_is_told_by_all_its_cells(trial):
    trial.keep("note", [{"words": "a"}])
    verdict = trial.check("note", [{"words": "a"}, {"words": "b"}, {"words": "b"}, {"amount": "1"}])
    assert (verdict.accepted_count, verdict.kept_count, faults(verdict)) == (2, 1, {4: {"C019"}})


def test_an_unread_cell_equals_nothing(trial):
    verdict = trial.check("reading", [READING | {"index_kwh": "x"}, READING | {"index_kwh": ""}])
    assert faults(verdict) == {2: {"C022", "C042"}, 3: {"C042"}}


def test_a_kept_row_is_passed_over_and_its_key_with_other_values_waits_for_a_correction(trial):
    trial.keep("reading", [READING])
    changed = READING | {"energy_kwh": "7"}
    verdict = trial.check("reading", [READING])
    assert (verdict.accepted_count, verdict.kept_count, verdict.rule_counts) == (0, 1, {"C036": 1})
    assert faults(trial.check("reading", [changed])) == {2: {"C043"}}
    corrected = trial.check("reading", [changed], change="correct")
    assert (corrected.accepted_count, corrected.refused_count) == (1, 0)


def test_only_a_kept_key_is_closed(trial):
    trial.keep("reading", [READING])
    closing = {"meter_code": "M1", "read_at": READING["read_at"]}
    verdict = trial.check("reading", [closing, closing | {"read_at": "2026-01-09 10:00"}], change="close")
    assert (verdict.accepted_count, faults(verdict)) == (1, {3: {"C044"}})


def test_validity_ends_after_it_begins_and_times_of_a_key_do_not_overlap(trial):
    new = METER | {"meter_code": "N", "site_code": ""}
    rows = [
        new | {"valid_from": "2021-01-01", "valid_until": "2021-01-01"},
        new | {"valid_from": "2022-01-01", "valid_until": "2023-01-01"},
        new | {"valid_from": "2023-01-01", "valid_until": "2024-01-01"},
        new | {"valid_from": "2023-06-01"},
        new | {"valid_from": "2025-01-01"},
    ]
    assert faults(trial.check("meter", rows)) == {2: {"C045"}, 4: {"C046"}, 5: {"C046"}}


def test_times_overlap_those_of_kept_rows_too(trial):
    first = METER | {"meter_code": "N", "site_code": "", "valid_until": "2021-01-01"}
    trial.keep("meter", [first])
    verdict = trial.check(
        "meter", [first | {"valid_from": "2020-06-01"}, first | {"valid_from": "2021-01-01", "valid_until": ""}]
    )
    assert faults(verdict) == {2: {"C046"}}


def test_periods_do_not_overlap_within_declared_columns(trial):
    rows = [METER | {"meter_code": "N"}, METER | {"meter_code": "P", "site_code": "S9"}]
    assert faults(trial.check("meter", rows)) == {2: {"C054"}}, "the kept meter hangs at S1 for good"


def test_a_reference_is_to_a_row_that_is_valid_on_the_day(trial):
    trial.keep("meter", [METER | {"meter_code": "E", "site_code": "", "valid_until": "2026-01-05"}])
    rows = [
        READING | {"meter_code": "E", "read_at": "2026-01-04 23:59"},
        READING | {"meter_code": "E", "read_at": "2026-01-05 00:00"},
        READING | {"meter_code": "M1", "read_at": "2019-12-31 23:59"},
        READING | {"meter_code": "unknown"},
    ]
    assert faults(trial.check("reading", rows)) == {3: {"C052"}, 4: {"C052"}, 5: {"C052"}}


def test_a_reference_into_a_register_of_which_nothing_is_kept_is_broken(tmp_path):
    assert faults(Trial(tmp_path).check("reading", [READING])) == {2: {"C052"}}


def test_a_course_never_falls_beside_kept_rows_either(trial):
    trial.keep("reading", [READING, READING | {"read_at": "2026-01-20 10:00", "index_kwh": "200"}])
    rows = [
        READING | {"read_at": "2026-01-10 10:00", "index_kwh": "150"},
        READING | {"read_at": "2026-01-11 10:00", "index_kwh": "149"},
        READING | {"read_at": "2026-01-12 10:00", "index_kwh": ""},
        READING | {"read_at": "2026-01-19 10:00", "index_kwh": "201"},
        READING | {"read_at": "2026-01-21 10:00", "index_kwh": "199"},
    ]
    assert faults(trial.check("reading", rows)) == {3: {"C053"}, 5: {"C053"}, 6: {"C053"}}


SHARES = [
    {"site_code": "S1", "month": "2026-01", "product": "a", "share": "0.4", "amount_cny": "10"},
    {"site_code": "S1", "month": "2026-01", "product": "b", "share": "0.6", "amount_cny": "20.4"},
    {"site_code": "S2", "month": "2026-01", "product": "a", "share": "0.9", "amount_cny": "0"},
    {"site_code": "S1", "month": "2026-02", "product": "a", "share": "1", "amount_cny": "5"},
]


def test_a_condition_over_a_group_is_broken_by_all_its_rows(trial):
    assert faults(trial.check("share", SHARES)) == {4: {"C051"}}
    trial.keep("share", SHARES)
    rest = SHARES[2] | {"product": "b", "share": "0.1"}
    assert faults(trial.check("share", [SHARES[2], rest])) == {}, "a group may be mended by the rows that were lacking"


def test_kept_rows_of_a_group_count(trial):
    trial.keep("share", SHARES)
    verdict = trial.check("share", [SHARES[0], SHARES[3] | {"product": "c", "share": "0.5"}])
    assert (faults(verdict), verdict.kept_count) == ({3: {"C051"}}, 1)


def test_totals_reconcile_within_their_tolerance(trial):
    trial.keep("control", [{"month": "2026-01", "total_cny": "30"}, {"month": "2026-03", "total_cny": "1"}])
    verdict = trial.check("share", [row for row in SHARES if row["site_code"] == "S1"])
    assert verdict.held_count == 0, "0.40 is within half a yuan"
    found = {(one.code, one.subject, one.count) for one in verdict.findings}
    assert {("C066", "amounts_are_the_controls", 1)} <= found
    more = [*SHARES[:1], SHARES[1] | {"amount_cny": "21"}]
    verdict = trial.check("share", more)
    assert (verdict.accepted_count, verdict.held_count, verdict.refused_count) == (2, 2, 0)
    assert verdict.rule_counts == {"C055/amounts_are_the_controls": 2}
    held = trial.engine.rows(f'select * from "{verdict.held}" order by 1')
    assert held == [(2, "C055/amounts_are_the_controls"), (3, "C055/amounts_are_the_controls")]


def test_what_is_held_is_accepted_and_what_is_warned_of_is_counted(trial):
    estimated = {"read_at": "2026-01-06 10:00", "is_final": "1", "how": "estimated"}
    rows = [READING | {"energy_kwh": "2000000"}, READING | estimated, READING | {"read_at": "2027-01-06 10:00"}]
    verdict = trial.check("reading", rows)
    assert (verdict.accepted_count, verdict.held_count, verdict.warned_count) == (3, 1, 2)
    told = {warning.line: warning.rules for warning in verdict.warnings}
    assert told == {2: ("C050",), 3: ("C050",), 4: ("C048",)}


def test_a_ragged_row_waits(trial):
    path = trial.folder / "ragged.csv"
    register = trial.zone.registers["small.control"]
    path.write_text(f"{','.join(register.column_ids)}\n2026-01,1,2\n2026-02,3\n", encoding="utf-8")
    assert faults(trial.check("control", path)) == {2: {"C020"}}


def test_reasons_are_told_in_both_languages(trial):
    (refusal,) = trial.check("reading", [READING | {"how": "raed", "energy_kwh": "-1"}]).refusals
    assert refusal.reasons == ("how: the cell is none of the column's codes", "the energy is negative")
    assert refusal.mends[0].endswith("; did you mean read")
    assert refusal.in_chinese[0] == ("how: 单元格不是该列代码表中的代码", "填写代码表中的代码；是否为 read")


_CELLS = {
    "meter_code": ["M1", "M2", ""],
    "read_at": ["2026-01-05 10:00", "2026-01-06 10:00", "2026-01-07 10:00", "soon"],
    "index_kwh": ["1", "2", "", "x"],
    "energy_kwh": ["1", "-1", "2000000"],
    "how": ["read", "estimated", "raed"],
    "is_final": ["1", ""],
}
_rows = st.lists(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in _CELLS.items()}), min_size=1, max_size=10)
_quiet = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.slow
@_quiet
@given(_rows, st.integers(0, 3))
def test_nothing_is_lost(tmp_path, rows, count):
    trial = Trial(tmp_path)
    trial.keep("meter", [METER])
    trial.keep("reading", rows[:count] or [READING])
    verdict = trial.check("reading", rows)
    lines = {line for (line,) in trial.engine.rows(f'select _line from "{verdict.accepted}"')}
    waiting = {refusal.line for refusal in verdict.refusals}
    assert len(lines) == verdict.accepted_count and len(waiting) == verdict.refused_count
    assert not lines & waiting
    assert len(lines) + len(waiting) + verdict.kept_count == verdict.batch.count == len(rows)
    trial.engine.close()


@pytest.mark.slow
@_quiet
@given(_rows, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(tmp_path, rows, chance: random.Random):
    trial = Trial(tmp_path)
    trial.keep("meter", [METER])
    shuffled = rows[:]
    chance.shuffle(shuffled)
    one, other = (trial.check("reading", some) for some in (rows, shuffled))
    assert sorted(map(repr, trial.accepted(one))) == sorted(map(repr, trial.accepted(other)))
    assert one.rule_counts == other.rule_counts
    assert (one.held_count, one.warned_count) == (other.held_count, other.warned_count)
    trial.engine.close()


def empty_columns(verdict):
    return {one.subject: one.says.en for one in verdict.findings if one.code == "C061"}


def test_a_column_that_may_be_empty_and_that_nobody_misses_is_not_told(trial):
    assert empty_columns(trial.check("reading", [READING])) == {}


def test_a_column_that_is_empty_though_rows_kept_before_fill_it_is_told(trial):
    trial.keep("reading", [READING | {"temperature": "5", "page": "https://a.b"}])
    told = empty_columns(trial.check("reading", [READING | {"read_at": "2026-02-05 10:00", "page": "https://a.c"}]))
    assert told == {"temperature": "the whole column is empty, and rows kept before fill it"}


def test_a_column_that_is_empty_though_figures_count_it_is_told(trial):
    counting = Indicator(
        "small.heat", Text("Heat", "热"), Text("Heat", "热"), "level", "degree_Celsius", register="small.reading",
        formula=Placed("mean(temperature)", NOWHERE), where=Placed("pieces > 0", NOWHERE),
    )  # fmt: skip
    trial.zone = dataclasses.replace(trial.zone, indicators={**trial.zone.indicators, "small.heat": counting})
    told = empty_columns(trial.check("reading", [READING | {"pieces": "1"}]))
    assert told == {"temperature": "the whole column is empty, and figures count it"}


def test_the_end_of_validity_is_empty_until_it_comes(trial):
    trial.keep("meter", [METER | {"meter_code": "M2", "site_code": "S2", "valid_until": "2025-01-01"}])
    assert empty_columns(trial.check("meter", [METER | {"meter_code": "M3", "site_code": "S3"}])) == {}


CONTROL = [{"month": "2026-01", "total_cny": "30"}]


def test_a_row_that_waits_makes_up_no_control_total(trial):
    """Together with the row that waits they come to the control: without it they do not, and are held."""
    trial.keep("control", CONTROL)
    rows = [
        SHARES[0] | {"share": "1", "amount_cny": "10"},
        SHARES[1] | {"amount_cny": "20", "share": "x", "site_code": "S2"},
    ]
    verdict = trial.check("share", rows)
    assert faults(verdict) == {3: {"C022"}}
    assert verdict.rule_counts["C055/amounts_are_the_controls"] == 1
    held = trial.engine.rows(f'select _line from "{verdict.held}"')
    assert held == [(2,)]


def test_rows_that_come_to_the_control_without_one_that_waits_are_not_held(trial):
    trial.keep("control", [{"month": "2026-01", "total_cny": "10"}])
    rows = [
        SHARES[0] | {"share": "1", "amount_cny": "10"},
        SHARES[1] | {"amount_cny": "20", "share": "x", "site_code": "S2"},
    ]
    verdict = trial.check("share", rows)
    assert (faults(verdict), verdict.held_count) == ({3: {"C022"}}, 0)


def test_rows_whose_group_does_not_hold_without_one_that_waits_wait_with_it(trial):
    """The shares are one with the row that waits for another reason; what would be kept is not one."""
    rows = [SHARES[0] | {"share": "0.4"}, SHARES[1] | {"share": "0.6", "amount_cny": "many"}]
    verdict = trial.check("share", rows)
    assert faults(verdict) == {2: {"C051"}, 3: {"C022"}}
    assert verdict.accepted_count == 0


def test_a_row_without_a_month_is_no_group_of_its_own(trial):
    trial.keep("control", CONTROL)
    verdict = trial.check("share", [SHARES[0] | {"share": "1", "amount_cny": "30"}, SHARES[1] | {"month": ""}])
    assert "C066" not in {one.code for one in verdict.findings}
