"""A table as SQL answers what the evaluator answers, on any table and any row."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.basics.errors import YoursToMend
from milepost.rules.parsing import parse_expression, parse_tests
from milepost.rules.ruling import Ruling, decide
from milepost.rules.sql import TableSql, literal, to_sql
from milepost.rules.table import Cell, Input, Line, Output, Table
from milepost.rules.values import Value, parse_temporal

sys.path.insert(0, str(Path(__file__).parent))
from random_tables import ALL_POLICIES, DAYS, tables, values_of

SQL_TYPES = {"number": "DECIMAL(18, 3)", "string": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE"}
ENGINE = duckdb.connect()
ENGINE.execute("SET threads = 1")


def answered(
    table: Table, sql: TableSql, rows: list[dict[str, Value]], days: list[date | None]
) -> list[tuple[object, ...]]:
    """What the engine answers for each row: the answer and the line."""
    selects = []
    for number, (row, day) in enumerate(zip(rows, days, strict=True)):
        cells = [
            f"CAST({literal(row[column.name])} AS {SQL_TYPES[str(column.kind)]}) AS {to_name(column.name)}"
            for column in table.inputs
        ]
        selects.append(f"SELECT {number} AS n, CAST({literal(day)} AS DATE) AS day, {', '.join(cells)}")
    query = sql.select(f"({' UNION ALL '.join(selects)})", "n")
    found: list[tuple[object, ...]] = ENGINE.execute(f"{query} ORDER BY n").fetchall()
    return [row[1:] for row in found]


def to_name(name: str) -> str:
    return f'"{name}"'


def plain(value: object) -> object:
    return tuple(plain(item) for item in value) if isinstance(value, tuple | list) else value


def expected(table: Table, ruling: Ruling) -> tuple[object, object]:
    is_list = table.policy in ("collect", "rule order", "output order") and not table.aggregation
    lines: object = None if table.aggregation else ruling.rests_on if is_list else next(iter(ruling.rests_on), None)
    is_unfit = any(trouble.code in ("L040", "L041", "L042") for trouble in ruling.troubles)
    return (None, None) if is_unfit else (plain(ruling.value), plain(lines))


@pytest.mark.slow
@settings(derandomize=True, max_examples=250, deadline=None)
@given(tables(ALL_POLICIES, dated=True), st.data())
def test_sql_agrees_with_the_evaluator(table: Table, data: st.DataObject) -> None:
    rows = data.draw(st.lists(values_of(table), min_size=1, max_size=8))
    columns = {column.name: column.name for column in table.inputs}
    way = data.draw(st.sampled_from(("all lines", "one day", "a day per row")))
    days: list[date | None] = [data.draw(st.sampled_from(DAYS[1:])) for _ in rows]
    if way == "a day per row":
        sql = to_sql(table, columns, as_of_column="day")
    else:
        days = [days[0] if way == "one day" else None] * len(rows)
        sql = to_sql(table, columns, as_of=days[0])
    found = answered(table, sql, rows, days)
    for row, day, (answer, line) in zip(rows, days, found, strict=True):
        wanted, lines = expected(table, decide(table, row, day))
        assert (plain(answer), plain(line)) == (wanted, lines), (row, day)


def one_line(policy: str, test: str, result: str, names: tuple[str, ...] = ("x", "y")) -> Table:
    column = Input("x", parse_expression("x"), "number", may_be_missing=True)
    lines = (Line(1, (Cell(test, parse_tests(test, names)),), (parse_expression(result, names),)),)
    return Table("one", (column,), (Output("n", "number"),), policy, lines)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test", "result"),
    [
        ("> y", "x + y * 2"),
        ("not(> y)", "if x > y then x else -y"),
        ("[y - 1..y + 1]", "x - y"),
        ("? * 2 >= y and not(? = 3)", "1"),
        ("? in [1..y]", "2"),
        ("y", "(x - 1) / (y - 2)"),
        ("-", "if x between 1 and y then 1 else 0"),
        ("[1, 2, 3]", "1"),
    ],
)
def test_expressions_over_other_columns_agree(test: str, result: str) -> None:
    table = one_line("first", test, result)
    rows: list[dict[str, Value]] = [
        {"x": x, "y": y} for x in (None, Decimal(1), Decimal(3)) for y in (None, Decimal(2), Decimal(3))
    ]
    sql = to_sql(table, {"x": "x", "y": "y"})
    union = " UNION ALL ".join(
        f"SELECT {n} AS place, {literal(row['x'])}::DECIMAL(9,2) AS x, {literal(row['y'])}::DECIMAL(9,2) AS y"
        for n, row in enumerate(rows)
    )
    needed = [{name: value for name, value in row.items() if name in table.needs} for row in rows]
    if table.needs != {"x", "y"}:
        sql = to_sql(table, {"x": "x"})
    found = [row[1] for row in ENGINE.execute(f"{sql.select(f'({union})', 'place')} ORDER BY place").fetchall()]
    assert [None if v is None else float(v) for v in found] == [
        None if (v := decide(table, row).value) is None else float(v)
        for row in needed  # type: ignore[arg-type]
    ]


def test_quotes_in_texts_and_names_stay_texts_and_names() -> None:
    name, nasty = 'a" ; DROP TABLE t; --', "x'; DROP TABLE t; --"
    column = Input("a", parse_expression("a"), "string", may_be_missing=True)
    lines = (Line(1, (Cell("", parse_tests(f'"{nasty}"')),), (parse_expression("1"),)),)
    sql = to_sql(Table("t", (column,), (Output(name, "number"),), "first", lines), {"a": name})
    ENGINE.execute("CREATE OR REPLACE TEMP TABLE t AS SELECT 1 AS n")
    source = f"""(SELECT {literal(nasty)} AS "{name.replace('"', '""')}")"""
    assert ENGINE.execute(sql.select(source, "2")).fetchall() == [(2, 1, 1)]
    assert ENGINE.execute("SELECT n FROM t").fetchall() == [(1,)]


@pytest.mark.parametrize("text", ["2024-02-29T10:30:00", "10:30:00", "P1Y2M", "PT36H", "2024-02-29"])
def test_literals_of_time_are_read_back_the_same(text: str) -> None:
    value = parse_temporal(text)
    assert ENGINE.execute(f"SELECT {literal(value)} = {literal(value)}").fetchone() == (True,)
    if text[0] != "P":
        assert ENGINE.execute(f"SELECT {literal(value)}").fetchone() == (value,)


def test_a_function_the_engine_would_read_otherwise_is_refused() -> None:
    with pytest.raises(YoursToMend) as caught:
        to_sql(one_line("first", "-", "modulo(x, 3)"), {"x": "x"})
    assert [trouble.code for trouble in caught.value.troubles] == ["L050"]


def test_a_name_without_a_column_is_told_with_the_nearest() -> None:
    with pytest.raises(YoursToMend) as caught:
        to_sql(one_line("first", "> y", "1"), {"x": "x", "y_": "y"})
    assert str(caught.value) == "L051: no column is named for y. Did you mean y_."
