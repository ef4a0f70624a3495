"""The embedded engine: rows in, rows out, and no word of the engine in an error."""

import subprocess
import sys
from datetime import date

import pytest

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


def test_loading_rows_does_not_import_pandas():
    pytest.importorskip("pandas")
    program = (
        "import sys; from milepost.engines.embedded import Engine\n"
        "with Engine() as e: e.load('t', {'a': 'varchar'}, [('x',)]); list(e.stream('select * from t'))\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
