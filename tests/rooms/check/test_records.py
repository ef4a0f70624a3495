"""Unit records: every rule on every row, every reason told, nothing mended, nothing lost."""

import csv
import random
from datetime import UTC, date, datetime

import pytest

from milepost.basics.declared import Placed
from milepost.basics.text import Text
from milepost.check.records import Context, check_records
from milepost.engines.embedded import Engine
from milepost.receive.batch import BEYOND, LINE, SURPLUS, Batch, Receipt
from milepost.registers.register import Column, Register, Valid, Written
from milepost.registers.rule import Course, Reconciliation, Reference, Rule


def named(word):
    return Text(word, word)


def rule(name, severity="block", **form):
    return Rule(name, severity, named(name), named(f"broken {name}"), named("mend it"), **form)


METER = Register(
    "z.meter",
    named("m"),
    named("m"),
    (
        Column("meter", named("m"), "text"),
        Column("site", named("s"), "text", may_be_empty=True),
        Column("start", named("f"), "date"),
        Column("until", named("u"), "date", may_be_empty=True),
    ),
    (rule("alone", do_not_overlap=("meter",)),),
    key=("meter",),
    valid=Valid("start", "until"),
)
READING = Register(
    "z.reading",
    named("r"),
    named("r"),
    (
        Column("meter", named("m"), "text"),
        Column("day", named("d"), "date"),
        Column("kwh", named("k"), "number", unit="kWh", places=2, may_be_empty=True),
        Column("index", named("i"), "whole", may_be_empty=True),
        Column("share", named("s"), "number", places=3, may_be_empty=True),
    ),
    (
        rule("not_negative", holds=Placed("kwh >= 0")),
        rule("small", "warn", holds=Placed("kwh < 1000")),
        rule("whole", "hold", holds=Placed("sum(share) = 1"), by=("meter",), where=Placed("share is not null")),
        rule("known", refers=Reference("z.meter", {"meter": "meter"}, "day")),
        rule("rising", never_falls=Course("index", "day", ("meter",))),
        rule("adds_up", "warn", reconciles=Reconciliation(
            Placed("sum(kwh)"), "z.total", Placed("sum(kwh)"), {"meter": "meter"}, tolerance=0.05)),
    ),
    key=("meter", "day"),
    happened="day",
)  # fmt: skip
TOTALS = (Column("meter", named("m"), "text"), Column("kwh", named("k"), "number", unit="kWh"))
TOTAL = Register("z.total", named("t"), named("t"), TOTALS)
ALL = {one.id: one for one in (METER, READING, TOTAL)}
METERS = [("M1", "2024-01-01", None), ("M2", "2024-01-01", "2024-07-01")]


def load_kept(engine, name, types, rows):
    engine.load(name, {"_line": "bigint", **types}, [(None, *row) for row in rows])
    return name


def judge(rows, register=READING, kept=(), is_change=False, totals=(), width=None):
    """Give the verdict, and the lines of accepted rows, on rows of texts that begin in line 2."""
    with Engine(threads=1) as engine:
        types = {LINE: "bigint", SURPLUS: "integer", BEYOND: "varchar", **dict.fromkeys(register.column_ids, "varchar")}
        filled = [(*row, *[""] * (len(register.columns) - len(row))) for row in rows]
        engine.load("b", types, [(line, 0, "", *row) for line, row in enumerate(filled, start=2)])
        receipt = Receipt("f.csv", "0" * 64, datetime.now(UTC), "somebody", "CSV")
        batch = Batch(register.id, "b", len(rows), register.column_ids, receipt)
        known = {
            "z.meter": load_kept(engine, "m", {"meter": "varchar", "site": "varchar", "start": "date", "until": "date"},
                                 [(m, "", s, u) for m, s, u in METERS]),
            "z.total": load_kept(engine, "t", {"meter": "varchar", "kwh": "decimal(18, 6)"}, totals),
        }  # fmt: skip
        if kept:
            readings = {
                "meter": "varchar",
                "day": "date",
                "kwh": "decimal(18, 2)",
                "index": "bigint",
                "share": "decimal(18, 3)",
            }
            known["z.reading"] = load_kept(engine, "k", readings, kept)
        verdict = check_records(engine, register, batch, Context(ALL, known, is_change))
        accepted = [line for (line,) in engine.rows(f'select _line from "{verdict.accepted}" order by 1')]
        assert len(accepted) == verdict.accepted_count
        assert verdict.accepted_count + verdict.refused_count + verdict.kept_count == len(rows)
        waiting = engine.rows(f'select _line, blocking from "{verdict.refused}" order by 1')
        assert [line for line, _ in waiting] == [one.line for one in verdict.refusals]
        return verdict, accepted


def codes(verdict):
    return {one.line: one.rules for one in verdict.refusals}


def test_a_good_row_passes_as_it_was_read():
    verdict, accepted = judge([("M1", "2024-01-31", "12.50", "7")])
    assert (accepted, verdict.refusals, verdict.warnings) == ([2], (), ())


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        (("", "2024-01-31", "1"), ("C021",)),
        (("M1", "2024-02-30", "1"), ("C025",)),
        (("M1", "31.01.2024", "1"), ("C025",)),
        (("M1", "2024-01-31", "1,5"), ("C022",)),
        (("M1", "2024-01-31", "nan"), ("C022",)),
        (("M1", "2024-01-31", "1.234"), ("C028",)),
        (("M1", "2024-01-31", "1", "1.5"), ("C028",)),
        (("M1", "2024-01-31", "-1"), ("C043",)),
        (("M9", "2024-01-31", "1"), ("C045",)),
        (("M2", "2024-07-01", "1"), ("C045",)),
        (("", "x", "-1.999", "y"), ("C021", "C025", "C028", "C022", "C043")),
    ],
)
def test_every_reason_of_a_row_is_told_in_the_order_of_columns(row, broken):
    verdict, accepted = judge([("M1", "2024-01-30", "1"), row])
    assert accepted == [2]
    assert sorted(codes(verdict)[3]) == sorted(broken)
    told = str(verdict.refusals)
    assert all(cell not in told for cell in row if len(cell) > 3), "no value of a row is told"


def test_a_condition_that_needs_an_empty_cell_is_not_broken():
    assert judge([("M1", "2024-01-31", "")])[1] == [2]


def test_a_warning_is_counted_and_the_row_goes_on():
    verdict, accepted = judge([("M1", "2024-01-31", "5000")])
    assert accepted == [2]
    assert (verdict.warned_count, verdict.rule_counts) == (1, {"C043 small": 1})
    assert verdict.warnings[0].reasons == ("broken small",)


def test_both_rows_of_a_key_that_stands_twice_wait():
    verdict, accepted = judge([("M1", "2024-01-31", "1"), ("M1", "2024-01-31", "2"), ("M1", "2024-02-01", "3")])
    assert (accepted, codes(verdict)) == ([4], {2: ("C040",), 3: ("C040",)})


def test_a_kept_row_counts_once_and_another_with_its_key_needs_a_correction():
    kept = [("M1", "2024-01-31", "1.00", 7, None), ("M1", "2024-02-01", "2.00", 8, None)]
    rows = [("M1", "2024-01-31", "1", "7"), ("M1", "2024-02-01", "3", "8"), ("M1", "2024-02-02", "3", "9")]
    verdict, accepted = judge(rows, kept=kept)
    assert (accepted, codes(verdict), verdict.kept_count) == ([4], {3: ("C041",)}, 1)
    assert judge(rows, kept=kept, is_change=True)[1] == [2, 3, 4]


def test_a_group_is_judged_by_its_total_with_what_is_kept():
    rows = [
        ("M1", "2024-01-01", "", "", "0.4"),
        ("M1", "2024-01-02", "", "", "0.6"),
        ("M2", "2024-01-01", "", "", "0.9"),
    ]
    verdict, accepted = judge(rows)
    assert accepted == [2, 3, 4], "what is held is kept"
    assert [(one.line, one.rules) for one in verdict.warnings] == [(4, ("C044",))]
    assert judge(rows, kept=[("M2", "2024-01-05", None, None, "0.1")])[0].warnings == ()
    replaced = judge(
        [("M2", "2024-01-05", "", "", "1")], kept=[("M2", "2024-01-05", None, None, "0.1")], is_change=True
    )
    assert replaced[0].warnings == (), "a corrected row counts in its new form"


def test_a_counter_never_falls_also_behind_what_is_kept():
    rows = [("M1", "2024-01-03", "", "12"), ("M1", "2024-01-01", "", "10"), ("M1", "2024-01-02", "", "9")]
    assert codes(judge(rows)[0]) == {4: ("C046",)}
    kept = [("M1", "2023-12-31", None, 11, None)]
    assert codes(judge(rows, kept=kept)[0]) == {3: ("C046",), 4: ("C046",)}


def test_a_total_is_held_against_its_control():
    rows = [("M1", "2024-01-01", "10"), ("M1", "2024-01-02", "20"), ("M2", "2024-01-01", "5")]
    verdict, accepted = judge(rows, totals=[("M1", "31"), ("M2", "5.04")])
    assert accepted == [2, 3, 4]
    assert [one.line for one in verdict.warnings] == [2, 3]


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ([("A", "", "2024-01-01", "2024-03-01"), ("A", "", "2024-03-01", "")], {}),
        ([("A", "", "2024-01-01", ""), ("A", "", "2024-03-01", "")], {2: ("C047",), 3: ("C047",)}),
        ([("A", "", "2024-01-01", "2024-01-01")], {2: ("C042",)}),
        ([("A", "", "2024-01-01", "2025-01-01"), ("A", "", "2024-02-01", "2024-03-01"),
          ("A", "", "2024-05-01", "2024-06-01")], {2: ("C047",), 3: ("C047",), 4: ("C047",)}),
        ([("M2", "", "2024-06-30", "2024-08-01")], {2: ("C047",)}),
        ([("M2", "", "2024-07-01", "2024-08-01")], {}),
    ],
)  # fmt: skip
def test_periods_that_overlap_wait_among_themselves_and_with_what_is_kept(rows, broken):
    assert codes(judge(rows, METER)[0]) == broken


def test_the_order_of_rows_does_not_matter():
    chance = random.Random(4)
    rows = [
        (chance.choice(["M1", "M2", "M9", ""]), f"2024-0{chance.randint(1, 9)}-{chance.randint(1, 31):02d}",
         chance.choice(["1", "-1", "x", "5000", ""]), chance.choice(["", "1", "2", "3"]), "")
        for _ in range(300)
    ]  # fmt: skip

    def outcome(order):
        verdict, _ = judge([rows[n] for n in order])
        return sorted((order[line - 2], told) for line, told in codes(verdict).items()), verdict.rule_counts

    order = list(range(300))
    first = outcome(order)
    chance.shuffle(order)
    assert outcome(order) == first
    assert len(first[0]) > 100


def test_how_a_column_is_written_is_declared():
    written = Column("a", named("a"), "number", places=2, written=Written(",", ".", empty=("-", "n/a"), times=1000))
    day = Column("d", named("d"), "date", written=Written(dates=("%d/%m/%Y",)), may_be_empty=True)
    flag = Column("f", named("f"), "yes_no", written=Written(yes=("J",), no=("N",)), may_be_empty=True)
    register = Register("z.w", named("w"), named("w"), (written, day, flag))
    rows = [("1.234,56789", "31/01/2024", "J"), ("-", "", ""), ("1,5", "2024-01-31", "yes"), ("1.2345678", "", "")]
    with Engine(threads=1) as engine:
        types = {LINE: "bigint", SURPLUS: "integer", BEYOND: "varchar", **dict.fromkeys(register.column_ids, "varchar")}
        engine.load("b", types, [(line, 0, "", *row) for line, row in enumerate(rows, start=2)])
        batch = Batch(register.id, "b", 4, register.column_ids, Receipt("f", "0", datetime.now(UTC), "", ""))
        verdict = check_records(engine, register, batch, Context({"z.w": register}))
        read = engine.rows(f'select a, d, f from "{verdict.accepted}"')
    assert [(str(a), d, f) for a, d, f in read] == [
        ("1234567.89", date(2024, 1, 31), True),
        ("12345678000.00", None, None),
    ]
    assert codes(verdict) == {3: ("C021",), 4: ("C025", "C027")}


def test_a_credit_code_is_checked_by_its_last_sign(shared):
    with (shared / "data/codes_cn/uscc_vectors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    register = Register("z.c", named("c"), named("c"), (Column("code", named("c"), "credit_code"),))
    verdict, accepted = judge([(one["code"],) for one in rows], register)
    assert len(rows) == 205
    assert [one["expected"] for one in rows] == ["valid" if n + 2 in accepted else "invalid" for n in range(205)]
    assert verdict.rule_counts == {"C029": 4}
