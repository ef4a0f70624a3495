"""The embedded engine: rows in, rows out, and no word of the engine in an error."""

import subprocess
import sys
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.basics.errors import MilepostError
from milepost.engines import embedded
from milepost.engines.embedded import Engine


def test_rows_come_out_as_they_went_in():
    rows = [("一", 1, True, date(2025, 1, 2), 0.1), ("", -2, False, None, None)]
    types = {"t": "varchar", "n": "bigint", "b": "boolean", "d": "date", "x": "double"}
    with Engine() as engine:
        assert engine.load("t", types, rows) == 2
        assert engine.rows("select * from t order by n desc") == rows


def test_what_the_rows_raise_passes_through_and_leaves_no_table():
    def rows():
        yield ("a",)
        raise LookupError

    with Engine() as engine:
        with pytest.raises(LookupError):
            engine.load("half", {"t": "varchar"}, rows())
        assert engine.rows("select count(*) from information_schema.tables where table_name = 'half'") == [(0,)]


def test_an_error_of_the_engine_does_not_show_a_value():
    with Engine() as engine:
        engine.load("t", {"secret": "varchar"}, [("hunter2",)])
        with pytest.raises(MilepostError) as caught:
            engine.rows("select cast(secret as integer) from t")
    assert "E001" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_it_reads_no_variable_of_the_program_and_fetches_nothing():
    hidden = {"a": [1]}
    with Engine() as engine:
        with pytest.raises(MilepostError):
            engine.rows("select * from hidden")
        with pytest.raises(MilepostError):
            engine.rows("install httpfs")
    assert hidden


def test_a_stream_gives_all_rows_in_portions():
    with Engine() as engine:
        engine.make("many", "select range as n from range(1000)")
        batches = list(engine.stream("select n from many", batch_rows=100))
    assert sum(batch.num_rows for batch in batches) == 1000


@pytest.mark.parametrize("at_once", [1, 7, 50_000_000])
def test_what_is_there_more_than_once_is_found_in_any_number_of_parts(monkeypatch, at_once):
    monkeypatch.setattr(embedded, "_HASHES_AT_ONCE", at_once)
    numbers = [*range(40), 3, 3, 17, 39]
    with Engine() as engine:
        engine.load("t", {"n": "ubigint"}, [(n,) for n in numbers])
        assert engine.make_repeated("again", "select n from t", "n", len(numbers)) == 3
        assert sorted(engine.rows("select n from again")) == [(3,), (17,), (39,)]
        assert engine.make_repeated("none", "select distinct n from t", "n", 40) == 0
        assert engine.make_repeated("none", "select n from t where false", "n", 0) == 0


KINDS = {
    "bigint": st.integers(0, 3),
    "varchar": st.sampled_from(["", "a", "ab", "b", "甲", "\U0001f3ed"]),
    "date": st.dates(date(2020, 1, 1), date(2020, 1, 3)),
    "decimal(18, 2)": st.decimals(0, 1, places=1),
    "boolean": st.booleans(),
}


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_rows_rise_just_where_each_is_greater_than_the_one_before(data):
    kinds = data.draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3))
    rows = data.draw(st.lists(st.tuples(*(st.none() | KINDS[kind] for kind in kinds)), max_size=6))
    if data.draw(st.booleans()):
        rows = sorted({row for row in rows if None not in row})
    with Engine(threads=1) as engine:
        engine.load("t", {f"c{number}": kind for number, kind in enumerate(kinds)}, rows)
        is_rising = engine.is_rising("select * from t")
    assert is_rising is (all(None not in row for row in rows) and all(one < other for one, other in pairwise(rows)))


@pytest.mark.parametrize("place", [1, 2047, 2048, 2049, 4096, 4999])
def test_rows_are_compared_beyond_what_is_looked_at_together(monkeypatch, place):
    monkeypatch.setattr(embedded, "_ROWS_COMPARED", 2048)
    with Engine() as engine:
        assert engine.is_rising("select range as n from range(5000)")
        for again in (place - 1, 0):
            query = f"select case when range = {place} then {again} else range end as n from range(5000)"
            assert not engine.is_rising(query)


def test_loading_rows_does_not_import_pandas():
    pytest.importorskip("pandas")
    program = (
        "import sys; from milepost.engines.embedded import Engine\n"
        "with Engine() as e: e.load('t', {'a': 'varchar'}, [('x',)]); list(e.stream('select * from t'))\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
