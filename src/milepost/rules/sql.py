"""A table as SQL: one CASE expression per output over a row's columns, so that the engine decides a million rows.

Pure text is made here; nothing is run. The expressions agree with `ruling` on the same values: null, missing and
not allowed alike. They are DuckDB's dialect; all but the list policies are also PostgreSQL's. Arithmetic is the
engine's, not decimal128, and a float column must hold no NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from milepost.basics.errors import Place, Trouble, YoursToMend, nearest
from milepost.rules.evaluation import evaluate
from milepost.rules.policies import rank
from milepost.rules.search import overlaps
from milepost.rules.space import AS_OF, space_of
from milepost.rules.syntax import (
    Call,
    Compare,
    Constant,
    Expression,
    Holds,
    If,
    Name,
    Negate,
    Operation,
    Range,
    Tests,
    Within,
    names_in,
)
from milepost.rules.table import ONE_ANSWER, Input, Line, Table
from milepost.rules.values import Months, Value, number_text, written


@dataclass(frozen=True)
class TableSql:
    """SQL expressions over a row: one per output by name, and the number of the line the answer rests on.

    Under a policy of many answers without aggregation each output is a list, the lists of one row in one order, and
    `line` is the list of line numbers; under an aggregation `line` is NULL.
    """

    outputs: dict[str, str]
    line: str

    def select(self, source: str, keep: str = "*") -> str:
        """Give a query: what is kept of the source, the outputs, and the line as `line`."""
        columns = [f"{sql} AS {quoted(name)}" for name, sql in (*self.outputs.items(), ("line", self.line))]
        return f"SELECT {', '.join([keep, *columns])} FROM {source}"


def to_sql(
    table: Table, columns: Mapping[str, str], as_of: date | None = None, as_of_column: str | None = None
) -> TableSql:
    """Give the table as SQL expressions; `columns` names the engine's column of each name the table reads.

    With `as_of` the lines in force that day are used; with `as_of_column` each row's own day decides (a row without
    a day has no line in force); with neither, all lines. Raises YoursToMend (L050 the table cannot be SQL, L051 a
    name has no column).
    """
    writer = _Writer(table, columns)
    day = quoted(as_of_column) if as_of_column else ""
    lines = [line for line in table.lines if as_of_column or line.in_force(as_of)]
    holds = [writer.line(line, day) for line in lines]
    fits = writer.all_fit()
    guard = "" if _is_exclusive(table, lines, bool(as_of or as_of_column)) else _guard(table, lines, holds)
    condition = " AND ".join(part for part in (fits, guard) if part)
    outputs = {}
    for position, output in enumerate(table.outputs):
        results = [line.results[position] for line in lines]
        otherwise = writer.value(output.otherwise) if output.otherwise is not None else None
        outputs[output.name] = _only_if(condition, _answers(writer, lines, holds, results, otherwise))
    numbers: list[Expression] = [Constant(Decimal(line.number)) for line in lines]
    line = "NULL" if table.aggregation else _answers(writer, lines, holds, numbers, None)
    return TableSql(outputs, _only_if(condition, line))


def quoted(name: str) -> str:
    """Give a column's name as a quoted identifier.

    >>> quoted('floor "gross"')
    '"floor ""gross\"""'
    """
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _only_if(condition: str, sql: str) -> str:
    return f"CASE WHEN {condition} THEN {sql} END" if condition else sql


def _is_exclusive(table: Table, lines: list[Line], is_dated: bool) -> bool:
    """Is it certain that no row makes two lines fire? Lines whose tests could not be cut are taken to hold anywhere."""
    if table.policy not in ("unique", "any"):
        return True
    space = space_of(table)
    axes = [n for n, axis in enumerate(space.axes) if is_dated or axis.name != AS_OF]
    numbers = {line.number for line in lines}
    kept = [box for box, line in zip(space.boxes, table.lines, strict=True) if line.number in numbers]
    boxes = [tuple(box[n] for n in axes) for box in kept]
    return next(overlaps(boxes), None) is None


def _guard(table: Table, lines: list[Line], holds: list[str]) -> str:
    """At most one line (unique), or one distinct answer (any), fires."""
    groups: dict[str, list[str]] = {}
    for line, sql in zip(lines, holds, strict=True):
        if table.policy == "any" and any(names_in(tree) for tree in line.results):
            raise _cannot("answers that name inputs under the policy any", line.place)
        answers = ", ".join(written(evaluate(tree, {})) for tree in line.results)
        groups.setdefault(answers if table.policy == "any" else str(line.number), []).append(sql)
    if len(groups) < 2:
        return ""
    counts = " + ".join(
        f"CASE WHEN {' OR '.join(f'({sql})' for sql in many)} THEN 1 ELSE 0 END" for many in groups.values()
    )
    return f"({counts}) <= 1"


def _answers(
    writer: _Writer, lines: list[Line], holds: list[str], results: list[Expression], otherwise: str | None
) -> str:
    table = writer.table
    if not lines:
        return _of_no_line(table, otherwise)
    if table.policy in ONE_ANSWER:
        order = range(len(lines))
        if table.policy == "priority":
            order = sorted(order, key=lambda n: _rank(table, lines[n]))  # type: ignore[assignment]
        branches = " ".join(f"WHEN {holds[n]} THEN {writer.value(results[n])}" for n in order)
        return f"CASE {branches} ELSE {otherwise or 'NULL'} END"
    if any(names_in(tree) or evaluate(tree, {}) is None for tree in results):
        raise _cannot("answers that name inputs, or are null, under a policy of many answers", table.place)
    written_out = [writer.value(tree) for tree in results]
    if table.aggregation:
        return _aggregated(table, holds, written_out, otherwise)
    order = range(len(lines))
    if table.policy == "output order":
        order = sorted(order, key=lambda n: _rank(table, lines[n]))  # type: ignore[assignment]
    items = ", ".join(f"CASE WHEN {holds[n]} THEN {written_out[n]} END" for n in order)
    found = f"list_filter([{items}], lambda item: item IS NOT NULL)"
    return found if otherwise is None else f"CASE WHEN {_some(holds)} THEN {found} ELSE [{otherwise}] END"


def _of_no_line(table: Table, otherwise: str | None) -> str:
    is_list = table.policy not in ONE_ANSWER and not table.aggregation
    if otherwise is None:
        return "[]" if is_list else "0" if table.aggregation == "count" else "NULL"
    return f"[{otherwise}]" if is_list else otherwise


def _rank(table: Table, line: Line) -> tuple[int, ...]:
    if any(names_in(tree) for tree in line.results):
        raise _cannot("answers that name inputs under a policy of priorities", line.place)
    return rank(table, tuple(evaluate(tree, {}) for tree in line.results))


def _some(holds: list[str]) -> str:
    return " OR ".join(f"({sql})" for sql in holds)


def _aggregated(table: Table, holds: list[str], results: list[str], otherwise: str | None) -> str:
    if table.aggregation in ("sum", "count"):
        values = results if table.aggregation == "sum" else ["1"] * len(results)
        found = " + ".join(f"CASE WHEN {sql} THEN {value} ELSE 0 END" for sql, value in zip(holds, values, strict=True))
        if table.aggregation == "count" and otherwise is None:
            return found
    else:
        cases = ", ".join(f"CASE WHEN {sql} THEN {value} END" for sql, value in zip(holds, results, strict=True))
        found = f"{'LEAST' if table.aggregation == 'min' else 'GREATEST'}({cases})"
    return f"CASE WHEN {_some(holds)} THEN {found} ELSE {otherwise or 'NULL'} END"


def _cannot(what: str, place: Place) -> YoursToMend:
    mend = "Evaluate the table row by row, or write it without that"
    return YoursToMend(Trouble("L050", f"{what} cannot be written as SQL", mend, place))


class _Writer:
    """Writes expressions and tests of one table as SQL over named columns."""

    def __init__(self, table: Table, columns: Mapping[str, str], own: str = "") -> None:
        """`own` is the SQL of the value that an expression calls `?`."""
        self.table, self.columns, self.own = table, columns, own
        lacking = sorted(table.needs - columns.keys())
        if lacking:
            raise YoursToMend(
                Trouble(
                    "L051",
                    f"no column is named for {name}",
                    nearest(name, columns).rstrip("?") or f"Name a column for {name}",
                )
                for name in lacking
            )

    def line(self, line: Line, day: str) -> str:
        """The condition under which a line fires."""
        parts = []
        if day and line.from_date:
            parts.append(f"{day} >= {literal(line.from_date)}")
        if day and line.until_date:
            parts.append(f"{day} <= {literal(line.until_date)}")
        if day and not parts:
            parts.append(f"{day} IS NOT NULL")
        for column, cell in zip(self.table.inputs, line.cells, strict=True):
            if cell.tests.any_of:
                parts.append(self.tests(cell.tests, self.value(column.expression), line.place))
        return " AND ".join(parts) or "TRUE"

    def all_fit(self) -> str:
        """The condition that every value is given, allowed and whole where it must be."""
        return " AND ".join(part for column in self.table.inputs if (part := self.fits(column)))

    def fits(self, column: Input) -> str:
        value = self.value(column.expression)
        parts = [self.tests(column.allowed, value, column.place)] if column.allowed.any_of else []
        parts += [f"{value} = floor({value})"] if column.is_whole else []
        if not column.may_be_missing:
            return " AND ".join(parts or [f"{value} IS NOT NULL"])
        return f"({value} IS NULL OR ({' AND '.join(parts)}))" if parts else ""

    def tests(self, tests: Tests, value: str, place: Place) -> str:
        equals = [plain for test in tests.any_of if (plain := _plain_equal(test)) is not None]
        if tests.negated:
            return f"NOT ({' OR '.join(self.test(test, value, True, place) for test in tests.any_of)})"
        found = [f"{value} IN ({', '.join(map(literal, equals))})"] if len(equals) > 1 else []
        others = [test for test in tests.any_of if not found or _plain_equal(test) is None]
        found += [self.test(test, value, False, place) for test in others]
        return f"({' OR '.join(found)})" if len(found) > 1 else found[0]

    def test(self, test: Compare | Range | Holds, value: str, is_negated: bool, place: Place) -> str:
        if isinstance(test, Holds):
            return f"({_Writer(self.table, self.columns, own=value).value(test.condition)})"
        if isinstance(test, Range):
            low, high = (self.value(end) for end in (test.low, test.high))
            return f"({value} >{'=' * test.has_low} {low} AND {value} <{'=' * test.has_high} {high})"
        end = test.endpoint
        given = None if names_in(end) else evaluate(end, {})
        if isinstance(given, tuple):
            if test.operator != "=" or any(one is None for one in given):
                raise _cannot("a list with null", place)
            sure = f"({value} IS NOT NULL AND {value} IN ({', '.join(map(literal, given))}))"
            return sure if given else "FALSE"
        if test.operator in ("=", "!="):
            if test.operator == "=" and given is not None and not is_negated:
                return f"{value} = {self.value(end)}"
            return f"{value} IS {'NOT ' * (test.operator == '=')}DISTINCT FROM {self.value(end)}"
        return f"{value} {test.operator} {self.value(end)}"

    def value(self, tree: Expression) -> str:
        """An expression as SQL."""
        if not names_in(tree) and not self.own:
            return literal(evaluate(tree, {}))
        if isinstance(tree, Constant):
            return literal(tree.value)
        if isinstance(tree, Name):
            return self.own if tree.name == "?" else quoted(self.columns[tree.name])
        if isinstance(tree, Negate):
            return f"(- {self.value(tree.of)})"
        if isinstance(tree, If):
            parts = [self.value(part) for part in (tree.condition, tree.then, tree.otherwise)]
            return "CASE WHEN {} THEN {} ELSE {} END".format(*parts)
        if isinstance(tree, Within):
            return f"({self.tests(tree.tests, self.value(tree.value), self.table.place)})"
        if isinstance(tree, Call) and tree.function == "not" and len(tree.arguments) == 1:
            return f"(NOT {self.value(tree.arguments[0])})"
        if isinstance(tree, Operation) and tree.operator in _OPERATORS:
            return self.operation(tree)
        raise _cannot(f"a part of kind {type(tree).__name__.lower()}", self.table.place)

    def operation(self, tree: Operation) -> str:
        left, right = self.value(tree.left), self.value(tree.right)
        right = f"NULLIF({right}, 0)" if tree.operator == "/" else right
        return f"({left} {_OPERATORS[tree.operator]} {right})"


_OPERATORS = {operator: operator for operator in ("+", "-", "*", "/", "<", "<=", ">", ">=")} | {
    "=": "IS NOT DISTINCT FROM",
    "!=": "IS DISTINCT FROM",
    "and": "AND",
    "or": "OR",
}


def _plain_equal(test: Compare | Range | Holds) -> Value:
    """The one value a test asks for, or None where it asks anything else."""
    if not isinstance(test, Compare) or test.operator != "=" or names_in(test.endpoint):
        return None
    value = evaluate(test.endpoint, {})
    return None if isinstance(value, tuple) else value


def literal(value: Value) -> str:
    """Give a value as an SQL literal. Raises YoursToMend (L050) for lists, contexts and texts holding NUL.

    >>> literal("it's"), literal(date(2026, 1, 2)), literal(None)
    ("'it''s'", "DATE '2026-01-02'", 'NULL')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str) and "\0" not in value:
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    if isinstance(value, datetime):
        return f"TIMESTAMP{'TZ' * (value.tzinfo is not None)} '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, time) and value.tzinfo is None:
        return f"TIME '{value.isoformat()}'"
    if isinstance(value, Months):
        return f"INTERVAL '{value.count} months'"
    if isinstance(value, timedelta):
        return f"INTERVAL '{value // timedelta(microseconds=1)} microseconds'"
    raise _cannot("a list, a context, a time with a zone, or a text with the character NUL", Place(""))
