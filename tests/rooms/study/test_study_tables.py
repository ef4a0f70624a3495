"""What a study is handed: totals computed where the rows lie, parameters as values, nothing as an empty table."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest

from fakes.measuring import indicator, zone
from milepost.basics.declared import Placed
from milepost.basics.errors import YoursToMend
from milepost.basics.text import Text
from milepost.check.verdict import Verdict
from milepost.engines.embedded import Engine
from milepost.keep.columns import sql_type
from milepost.keep.store import Store
from milepost.measure.figures import Measure
from milepost.receive.batch import Batch, Receipt
from milepost.registers.register import Column, Register
from milepost.registers.study import Excerpt, Series, Study
from milepost.study.tables import excerpts, series, waiting_rows

SAY = Text("a", "a")
SALES = Register(
    "z.sale",
    SAY,
    SAY,
    (
        Column("shop", SAY, "text", may_be_empty=True),
        Column("day", SAY, "date"),
        Column("amount", SAY, "number", unit="yuan", places=2, may_be_empty=True),
        Column("pieces", SAY, "whole", may_be_empty=True),
        Column("is_new", SAY, "yes_no", may_be_empty=True),
    ),
    happened="day",
)
ROWS = [
    ("A", date(2023, 5, 1), Decimal("0.10"), 1, True),
    ("A", date(2024, 5, 1), Decimal("0.20"), 2, None),
    ("B", date(2024, 6, 1), None, None, False),
    (None, date(2024, 7, 1), Decimal("7.25"), 4, None),
]


@pytest.fixture
def store(tmp_path):
    kept = Store(tmp_path)
    with Engine(threads=1) as engine:
        types = {"_line": "bigint", **{column.id: sql_type(column) for column in SALES.columns}}
        engine.load("accepted", types, [(line, *row) for line, row in enumerate(ROWS, start=2)])
        batch = Batch(SALES.id, "accepted", 4, SALES.column_ids, Receipt("f", "0" * 64, datetime.now(UTC), "", ""))
        kept.commit(engine, SALES, Verdict(batch, "accepted", 4, (), ()), None)
    return kept


def fetched(store, excerpt, parameters=None, known_on=None):
    study = Study("z.s", SAY, "a.b", {}, reads={"t": excerpt})
    with Engine(threads=1) as engine:
        tables, versions = excerpts(engine, {SALES.id: SALES}, store, study, parameters or {}, known_on)
    return tables["t"], versions


def formulas(**named):
    return {name: Placed(text) for name, text in named.items()}


def test_rows_come_typed_with_what_is_missing_marked(store):
    table, versions = fetched(store, Excerpt("z.sale"))
    assert [str(table[name].dtype) for name in table] == ["object", "datetime64[D]", "float64", "float64", "object"]
    assert sorted(map(str, table["shop"])) == ["A", "A", "B", "None"]
    assert math.isnan(table["amount"][list(table["shop"]).index("B")])
    assert set(table["is_new"]) == {True, False, None}
    assert [(one.register, one.number, one.count) for one in versions] == [("z.sale", 1, 4)]


def test_totals_are_computed_by_group_and_do_not_depend_on_the_order_of_rows(store):
    columns = formulas(shop="shop", total="sum(amount)", rows="count(*)", mean="mean(pieces)")
    table, _ = fetched(store, Excerpt("z.sale", columns, by=("shop",)))
    found = dict(zip(table["shop"], zip(table["total"], table["rows"], strict=True), strict=True))
    assert found["A"] == (pytest.approx(0.3, abs=0), 2)
    assert math.isnan(found["B"][0]) and found[None] == (7.25, 1)
    assert str(table["rows"].dtype) == "int64"


def test_without_by_totals_are_one_row(store):
    table, _ = fetched(store, Excerpt("z.sale", formulas(total="sum(amount)", days="count(distinct day)")))
    assert (table["total"].tolist(), table["days"].tolist()) == ([7.55], [4])


def test_a_parameter_is_a_written_value_and_never_a_piece_of_a_formula(store):
    excerpt = Excerpt("z.sale", formulas(day="day"), where=Placed("shop = :shop and year_of(day) >= :year"))
    assert len(fetched(store, excerpt, {"shop": "A", "year": 2024})[0]["day"]) == 1
    for nasty in ("A' or '1' = '1", "A'; drop table x; --", "A') union select 1", ":year"):
        assert len(fetched(store, excerpt, {"shop": nasty, "year": 2000})[0]["day"]) == 0
    since = Excerpt("z.sale", formulas(day="day"), where=Placed("day > :since"))
    assert len(fetched(store, since, {"since": date(2024, 5, 31)})[0]["day"]) == 2


def test_a_register_without_rows_gives_its_columns(tmp_path):
    table, versions = fetched(Store(tmp_path / "new"), Excerpt("z.sale"))
    assert {name: len(column) for name, column in table.items()} == dict.fromkeys(SALES.column_ids, 0)
    assert str(table["day"].dtype) == "datetime64[D]"
    assert versions == ()
    total, _ = fetched(Store(tmp_path / "new"), Excerpt("z.sale", formulas(n="count(*)")))
    assert total["n"].tolist() == [0]


def test_what_was_kept_later_is_not_read(store):
    table, versions = fetched(store, Excerpt("z.sale"), known_on=date(2020, 1, 1))
    assert (len(table["day"]), versions) == (0, ())


@pytest.mark.parametrize(
    ("excerpt", "code"),
    [
        (Excerpt("z.sales"), "D022"),
        (Excerpt("z.sale", formulas(total="sum(amuont)")), "F003"),
        (Excerpt("z.sale", formulas(total="sum(amount)", shop="shop")), "F006"),
        (Excerpt("z.sale", formulas(total="sum(amount)"), by=("shop",)), "D023"),
        (Excerpt("z.sale", where=Placed("amount > :missing")), "F002"),
    ],
)
def test_a_faulty_excerpt_is_told(store, excerpt, code):
    with pytest.raises(YoursToMend) as raised:
        fetched(store, excerpt)
    assert code in [trouble.code for trouble in raised.value.troubles]


def test_arrays_can_be_computed_with(store):
    table, _ = fetched(store, Excerpt("z.sale", formulas(day="day", amount="amount"), where=Placed("amount > 0")))
    assert np.nansum(table["amount"]) == pytest.approx(7.55)
    assert table["day"].max() == np.datetime64("2024-07-01")


def measured(store, asked):
    sold = indicator("z.sold", "flow", "sum(amount)", SALES.id, "yuan", by=("shop",), contributor="shop")
    with Engine(threads=1) as engine:
        measure = Measure(engine, zone([SALES], [sold], folder=store.folder), store, date.today(), is_kept=False)
        tables, versions = series(measure, Study("z.s", SAY, "a.b", {}, series={"t": asked}))
    return tables["t"], versions


def test_readings_come_period_by_period_with_what_stands_behind_them(store):
    table, versions = measured(store, Series("z.sold", "year"))
    assert table["period"].tolist() == [date(2023, 1, 1), date(2024, 1, 1)]
    assert (table["value"].tolist(), table["contributors"].tolist()) == ([0.1, 7.45], [1.0, 1.0])
    assert table["is_whole"].tolist() == [True, False]
    assert [(one.register, one.number) for one in versions] == [("z.sale", 1)]


def test_readings_are_divided_and_what_is_lacking_is_not_zero(store):
    table, _ = measured(store, Series("z.sold", "month", ("shop",)))
    found = dict(zip(zip(table["period"].tolist(), table["shop"], strict=True), table["value"], strict=True))
    assert found[date(2024, 5, 1), "A"] == 0.2 and math.isnan(found[date(2024, 6, 1), "B"])
    assert found[date(2024, 7, 1), ""] == 7.25


def test_readings_of_a_register_without_rows_are_an_empty_table(tmp_path):
    table, versions = measured(Store(tmp_path / "new"), Series("z.sold", "month", ("shop",)))
    assert {len(column) for column in table.values()} == {0} and versions == ()


def test_rows_that_wait_are_counted_where_an_excerpt_chooses_them(tmp_path):
    kept = Store(tmp_path)
    with Engine(threads=1) as engine:
        types = {"_line": "bigint", **{column.id: sql_type(column) for column in SALES.columns}}
        engine.load("accepted", types, [(line, *row) for line, row in enumerate(ROWS, start=2)])
        engine.load("held", {"_line": "bigint", "fault": "varchar"}, [(2, "C050/a"), (2, "C050/b"), (5, "C050/a")])
        batch = Batch(SALES.id, "accepted", 4, SALES.column_ids, Receipt("f", "0" * 64, datetime.now(UTC), "", ""))
        verdict = Verdict(batch, "accepted", 4, (), (), held="held", held_count=2)
        kept.commit(engine, SALES, verdict, None)

        def counted(where):
            asked = Study("z.s", SAY, "a.b", {}, reads={"t": Excerpt("z.sale", where=where and Placed(where))})
            return waiting_rows(engine, {SALES.id: SALES}, kept, asked, {"shop": "A"})

        assert counted(None) == {"z.sale": 2}
        assert counted("shop = :shop") == {"z.sale": 1}
        assert counted("shop = 'B'") == {}
