"""Totals a study asks for are added up from the cells that are kept, and are those of all rows to the last bit."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from fakes.measuring import indicator, zone
from milepost.basics.declared import Placed
from milepost.basics.text import Text
from milepost.check.verdict import Verdict
from milepost.engines.embedded import Engine
from milepost.keep.columns import sql_type
from milepost.keep.store import Store
from milepost.measure.figures import Measure
from milepost.receive.batch import Batch, Receipt
from milepost.registers.register import Column, Register
from milepost.registers.study import Excerpt, Study
from milepost.study.tables import excerpts

SAY = Text("a", "a")
READINGS = Register(
    "z.reading",
    SAY,
    SAY,
    (
        Column("meter", SAY, "text"), Column("kind", SAY, "code", codes=("peak", "flat"), may_be_empty=True),
        Column("at", SAY, "moment"), Column("kwh", SAY, "number", unit="kWh", places=4, may_be_empty=True),
        Column("heat", SAY, "real", may_be_empty=True), Column("pieces", SAY, "whole", may_be_empty=True),
    ),
    key=("meter", "at"), happened="at",
)  # fmt: skip
ENERGY = indicator("z.energy", "flow", "sum(kwh)", READINGS.id, "kWh", by=("meter", "kind"), contributor="meter")
COUNTED = {
    "meter": "meter", "year": "year_of(at)", "month": "month_of(at)", "kwh": "sum(kwh)", "heat": "sum(heat)",
    "pieces": "sum(pieces)", "filled": "count(kwh)", "rows": "count(*)", "least": "min(kwh)", "latest": "max(at)",
}  # fmt: skip
OF_FIGURES = {"kind": "kind", "year": "year_of(at)", "kwh": "sum(kwh)", "rows": "count(*)"}


def asked(columns, by, where=None):
    formulas = {name: Placed(text) for name, text in columns.items()}
    return Excerpt(READINGS.id, formulas, tuple(by), Placed(where) if where else None)


STUDY = Study(
    "z.s", SAY, "a.b", {},
    reads={"months": asked(COUNTED, ("meter", "year", "month")), "kinds": asked(OF_FIGURES, ("kind", "year"))},
)  # fmt: skip


def commit(store, rows, change="add"):
    with Engine(threads=1) as engine:
        types = {"_line": "bigint", **{column.id: sql_type(column) for column in READINGS.columns}}
        engine.load("accepted", types, [(line, *row) for line, row in enumerate(rows, start=2)])
        newest = store.newest(READINGS.id)
        receipt = Receipt("f", f"{newest or 0:064x}", datetime.now(UTC), "", "")
        batch = Batch(READINGS.id, "accepted", len(rows), READINGS.column_ids, receipt)
        store.commit(engine, READINGS, Verdict(batch, "accepted", len(rows), (), ()), newest, change)


def rows_of(chance, keys):
    """Rows with cells that are often empty, of some meters wholly."""

    def some(value):
        return None if chance.random() < 0.3 else value

    return [
        (meter, some(chance.choice(["peak", "flat"])), at, None if meter == "m0" else some(_amount(chance)),
         some(chance.random() * 10 ** chance.randrange(9)), some(chance.randrange(-(2**40), 2**40)))
        for meter, at in keys
    ]  # fmt: skip


def _amount(chance):
    return Decimal(chance.randrange(-(10**9), 10**9)) / 10_000


def new_keys(chance, known, count):
    made = set()
    while len(made) < count:
        at = datetime(2023, 1, 1) + timedelta(minutes=15 * chance.randrange(96 * 400))
        made.add((f"m{chance.randrange(4)}", at))
    return sorted(made - known)


def fetched(store, is_measured=True, study=STUDY, known_on=None):
    """The tables, the versions and how the cells came."""
    with Engine(threads=1) as engine:
        measure = Measure(engine, zone([READINGS], [ENERGY]), store, date.today()) if is_measured else None
        tables, versions = excerpts(engine, {READINGS.id: READINGS}, store, study, {}, known_on, measure)
        return tables, versions, set(measure.how.values()) if measure else set()


def assert_same(some, others):
    assert list(some) == list(others)
    for name, columns in some.items():
        assert list(columns) == list(others[name])
        for column, cells in columns.items():
            assert cells.dtype == others[name][column].dtype, column
            np.testing.assert_array_equal(cells, others[name][column], column)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_totals_after_any_commits_are_those_of_all_rows_to_the_last_bit(tmp_path, seed):
    chance, store = random.Random(seed), Store(tmp_path)
    known = set(new_keys(chance, set(), 200))
    commit(store, rows_of(chance, sorted(known)))
    seen = set()
    for change in ("add", "correct", "close", "add", "close", "correct"):
        tables, versions, how = fetched(store)
        plain, of_rows, _ = fetched(store, is_measured=False)
        assert_same(tables, plain)
        assert versions == of_rows and len(tables["months"]["kwh"]) > 20
        seen |= how
        keys = new_keys(chance, known, 30) if change == "add" else chance.sample(sorted(known), 15)
        if change == "close":  # a whole meter's month, so that a group has no row left
            keys = [key for key in sorted(known) if key[0] == keys[0][0] and key[1].month == keys[0][1].month]
        commit(store, rows_of(chance, keys), change)
        known = known - set(keys) if change == "close" else known | set(keys)
    assert seen == {"all rows", "added"} and fetched(store)[2] == {"added"} and fetched(store)[2] == {"kept"}


def test_cells_that_figures_are_made_of_are_not_made_again(tmp_path):
    store = Store(tmp_path)
    commit(store, rows_of(random.Random(7), [("m1", datetime(2023, 1, 1)), ("m2", datetime(2023, 2, 1))]))
    with Engine(threads=1) as engine:
        Measure(engine, zone([READINGS], [ENERGY]), store, date.today()).prepare(["z.energy"])
    figures = Study("z.s", SAY, "a.b", {}, reads={"kinds": STUDY.reads["kinds"]})
    assert fetched(store, study=figures)[2] == {"kept"}


@pytest.mark.parametrize(
    "excerpt",
    [
        asked({"meter": "meter", "mean": "mean(kwh)"}, ("meter",)),
        asked({"meter": "meter", "kwh": "sum(kwh) / 2"}, ("meter",)),
        asked({"meter": "meter", "kwh": "sum(kwh) filter (where pieces > 0)"}, ("meter",)),
        asked({"meter": "meter", "kwh": "sum(kwh)"}, ("meter",), "kwh > 0"),
        asked({"pieces": "pieces", "kwh": "sum(kwh)"}, ("pieces",)),
        asked({"at": "at", "kwh": "sum(kwh)"}, ("at",)),
        asked({"month": "month_of(at) + 0", "kwh": "sum(kwh)"}, ("month",)),
        asked({"kinds": "count(distinct kind)", "meter": "meter"}, ("meter",)),
        asked({"kwh": "sum(kwh)"}, ()),
    ],
)
def test_what_cells_do_not_hold_is_read_from_the_rows(tmp_path, excerpt):
    store = Store(tmp_path)
    commit(store, rows_of(random.Random(3), new_keys(random.Random(4), set(), 50)))
    study = Study("z.s", SAY, "a.b", {}, reads={"t": excerpt})
    tables, _, how = fetched(store, study=study)
    assert_same(tables, fetched(store, is_measured=False, study=study)[0])
    assert how == set() and all(len(column) for column in tables["t"].values())


def test_what_was_known_on_a_day_is_read_from_the_rows_of_that_day(tmp_path):
    store = Store(tmp_path)
    commit(store, rows_of(random.Random(5), [("m1", datetime(2023, 1, 1))]))
    tables, versions, how = fetched(store, known_on=date(2020, 1, 1))
    assert (len(tables["months"]["kwh"]), versions, how) == (0, (), set())
    tables, versions, how = fetched(store, known_on=date.today() + timedelta(days=1))
    assert (len(tables["months"]["kwh"]), len(versions), how) == (1, 1, set())
