"""Unit records are kept with their types; corrections and closings change what stands, never what stood."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from milepost.basics.text import Text
from milepost.check.verdict import Verdict
from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.receive.batch import Batch, Receipt
from milepost.registers.register import Column, Register, Valid


def named(word):
    return Text(word, word)


COLUMNS = (
    Column("firm", named("firm"), "text"),
    Column("month", named("month"), "month"),
    Column("output", named("output"), "number", places=2),
    Column("staff", named("staff"), "whole", may_be_empty=True),
    Column("is_new", named("new"), "yes_no", may_be_empty=True),
    Column("sent_at", named("sent"), "moment", may_be_empty=True),
    Column("heat", named("heat"), "real", may_be_empty=True),
)
RETURNS = Register("z.returns", named("r"), named("r"), COLUMNS, key=("firm", "month"), happened="month")
TYPES = {"_line": "bigint", "firm": "varchar", "month": "date", "output": "decimal(18, 2)", "staff": "bigint",
         "is_new": "boolean", "sent_at": "timestamp", "heat": "double"}  # fmt: skip
STATES = Register(
    "z.sites",
    named("s"),
    named("s"),
    (
        Column("site", named("s"), "text"),
        Column("owner", named("o"), "text"),
        Column("start", named("a"), "date"),
        Column("until", named("u"), "date", may_be_empty=True),
    ),
    key=("site",),
    valid=Valid("start", "until"),
)
STATE_TYPES = {"_line": "bigint", "site": "varchar", "owner": "varchar", "start": "date", "until": "date"}
_COUNT = itertools.count()


def keep(store, rows, change="add", register=RETURNS, types=TYPES):
    """Keep rows as if a check had passed them."""
    with Engine(threads=1) as engine:
        engine.load("accepted", types, [(line, *row) for line, row in enumerate(rows, start=2)])
        receipt = Receipt("a.csv", f"{next(_COUNT):064x}", datetime.now(UTC), "somebody", "CSV")
        batch = Batch(register.id, "accepted", len(rows), register.column_ids, receipt)
        verdict = Verdict(batch, "accepted", len(rows), (), ())
        return store.commit(engine, register, verdict, store.newest(register.id), change)


def month(number, value, firm="A", **more):
    return (
        firm,
        date(2024, number, 1),
        Decimal(value),
        more.get("staff"),
        more.get("is_new"),
        more.get("sent_at"),
        more.get("heat"),
    )


def standing(store, version=None, register=RETURNS, columns="firm, month, output"):
    with Engine(threads=1) as engine:
        return engine.rows(f'select {columns} from "{store.view(engine, register, version)}" order by all')


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "data")


def test_cells_keep_their_types(store):
    sent = datetime(2024, 2, 1, 8, 30)
    keep(store, [month(1, "12345678901234.56", staff=7, is_new=True, sent_at=sent, heat=0.1), month(2, "0")])
    found = standing(store, columns="output, staff, is_new, sent_at, heat, _change, _version, _line")
    assert found[1] == (Decimal("12345678901234.56"), 7, True, sent, 0.1, "add", 1, 2)
    assert found[0] == (Decimal("0.00"), None, None, None, None, "add", 1, 3)


def test_a_correction_stands_for_the_earlier_row_and_the_old_version_still_reads_as_it_was(store):
    first = keep(store, [month(1, "10"), month(2, "20"), month(1, "7", "B")])
    second = keep(store, [month(2, "21"), month(3, "30")], "correct")
    assert (first.count, second.count, second.change) == (3, 4, "correct")
    assert [(f, m.month, v) for f, m, v in standing(store)] == [("A", 1, 10), ("A", 2, 21), ("A", 3, 30), ("B", 1, 7)]
    assert [v for *_, v in standing(store, 1)] == [10, 20, 7]


def test_a_closed_key_has_no_row_until_it_is_added_again(store):
    keep(store, [month(1, "10"), month(2, "20")])
    assert keep(store, [month(1, "0")], "close").count == 1
    assert [v for *_, v in standing(store)] == [20]
    assert keep(store, [month(1, "11")]).count == 2
    assert [v for *_, v in standing(store)] == [11, 20]
    assert [[v for *_, v in standing(store, n)] for n in (0, 1, 2)] == [[], [10, 20], [20]]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_done_in_whatever_order_what_stands_is_what_a_dictionary_would_hold(store, seed):
    chance, expected, past = random.Random(seed), {}, []
    for _ in range(12):
        change = chance.choice(["add", "correct", "correct", "close"])
        keys = [(f, m) for f in "ABC" for m in range(1, 7)]
        if change == "add":
            keys = [key for key in keys if key not in expected]
        chosen = chance.sample(keys, min(len(keys), chance.randint(1, 4)))
        if not chosen:
            continue
        rows = {key: Decimal(chance.randint(0, 99)) for key in chosen}
        version = keep(store, [month(m, str(value), f) for (f, m), value in rows.items()], change)
        for key, value in rows.items():
            expected.pop(key, None)
            if change != "close":
                expected[key] = value
        assert version.count == len(expected)
        past.append(dict(expected))
    for number, held in enumerate(past, start=1):
        assert {(f, m.month): v for f, m, v in standing(store, number)} == held


def test_a_state_is_corrected_at_its_own_beginning_only(store):
    rows = [("s1", "old", date(2020, 1, 1), date(2023, 1, 1)), ("s1", "new", date(2023, 1, 1), None)]
    keep(store, rows, register=STATES, types=STATE_TYPES)
    keep(store, [("s1", "newer", date(2023, 1, 1), None)], "correct", STATES, STATE_TYPES)
    assert [o for (o,) in standing(store, register=STATES, columns="owner")] == ["newer", "old"]


def test_what_was_known_on_a_day_is_what_was_kept_by_then(store):
    version = keep(store, [month(1, "10")])
    day = version.kept_at.date()
    assert store.newest_on(RETURNS.id, day) == 1
    with Engine(threads=1) as engine:
        before = store.view(engine, RETURNS, known_on=date(2020, 1, 1))
        assert engine.rows(f'select count(*) from "{before}"') == [(0,)]
        assert engine.rows(f'select count(*) from "{store.view(engine, RETURNS, known_on=day)}"') == [(1,)]


@pytest.mark.parametrize("hours", [-12, 14])
def test_the_day_a_version_was_kept_on_is_the_zones(store, hours):
    kept_at = keep(store, [month(1, "10")]).kept_at
    there = replace(store, time_zone=timezone(timedelta(hours=hours)))
    day = (kept_at + timedelta(hours=hours)).date()
    assert (there.newest_on(RETURNS.id, day - timedelta(1)), there.newest_on(RETURNS.id, day)) == (None, 1)


def test_a_commit_tells_the_days_it_touches_and_those_of_the_rows_it_takes_away(store):
    keep(store, [month(3, "1"), month(5, "2")])
    keep(store, [month(4, "3", "B")])
    keep(store, [month(5, "9")], "correct")
    with Engine(threads=1) as engine:
        touched = [store.touched(engine, RETURNS, number) for number in (1, 2, 3)]
    assert [(low.month, high.month) for low, high in touched] == [(3, 5), (4, 4), (5, 5)]


def test_registers_of_which_something_is_kept_are_told(store):
    assert store.registers() == ()
    keep(store, [month(1, "1")])
    assert store.registers() == ("z.returns",)
