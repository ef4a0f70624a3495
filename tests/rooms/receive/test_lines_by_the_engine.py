"""The engine reads a CSV file itself only where it gives the same rows on the same lines as the exact way."""

import gzip
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive.csv_survey import survey
from milepost.receive.receive import receive
from registers_made import THREE, column, register


class Exact(Engine):
    """An engine that reads no file itself."""

    def load_lines(self, name, lines):
        return None


class Watched(Engine):
    """An engine that remembers whether it has read a file itself."""

    count = None

    def load_lines(self, name, lines):
        self.count = super().load_lines(name, lines)
        return self.count


def outcome(engine, path, register=THREE):
    try:
        batch = receive(engine, register, path, "somebody")
    except YoursToMend as error:
        return [(t.code, t.place) for t in error.troubles]
    return engine.rows(f'select * from "{batch.table}" order by _line')


def both(path, register=THREE):
    with Exact() as exact, Watched() as fast:
        return outcome(exact, path, register), outcome(fast, path, register), fast.count


@pytest.fixture(scope="module")
def engines():
    with Exact() as exact, Watched() as fast:
        yield exact, fast


PIECES = ["1", ",", ",", '"', '""', "\n", "\r\n", "\r", " ", "中", "NULL", "\\", "#", "\0", "'", "\ufeff", ";"]
WILD = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
CELL = st.sampled_from(["", "1", "中文", '"x, y"', '"say ""no"""', '""', " a ", '"l\nm"', 'q"r', '"s" ', "NULL", "-"])
REGULAR = st.lists(st.lists(CELL, min_size=2, max_size=4).map(",".join), max_size=6).flatmap(
    lambda rows: st.sampled_from(["\n", "\r\n"]).map(lambda end: end.join(rows))
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(WILD, REGULAR), head=st.sampled_from(["a,b,c\n", "a,b,c\r\n", '"a",b,c\n', "\ufeffa,b,c\n"]))
def test_whatever_is_written_both_ways_give_the_same_rows(engines, tmp_path, body, head):
    path = tmp_path / "f.csv"
    path.write_bytes((head + body).encode())
    exact, fast = engines
    assert outcome(exact, path) == outcome(fast, path)


@pytest.mark.parametrize(
    "body",
    ["1,2,3\n4,5,6\n", "1,2,3\n4,5,6", "1,2,3\r\n4,5,6\r\n", '"x, y","say ""no""",""\n', "中,文,\n,,\n1,,\n"],
    ids=["plain", "no last end", "carriage returns", "quotes", "empty cells"],
)
def test_an_honest_file_is_read_by_the_engine(tmp_path, body):
    path = tmp_path / "f.csv"
    end = "\r\n" if "\r" in body else "\n"
    path.write_bytes(f"a,b,c{end}{body}".encode())
    exact, fast, count = both(path)
    assert fast == exact
    assert count == len(exact)


@pytest.mark.parametrize(
    "body",
    ['"l\nm",2,3\n', "1,2,3\n\n4,5,6\n", "1,2\n", "1,2,3,4\n", "1,2,3\r4,5,6\n", '1,x"y,3\n', '1,"a" ,3\n', "1,\0,3\n"],
)
def test_any_doubt_is_for_the_exact_way(tmp_path, body):
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b,c\n" + body.encode() + b"7,8,9\n")
    exact, fast, count = both(path)
    assert fast == exact
    assert count is None


def of_many_portions(path):
    """A file of 400,000 rows whose first cell is the number of their line."""
    rng = random.Random(1)
    with path.open("w") as file:
        file.write("a,b,c\n")
        file.writelines(f"{number},{'x' * rng.randrange(40)},\n" for number in range(2, 400_002))
    return path


def test_rows_keep_their_lines_in_a_file_of_many_portions(tmp_path):
    path = of_many_portions(tmp_path / "f.csv")
    with Engine() as engine:
        batch = receive(engine, THREE, path, "somebody")
        wrong = engine.rows(f'select count(*), max(_line) from "{batch.table}" where _line::varchar = a')
        assert (batch.count, wrong) == (400_000, [(400_000, 400_001)])


def test_rows_that_stand_in_a_file_of_many_portions_keep_their_lines(tmp_path):
    path = of_many_portions(tmp_path / "f.csv")
    with Engine() as engine:
        batch = receive(engine, THREE, path, "somebody", may_stand=True)
        assert batch.standing
        numbered = engine.rows(f'select count(*), max(_line) from "{batch.table}" where _line::varchar = a')
        engine.make("in_order", f'select * from "{batch.standing}"')
        in_order = engine.rows("select count(*), max(rowid) from in_order where (rowid + 2)::varchar = a")
    assert (batch.count, numbered, in_order) == (400_000, [(400_000, 400_001)], [(400_000, 399_999)])


def test_columns_may_stand_anywhere_and_some_be_passed_over(tmp_path):
    wanted = register(column("a"), column("b"), not_kept=("序号",))
    path = tmp_path / "f.csv"
    path.write_text("序号,b,a\n9,B,A\n8,,\n,,\n", "utf-8")
    exact, fast, count = both(path, wanted)
    assert fast == exact == [(2, 0, "", "A", "B"), (3, 0, "", "", "")]
    assert count == 2


def test_a_gzipped_file_is_read_alike(tmp_path):
    path = tmp_path / "f.csv.gz"
    path.write_bytes(gzip.compress("a,b,c\n1,中,3\n".encode()))
    exact, fast, count = both(path)
    assert fast == exact == [(2, 0, "", "1", "中", "3")]
    assert count == 1


def test_a_survey_cuts_no_letter_in_two():
    text = ("a,b\n" + "中" * 999 + ",1\n") * 9000
    found = survey(io.BytesIO(text.encode()), ",")
    assert (found.is_utf8, found.lines, found.is_plain) == (True, 18_000, True)
    assert not survey(io.BytesIO(text.encode() + b"\xe4\xb8"), ",").is_utf8
