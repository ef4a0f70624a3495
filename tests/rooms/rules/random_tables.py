"""Tables and rows made at random, for the laws that any table must keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from milepost.rules.parsing import parse_expression, parse_tests
from milepost.rules.table import Cell, Input, Line, Output, Table
from milepost.rules.values import Value


@dataclass(frozen=True)
class Column:
    """One kind of input: its name, type, allowed values, the tests and the values that may stand in it."""

    name: str
    kind: str
    allowed: str
    tests: tuple[str, ...]
    values: tuple[Value, ...]
    is_whole: bool = False
    may_be_missing: bool = False


def _numbers(*texts: str) -> tuple[Value, ...]:
    return tuple(Decimal(text) for text in texts)


COLUMNS = (
    Column(
        "floor area",
        "number",
        "[0..10]",
        ("-", "< 3", "<= 3", "> 3", ">= 7", "3", "[3..7)", "(3..7]", "]3..7[", "3, 7", "not(3)", "not([3..7])", "!= 7"),
        _numbers("0", "2.5", "3", "3.5", "7", "10"),
    ),
    Column(
        "seats", "number", ">= 0", ("-", "0", "1", "> 1", "[1..2]", "< 2"), _numbers("0", "1", "2", "9"), is_whole=True
    ),
    Column(
        "trade",
        "string",
        "-",
        (
            "-",
            '"tea"',
            '"tea","wine"',
            'not("tea")',
            'not("tea", null)',
            "null",
            '!= "it\'s"',
            '["tea", "wine"]',
            "not(null)",
        ),
        ("tea", "wine", "it's", "?", None),
        may_be_missing=True,
    ),
    Column("sells food", "boolean", "-", ("-", "true", "false", "not(true)"), (True, False)),
    Column(
        "opened",
        "date",
        "-",
        ("-", '< date("2024-02-29")', '>= date("2024-02-29")', '[date("2024-02-29")..date("2024-03-01")]', "not(null)"),
        (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 2), None),
        may_be_missing=True,
    ),
    Column(
        "age",
        "number",
        "-",
        ("-", "< 18", ">= 18", "not(< 18)", "null", "< 18, null", "not(18, < 10)", "18"),
        (*_numbers("9", "17.5", "18", "70"), None),
        may_be_missing=True,
    ),
)
NAMES = [column.name for column in COLUMNS]
DAYS = (None, date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1))


def input_of(column: Column) -> Input:
    return Input(
        column.name,
        parse_expression(column.name, NAMES),
        column.kind,
        parse_tests(column.allowed),
        column.allowed,
        column.is_whole,
        column.may_be_missing,
    )


@st.composite
def tables(draw: st.DrawFn, policies: tuple[tuple[str, str | None], ...], dated: bool = False) -> Table:
    """Give a table of one to three columns and up to six lines."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True))
    policy, aggregation = draw(st.sampled_from(policies))
    lines = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        texts = [draw(st.sampled_from(column.tests)) for column in columns]
        result = parse_expression(draw(st.sampled_from(("1", "2", "3"))))
        start, end = (draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))) if dated else (None, None)
        if start and end and end < start:
            start, end = end, start
        cells = tuple(Cell(text, parse_tests(text)) for text in texts)
        lines.append(Line(number, cells, (result,), f"article {number}", from_date=start, until_date=end))
    otherwise = parse_expression("9") if draw(st.booleans()) else None
    output = Output("answer", "number", tuple(Decimal(n) for n in (2, 1, 3, 9)), otherwise)
    inputs = tuple(input_of(column) for column in columns)
    return Table("made", inputs, (output,), policy, tuple(lines), aggregation)  # type: ignore[arg-type]


def values_of(table: Table) -> st.SearchStrategy[dict[str, Value]]:
    """Give one value for every input of a table."""
    by_name = {column.name: column for column in COLUMNS}
    return st.fixed_dictionaries({c.name: st.sampled_from(by_name[c.name].values) for c in table.inputs})


ALL_POLICIES: tuple[tuple[str, str | None], ...] = (
    ("unique", None),
    ("any", None),
    ("first", None),
    ("priority", None),
    ("rule order", None),
    ("output order", None),
    ("collect", None),
    ("collect", "sum"),
    ("collect", "min"),
    ("collect", "max"),
    ("collect", "count"),
)
