"""The cells and answers of a line are read from YAML here: words, tests and expressions, each of its type."""

from __future__ import annotations

import re
from datetime import date

from milepost.basics.declared import Node
from milepost.basics.errors import Place, listed, nearest
from milepost.rules.declaration import Reader, attempt
from milepost.rules.evaluation import evaluate, passes
from milepost.rules.parsing import read_expression, read_tests
from milepost.rules.syntax import ANYTHING, Compare, Constant, Expression, Range, Tests, names_in
from milepost.rules.table import Cell, Input, Output
from milepost.rules.values import Value, equal, kind_of, written

_BARE_WORD = re.compile(r"[^\W\d][\w -]*")


def _entries(reader: Reader, node: Node | None, known: list[str], label: str) -> dict[str, Node]:
    """The entries of when or then, each a known column."""
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        reader.wrong("L020", f"{label} holds no names", f"Write {label}: {{name: value}}", node.place)
        return {}
    for name, place, _ in node.items():
        if name not in known:
            mend = nearest(name, known).rstrip("?") or f"It may hold: {listed(known, 30)}"
            reader.wrong("L020", f"{name} is not a column {label} can hold", mend, place)
    return {name: child for name, child in node.value.items() if name in known}


def read_cells(reader: Reader, node: Node | None, place: Place) -> tuple[Cell, ...]:
    """Give a cell per input from a line's `when`; an input not named is not tested. Troubles are kept (L020, L016)."""
    entries = _entries(reader, node, [column.name for column in reader.inputs], "when")
    untested = Cell("-", ANYTHING, node.place if node else place)
    return tuple(
        _cell(reader, column, entries[column.name]) if column.name in entries else untested for column in reader.inputs
    )


def _cell(reader: Reader, column: Input, node: Node) -> Cell:
    items = node.value if isinstance(node.value, list) else [node]
    texts = [_cell_text(reader, column, item) for item in items]
    text = ", ".join(one for one in texts if one is not None)
    none = Cell(text, ANYTHING, node.place)
    if None in texts:
        return none
    tests = attempt(reader, lambda: read_tests(text, reader.names, node.place))
    if tests is None:
        return none
    check_kinds(reader, tests, column, node.place)
    return Cell(text, tests, node.place)


def _cell_text(reader: Reader, column: Input, node: Node) -> str | None:
    """The text of a cell, a listed word quoted; None, with a trouble, where a word is not listed."""
    text = plain_text(node)
    if column.kind != "string" or not isinstance(node.value, str):
        return text
    if node.value in column.words:
        return written(node.value)
    if _BARE_WORD.fullmatch(text) and text not in ("null", *reader.names):
        mend = nearest(text, column.words).rstrip("?") or 'Put a text in quotes, "text", or list it as allowed'
        reader.wrong("L016", f"{text} is not a value {column.name} can have", mend, node.place)
        return None
    return text


def plain_text(node: Node) -> str:
    """Give a plain YAML value as an expression's text."""
    value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return written(value)
    return "-" if value is None else str(value)


def read_results(reader: Reader, node: Node | None, place: Place) -> tuple[Expression, ...]:
    """Give an expression per output from `then`. Troubles are kept (L020, L021, L013, L016)."""
    entries = _entries(reader, node, [output.name for output in reader.outputs], "then")
    found: list[Expression] = []
    for output in reader.outputs:
        if output.name in entries:
            found.append(_result(reader, output, entries[output.name]))
        else:
            reader.wrong("L021", f"the line does not answer {output.name}", f"Add {output.name} to then", place)
            found.append(Constant(None))
    return tuple(found)


def _result(reader: Reader, output: Output, node: Node) -> Expression:
    if output.kind == "string" and node.value in output.values:
        return Constant(node.value)
    text = plain_text(node)
    if output.kind == "string" and _BARE_WORD.fullmatch(text) and text not in ("null", *reader.names):
        words = [str(value) for value in output.values]
        mend = nearest(text, words).rstrip("?") or 'Put a text in quotes, "text", or list it among the values'
        reader.wrong("L016", f"{text} is not a value {output.name} can have", mend, node.place)
        return Constant(None)
    tree = attempt(reader, lambda: read_expression(text, reader.names, node.place))
    if tree is None:
        return Constant(None)
    if not names_in(tree):
        _check_result(reader, output, evaluate(tree, {}), text, node.place)
    return tree


def _check_result(reader: Reader, output: Output, value: Value, text: str, place: Place) -> None:
    if value is not None and kind_of(value) != output.kind:
        reader.wrong("L013", f"{text} is not a {output.kind}", f"{output.name} answers a {output.kind}", place)
    elif output.values and value is not None and not any(equal(value, one) for one in output.values):
        known = [str(one) for one in output.values]
        mend = nearest(str(value), known).rstrip("?") or f"It may be: {listed(known, 30)}"
        reader.wrong("L016", f"{text} is not a value {output.name} can have", mend, place)


def check_kinds(reader: Reader, tests: Tests, column: Input, place: Place) -> None:
    """Keep troubles (L013, L016): an endpoint must be of the input's type, a value written out able to occur."""
    for test in tests.any_of:
        if isinstance(test, Compare):
            ends: tuple[Expression, ...] = (test.endpoint,)
        else:
            ends = (test.low, test.high) if isinstance(test, Range) else ()
        for end in ends:
            if names_in(end):
                continue
            value = evaluate(end, {})
            for one in value if isinstance(value, tuple) else (value,):
                _check_endpoint(reader, test, one, column, place)


def _check_endpoint(reader: Reader, test: object, value: Value, column: Input, place: Place) -> None:
    is_equal = isinstance(test, Compare) and test.operator in ("=", "!=")
    if value is None and is_equal:
        return
    if kind_of(value) != column.kind or (column.kind == "boolean" and not is_equal):
        what = f"{written(value)} cannot be compared with {column.name}, a {column.kind}"
        reader.wrong("L013", what, f"Write a {column.kind}", place)
    elif is_equal and passes(column.allowed, value, {}) is not True:
        mend = nearest(str(value), column.words).rstrip("?") or f"Allowed is: {column.allowed_text}"
        reader.wrong("L016", f"{written(value)} is not a value {column.name} can have", mend, place)
