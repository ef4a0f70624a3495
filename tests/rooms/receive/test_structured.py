"""Parquet, JSON lines, SQLite and PostgreSQL: every cell becomes the text it would be in a CSV file."""

import json
import sqlite3
from contextlib import closing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fakes.postgres import private_postgres, why_not
from milepost.basics.errors import TryAgain, YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive.database import snapshot
from milepost.receive.receive import receive
from registers_made import THREE, column, register


def received(path, wanted=THREE, **more):
    with Engine() as engine:
        batch = receive(engine, wanted, path, "somebody", **more)
        return batch.receipt.how_read, engine.rows(f'select * exclude (_surplus, _beyond) from "{batch.table}"')


def refused(path, wanted=THREE, **more):
    with Engine() as engine, pytest.raises(YoursToMend) as caught:
        receive(engine, wanted, path, "somebody", **more)
    return [(trouble.code, trouble.place.line) for trouble in caught.value.troubles]


def test_parquet_cells_keep_their_digits(tmp_path):
    from datetime import UTC, date, datetime
    from decimal import Decimal

    table = pa.table(
        {
            "c": [Decimal("1.50"), None, Decimal("-2.00")],
            "a": [1.0, 0.1, 1e-7],
            "b": pa.array([datetime(2020, 1, 2, 3, 4, tzinfo=UTC)] * 3, pa.timestamp("us", "Asia/Shanghai")),
        }
    )
    pq.write_table(table, tmp_path / "f.parquet")
    how, rows = received(tmp_path / "f.parquet")
    assert "Parquet" in how
    assert [(line, a, c) for line, a, _, c in rows] == [(1, "1", "1.50"), (2, "0.1", ""), (3, "1e-07", "-2.00")]
    assert rows[0][2] == "2020-01-02 03:04:00"
    days = pa.table({"a": [date(2020, 2, 29)], "b": [True], "c": ["中"]})
    pq.write_table(days, tmp_path / "g.parquet")
    assert received(tmp_path / "g.parquet")[1] == [(1, "2020-02-29", "true", "中")]


def test_parquet_that_is_no_table_is_refused(tmp_path):
    pq.write_table(pa.table({"a": [[1]], "b": [b"x"], "c": ["x"]}), tmp_path / "f.parquet")
    assert refused(tmp_path / "f.parquet") == [("R035", 0)]
    (tmp_path / "g.parquet").write_bytes(b"PAR1" + b"\xff" * 100)
    assert refused(tmp_path / "g.parquet") == [("R035", 0)]


def test_json_lines_keep_numbers_as_they_are_written(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('{"a": 1.50, "b": {"x": true}}\n\n{"c": "中", "a": 1e2, "b": {"x": null}}\n', "utf-8")
    wanted = register(column("a"), column("b", also_written=("b/x",)), column("c"))
    how, rows = received(path, wanted)
    assert how == "JSON lines, UTF-8"
    assert rows == [(1, "1.50", "true", ""), (3, "1e2", "", "中")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "b": 2, "c": 3}\n{"a": 1', "R032"),
        ('{"a": 1, "b": 2, "c": 3}\n{"a": 1, "a": 2}', "R032"),
        ('{"a": 1, "b": 2, "c": 3}\n{"a": NaN}', "R032"),
        ('{"a": 1, "b": 2, "c": 3}\n[1]', "R032"),
        ('{"a": 1, "b": 2, "c": 3}\n{"a": [1]}', "R038"),
        ('{"a": 1, "b": 2, "c": 3}\n{"a": ' + '{"x": ' * 90_000 + "1" + "}" * 90_001, "R032"),
        ('{"a": 1, "b": 2, "c": 3}\n{"a": "' + "x" * 2_000_000 + '"}', "R010"),
    ],
)
def test_json_lines_that_are_not_rows_are_refused_by_their_line(tmp_path, text, code):
    path = tmp_path / "f.jsonl"
    path.write_text(text)
    assert refused(path) == [(code, 2)]


def test_json_lines_of_another_encoding_are_told_as_that(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes('{"a": 1, "b": 2, "c": 3}\n'.encode("utf-16"))
    assert refused(path) == [("R003", 1)]


def test_a_name_of_a_later_line_that_is_no_column_is_refused(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('{"a": 1, "b": 2, "c": 3}\n{"d": 1}\n')
    assert [code for code, _ in refused(path)] == ["R022"]


def sqlite_file(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def test_a_table_of_a_sqlite_file_is_chosen_as_a_sheet_is(tmp_path):
    path = sqlite_file(
        tmp_path / "f.db",
        "create table t (a integer, b real, c text)",
        "create table other (x)",
        "insert into t values (1, 2.0, '中'), (null, 0.1, '')",
    )
    how, rows = received(path, sheet="t")
    assert how == "SQLite, table 2 of 2"
    assert rows == [(1, "1", "2", "中"), (2, "", "0.1", "")]
    assert refused(path) == [("R005", 0)]
    assert refused(path, sheet="u") == [("R005", 0)]


def test_a_sqlite_file_with_bytes_or_broken_is_refused(tmp_path):
    path = sqlite_file(tmp_path / "f.db", "create table t (a, b, c)", "insert into t values (1, 2, x'00ff')")
    assert refused(path) == [("R038", 1)]
    (tmp_path / "g.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    assert refused(tmp_path / "g.db") == [("R037", 0)]


def test_an_answer_of_postgresql_is_received_from_a_picture_of_it(tmp_path, monkeypatch):
    if reason := why_not():
        pytest.skip(reason)
    import psycopg

    source = tmp_path / "registry.source.yaml"
    source.write_text("database: postgresql\naddress_in: MADE_REGISTRY\nquery: select a, b, c from made order by a\n")
    with private_postgres() as address:
        with psycopg.connect(address) as connection:
            connection.execute("create table made (a integer, b numeric, c timestamp)")
            connection.execute("insert into made select i, i / 4.0, '2020-01-01' from generate_series(1, 25000) i")
        monkeypatch.setenv("MADE_REGISTRY", address)
        _, rows = received(snapshot(source, tmp_path))
        assert len(rows) == 25_000
        assert rows[0] == (2, "1", "0.25000000000000000000", "2020-01-01 00:00:00")
        source.write_text("database: postgresql\naddress_in: MADE_REGISTRY\nquery: delete from made returning a\n")
        with pytest.raises(YoursToMend, match="R037"):
            snapshot(source, tmp_path)
    with pytest.raises(TryAgain, match="R037") as caught:
        snapshot(source, tmp_path)
    assert "postgresql://" not in str(caught.value)


def test_a_source_without_its_variable_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("MADE_REGISTRY", raising=False)
    source = tmp_path / "registry.source.yaml"
    source.write_text("database: postgresql\naddress_in: MADE_REGISTRY\nquery: select 1\n")
    with pytest.raises(YoursToMend, match="R037: the variable MADE_REGISTRY is not set"):
        snapshot(source, tmp_path)
    source.write_text("database: oracle\nquery: select 1\n")
    with pytest.raises(YoursToMend, match="D01"):
        snapshot(source, tmp_path)
    assert json.dumps(sorted(path.name for path in tmp_path.iterdir())) == '["registry.source.yaml"]'
