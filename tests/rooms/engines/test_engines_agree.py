"""Every engine gives the embedded one's answers, cell by cell; what it does not, the decision's table says.

A cluster of one master and two workers is started for this file. What is asked: written examples, random formulas of
our own grammar over random tables, the figures of the room measure, kept rows, a study's excerpt, a figure's rows.
"""

import dataclasses
import importlib.util
import os
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from fakes.engine_comparing import Tally, compare, formulas, same_rows
from fakes.engine_examples import EXAMPLES, R_ROWS, R_TYPES, S_ROWS, S_TYPES
from fakes.measuring import RowStore, zone
from fakes.postgres import private_postgres
from fakes.postgres import why_not as why_no_postgres
from fakes.random_formulas import TYPES, Made
from fakes.spark_cluster import private_cluster
from fakes.spark_cluster import why_not as why_no_cluster
from milepost.basics.declared import Placed
from milepost.basics.errors import MilepostError, Trouble, TryAgain, YoursToMend
from milepost.basics.text import Text
from milepost.check.verdict import Verdict
from milepost.engines import delta
from milepost.engines.embedded import Engine
from milepost.engines.engine import SETTING, open_engine
from milepost.keep import store as keeping
from milepost.keep.columns import sql_type
from milepost.keep.rows import is_bare
from milepost.keep.store import Store
from milepost.measure.figures import measured_readings
from milepost.measure.trace import sources
from milepost.receive.batch import Batch, Receipt
from milepost.registers.register import Column, Register
from milepost.registers.study import Excerpt, Study
from milepost.show.command import main
from milepost.show.rooms import Rooms
from milepost.study.tables import excerpts

HERE = Path(__file__).parent
SAY = Text("words", "词")
# For small tables Spark is much faster where it does not first translate each query into a program of its own.
PLAIN = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """The address of a Spark cluster with two workers."""
    if reason := why_no_cluster():
        pytest.skip(reason)
    with private_cluster(tmp_path_factory.mktemp("cluster")) as url:
        yield url
        from milepost.engines import spark

        spark.stop()


@pytest.fixture(scope="session")
def engines(request):
    """Opens an engine by its name, each once."""
    opened, servers = {}, []

    def engine(name):
        if name not in opened:
            opened[name] = _opened(name, request, servers)
        return opened[name]

    yield engine
    for one in opened.values():
        one.close()
    for server in servers:
        server.__exit__(None, None, None)


def _opened(name, request, servers):
    if name == "spark":
        from milepost.engines import spark

        return spark.Engine(request.getfixturevalue("cluster"), PLAIN)
    if name == "clickhouse":
        pytest.importorskip("chdb", reason="chdb is not installed (scripts/prepare-venv --dev)")
        from milepost.engines import clickhouse

        return clickhouse.Engine()
    if name == "postgres":
        from milepost.engines import postgres

        if reason := why_no_postgres():
            pytest.skip(reason)
        servers.append(private_postgres())
        return postgres.Engine(servers[-1].__enter__())
    return open_engine(name)


def _asked(engine, query):
    try:
        return engine.rows(query)
    except MilepostError:
        return None


def _example_tables(engine):
    engine.load("r", R_TYPES, R_ROWS)
    engine.load("s", S_TYPES, S_ROWS)


def _is_answered(found, wanted):
    return found == wanted if None in (found, wanted) else same_rows(found, wanted)


# --- written examples -----------------------------------------------------------------------------------------------


def test_the_embedded_engine_answers_every_example_as_it_is_written():
    with Engine() as engine:
        _example_tables(engine)
        for one in EXAMPLES:
            assert _is_answered(_asked(engine, one.query), one.answer), one.says
    assert len(EXAMPLES) >= 40 and len({one.says for one in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spark", "postgres", "clickhouse"])
def test_an_engine_answers_every_example_or_is_said_to_differ(engines, name):
    engine = engines(name)
    _example_tables(engine)
    for one in EXAMPLES:
        is_same = _is_answered(_asked(engine, one.query), one.answer)
        assert is_same == (name not in one.differs), f"{one.says}: {_asked(engine, one.query)}"


def test_the_table_of_the_decision_is_that_of_the_examples(repository):
    text = (repository / "docs/decisions/0008-engines.md").read_text("utf-8")
    told = {}
    for line in re.findall(r"^\| (.+) \|$", text, re.MULTILINE):
        says, *marks = (cell.strip() for cell in line.split(" | "))
        told[says] = marks
    names = ("spark", "postgres", "clickhouse")
    for one in EXAMPLES:
        wanted = [one.differs.get(name, "same") for name in names]
        assert told.pop(one.says, None) == wanted, f"| {' | '.join((one.says, *wanted))} |"
    assert set(told) == {"given this"}


# --- random formulas ------------------------------------------------------------------------------------------------


def _random(engine, seed, count, wanted, batch):
    made, tally = Made(seed), Tally()
    rows = made.rows(60)
    with Engine() as embedded:
        for one in (embedded, engine):
            one.load("t", TYPES, rows)
        while tally.formulas < count:
            compare(embedded, engine, formulas(made, wanted, batch), wanted, tally)
    assert tally.cells > 2 * count
    return tally


@pytest.mark.slow
@pytest.mark.parametrize(("wanted", "seed", "count"), [("row", 11, 600), ("row", 12, 600), ("total", 13, 300)])
def test_spark_gives_the_same_cells_for_random_formulas(engines, wanted, seed, count):
    tally = _random(engines("spark"), seed, count, wanted, 100)
    assert not tally.different and not tally.stopped_one
    assert tally.stopped_both <= count // 50


@pytest.mark.slow
@pytest.mark.parametrize(("wanted", "seed", "count"), [("row", 14, 60), ("total", 15, 30)])
def test_spark_gives_the_same_cells_with_the_programs_it_writes_for_large_tables(cluster, wanted, seed, count):
    with open_engine(cluster) as engine:
        tally = _random(engine, seed, count, wanted, 30)
    assert not tally.different and not tally.stopped_one


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ["row", "total"])
@pytest.mark.parametrize(("name", "most"), [("postgres", 5), ("clickhouse", 10)])
def test_other_engines_differ_in_few_random_formulas(engines, name, most, wanted):
    """What is left is in the table: whole numbers beyond 2^53 and digits beyond 38."""
    tally = _random(engines(name), 16, 1000, wanted, 10)
    assert len(tally.different) <= most, tally.different
    assert len(tally.stopped_one) <= 25, tally.stopped_one


# --- the rooms ------------------------------------------------------------------------------------------------------


def _measuring():
    """The declarations and rows of the room measure's own tests."""
    spec = importlib.util.spec_from_file_location("made_measures", HERE.parent / "measure/test_figures.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def _readings(engine, made, store, every=("quarter",), names=()):
    """The readings of all kinds of indicator by area and by each dimension; those to date of a few."""
    here = zone([made.METERS, made.LICENCES, made.REPORTS], [*made.FLOWS, *made.STOCKS, made.OUTPUT])
    found = measured_readings(engine, here, store, made.TODAY, every, names=names)
    if not names:
        some = ("made.output", "made.share", "made.meters")
        found += measured_readings(engine, here, store, made.TODAY, ("to_date",), is_divided=False, names=some)
    return {one.id: repr(one) for one in found}


@pytest.mark.slow
def test_every_figure_is_the_same_to_the_last_bit_on_a_cluster(cluster, tmp_path):
    from milepost.engines import spark

    made = _measuring()
    store = RowStore(tmp_path)
    store.commit(made.METERS, made.made_rows(3, 300))
    store.commit(made.LICENCES, made.made_licences(4))
    store.commit(made.REPORTS, made.reports(*made.YEAR))
    with spark.Engine(cluster, PLAIN) as engine, Engine() as embedded:
        found = _readings(engine, made, store)
        kept = _readings(embedded, made, store)
        plain = _readings(embedded, made, RowStore(tmp_path / "other", store.kept, store.registers))
    assert found == plain and len(plain) > 400
    assert kept == plain, "cells that one engine has kept are read by another"


@pytest.mark.slow
def test_a_new_version_is_added_to_the_old_cells_on_a_cluster_as_it_is_here(cluster, tmp_path):
    from milepost.engines import spark

    made = _measuring()
    names = ("made.energy", "made.heat", "made.meters", "made.most", "made.middle")
    store = RowStore(tmp_path)
    store.commit(made.METERS, made.made_rows(3, 300))
    with spark.Engine(cluster, PLAIN) as engine, Engine() as embedded:
        _readings(engine, made, store, ("year",), names)
        store.commit(made.METERS, made.made_rows(4, 20), "correct")
        found = _readings(engine, made, store, ("year",), names)
        plain = _readings(embedded, made, RowStore(tmp_path / "other", store.kept, store.registers), ("year",), names)
    assert found == plain and len(plain) > 20


SALES = Register(
    "z.Sale",
    SAY,
    SAY,
    (
        Column("shop", SAY, "text"), Column("day", SAY, "date"),
        Column("amount", SAY, "number", unit="yuan", places=2, may_be_empty=True),
        Column("heat", SAY, "real", may_be_empty=True), Column("sent_at", SAY, "moment", may_be_empty=True),
        Column("is_new", SAY, "yes_no", may_be_empty=True),
    ),
    key=("shop", "day"), happened="day",
)  # fmt: skip


def _sales(folder, is_bare=False):
    store = Store(folder if is_bare else folder / "with {a} sign")  # ClickHouse takes a { for a sign of its own
    sent = datetime(2024, 5, 1, 8, 30, 0, 500)
    first = [("店", date(2024, m, 1), Decimal(m) / 7, m / 3, sent, m % 2 == 0) for m in range(1, 10)]
    changes = (("add", first), ("correct", [("店", date(2024, 3, 1), Decimal("-1.50"), None, None, None)]),
               ("close", [("店", date(2024, 4, 1), None, None, None, None)]))  # fmt: skip
    for number, (change, rows) in enumerate(changes):
        with Engine() as engine:
            types = {"_line": "bigint", **{column.id: sql_type(column) for column in SALES.columns}}
            engine.load("accepted", types, [(line, *row) for line, row in enumerate(rows, start=2)])
            receipt = Receipt("f", f"{number:064x}", datetime.now(UTC), "", "")
            batch = Batch(SALES.id, "accepted", len(rows), SALES.column_ids, receipt)
            verdict = Verdict(batch, "accepted", len(rows), (), (), is_staged=is_bare)
            with store.staging(SALES, number or None) as staging:
                if is_bare:
                    engine.write(f"select {staging.before}, * exclude (_line) from accepted", staging.file)
                store.commit(engine, SALES, verdict, number or None, change, staging)
    return store


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spark", "postgres", "clickhouse"])
def test_rows_of_bare_files_are_the_same_on_every_engine(engines, name, tmp_path, monkeypatch):
    whole = _sales(tmp_path / "whole")
    monkeypatch.setattr(keeping, "_BARE_BYTES", 0)
    bare = _sales(tmp_path / "bare", is_bare=True)
    assert all(map(is_bare, delta.files(bare.table(SALES.id))))
    for version in (1, 2, 3):
        asked = [(engines("embedded"), whole), (engines("embedded"), bare), (engines(name), bare)]
        views = [(one, store.view(one, SALES, version)) for one, store in asked]
        answers = [one.rows(f'select * from "{view}" order by _version, _line') for one, view in views]
        assert len(answers[0]) == (9, 9, 8)[version - 1]
        assert answers[1] == answers[0]
        assert same_rows(answers[2], answers[0])


@pytest.mark.slow
def test_kept_rows_and_a_study_read_the_same_on_a_cluster(engines, tmp_path):
    store = _sales(tmp_path)
    told = {"months": "month_of(day)", "amount": "sum(amount) / 2", "rows": "count(*)", "middle": "median(heat)"}
    read = {"all": Excerpt("z.Sale"),
            "some": Excerpt("z.Sale", {key: Placed(text) for key, text in told.items()}, ("months",))}  # fmt: skip
    study = Study("z.s", SAY, "a.b", {}, reads=read)
    answers = []
    for engine in (engines("embedded"), engines("spark")):
        versions = [engine.rows(f'select * from "{store.view(engine, SALES, n)}" order by all') for n in (0, 1, 2, 3)]
        past = engine.rows(f'select count(*) from "{store.view(engine, SALES, known_on=date(2020, 1, 1))}"')
        tables, _ = excerpts(engine, {SALES.id: SALES}, store, study, {})
        answers.append((versions, past, tables))
    (versions, past, tables), other = answers
    assert (versions, past) == other[:2] and [len(rows) for rows in versions] == [0, 9, 9, 8]
    for name, columns in tables.items():
        for column, cells in columns.items():
            assert cells.dtype == other[2][name][column].dtype
            np.testing.assert_array_equal(cells, other[2][name][column])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spark", "postgres", "clickhouse"])
def test_rows_kept_before_a_register_had_a_column_read_as_empty_there_on_every_engine(engines, name, tmp_path):
    store = Store(_sales(tmp_path).folder.rename(tmp_path / "plain"))
    more = [
        Column("rate", SAY, "number", places=3, may_be_empty=True),
        Column("seen_on", SAY, "date", may_be_empty=True),
    ]
    wider = dataclasses.replace(SALES, columns=(more[0], *SALES.columns, more[1]))
    cells = {**dict.fromkeys(SALES.column_ids, "null"), "shop": "'new'", "day": "date '2025-02-01'"}
    cells |= {"amount": "1.5", "rate": "2.125", "seen_on": "date '2025-02-02'", "_line": "2::bigint"}
    with Engine() as embedded:
        embedded.make("wider", "select " + ", ".join(f'{value} as "{column}"' for column, value in cells.items()))
        receipt = Receipt("b.csv", "f" * 64, datetime.now(UTC), "x", "CSV")
        verdict = Verdict(Batch(SALES.id, "wider", 1, wider.column_ids, receipt), "wider", 1, (), ())
        store.commit(embedded, wider, verdict, store.newest(SALES.id))
    asked = "select shop, day, amount, rate, seen_on from {} order by shop, day"
    answers = [one.rows(asked.format(f'"{store.view(one, wider)}"')) for one in (engines("embedded"), engines(name))]
    assert same_rows(answers[1], answers[0])
    assert [row[3:] for row in answers[0] if row[3] is not None] == [(Decimal("2.125"), date(2025, 2, 2))]


@pytest.mark.slow
def test_a_figure_is_walked_back_to_the_same_rows_on_a_cluster(engines, tmp_path):
    made = _measuring()
    store = RowStore(tmp_path)
    store.commit(made.METERS, made.made_rows(5, 60))
    here = zone([made.METERS], made.FLOWS)
    with Engine() as embedded:
        readings = measured_readings(embedded, here, store, made.TODAY, ("quarter",), names=("made.share",))
        wanted = [sources(embedded, here, store, one, made.TODAY) for one in readings[:3]]
    assert [sources(engines("spark"), here, store, one, made.TODAY) for one in readings[:3]] == wanted
    assert all(part.count > 0 for parts in wanted for part in parts)


# --- the seam -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["embedded", "spark", "postgres", "clickhouse"])
def test_a_table_is_made_replaced_written_streamed_and_dropped(engines, name, tmp_path):
    engine = engines(name)
    assert (
        engine.load("Some.Table", {"n": "bigint", "t": "varchar"}, [(n, "亦庄" if n else None) for n in range(3)]) == 3
    )
    engine.make("some.table", 'select n + 1 as n, t from "some.table"')
    engine.make_view("seen", 'select n, t from "Some.Table" where n > 1')
    assert engine.rows("select n, t from seen order by n") == [(2, "亦庄"), (3, "亦庄")]
    assert list(engine.columns("seen")) == ["n", "t"] and engine.columns("some.table")["n"] in ("BIGINT", "INTEGER")
    engine.write("select n, t from seen order by n desc", tmp_path / "f.parquet")
    engine.view_files("again", [str(tmp_path / "f.parquet")], ())
    assert [row["n"] for batch in engine.stream("select n from again order by n") for row in batch.to_pylist()] == [
        2,
        3,
    ]
    engine.view_files("placed", [str(tmp_path / "f.parquet")] * 2, (), "_place")
    assert engine.rows("select n, _place, count(*) from placed group by n, _place order by n") == [(2, 1, 2), (3, 0, 2)]
    engine.view_files("none", [], {"d": "date", "a": "decimal(18,2)"})
    assert engine.rows("select * from none") == [] and engine.columns("none")["d"] == "DATE"
    for table in ("seen", "again", "placed", "none", "some.table", "never there"):
        engine.drop(table)
    with pytest.raises(MilepostError, match="E001"):
        engine.rows("select * from none")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spark", "postgres"])
def test_an_error_of_an_engine_holds_no_value(engines, name, capfd):
    engine = engines(name)
    engine.load("secret", {"t": "varchar"}, [("a secret word",)])
    with pytest.raises(MilepostError) as caught:
        engine.rows("select cast(t as double) as v from secret")
    assert "secret" not in str(caught.value) and "secret" not in "".join(capfd.readouterr())
    with pytest.raises(MilepostError, match="E001"):
        engine.rows("select from where")


def test_an_engine_is_opened_by_its_name_and_by_the_setting(monkeypatch):
    monkeypatch.delenv(SETTING, raising=False)
    with open_engine() as engine:
        assert engine.rows("select 1 as v") == [(1,)]
    monkeypatch.setenv(SETTING, "embeded")
    with pytest.raises(YoursToMend, match=r"E004.*Did you mean embedded"):
        open_engine()


def test_a_cluster_that_is_away_is_told_at_once():
    pytest.importorskip("pyspark", reason="pyspark is not installed (scripts/prepare-venv --dev)")
    with pytest.raises(TryAgain, match="E004"):
        open_engine("spark://127.0.0.1:9")


def test_a_verb_that_computes_takes_the_engine_it_is_given(monkeypatch):
    monkeypatch.setenv(SETTING, "embedded")
    seen = []

    def ask(*_):
        seen.append(os.environ[SETTING])
        raise YoursToMend(Trouble("Q001", "no wing answers that", "Ask another"))

    rooms = Rooms(open_zone=lambda _: None, ask=ask)
    for told in ([], ["--engine", "spark://10.0.0.1:7077"]):
        assert main(["ask", "zone", "a.b", *told], rooms) == 1
    assert seen == ["embedded", "spark://10.0.0.1:7077"]
